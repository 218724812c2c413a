using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Tests.Networks.Passes;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Networks;

public class HomogeneityTests
{
    public static IEnumerable<TheoryDataRow<string>> Names => NetworkTable.Names.Select(n => new TheoryDataRow<string>(n));

    // f(cθ) = c^degree f(θ) and f(… cW_k …) = c^{e_k} f, as far as ε of batch normalization is small: exactly in its limit ε → 0.
    [Theory]
    [MemberData(nameof(Names))]
    public void Scaling_the_parameters_scales_f_by_the_degree(string name)
    {
        var network = NetworkTable.Get(name);
        var homogeneity = Homogeneity.Of(network);
        var trial = new Trial(network, 3);
        double[] Outputs(double[] theta) => new ReferenceNodes(network).Run(theta, trial.X, trial.Examples)[^1];
        var f = Outputs(trial.Theta);
        var tolerance = (homogeneity.Reason is null ? 1e-12 : 1e-3) * (1 + Vectors.Norm(f));
        const double C = 1.7;
        if (homogeneity.Degree is { } degree)
            Outputs([.. trial.Theta.Select(t => C * t)]).Select(v => v / Math.Pow(C, degree)).ShouldBe(f, tolerance);
        else homogeneity.Reason.ShouldNotBeNull();
        for (var k = 0; k < network.Depth; k++)
        {
            if (homogeneity.Layers[k] is not { } exponent) continue;
            var scaled = (double[])trial.Theta.Clone();
            foreach (ref var w in network.Layers[k].Of(scaled)) w *= C;
            Outputs(scaled).Select(v => v / Math.Pow(C, exponent)).ShouldBe(f, tolerance, $"layer {k + 1}");
        }
    }

    // What is no multiple of itself when all weights are scaled is none after a normalization either.
    [Fact]
    public void Normalization_does_not_make_a_sum_of_two_degrees_homogeneous()
    {
        foreach (var normalized in (Func<NetworkBuilder, NetworkBuilder>[])[static b => b.BatchNorm(epsilon: 0), static b =>
            b.LayerNorm(epsilon: 0)])
        {
            var residual = new NetworkBuilder(5).Dense(6).Then(Activation.ReLU)
                .Residual(static b => b.Dense(4).Then(Activation.ReLU).Dense(6));
            var network = normalized(residual).Dense(2).Build();
            var trial = new Trial(network, 3);
            double[] Outputs(double c) => new ReferenceNodes(network).Run([.. trial.Theta.Select(t => c * t)], trial.X, trial.Examples)[^1];
            double[] f1 = Outputs(1), f2 = Outputs(2);
            Math.Abs(Vectors.Dot(f1, f2)).ShouldBeLessThan((1 - 1e-3) * Vectors.Norm(f1) * Vectors.Norm(f2));
            Homogeneity.Of(network).ShouldSatisfyAllConditions(h => h.Degree.ShouldBeNull(), h =>
                h.Reason!.ShouldContain("adds parts of degree 3 and 1"));
        }
    }

    [Fact]
    public void Networks_that_are_not_homogeneous_really_are_not_and_say_why()
    {
        var residual = NetworkTable.Get("residual");
        var homogeneity = Homogeneity.Of(residual);
        homogeneity.Degree.ShouldBeNull();
        homogeneity.Reason.ShouldBe("the residual sum of node 6 adds parts of degree 3 and 1");
        homogeneity.Layers.ShouldBe([1, null, null, 1]);
        var trial = new Trial(residual, 3);
        double Size(double c) =>
            Vectors.Norm(new ReferenceNodes(residual).Run([.. trial.Theta.Select(t => c * t)], trial.X, trial.Examples)[^1]);
        var (f1, f2, f4) = (Size(1), Size(2), Size(4));
        Math.Abs(f2 / f1 - f4 / f2).ShouldBeGreaterThan(0.1);
        Homogeneity.Of(NetworkTable.Get("batch norm before relu")).Reason!.ShouldContain("the batch normalization of node 2 has ε = 1E-05");
        // x̂ of the input is of degree 0 whatever ε
        Homogeneity.Of(NetworkTable.Get("plain batch norm of the input")).Reason!.ShouldContain("node 3");
        Homogeneity.Of(new NetworkBuilder(3).Dense(4).BatchNorm(epsilon: 0).Then(Activation.ReLU).Dense(1).Build())
            .ShouldSatisfyAllConditions(
            h => h.Reason.ShouldBeNull(), h => h.Degree.ShouldBe(1), h => h.Layers.ShouldBe([0, 1]));
    }
}
