using Rhoflow.Data;
using Rhoflow.Descents;
using Rhoflow.Lab.Claims;
using Rhoflow.Losses;
using Rhoflow.Measures.Structure;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;
using Rhoflow.Papers.Since;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Papers;

/// <summary>What was found since the papers: the algebra behind the rank, kept runs, and verdicts.</summary>
public class SinceTests
{
    private const double Rate = .1, Decay = .05;
    private static readonly Network s_network = Network.Dense(9, 8, 7, 3);

    // W_T − (1 − 2μλ)^m W_{T−m} of the second layer after m of the T = m + 5 steps, its singular values over the largest.
    private static double[] Recent(int seed, int batch, int m, double momentum)
    {
        var random = new Random(seed);
        const int Examples = 24;
        double[] y = [.. Enumerable.Range(0, Examples).Select(static n => (double)(n % 3))];
        var data = Dataset.Of("drawn", [.. Problems.Normal(random, Examples * 9)], y, 9);
        var options = new DescentOptions(new Sgd(Rate, momentum, batch)) { WeightDecay = [Decay] };
        using var training = new Training<double>(new DataRisk<double>(s_network, Loss.CrossEntropy, data),
            [new ReplicaStart(Initialization.Kaiming(s_network, new RandomStream(seed)), options)], new TrainingOptions { Threads = 1 });
        double[] before = [], after = [];
        var step = 0;
        training.Train(10, afterStep: t =>
        {
            step++;
            if (step == 5) before = t.Replicas[0].Weights.ToArray();
            if (step == 5 + m) after = t.Replicas[0].Weights.ToArray();
        });
        var layer = s_network.Layers[1];
        double[] difference = [.. layer.Of(after)];
        Vectors.Add(-Math.Pow(1 - 2 * Rate * Decay, m), layer.Of(before), difference);
        var values = SingularSpectrum.Of(difference, layer.Rows, layer.Columns).Values;
        return [.. values.Select(v => v / values[0])];
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 1, 3)]
    [InlineData(3, 2, 2)]
    [InlineData(4, 3, 2)]
    public void Decay_apart_m_steps_have_rank_mB_without_momentum_and_more_with_it(int seed, int batch, int m)
    {
        Recent(seed, batch, m, 0)[m * batch].ShouldBeLessThan(1e-12);
        Recent(seed, batch, m, .9)[m * batch].ShouldBeGreaterThan(1e-6);
    }

    [Fact]
    public void Kept_runs_are_all_there_and_say_what_they_are()
    {
        var context = new StudyContext();
        LowRankRuns.All.Count.ShouldBe(16);
        foreach (var setting in LowRankRuns.All)
            foreach (var run in setting.Runs(context))
            {
                run.Last("epoch").ShouldBe(setting.Epochs);
                // Ratios of six digits: the largest is the first, and none is negative.
                for (var k = 1; k <= LowRankRuns.Hidden; k++)
                {
                    var relative = LowRankRuns.Relative(run, k);
                    relative.ShouldBe(relative.OrderDescending());
                    relative[^1].ShouldBeGreaterThanOrEqualTo(0);
                }
                LowRankRuns.EffectiveRank(run).ShouldBeInRange(1, LowRankRuns.Width);
            }
        foreach (var of in new[] { IntermediateRuns.Dense, IntermediateRuns.Shallow, IntermediateRuns.Deep, IntermediateRuns.Convolutional,
            IntermediateRuns.Plain, IntermediateRuns.WholeSet, IntermediateRuns.TenAStep, IntermediateRuns.AllAStep })
            foreach (var run in of.Runs(context))
            {
                // The same images enter every network.
                of.Last(run, "nc1_trace_ratio", 1).ShouldBe(of.Last(of.Runs(context)[0], "nc1_trace_ratio", 1), 1e-5);
                run["path_nc1"].Length.ShouldBe(run["epoch"].Length);
            }
    }

    [Fact]
    public void A_flow_has_the_smoothed_margin_and_the_bound_of_their_proof()
    {
        var random = new Random(Random.Shared.Next());
        double[] Draw(int count, double from, double to) =>
            [.. Enumerable.Range(0, count).Select(_ => from + (to - from) * random.NextDouble())];
        const int count = 6;
        var run = new Numbers(new()
        {
            ["log10_loss"] = [-1.5, .. Draw(count - 1, -9, -2.5)],
            ["rho_1"] = Draw(count, 2, 3),
            ["rho_2"] = Draw(count, 1, 2),
            ["gradient_alignment"] = Draw(count, .2, .9),
        });
        var flow = new MarginFlow(run);
        // 100 examples of a mean loss 10^{-1.5}: a sum above 1.
        flow.First.ShouldBe(1);
        double Margin(int i) => -Math.Log(100 * Math.Pow(10, run["log10_loss"][i]))
            / Math.Pow(double.Hypot(run["rho_1"][i], run["rho_2"][i]), 3);
        double Norm(int i) => Math.Log(double.Hypot(run["rho_1"][i], run["rho_2"][i]));
        for (var i = 1; i < count; i++) Math.Exp(flow.LogMargin[i - 1]).ShouldBe(Margin(i), 1e-10 * Margin(i));
        flow.LargestFall.ShouldBe(Enumerable.Range(1, count - 2).Max(i => Math.Log(Margin(i) / Margin(i + 1))), 1e-10);
        flow.Bound(1).ShouldBe(Math.Log(Margin(2) / Margin(1)) / (Norm(2) - Norm(1)) / 3, 1e-8 * Math.Abs(flow.Bound(1)));
        // tan² of the angle whose cosine is β.
        flow.Tangent[0].ShouldBe(Math.Pow(Math.Tan(Math.Acos(run["gradient_alignment"][1])), 2), 1e-9 * flow.Tangent[0]);
    }

    private sealed class Numbers(Dictionary<string, double[]> columns) : IObservations
    {
        public double[] this[string column] => columns[column];
        public double Last(string column) => columns[column][^1];
    }

    [Theory]
    [InlineData("b144-minibatch-gradients-bound-the-rank", Verdict.Holds)]
    [InlineData("b145-low-rank-by-sgd-and-decay", Verdict.Care)]
    [InlineData("b146-low-rank-hardly-changes-test-error", Verdict.Undecided)]
    [InlineData("b147-sgd-noise-stays-with-decay", Verdict.Holds)]
    [InlineData("b148-collapse-falls-with-depth", Verdict.Care)]
    [InlineData("b149-class-means-align-with-weights", Verdict.Fails)]
    [InlineData("b150-effective-depth-does-not-grow", Verdict.Holds)]
    [InlineData("b151-central-path", Verdict.Care)]
    [InlineData("b152-directions-reach-kkt-points", Verdict.Holds)]
    public void Claims_come_to_their_verdicts(string id, Verdict expected)
    {
        var outcome = Outcomes.Of(id);
        outcome.Verdict.ShouldBe(expected, outcome.Why);
        outcome.Checks.ShouldAllBe(static c => c.Role != CheckRole.Premise || c.Passed == true);
    }
}
