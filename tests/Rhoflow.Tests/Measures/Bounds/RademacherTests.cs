using FsCheck;
using FsCheck.Fluent;
using Rhoflow.Measures.Bounds;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Observations;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Measures.Bounds;

public sealed class RademacherTests
{
    [Fact]
    public void Known_linear_classes()
    {
        // Orthonormal: ‖Σσx‖ = √N for all signs, where Jensen's bound is an equality.
        RademacherComplexity.Linear(FeatureMatrix.Of([1.0, 0, 0, 0, 1, 0, 0, 0, 1], 3)).Value.ShouldBe(1 / Math.Sqrt(3), 1e-15);
        // One example four times: E|σ_1 + … + σ_4| = 1.5.
        RademacherComplexity.Linear(FeatureMatrix.Of([3.0, 4, 3, 4, 3, 4, 3, 4], 2)).Value.ShouldBe(5 * 1.5 / 4, 1e-15);
        RademacherComplexity.Linear(FeatureMatrix.Of([-7.0], 1)).Value.ShouldBe(7);
        // Orthonormal also where signs are drawn: no spread.
        var many = new double[20 * 20];
        for (var n = 0; n < 20; n++) many[n * 21] = 1;
        var drawn = RademacherComplexity.Linear(FeatureMatrix.Of(many, 20));
        drawn.Value.ShouldBe(1 / Math.Sqrt(20), 1e-15);
        drawn.StandardError.ShouldBe(0, 1e-15);
    }

    [Fact]
    public void Enumeration_draws_and_the_bound_agree()
    {
        Prop.ForAll(Gen.Choose(0, 10_000).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            int count = random.Next(1, 11), d = random.Next(1, 5);
            var x = Problems.Normal(random, count * d);
            var exact = RademacherComplexity.Linear(FeatureMatrix.Of(x, d));
            exact.Value.ShouldBe(AllSigns(x, d), 1e-13);
            exact.StandardError.ShouldBe(0);
            exact.Value.ShouldBeLessThanOrEqualTo(InputNorms.Of(FeatureMatrix.Of(x, d)).Frobenius / count * (1 + 1e-14));
            // Khintchine–Kahane: and at least 1/√2 of it.
            exact.Value.ShouldBeGreaterThanOrEqualTo(InputNorms.Of(FeatureMatrix.Of(x, d)).Frobenius / count / Math.Sqrt(2) * (1 - 1e-14));
            var rotation = Problems.Rotation(seed, d);
            double[] rotated = [.. Enumerable.Range(0, count).SelectMany(n => Problems.Apply(rotation, x.AsSpan(n * d, d)))];
            RademacherComplexity.Linear(FeatureMatrix.Of(rotated, d)).Value.ShouldBe(exact.Value, 1e-13);
            exact.Scaled(3.5).Value.ShouldBe(RademacherComplexity.Linear(FeatureMatrix.Of([.. x.Select(static v => 3.5 * v)], d)).Value,
                1e-13);
        }).QuickCheckThrowOnFailure();

        var long18 = Problems.Normal(new Random(3), 18 * 3);
        var sampled = RademacherComplexity.Linear(FeatureMatrix.Of(long18, 3), draws: 4000, seed: 1);
        sampled.StandardError.ShouldBeInRange(1e-4, 0.01);
        Math.Abs(sampled.Value - AllSigns(long18, 3)).ShouldBeLessThan(4 * sampled.StandardError);
        var single = RademacherComplexity.Linear(FeatureMatrix.Of([.. long18.Select(static v => (float)v)], 3), draws: 4000, seed: 1);
        single.Value.ShouldBe(sampled.Value, 1e-6);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Linear_networks_of_any_depth_have_the_complexity_of_linear_functions(int depth)
    {
        // max over ‖V_k‖ = 1 of V_K … V_1 s is ‖s‖, by rank-one matrices.
        var network = Network.Linear(3, [.. Enumerable.Repeat(4, depth - 1), 1]);
        var x = Problems.Normal(new Random(depth), 5 * 3);
        var estimate = new NetworkRademacher { Draws = 32, Steps = 2000 }.LowerEstimate(network, x);
        var exact = AllSigns(x, 3);
        estimate.StandardError.ShouldBe(0);
        estimate.Value.ShouldBe(exact, 1e-6);
        estimate.Value.ShouldBeLessThanOrEqualTo(exact * (1 + 1e-13));
    }

