using Rhoflow.Papers.SetUps;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Papers;

/// <summary>What runs of full size gave is read back as it was written.</summary>
public class KeptRunTests
{
    [Fact]
    public void A_kept_run_has_its_columns_and_a_missing_one_is_null()
    {
        var run = KeptRun.Find("square-loss/figure-01", "norm-1")!;
        ((IEnumerable<double>)run["epoch"]).ShouldBe([.. Enumerable.Range(0, 101).Select(i => 10.0 * i)]);
        run.Last("epoch").ShouldBe(1000);
        (run.Last("rho_1") * run.Last("rho_2") * run.Last("rho_3") * run.Last("rho_4")).ShouldBe(run.Last("rho"), 1e-9 * run.Last("rho"));
        Should.Throw<ArgumentException>(() => run["speed"]).Message.ShouldContain("no column 'speed'");
        KeptRun.Find("square-loss/figure-01", "norm-17").ShouldBeNull();
    }
}
