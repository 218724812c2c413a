using Rhoflow.Benchmarks;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Benchmarks;

public class GradientCheckTests
{
    [Fact]
    public void Derivatives_of_every_node_are_those_of_PyTorch()
    {
        var rows = GradientCheck.Run([]);
        Assert.SkipWhen(rows is null, "PyTorch is not installed");
        rows!.Count.ShouldBe(GradientCheck.Names.Count());
        rows.ShouldAllBe(r => r.Agrees);
    }
}
