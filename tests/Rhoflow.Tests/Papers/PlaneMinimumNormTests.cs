using Rhoflow.Data;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SquareLoss;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Papers;

/// <summary>The set-ups of claims b33, b34, b139, b140: minima over two-layer networks in the plane, and descent with decay.</summary>
public class PlaneMinimumNormTests
{
    private static Dataset At(double[] angles, double[] labels) => PlaneNets.Circle("inputs", angles, labels);

    [Theory]
    [InlineData(1e-6)]
    [InlineData(.3)]
    [InlineData(5)]
    public void One_example_is_fitted_to_1_over_1_plus_lambda(double lambda)
    {
        var at = PlaneMinimumNorm.Solve(At([0], [-1]), lambda, oneSided: false);
        at.Norm.ShouldBe(1 / (1 + lambda), 1e-9);
        at.Multipliers[0].ShouldBe(1, 1e-6);
        at.Bound.ShouldBe(1, 1e-6);
    }

    // Of one label one unit at 45° serves both; of two labels each has its own.
    [Theory]
    [InlineData(1, 1.4142135623730951)]
    [InlineData(-1, 2)]
    public void Two_inputs_at_a_right_angle(double label, double norm)
    {
        foreach (var oneSided in (bool[])[false, true])
        {
            var at = PlaneMinimumNorm.Solve(At([0, Math.PI / 2], [1, label]), 1e-8, oneSided);
            at.Norm.ShouldBe(norm, 1e-6);
            at.Bound.ShouldBe(norm, 1e-6);
            at.Margins.ShouldAllBe(m => Math.Abs(m - 1) < 1e-6);
        }
    }

    // No network that is tried has a smaller objective, and the norm of what is found is what its layers have.
    [Fact]
    public void Random_networks_are_not_better()
    {
        var random = new RandomStream(Environment.TickCount64, 0);
        var data = GaussianTeacher.Draw(5, 2, (long)(random.NextDouble() * 1e6));
        const double lambda = .05;
        var at = PlaneMinimumNorm.Solve(data, lambda, oneSided: false);
        var least = at.Margins.Sum(m => (m - 1) * (m - 1)) + lambda * at.Norm * at.Norm;
        var net = Network.Dense(2, 8, 1);
        for (var i = 0; i < 20; i++)
        {
            // 2λ'ρ of Σ‖W_k‖² stands for λρ² at its minimum: descend on it and put the end into the objective.
            var end = new DecayedDescent(net, Initialization.Normal(net, random), data, lambda * at.Norm, false).Run(500, default);
            (end.Margins.Sum(m => (m - 1) * (m - 1)) + lambda * end.Norm * end.Norm).ShouldBeGreaterThanOrEqualTo(least * (1 - 1e-3));
        }
        at.Stationarity.ShouldBeLessThan(1e-6);
        // Fewer errors count on one side: the objective is not larger (the norm may be, while λ is not small).
        var oneSided = PlaneMinimumNorm.Solve(data, lambda, oneSided: true);
        (oneSided.Margins.Sum(m => Math.Pow(Math.Max(0, 1 - m), 2)) + lambda * oneSided.Norm * oneSided.Norm)
            .ShouldBeLessThanOrEqualTo(least * (1 + 1e-9));
    }

    [Fact]
    public void Descent_on_one_layer_ends_on_ridge_regression()
    {
        var random = new RandomStream(Environment.TickCount64, 1);
        var data = GaussianTeacher.Draw(6, 3, (long)(random.NextDouble() * 1e6));
        var net = Network.Dense(3, 1);
        var end = new DecayedDescent(net, Initialization.Normal(net, random), data, .2, false).Run(4000, default);
        Vectors.Distance(end.Weights, MinimumNorm.Of(data).Ridge(.2)).ShouldBeLessThan(1e-6);
    }

    [Fact]
    public void One_sided_descent_rests_where_its_differences_vanish()
    {
        var data = GaussianTeacher.Draw(6, 3, 4);
        var net = Network.Dense(3, 1);
        var end = new DecayedDescent(net, [.1, .2, -.1], data, .05, true).Run(4000, default);
        double Objective(double[] w)
        {
            var sum = .05 * Vectors.Dot(w, w);
            for (var n = 0; n < data.Count; n++) sum += Math.Pow(Math.Max(0, 1 - data.Y[n] * Vectors.Dot(w, data.Example(n))), 2);
            return sum;
        }
        for (var i = 0; i < 3; i++)
        {
            double[] up = [.. end.Weights], down = [.. end.Weights];
            up[i] += 1e-4;
            down[i] -= 1e-4;
            ((Objective(up) - Objective(down)) / 2e-4).ShouldBe(0, 1e-4);
        }
    }

    [Fact]
    public void Starts_separate_on_average()
    {
        foreach (var net in PlaneNets.Shapes)
            for (var seed = 0; seed < 5; seed++)
            {
                var data = PlaneNets.Data(PlaneNets.Sets[2], seed);
                var f = new EmpiricalRisk(net, Loss.Square, data, Reduction.Sum).Outputs(PlaneNets.Start(net, data, seed));
                Vectors.Dot(data.Y, f).ShouldBeGreaterThan(0);
            }
    }
}
