using System.Text.Json.Nodes;
using Rhoflow.Cli;
using Rhoflow.Lab.Runs;
using Rhoflow.Tests.Lab;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Cli;

/// <summary>What a person types and does not mean is answered: refused, or said.</summary>
public sealed class SilentAcceptanceTests : IDisposable
{
    private const string Config = """
        name: small
        data: {set: iris}
        network: {layers: [{dense: 3}]}
        loss: cross-entropy
        descent: {kind: gd, learning-rate: 0.1, epochs: 2}
        """;

    private readonly TemporaryFolder _folder = new();

    public SilentAcceptanceTests() => File.WriteAllText(_folder / "small.yaml", Config);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_result_of_before_says_so_in_every_form()
    {
        bool Reused(params string[] more) => (bool)JsonNode.Parse(Made([.. more, "--json"]).Output)!["reused"]!;
        Reused().ShouldBeFalse();
        Reused().ShouldBeTrue();
        Reused("--resume").ShouldBeTrue();
        Made().Output.ShouldContain("finished before, on ");
        var (_, output, error) = Made("-m", "seed=0,1", "--json");
        JsonNode.Parse(output)!["runs"]!.AsArray().Select(static r => (bool)r!["reused"]!).ShouldBe([true, false]);
        error.ShouldContain("1 of 2 runs were finished already");
    }

    [Theory]
    // Fewer outputs than classes, classes where one number is wanted, a layer that looks at pixels of a table.
    [InlineData("network={layers: [{dense: 2}]}", "needs classes 0 … 1; y[100] = 2. It has 3 classes (setosa, versicolor, virginica)")]
    [InlineData("network={layers: [{dense: 1}]} loss=logistic", "labels −1 and +1")]
    [InlineData("network={layers: [{dense: 1}]} loss=square", "the labels are the classes setosa, versicolor, virginica, and the square "
        + "loss of one output needs numbers: data.classes: [setosa, rest]")]
    [InlineData("network={layers: [{conv: {maps: 2}}, {dense: 3}]}", "a vector of 4 numbers without height and width")]
    [InlineData("network={layers: [global-average, {dense: 3}]}", "a global average looks at all pixels, and what it would look at is a "
        + "vector of 4 numbers")]
    [InlineData("network={layers: [{dense:3}]}", "'dense:3' is not known; a blank is missing after the colon: 'dense: 3'")]
    [InlineData("descent={kind: gd, learning-rate:0.1, epochs: 2}", "descent.learning-rate:0.1 is not a key here; a blank is missing")]
    public void What_does_not_fit_is_refused(string change, string expected)
    {
        var (status, _, error) = Made(change.Split(" loss=") is [var first, var loss] ? [first, $"loss={loss}"] : [change]);
        status.ShouldBeOneOf(ExitStatus.WrongUse, ExitStatus.BadData);
        error.ShouldContain(expected);
        Directory.Exists(_folder / "runs").ShouldBeFalse();
    }

    [Fact]
    public void Outputs_beyond_the_classes_are_said()
    {
        Made("network={layers: [{dense: 5}]}").Error.ShouldContain("iris: the network has 5 outputs for 3 classes");
        Made("network={layers: [{dense: 3}]}").Error.ShouldNotContain("outputs for");
    }

    [Fact]
    public void Options_that_would_do_nothing_are_said()
    {
        Made("-m", "seed=0,1");
        var runs = _folder / "runs";
        var (status, output, error) = Run("show", runs, "--sort", "test_error", "--csv", "--columns", "seed");
        (status, error).ShouldBe((ExitStatus.Done, "rhoflow: note: none of these runs has test_error, so --sort leaves them in their order"
            + Environment.NewLine));
        output.Split('\n').ShouldBe(["seed", "0", "1", ""], ignoreOrder: true);
        (status, _, error) = Run("plot", runs, "--y", "loss", "--spread", "sd", "--out", _folder / "p.csv");
        status.ShouldBe(ExitStatus.WrongUse);
        error.ShouldContain("--spread says what a band shows, and there is no --band");
        // A key that all runs share is a column once it is asked for.
        Run("export", runs, "--to", "csv", "--columns", "init.scale").Output.Split('\n')[0].ShouldBe("run,name,row,init.scale");
        Run("export", runs, "--to", "csv").Output.Split('\n')[0].ShouldNotContain("init.scale");
    }

