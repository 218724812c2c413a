using System.Runtime.CompilerServices;
using Rhoflow.Data;
using Rhoflow.Descents;
using Rhoflow.Flows;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests;

/// <summary>The README's library examples do what the README says.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public void The_example_prints_the_output_shown()
    {
        var lines = new List<string>();

        var iris = Iris.Load().Binary("setosa");
        var net = Network.Dense(inputs: 4, 1);
        var risk = new EmpiricalRisk(net, Loss.Exponential, iris);
        var limit = HardMargin.Solve(iris);

        var cancellation = TestContext.Current.CancellationToken;
        foreach (var p in new UnconstrainedFlow(risk).From(net.Zeros()).At(Clock.DecadesOfT(1, 1000), cancellation))
            if (p.Log10T is 1 or 10 or 100 or 1000)
                lines.Add($"t = 1e{p.Log10T:0}  rho = {p.Rho:g6}  margin = {p.Margin:g5}  "
                    + $"angle to SVM = {p.AngleTo(limit.Direction):g3}");

        lines.Count.ShouldBe(4);
        foreach (var line in lines) Readme().ShouldContain(line);
    }

    [Fact]
    public void The_training_example_learns()
    {
        var digits = Digits.Load().ScalePixels().Center();
        var conv = new NetworkBuilder(digits.Shape!.Value)
            .Convolution(16, kernel: 3, stride: 2, padding: 1).Then(Activation.ReLU).Dense(10).Build();
        var risk32 = new DataRisk<float>(conv, Loss.CrossEntropy, digits);

        using var run = Descent.Of(risk32, new Sgd(learningRate: 0.1, momentum: 0.9, batch: 128), weightDecay: 1e-4)
            .Replicas(seeds: 2, frobenius: [0.5, 2, 8]);
        run.Train(epochs: 30, cancellation: TestContext.Current.CancellationToken);
        run.Replicas.Count.ShouldBe(6);
        foreach (var r in run.Replicas) run.Evaluate(r).Error.ShouldBeLessThan(0.05, $"replica {r.Index}, rho = {Math.Exp(r.LogRho()):g2}");
    }

    [Fact]
    public void The_examples_compile_from_outside_as_they_stand()
    {
        var blocks = Readme().Split("```csharp\n").Skip(1).Select(static b => b[..b.IndexOf("```", StringComparison.Ordinal)]).ToArray();
        blocks.Length.ShouldBe(2);
        var compiled = Lines(Source("../Rhoflow.Outside/ReadmeExamples.cs"));
        foreach (var line in blocks.SelectMany(Lines)) compiled.ShouldContain(line);
    }

    // Code lines, without comments and without the spaces that only align.
    private static List<string> Lines(string code) =>
        [.. code.Split('\n').Select(static l => string.Join(' ', l.Split("//")[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)))
            .Where(static l => l.Length > 0)];

    private static string Source(string path, [CallerFilePath] string here = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, path));

    private static string Readme([CallerFilePath] string here = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "README.md"));
}
