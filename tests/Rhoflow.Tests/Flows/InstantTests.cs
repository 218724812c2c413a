using Rhoflow.Flows;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Flows;

public class InstantTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1e-300)]
    [InlineData(1e-12)]
    [InlineData(1.1e-5)]
    [InlineData(0.01)]
    [InlineData(0.9)]
    [InlineData(3)]
    [InlineData(1e17)]
    [InlineData(1.5e300)]
    public void A_time_goes_through_its_logarithm_and_back(double t)
    {
        var instant = Instant.FromT(t);
        instant.T.ShouldBe(t);
        var back = Instant.FromU(instant.U);
        back.T.ShouldBe(t, 5e-16 * t * Math.Max(1, instant.U) + (t < 1e-290 ? 1e-310 : 0));
        if (t > 0) Instant.FromLog10T(instant.Log10T).U.ShouldBe(instant.U, 1e-13 * instant.U);
        if (t > 0) instant.LogT.ShouldBe(Math.Log(t), 1e-14 * Math.Abs(Math.Log(t)) + 1e-16);
    }

    [Fact]
    public void Times_beyond_a_double_are_kept_by_their_logarithm()
    {
        var far = Instant.FromLog10T(10000);
        far.Log10T.ShouldBe(10000);
        far.U.ShouldBe(23025.850929940457, 1e-11);
        far.LogT.ShouldBe(far.U);
        far.T.ShouldBe(double.PositiveInfinity);
        far.ToString().ShouldBe("t = 10^10000");
        Instant.FromU(far.U).Log10T.ShouldBe(10000, 1e-11);
        far.CompareTo(Instant.FromT(1e308)).ShouldBePositive();
        Instant.FromLog10T(double.NegativeInfinity).U.ShouldBe(0);
        Instant.Zero.LogT.ShouldBe(double.NegativeInfinity);
    }

    [Fact]
    public void Impossible_times_are_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => Instant.FromT(-1)).Message.ShouldContain("≥ 0");
        Should.Throw<ArgumentOutOfRangeException>(() => Instant.FromT(double.NaN));
        Should.Throw<ArgumentOutOfRangeException>(() => Instant.FromT(double.PositiveInfinity)).Message.ShouldContain("FromLog10T");
        Should.Throw<ArgumentOutOfRangeException>(() => Instant.FromLog10T(double.NaN));
        Should.Throw<ArgumentOutOfRangeException>(() => Instant.FromLog10T(double.PositiveInfinity));
        Should.Throw<ArgumentOutOfRangeException>(() => Instant.FromU(-1));
    }

    [Fact]
    public void Lists_of_instants()
    {
        Clock.DecadesOfT(1, 1000).Select(i => i.Log10T).ShouldBe(Enumerable.Range(1, 1000).Select(e => (double)e));
        var spaced = Clock.LogSpaced(Instant.Zero, Instant.FromT(999), 4);
        spaced.Select(i => i.T).ShouldBe([0, 9, 99, 999], 1e-12);
        Clock.LogSpaced(Instant.Zero, Instant.FromT(5), 1).ShouldBe([Instant.FromT(5)]);
    }
}
