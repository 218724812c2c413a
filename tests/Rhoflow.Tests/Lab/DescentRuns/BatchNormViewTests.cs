using Rhoflow.Kernels;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.DescentRuns;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Inspection;
using Rhoflow.Lab.Launching;
using Rhoflow.Lab.Runs;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.DescentRuns;

/// <summary>observe.batch-norm: by which statistics a run is measured, and what its tables say of it.</summary>
public class BatchNormViewTests
{
    private const string Iris = """
        name: view
        precision: float64
        data: {set: iris}
        network: {layers: [ {dense: 5}, {batch-norm: {affine: true}}, relu, {dense: 3} ]}
        loss: cross-entropy
        descent: {kind: gd, learning-rate: 0.1, epochs: 8}
        observe: {at: {every: 8}, measures: [loss, norms, direction, curvature], weights: true}
        """;

    private static DescentExperiment Read(params string[] overrides)
    {
        var source = ConfigSource.Parse(Iris, "iris.yaml");
        Overrides.Apply(source, Overrides.Expand(overrides, sweep: false)[0]);
        return (DescentExperiment)Experiment.Read(source);
    }

    private static (RunFolder Folder, Dictionary<string, double> Last) Run(TemporaryFolder folder, params string[] overrides)
    {
        var run = new RunLauncher(folder.Path, Resume: false, []).Launch(Read(overrides),
            cancellation: TestContext.Current.CancellationToken);
        run.Error.ShouldBeNull();
        var (columns, rows) = MetricsFile.Read(run.Folder.File("metrics.csv"));
        return (run.Folder, columns.Zip(rows[^1]).ToDictionary(static c => c.First, static c => c.Second, StringComparer.Ordinal));
    }

    [Fact]
    public void Curvature_is_that_of_the_loss_that_was_descended_unless_running_statistics_are_asked_for()
    {
        using var folder = new TemporaryFolder();
        var (usual, whole, running) = (Run(folder), Run(folder, "observe.batch-norm=whole-set"), Run(folder, "observe.batch-norm=running"));
        // L by the passes alone, at the weights that the run kept.
        var prepared = PreparedDescent.From(Read());
        var at = TrainedNetworks.OfRun(usual.Folder, null);
        double[] Losses(NormalizeBy by)
        {
            using var team = new Team(1);
            var data = at.Train;
            var batch = new Minibatch<double>(at.Network.Input, data.Count, shared: false, team);
            batch.GatherRange(data.X, data.Y, 0, data.Count);
            var risk = new MinibatchRisk<double>(at.Network, at.Loss, data.Count, team);
            var value = risk.Evaluate(at.Theta.Span, batch, by, by == NormalizeBy.Running ? at.Statistics.ToArray() : default);
            // The largest eigenvalue by power iteration on differences of gradients.
            var v = at.Theta.ToArray();
            var size = 0.0;
            for (var i = 0; i < 400; i++)
            {
                var norm = Vectors.Norm(v);
                for (var j = 0; j < v.Length; j++) v[j] /= norm;
                double[] ahead = Gradient(1e-5), behind = Gradient(-1e-5);
                var next = ahead.Zip(behind, static (a, b) => (a - b) / 2e-5).ToArray();
                size = Vectors.Dot(v, next);
                // Shifted, so that the largest and not the largest in size is found.
                for (var j = 0; j < v.Length; j++) v[j] = next[j] + 5 * v[j];
            }
            return [value.LogLoss / Math.Log(10), size];

            double[] Gradient(double step)
            {
                double[] theta = [.. at.Theta.ToArray().Select((w, j) => w + step * v[j])], descent = new double[v.Length];
                var scale = Math.Exp(risk.Gradient(theta, batch, by, by == NormalizeBy.Running ? at.Statistics.ToArray() : default,
                    descent).LogScale);
                return [.. descent.Select(d => -scale * d)];
            }
        }
        var (batched, evaluated) = (Losses(NormalizeBy.Batch), Losses(NormalizeBy.Running));
        usual.Last["log10_loss"].ShouldBe(evaluated[0], 1e-12);
        usual.Last["curvature_log10_loss"].ShouldBe(batched[0], 1e-12);
        usual.Last["hessian_top"].ShouldBe(batched[1], 1e-3 * batched[1]);
        running.Last["hessian_top"].ShouldBe(evaluated[1], 1e-3 * evaluated[1]);
        running.Last["curvature_log10_loss"].ShouldBe(evaluated[0], 1e-12);
        running.Last["log10_loss"].ShouldBe(usual.Last["log10_loss"]);
        // By the whole set everything is: the loss that is evaluated is the one that is descended.
        whole.Last["log10_loss"].ShouldBe(batched[0], 1e-12);
        whole.Last["hessian_top"].ShouldBe(usual.Last["hessian_top"], 1e-9);
        Math.Abs(usual.Last["gradient_alignment_1"]).ShouldBeLessThan(1e-3);
        Math.Abs(running.Last["gradient_alignment_1"]).ShouldBeGreaterThan(0.01);
        usual.Folder.Path.ShouldNotBe(running.Folder.Path);
        prepared.Notes.ShouldContain(static n => n.Contains("those of the loss that is descended", StringComparison.Ordinal));
        // inspect measures by the same, and by others where it is told to.
        NetworkInspection By(TrainedNetwork network) => NetworkInspection.Of(network, ["curvature"], 2000, threads: 1);
        double Top(NetworkInspection i) => i.Measures.First(static m => m.Column == "hessian_top").Value;
        Top(By(at)).ShouldBe(usual.Last["hessian_top"], 1e-9);
        Top(By(at with { BatchNorm = BatchNormBy.Running })).ShouldBe(running.Last["hessian_top"], 1e-6);
        By(at).Notes.ShouldHaveSingleItem().ShouldContain("through them");
    }

