using Rhoflow.Data;
using Rhoflow.Kernels;
using Rhoflow.Losses;
using Rhoflow.Measures.Curvature;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Numerics.Eigen;
using Rhoflow.Observations;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Measures.Curvature;

public sealed class TangentOperatorTests
{
    private static readonly Team One = new();

    public static TheoryData<string> Names => [.. CurvaturePoints.Names];

    // Chains with one output, where the dense measure applies: another basis, another engine, ρ on the last layer instead of on each.
    [Theory]
    [InlineData("linear, square")]
    [InlineData("relu chain, exponential")]
    [InlineData("relu chain, logistic")]
    [InlineData("power, square")]
    public void Products_agree_with_the_dense_matrix_of_chains(string name)
    {
        using var passes = CurvaturePoints.At(name, 1);
        var network = passes.Network;
        var v = passes.Theta.ToArray();
        var rho = 1.0;
        for (var k = 0; k < network.Depth; k++)
        {
            var layer = network.Layers[k].Of(v);
            var norm = Vectors.Norm(layer);
            rho *= Math.Pow(norm, network.Exponents[k]);
            Vectors.Scale(1 / norm, layer, layer);
        }
        var dense = TangentHessian.At(new EmpiricalRisk(network, passes.Loss, passes.Data, Reduction.Mean), rho, v);
        var tangent = new TangentOperator(passes);
        tangent.Size.ShouldBe(network.ParameterCount - network.Depth);
        tangent.LogScale.ShouldBe(dense.LogScale, 1e-12);
        tangent.TangentGradient.ShouldBe(dense.TangentGradient, 1e-11);
        var scale = 1 + dense.Eigenvalues.Max(Math.Abs);
        DenseOperator.Of(tangent).Eigenvalues(One).ShouldBe(dense.Eigenvalues, 1e-11 * scale);
        var ends = Lanczos.Solve(tangent, 2, 1, new EigenOptions { Tolerance = 1e-10 }, One);
        if (dense.Eigenvalues.Length < 3) return;
        ends.Values.ToArray().ShouldBe([dense.Eigenvalues[^1], dense.Eigenvalues[^2], dense.Eigenvalues[0]], 1e-8 * scale);
    }

    // d²/ds² L along the geodesic of any tangent ξ is ξᵀ Hess ξ: nothing but values of L on the spheres, on every kind of network.
    [Theory]
    [MemberData(nameof(Names))]
    public void Second_differences_along_geodesics_agree(string name)
    {
        using var passes = CurvaturePoints.At(name, 2);
        var tangent = new TangentOperator(passes);
        var random = new Random(3);
        var xi = new double[passes.Theta.Length];
        for (var trial = 0; trial < 3; trial++)
        {
            var y = Problems.Normal(random, tangent.Size);
            Vectors.Scale(1 / Vectors.Norm(y), y, y);
            tangent.Embed(y, xi);
            Vectors.Norm(xi).ShouldBe(1, 1e-12);
            var expected = Math.Exp(tangent.LogScale) * Vectors.Dot(y, CurvaturePoints.Times(tangent, y));
            const double H = 1e-4;
            double ahead = Loss(H), here = Loss(0), behind = Loss(-H);
            ((ahead - 2 * here + behind) / (H * H)).ShouldBe(expected, 2e-5 * (1 + Math.Abs(expected)));
        }

        double Loss(double s)
        {
            using var moved = CurvaturePoints.At(name, 2, theta => Geodesic(passes, theta, xi, s));
            return Math.Exp(moved.Value.LogLoss);
        }
    }

    [Fact]
    public void A_layer_without_direction_is_named()
    {
        var data = new Dataset("one", [1, 0], [1], 2);
        using var passes = Linearization.Of<double>(Network.Linear(2, 2, 1), Loss.Exponential, data, Reduction.Sum,
            new double[] { 0, 0, 0, 0, 1, 1 }, default,
            1);
        Should.Throw<ArgumentException>(() => new TangentOperator(passes)).Message.ShouldContain("layer 1");
        TangentOperator.Exists(passes).ShouldBeFalse();
    }

    // V_k cos|ξ_k|s + ξ_k/|ξ_k| sin|ξ_k|s, with W = ρ V = Scale θ.
    private static double[] Geodesic(Linearization passes, double[] theta, double[] xi, double s)
    {
        double[] moved = [.. theta];
        foreach (var layer in passes.Network.Layers)
        {
            double[] w = [.. layer.Of(theta).ToArray().Zip(layer.Of(passes.Scale).ToArray(), static (a, b) => a * b)];
            double rho = Vectors.Norm(w), speed = Vectors.Norm(layer.Of(xi));
            for (var i = 0; i < w.Length; i++)
            {
                var turned = w[i] * Math.Cos(speed * s) + (speed > 0 ? rho * layer.Of(xi)[i] / speed * Math.Sin(speed * s) : 0);
                layer.Of(moved)[i] = turned / layer.Of(passes.Scale)[i];
            }
        }
        return moved;
    }
}
