using System.Runtime.CompilerServices;
using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests;

/// <summary>The README's library example prints what the README says.</summary>
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

        foreach (var p in new UnconstrainedFlow(risk).From(net.Zeros()).At(Clock.DecadesOfT(1, 1000), TestContext.Current.CancellationToken))
            if (p.Log10T is 1 or 10 or 100 or 1000)
                lines.Add($"t = 1e{p.Log10T:0}  rho = {p.Rho:g6}  margin = {p.Margin:g5}  angle to SVM = {p.AngleTo(limit.Direction):g3}");

        lines.Count.ShouldBe(4);
        foreach (var line in lines) Readme().ShouldContain(line);
    }

    private static string Readme([CallerFilePath] string here = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "README.md"));
}