    [Fact]
    public void Swept_keys_that_change_nothing_are_said()
    {
        // Gradient descent on all examples has no minibatches to be put in order.
        Made("-m", "descent.seed=0,1,2").Error.ShouldContain("note: descent.seed changed nothing: all 3 runs ended with the same numbers");
        var both = Made("-m", "seed=0,1", "data.seed=0", "descent.seed=5,6").Error;
        both.ShouldContain("note: descent.seed changed nothing: runs that differ in it alone ended with the same numbers");
        both.ShouldNotContain("note: seed");
        Made("-m", "seed=0,1", "descent.learning-rate=0.1,0.2").Error.ShouldNotContain("changed nothing");
    }

    [Fact]
    public void What_was_typed_twice_or_is_nowhere_is_said()
    {
        var again = Made("seed=1", "seed=2", "--data-dir", _folder / "nowhere").Error;
        again.ShouldContain("note: seed is given 2 times; the last counts");
        again.ShouldContain($"note: there is no folder --data-dir {_folder / "nowhere"}");
        Made("-m", "seed=1,2,1").Error.ShouldContain("note: 1 of 3 combinations say the same as others, and are made once");
        var runs = _folder / "runs";
        var (status, output, error) = Run("show", runs, "--where", "status=finishd");
        (status, output).ShouldBe((ExitStatus.Done, $"no runs in {runs} with status=finishd" + Environment.NewLine));
        error.ShouldBe("rhoflow: note: no run has status=finishd; nearest: finished; there are: finished" + Environment.NewLine);
        Run("show", runs, "--where", "status=finished").Error.ShouldBe("");
        Run("export", runs, "--to", "csv", "--columns", " ,").Error.ShouldContain("--columns ' ,' names no column");
        var run = RunFolder.Under(runs)[0].Path;
        Run("compare", run, run).Error.ShouldContain("note: A and B are the same run");
        Run("inspect", run, "--measures", "loss", "--curvature-examples", "5").Error
            .ShouldContain("--curvature-examples says nothing here");
        var single = Run("inspect", run, "--measures", "margins/margin_curve", "-q").Output;
        single.ShouldContain("margin_q50");
        single.ShouldNotContain("margin_mean");
        Run("inspect", run, "--measures", "margins/margin_curv").Error.ShouldContain("is no measure; nearest: margins/margin_curve");
    }

    [Fact]
    public void Settings_that_nothing_uses_are_said()
    {
        Made("-j", "2", "--fail-fast").Error.ShouldContain("note: -j and --fail-fast tell how a sweep is made");
        Made("data.transforms=[scale-pixels]").Error.ShouldContain("the 4 inputs of 'iris' are no images");
        var (_, output, _) = Made("observe={at: {every: 1}, measures: [loss], curvature: always, gradients: always, features: all}");
        foreach (var (key, need) in new[] { ("curvature: always", "curvature"), ("gradients: always", "gradients"),
            ("features", "features") })
            output.ShouldContain($"observe.{key} says nothing here: no measure that is taken needs {need}");
    }

    private (int Status, string Output, string Error) Made(params string[] more) =>
        Run(["run", _folder / "small.yaml", "--out", _folder / "runs", .. more]);

    private static (int Status, string Output, string Error) Run(params string[] args)
    {
        using StringWriter output = new(), error = new();
        var status = CommandLine.Run(args, output, error, TestContext.Current.CancellationToken);
        return (status, output.ToString(), error.ToString());
    }
}