    // Minibatches of 30 in the order of the data; 149 of 150 leaves one example out.
    [Theory]
    [InlineData(30)]
    [InlineData(149)]
    public void By_minibatches_the_loss_is_their_mean(int batch)
    {
        using var folder = new TemporaryFolder();
        var (run, last) = Run(folder, "descent.kind=sgd", $"descent.batch={batch}", "descent.drop-last=true", "observe.batch-norm=batch");
        var at = TrainedNetworks.OfRun(run, null);
        using var team = new Team(1);
        var minibatch = new Minibatch<double>(at.Network.Input, batch, shared: false, team);
        var risk = new MinibatchRisk<double>(at.Network, at.Loss, batch, team);
        var total = 0.0;
        for (var first = 0; first + batch <= 150; first += batch)
        {
            minibatch.GatherRange(at.Train.X, at.Train.Y, first, batch);
            total += Math.Exp(risk.Evaluate(at.Theta.Span, minibatch, NormalizeBy.Batch, default).LogLoss);
        }
        last["curvature_log10_loss"].ShouldBe(Math.Log10(total / (150 / batch)), 1e-12);
    }

    [Fact]
    public void A_last_minibatch_of_one_is_refused_with_its_place_and_trains_when_it_is_dropped()
    {
        var error = Should.Throw<ConfigException>(() => PreparedDescent.From(Read("descent.kind=sgd", "descent.batch=149")));
        error.Message.ShouldContain("150 = 1 · 149 + 1: drop-last: true, or another batch");
        error.Message.ShouldContain("iris.yaml, line 6");
        Should.Throw<ConfigException>(() => PreparedDescent.From(Read("descent.kind=sgd", "descent.batch=1"))).Message
            .ShouldContain("batch: 2 or more");
        using var folder = new TemporaryFolder();
        Run(folder, "descent.kind=sgd", "descent.batch=149", "descent.drop-last=true").Last["step"].ShouldBe(8);
    }

    // The recalibrated forward pass written out: means and variances of all examples, layer by layer.
    [Theory]
    [InlineData(0)]
    [InlineData(null)]
    public void Outputs_by_the_whole_set_stand_beside_those_by_running_averages(int? seed)
    {
        const string layers = "network.layers=[{dense: 5}, batch-norm, relu, {dense: 3}]", measures =
            "observe.measures=[loss, norms, margins]";
        var of = $"seed={seed ?? Random.Shared.Next(1_000_000)}";
        using var folder = new TemporaryFolder();
        var (run, both) = Run(folder, layers, of, measures, "observe.batch-norm=[running, whole-set]");
        var (_, running) = Run(folder, layers, of, measures, "observe.batch-norm=running");
        var (_, whole) = Run(folder, layers, of, measures, "observe.batch-norm=whole-set");
        foreach (var (column, value) in running) both[column].ShouldBe(value, column);
        var beside = both.Where(static c => c.Key.StartsWith("whole_set_", StringComparison.Ordinal)).ToArray();
        beside.Select(static c => c.Key).ShouldContain("whole_set_rho_2");
        foreach (var (column, value) in beside) value.ShouldBe(whole[column["whole_set_".Length..]], column);
        Npy(run, "whole_set_margins_sorted").Length.ShouldBe(150);

        var at = TrainedNetworks.OfRun(run, null);
        double[] w1 = at.Network.Layers[0].Of(at.Theta.ToArray()).ToArray(), w2 = at.Network.Layers[1].Of(at.Theta.ToArray()).ToArray();
        int n = at.Train.Count, d = at.Train.Inputs;
        var hidden = new double[n, 5];
        double norm = 0, loss = 0;
        for (var i = 0; i < 5; i++)
        {
            double[] a = [.. Enumerable.Range(0, n).Select(e => Vectors.Dot(w1.AsSpan(i * d, d), at.Train.Example(e)))];
            double mean = a.Average(), deviation = Math.Sqrt(a.Average(v => (v - mean) * (v - mean)) + 1e-5);
            for (var e = 0; e < n; e++) hidden[e, i] = Math.Max(0, (a[e] - mean) / deviation);
            norm += w1.AsSpan(i * d, d).ToArray().Sum(static w => w * w) / (deviation * deviation);
        }
        for (var e = 0; e < n; e++)
        {
            double[] f = [.. Enumerable.Range(0, 3).Select(c => Enumerable.Range(0, 5).Sum(i => w2[c * 5 + i] * hidden[e, i]))];
            loss += Math.Log(f.Sum(v => Math.Exp(v - f[(int)at.Train.Y[e]])));
        }
        both["whole_set_log10_loss"].ShouldBe(Math.Log10(loss / n), 1e-12);
        both["whole_set_rho_1"].ShouldBe(Math.Sqrt(norm), 1e-9 * Math.Sqrt(norm));
        both["whole_set_rho_2"].ShouldBe(Vectors.Norm(w2), 1e-12);
        both["whole_set_log10_loss"].ShouldNotBe(both["log10_loss"]);
    }

