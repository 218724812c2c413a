using Rhoflow.Data;
using Rhoflow.Losses;
using Rhoflow.Measures.Bounds;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Observations;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Measures.Bounds;

public sealed class FisherRaoTests
{
    [Theory]
    [InlineData("exponential", 1)]
    [InlineData("logistic", 1)]
    [InlineData("square", 1)]
    [InlineData("exponential", 3)]
    [InlineData("cross-entropy", 3)]
    [InlineData("square", 3)]
    public void Outputs_give_what_the_Fisher_matrix_gives(string name, int outputs)
    {
        var loss = Loss.All.Single(l => l.Name == name);
        Network[] networks = [Network.Dense(4, 5, 4, outputs), Network.Dense(4, Activation.Power(2), 3, outputs),
            Network.Linear(4, outputs)];
        foreach (var network in networks)
        {
            var random = new Random(outputs);
            var theta = Problems.Normal(random, network.ParameterCount);
            double[] y = [.. Enumerable.Range(0, 7).Select(n => outputs == 1 ? n % 2 * 2 - 1.0 : n % outputs)];
            var data = new Dataset("random", Problems.Normal(random, 7 * 4), y, 4, outputs == 1 ? null
                : [.. Enumerable.Range(0, outputs).Select(static c => $"{c}")]);
            using var passes = Linearization.Of<double>(network, loss, data, Reduction.Sum, theta, default, threads: 1);
            // ⟨θ, ∇ℓ_n⟩ from the gradients of every output
            var along = new double[7];
            passes.EachGradient([0, 1, 2, 3, 4, 5, 6], (n, c, gradient) =>
                along[n] += Math.Exp(passes.Value.LogScale) * passes.Weights[n * outputs + c] * Vectors.Dot(theta, gradient));
            var expected = Math.Sqrt(along.Average(static a => a * a));
            var rho = 3.7;
            double[] normalized = [.. passes.Outputs.ToArray().Select(f => f / rho)];
            Math.Exp(FisherRao.Log(network.Degree, loss, normalized, Math.Log(rho), y, outputs)).ShouldBe(expected, 1e-10 * (1 + expected));
        }
    }

    [Fact]
    public void One_example_by_hand()
    {
        // ℓ = e^{−f}, f = 2, K = 3: ‖θ‖_fr = 3·2·e^{−2}
        Math.Exp(FisherRao.Log(3, Loss.Exponential, [0.5], Math.Log(4), [1], 1)).ShouldBe(6 * Math.Exp(-2), 1e-15);
        // Far beyond the range of a double, by its logarithm.
        FisherRao.Log(3, Loss.Exponential, [0.5], Math.Log(4000), [1], 1).ShouldBe(Math.Log(3) + Math.Log(2000) - 2000, 1e-10);
    }

    [Fact]
    public void Networks_that_are_not_homogeneous_are_refused()
    {
        FisherRao.Refuse(Network.Dense(3, 4, 1)).ShouldBeNull();
        FisherRao.Refuse(new NetworkBuilder(3).Dense(4).BatchNorm().Dense(1).Build())!.ShouldContain("batch normalization");
        FisherRao.Refuse(new NetworkBuilder(3).Dense(4).Residual(b => b.Dense(4)).Dense(1).Build())!.ShouldContain("degree 2 and 1");
    }
}