    [Fact]
    public void A_hidden_layer_of_ReLUs_in_the_plane_against_all_angles()
    {
        // The best network has one unit: max over a of |Σσ_n (a·x_n)₊|/N, a on the circle.
        var x = Problems.Normal(new Random(7), 6 * 2);
        double AllAngles(double rho1, double rho2)
        {
            var total = 0.0;
            for (var signs = 0; signs < 64; signs++)
            {
                var largest = 0.0;
                for (var i = 0; i < 20000; i++)
                {
                    var (sin, cos) = Math.SinCos(2 * Math.PI * i / 20000);
                    var sum = 0.0;
                    for (var n = 0; n < 6; n++)
                        sum += (1 - 2 * ((signs >> n) & 1)) * Math.Max(0, rho1 * cos * x[2 * n] + rho1 * sin * x[2 * n + 1]);
                    largest = Math.Max(largest, rho2 * Math.Abs(sum));
                }
                total += largest / 6;
            }
            return total / 64;
        }
        var exact = AllAngles(1, 1);
        var estimate = new NetworkRademacher { Draws = 64, Restarts = 12, Steps = 500 }.LowerEstimate(Network.Dense(2, 3, 1), x);
        estimate.Value.ShouldBeLessThanOrEqualTo(exact * (1 + 1e-7));
        estimate.Value.ShouldBeGreaterThan(0.995 * exact);
        // By default there are fewer starts, and it falls short by about what `list measures` says.
        var usual = new NetworkRademacher { Draws = 64 }.LowerEstimate(Network.Dense(2, 3, 1), x);
        usual.Value.ShouldBeInRange(0.98 * exact, exact * (1 + 1e-7));

        // R_N(F) = ρ R_N(F̃), ρ = ρ_1 ρ_2 (SQ eq. 42).
        AllAngles(0.3, 7).ShouldBe(new RademacherComplexity(exact, 0).Scaled(0.3 * 7).Value, 1e-14);
        // And what Golowich et al. prove is above it.
        var inputs = InputNorms.Of(FeatureMatrix.Of(x, 2));
        exact.ShouldBeLessThan(Math.Exp(NormBounds.Golowich([1, 1], inputs)));
    }

    [Fact]
    public void Estimates_are_reproducible_below_their_bounds_and_more_restarts_are_not_worse()
    {
        var x = Problems.Normal(new Random(8), 30 * 4);
        var network = Network.Dense(4, 6, 5, 3);
        var few = new NetworkRademacher { Draws = 6, Restarts = 1 }.LowerEstimate(network, x, seed: 2);
        few.ShouldBe(new NetworkRademacher { Draws = 6, Restarts = 1 }.LowerEstimate(network, x, seed: 2));
        few.StandardError.ShouldBeGreaterThan(0);
        var inputs = InputNorms.Of(FeatureMatrix.Of(x, 4));
        few.Value.ShouldBeLessThan(Math.Exp(NormBounds.Golowich([1, 1, 1], inputs)));
        few.Value.ShouldBeGreaterThan(0.1 * inputs.Frobenius / 30);
    }

    [Fact]
    public void What_has_no_class_is_refused()
    {
        NetworkRademacher.Refuse(new NetworkBuilder(3).Dense(3).BatchNorm().Dense(1).Build())!.ShouldContain("batch normalization");
        Should.Throw<ArgumentException>(() =>
            new NetworkRademacher().LowerEstimate(Network.Dense(3, 1), new double[4])).Message.ShouldContain("whole examples of 3");
        Should.Throw<ArgumentOutOfRangeException>(() => new RademacherComplexity(1, 0).Scaled(-1));
    }

    private static double AllSigns(double[] x, int d)
    {
        int count = x.Length / d, all = 1 << count;
        var total = 0.0;
        var sum = new double[d];
        for (var signs = 0; signs < all; signs++)
        {
            Array.Clear(sum);
            for (var n = 0; n < count; n++) Vectors.Add(1 - 2 * ((signs >> n) & 1), x.AsSpan(n * d, d), sum);
            total += Vectors.Norm(sum) / count;
        }
        return total / all;
    }
}
