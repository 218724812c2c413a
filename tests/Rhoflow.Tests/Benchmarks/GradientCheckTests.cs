using Rhoflow.Benchmarks;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Benchmarks;

public class GradientCheckTests
{
    [Fact]
    public void Derivatives_of_every_node_are_those_of_PyTorch()
    {
        using var suite = new Suite(new SuiteOptions { Names = ["gradients"] }, static _ => { }, TestContext.Current.CancellationToken);
        var rows = suite.Gradients()?.ToArray();
        Assert.SkipWhen(rows is null, "PyTorch is not installed");
        rows!.Length.ShouldBe(GradientCheck.Names.Count());
        rows.ShouldAllBe(r => r.Agrees);
    }
}
