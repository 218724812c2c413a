using System.Text.Json.Nodes;
using Rhoflow.Cli;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.DescentRuns;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Files;
using Rhoflow.Lab.Launching;
using Rhoflow.Lab.Runs;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Weights;

/// <summary>Files of weights in configs, by the command.</summary>
public sealed class WeightCaseTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private const string Order = """
        name: order
        precision: float64
        data: {inline: {x: [[1.0, 0.5], [0.3, -0.7]], y: [1.0, 0.5]}}
        network: {layers: [ {dense: 2}, relu, {dense: 2}, relu, {dense: 1} ]}
        init: {weights: weights.safetensors}
        loss: square
        descent: {kind: gd, learning-rate: 0.001, epochs: 0}
        observe: {at: {every: 1}, measures: [loss], weights: true}
        """;

    private (int Status, string Output, string Error) Run(params string[] words)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var status = CommandLine.Run([.. words, "--out", _folder / "runs"], output, error, TestContext.Current.CancellationToken);
        return (status, output.ToString(), error.ToString());
    }

    // Written by the public library (F32), with the numbers that numpy gives for it.
    [Fact]
    public void A_file_sorted_by_name_gives_the_right_numbers_by_the_names_and_is_refused_without()
    {
        File.WriteAllText(_folder / "config.yaml", Order);
        WriteSingle(("body.weight", [2.1178388595581055f, -1.11202073097229f, -.3776050209999084f, 2.042771577835083f], [2, 2]),
            ("fc_in.weight", [-.17477209866046906f, -.422190397977829f, .21364299952983856f, .21732193231582642f], [2, 2]),
            ("out.weight", [.6467030048370361f, .6630633473396301f], [1, 2]));
        var (status, _, error) = Run("run", _folder / "config.yaml");
        status.ShouldBe(3);
        error.ShouldContain("names: [?, ?, out.weight]");
        var named = Run("run", _folder / "config.yaml",
            "init.weights={file: weights.safetensors, names: [fc_in.weight, body.weight, out.weight]}", "--json");
        named.Status.ShouldBe(0, named.Error);
        var document = JsonNode.Parse(named.Output)!;
        ((double)document["observations"]![0]!["log10_loss"]!).ShouldBe(-.76274218, 5e-9);
        document["summary"]!["data_notes"]!.AsArray().ShouldContain(static n => ((string)n!).Contains("W1 = fc_in.weight"));
        // A resolved config says the same again.
        var again = Experiment.Load(Path.Combine((string)document["folder"]!, "config.yaml"), []);
        RunIdentity.Id(again).ShouldBe((string)document["id"]!);
        Run("run", _folder / "config.yaml", "init.weights={file: weights.safetensors, names: [out.weight]}").Status.ShouldBe(2);
    }

    [Fact]
    public void A_run_goes_on_with_everything_that_batch_normalization_learned()
    {
        const string config = """
            name: first
            data: {set: digits, train: 60, transforms: [scale-pixels, center]}
            network: {layers: [ {dense: 5}, {batch-norm: {affine: true}}, relu, {dense: 10} ]}
            loss: cross-entropy
            descent: {kind: sgd, learning-rate: 0.2, batch: 20, epochs: 3}
            observe: {at: {every: 3}, measures: [loss]}
            """;
        RunFolder Launch(string yaml) => new RunLauncher(_folder.Path, false, []).Launch(
            Experiment.Read(ConfigSource.Parse(yaml, "c.yaml")), cancellation: TestContext.Current.CancellationToken).Folder;
        var first = Launch(config);
        var second = Launch(config.Replace("name: first", $"name: second\ninit: {{weights: {first.Path}}}", StringComparison.Ordinal)
            .Replace("epochs: 3", "epochs: 0", StringComparison.Ordinal));
        var (before, after) = (DescentCheckpoint.Read(first)!, DescentCheckpoint.Read(second)!);
        ((float[])after.Arrays["x"]).ShouldBe((float[])before.Arrays["x"]);
        ((double[])after.Arrays["statistics"]).ShouldBe((double[])before.Arrays["statistics"]);
        File.ReadAllText(second.File("log.txt")).ShouldContain("prepared by what the run learned that the weights come from");
        // Other transforms, or other classes, than those that the weights were trained with need a word.
        string Refused(string from, string to) => Should.Throw<Exception>(() => Launch(config.Replace("name: first",
            $"name: third\ninit: {{weights: {first.Path}}}", StringComparison.Ordinal)
                .Replace(from, to, StringComparison.Ordinal))).Message;
        Refused("[scale-pixels, center]", "[center]").ShouldContain("preparation: new");
        var file = _folder / "letters.csv";
        File.WriteAllText(file, string.Concat(Enumerable.Range(0, 20).Select(n =>
            string.Join(',', Enumerable.Range(0, 64).Select(i => (n * i) % 17)) + (n % 2 == 0 ? ",a\n" : ",b\n"))));
        Refused("set: digits, train: 60", $"path: {file}").ShouldContain("a, b are none of these");
        Launch(config.Replace("name: first", $"name: third\ninit: {{weights: {{file: {first.Path}, preparation: new}}}}",
            StringComparison.Ordinal).Replace("set: digits, train: 60", $"path: {file}", StringComparison.Ordinal))
            .Status.ShouldBe(RunStatus.Finished);
    }

    [Fact]
    public void A_flow_starts_from_the_last_weights_of_another()
    {
        var first = new RunLauncher(_folder.Path, false, []).Launch(Configs.Read(Configs.TwoParameters),
            cancellation: TestContext.Current.CancellationToken).Folder;
        var second = new RunLauncher(_folder.Path, false, []).Launch(
            Configs.Read(Configs.TwoParameters, "name=second", $"init={{weights: {first.Path}}}"),
            cancellation: TestContext.Current.CancellationToken).Folder;
        var (before, after) = (Npy.Read(first.File("arrays/W.npy")), Npy.Read(second.File("arrays/W.npy")));
        after[0].ShouldNotBe(before[0]);
        PreparedStart(second).ShouldBe(before[^1]);
    }

    private static double[] PreparedStart(RunFolder run) => Rhoflow.Lab.FlowRuns.PreparedFlow.From(
        (FlowExperiment)Experiment.Load(run.File("config.yaml"), [])).InitialWeights.ToArray();

    private void WriteSingle(params (string Name, float[] Values, int[] Shape)[] arrays)
    {
        var file = new Rhoflow.Data.Safetensors();
        foreach (var (name, values, shape) in arrays) file.Add<float>(name, values, shape);
        using var stream = File.Create(_folder / "weights.safetensors");
        file.Write(stream);
    }
}