    [Fact]
    public void Norms_and_distances_are_given_raw_and_folded()
    {
        using var folder = new TemporaryFolder();
        var (run, last) = Run(folder);
        var prepared = PreparedDescent.From(Read());
        var at = TrainedNetworks.OfRun(run, null);
        double[] now = at.Theta.ToArray(), start = prepared.InitialWeights.ToArray();
        for (var k = 1; k <= 2; k++)
        {
            var layer = at.Network.Layers[k - 1];
            double[] w = layer.Of(now).ToArray(), w0 = layer.Of(start).ToArray();
            var distance = Vectors.Distance(w, w0);
            last[$"rho_raw_{k}"].ShouldBe(Vectors.Norm(w), 1e-12);
            last[$"start_distance_raw_{k}"].ShouldBe(distance, 1e-12);
            last[$"start_distance_relative_raw_{k}"].ShouldBe(distance / Vectors.Norm(w0), 1e-12);
        }
        last["rho_1"].ShouldNotBe(last["rho_raw_1"]);
        // Nothing is folded into the last layer's rows.
        last["rho_2"].ShouldBe(last["rho_raw_2"], 1e-12);
        double[] v = Npy(run, "V_raw"), rho = Npy(run, "rho_k_raw"), all = Npy(run, "W");
        for (var k = 0; k < 2; k++)
            for (var i = 0; i < at.Network.Layers[k].Count; i++)
                (rho[k] * at.Network.Layers[k].Of(v)[i]).ShouldBe(at.Network.Layers[k].Of(all)[i], 1e-12);
    }

    private static double[] Npy(RunFolder run, string name) =>
        Rhoflow.Lab.Files.Npy.Read(run.File(Path.Combine("arrays", name + ".npy")))[^1];

    [Fact]
    public void Where_there_is_nothing_to_normalize_the_key_says_so()
    {
        PreparedDescent.From(Read("network.layers=[{dense: 3}]", "observe.batch-norm=running")).Notes
            .ShouldContain(static n => n.Contains("it has no batch normalization", StringComparison.Ordinal));
        Should.Throw<ConfigException>(() => Read("observe.batch-norm=minibatch")).Message.ShouldContain("whole-set");
        Should.Throw<ConfigException>(() => Read("observe.batch-norm=[running, batch]")).Message
            .ShouldContain("outputs go by the same statistics");
        Should.Throw<ConfigException>(() => Read("observe.batch-norm=[]")).Message.ShouldContain("one word, or two");
        Read("observe.batch-norm=[whole-set, running]").ToYaml().ShouldContain("batch-norm: [whole-set, running]");
        Read("observe.batch-norm=[running]").ToYaml().ShouldContain("batch-norm: running");
        Should.Throw<ConfigException>(() => Configs.Read(Configs.TwoParameters, "observe.batch-norm=running")).Message
            .ShouldContain("has a meaning for descents only");
        // The key is written only where it was given: runs without it keep their identity.
        Read().ToYaml().ShouldNotContain("batch-norm:\n");
        Read("observe.batch-norm=whole-set").ToYaml().ShouldContain("batch-norm: whole-set");
    }
}
