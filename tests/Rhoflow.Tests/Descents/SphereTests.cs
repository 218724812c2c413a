using FsCheck.Fluent;
using Rhoflow.Descents;
using Rhoflow.Flows;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Descents;

public class SphereTests
{
    private delegate string? Move(double[] v, double[] g);

    private static readonly (string Name, Move Step)[] Moves =
    [
        ("coefficient", static (v, g) => Spheres.Coefficient<double>(v, g)),
        ("lagrange", static (v, g) => Spheres.Lagrange<double>(v, g)),
        ("tangent", static (v, g) => Spheres.Tangent<double>(v, g)),
        ("geodesic", static (v, g) => Spheres.Geodesic<double>(v, g)),
    ];

    [Fact]
    public void Steps_keep_the_norm_and_follow_the_tangent_to_first_order() =>
        FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(200), Prop.ForAll(
            Gen.Choose(0, 1_000_000).ToArbitrary(), seed =>
            {
                var random = new Random(seed);
                var d = random.Next(2, 20);
                double[] v = Problems.Normal(random, d), g = Problems.Normal(random, d);
                Vectors.Scale(1 / Vectors.Norm(v), v, v);
                Vectors.Scale(1 / Vectors.Norm(g), g, g);
                var along = Vectors.Dot(v, g);
                foreach (var (name, step) in Moves)
                {
                    double Error(double eta)
                    {
                        double[] moved = [.. v], small = [.. g.Select(x => eta * x)];
                        step(moved, small).ShouldBeNull();
                        Vectors.Norm(moved).ShouldBe(1, 4e-16, name);
                        double[] expected = [.. v.Zip(g, (a, b) => a + eta * (b - along * a))];
                        return Vectors.Distance(moved, expected);
                    }
                    // What differs from the tangent step is of second order.
                    Error(1e-3).ShouldBeLessThan(2e-6, name);
                    Error(1e-4).ShouldBeLessThan(2e-8, name);
                }
            }));

    [Fact]
    public void The_norm_stays_over_many_steps_in_float32()
    {
        var random = new Random(2);
        float[] v = [.. Problems.Normal(random, 100).Select(static x => (float)x)];
        Spheres.Normalize<float>(v);
        for (var i = 0; i < 4000; i++)
        {
            float[] g = [.. Problems.Normal(random, 100).Select(static x => (float)(0.01 * x))];
            ((i % 4) switch
            {
                0 => Spheres.Coefficient<float>(v, g),
                1 => Spheres.Lagrange<float>(v, g),
                2 => Spheres.Tangent<float>(v, g),
                _ => Spheres.Geodesic<float>(v, g)
            }).ShouldBeNull();
        }
        Precise.Norm<float>(v).ShouldBe(1, 1e-7);
    }

    [Fact]
    public void A_lagrange_step_without_a_solution_says_so()
    {
        double[] v = [1, 0], g = [0, 1.5];
        Spheres.Lagrange<double>(v, g)!.ShouldContain("‖g‖² ≤ 1 + (V·g)², and ‖g‖² = 2.25, (V·g)² = 0");
        v.ShouldBe([1, 0]);
        Spheres.Coefficient<double>(v, [-1, 0])!.ShouldContain("no direction");
    }

    // Unit-norm techniques on a network with ρ constant and ρ trained: for small η they follow the flows (A) and (B).
    [Theory]
    [InlineData(Normalization.Coefficient)]
    [InlineData(Normalization.Lagrange)]
    [InlineData(Normalization.Tangent)]
    [InlineData(Normalization.Geodesic)]
    [InlineData(Normalization.Weight)]
    public void Small_steps_follow_the_flow(Normalization technique)
    {
        var net = Network.Dense(2, Activation.Identity, 2, 1);
        var data = Problems.TwoByTwo;
        double[] theta = [0.5, 0.2, 0.3, 0.7, 0.6, 0.4];
        var flow = technique == Normalization.Weight
            ? (Flow)new WeightNormalizationFlow(new EmpiricalRisk(net, Loss.Exponential, data))
            : new LagrangeFlow(new EmpiricalRisk(net, Loss.Exponential, data));
        var end = flow.From(theta).At([Instant.FromT(0.5)]).Last().Weights();
        double Error(double eta)
        {
            var options = new DescentOptions(new Sgd(eta)) { Normalization = technique, Norms = NormControl.Trained };
            using var training = Descent.Of(new DataRisk<double>(net, Loss.Exponential, data), options).From(theta);
            training.Train((int)Math.Round(0.5 / eta));
            if (technique != Normalization.Weight)
                foreach (var layer in net.Layers) Vectors.Norm(layer.Of(training.Replicas[0].State.X)).ShouldBe(1, 4e-16);
            return Vectors.Distance(training.Replicas[0].Weights, end);
        }
        double coarse = Error(1e-3), fine = Error(5e-4);
        fine.ShouldBeLessThan(1e-3);
        (coarse / fine).ShouldBe(2, 0.1);
    }
}
