using Rhoflow.Data;
using Rhoflow.Losses;
using Rhoflow.Measures.Equilibrium;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Measures.Equilibrium;

public class EquilibriumTests
{
    public static TheoryData<string, Reduction, string> Losses => new()
    {
        { "one", Reduction.Mean, "square" }, { "one", Reduction.Sum, "square" }, { "three", Reduction.Mean, "square" },
            { "three", Reduction.Sum, "square-signs" },
    };

    // ρ̇ = −dL/dρ with L = (mean or sum of ‖ρf̃ − t‖²) + λρ², by differences of the losses that descents go down.
    [Theory]
    [MemberData(nameof(Losses))]
    public void The_norm_moves_down_the_regularized_loss(string outputs, Reduction reduction, string name)
    {
        const double Lambda = .07;
        var loss = Loss.All.Single(l => l.Name == name);
        var network = outputs == "one" ? Network.Dense(3, 4, 1) : Network.Dense(3, 4, 3);
        var data = outputs == "one" ? Problems.Separable(1, 9, 3, .2) : Observations.Classes(2, 9, 3, 3);
        var input = Observations.At(network, loss, data, Initialization.Kaiming(network, new RandomStream(3)), reduction: reduction,
            decay: Lambda);
        var s = input.Snapshot;
        double L(double rho, double lambda)
        {
            double[] f = [.. s.OutputsArray.Select(o => rho * o)];
            return Math.Exp(loss.Evaluate(f, s.Targets, network.Outputs, new double[f.Length]).LogLoss + s.LogReduction)
                + lambda * rho * rho;
        }
        double Slope(double rho, double lambda = Lambda) => (L(rho + 1e-5, lambda) - L(rho - 1e-5, lambda)) / 2e-5;
        input.Column("rho_rate").ShouldBe(-Slope(s.Rho), 1e-7);
        Slope(input.Column("rho_equilibrium")).ShouldBe(0, 1e-7);
        Slope(input.Column("rho_equilibrium_undecayed"), 0).ShouldBe(0, 1e-7);
        input.Column("rho_over_equilibrium").ShouldBe(s.Rho / input.Column("rho_equilibrium"), 1e-13);
        NormEquilibrium.Of(s.Outputs, s.Targets, network.Outputs, Math.Exp(s.LogReduction), Lambda, name == "square-signs" ? -1 : 0)
            .Residual(Math.Log(input.Column("rho_equilibrium"))).ShouldBeLessThan(1e-14);
    }

    // f̃ = (.5, −.25), y = (1, −1), λ = .1: Σyf̃ = .75, Σf̃² = .3125.
    [Fact]
    public void The_conventions_of_sum_and_mean()
    {
        NormEquilibrium.Of([.5, -.25], [1, -1], 1, 1, .1).Rho.ShouldBe(.75 / .4125, 1e-15);
        NormEquilibrium.Of([.5, -.25], [1, -1], 1, .5, .1).Rho.ShouldBe(.75 / .5125, 1e-15);
        NormEquilibrium.Of([.5, -.25], [1, -1], 1, .5, .1).RhoWithoutDecay.ShouldBe(2.4, 1e-15);
        NormEquilibrium.Of([.5, -.25, 0, 1], [0, 1], 2, 1, 0).Correlation.ShouldBe(1.5);
        NormEquilibrium.Of([.5, -.25, 0, 1], [0, 1], 2, 1, 0, -1).Correlation.ShouldBe(1.75);
        NormEquilibrium.Of([0, 0], [1, -1], 1, 1, 0).Rho.ShouldBe(double.NaN);
        // SQ eq. 7 and footnote 6: f̃ = 1, λ = 1, N = 4.
        NormEquilibrium.Of([1, 1, 1, 1], [1, 1, 1, 1], 1, 1, 1).Rho.ShouldBe(.8);
    }

    // Ridge regression, (XᵀX + NλI) w = Xᵀy, is where norm and direction of a linear network are both at rest.
    [Fact]
    public void Ridge_regression_is_an_equilibrium()
    {
        const double Lambda = .05;
        var data = Problems.Separable(3, 12, 4, .1);
        var x = MathNet.Numerics.LinearAlgebra.Double.DenseMatrix.OfColumnMajor(4, 12, data.X.ToArray());
        double[] w = [.. (x * x.Transpose() + MathNet.Numerics.LinearAlgebra.Double.DenseMatrix.CreateIdentity(4) * (12 * Lambda))
            .Solve(x * MathNet.Numerics.LinearAlgebra.Double.DenseVector.OfArray(data.Y.ToArray()))];
        var input = Observations.At(Network.Dense(4, 1), Loss.Square, data, w, decay: Lambda);
        input.Column("rho_over_equilibrium").ShouldBe(1, 1e-13);
        input.Column("rho_residual").ShouldBeLessThan(1e-14);
        input.Column("v_residual_1").ShouldBeLessThan(1e-13);
        input.Column("combination_cosine_1").ShouldBe(1, 1e-14);
        input.Column("combination_residual_1").ShouldBeLessThan(1e-13);
        input.Column("kkt_residual").ShouldBe(input.Column("v_residual_1"), 1e-15);
        // No single example is at rest (SQ eq. 40): its residual is the sine of the angle between v and x.
        input.Column("example_residual_min_1")
            .ShouldBe(Enumerable.Range(0, 12).Min(n => Math.Sin(Vectors.Angle(w, data.Example(n)))), 1e-13);
        // Without weight decay Σ c f̃ = 0 there, and no α_n exist.
        double[] plain = [.. (x * x.Transpose()).Solve(x * MathNet.Numerics.LinearAlgebra.Double.DenseVector.OfArray(data.Y.ToArray()))];
        var free = Observations.At(Network.Dense(4, 1), Loss.Square, data, plain);
        free.Column("rho_over_equilibrium").ShouldBe(1, 1e-13);
        free.Column("combination_residual_1").ShouldBe(double.NaN);
    }

    // V̇_k = −S_k ∂L/∂V_k of L(ρ f̃(V)) by differences, on a chain, a convolutional and a normalized network.
    [Theory]
    [InlineData("relu")]
    [InlineData("convolutional")]
    [InlineData("normalized")]
    public void Directions_move_down_the_loss_at_their_norm(string name)
    {
        var network = name switch
        {
            "relu" => Network.Dense(24, 5, 4, 3),
            "convolutional" => Observations.Convolutional(3),
            _ => Observations.Normalized(3)
        };
        var data = Observations.Classes(4, 8, 24, 3);
        double[] theta = Initialization.Kaiming(network, new RandomStream(5)), statistics = Observations.Statistics(network, 6);
        var input = Observations.At(network, Loss.CrossEntropy, data, theta, statistics);
        var s = input.Snapshot;
        for (var k = 0; k < network.Depth; k++)
        {
            var layer = network.Layers[k];
            var v = layer.Of(s.V);
            var slope = new double[layer.Count];
            for (var i = 0; i < slope.Length; i++)
            {
                double L(double h)
                {
                    double[] moved = [.. theta];
                    moved[layer.Offset + i] += h * s.RhoK[k] / input.Passes!.Scale[layer.Offset + i];
                    using var passes = Observations.Passes(network, Loss.CrossEntropy, data, moved, statistics);
                    return Math.Exp(passes.Value.LogLoss);
                }
                slope[i] = (L(-1e-6) - L(1e-6)) / 2e-6;
            }
            double[] tangent = [.. slope];
            Vectors.Add(-Vectors.Dot(v, slope), v, tangent);
            // ∂L/∂V_k at the norms ρ_k is what the flow with multipliers moves along.
            Math.Pow(10, input.Column($"log10_v_rate_{k + 1}")).ShouldBe(Vectors.Norm(tangent), 1e-6 * (1 + Vectors.Norm(slope)));
            input.Column($"v_residual_{k + 1}").ShouldBe(Vectors.Norm(tangent) / Vectors.Norm(slope), 1e-6);
            // The same from Σ α_n ∂f̃_n/∂V_k = slope/Σ c f.
            var average = Math.Exp(input.Passes!.Value.LogScale) * Vectors.Dot(input.Passes.Weights, input.Passes.Outputs);
            double[] combination = [.. slope.Select(g => g / average)];
            input.Column($"combination_cosine_{k + 1}").ShouldBe(Math.Cos(Vectors.Angle(v, combination)), 1e-6);
            input.Column($"combination_residual_{k + 1}")
                .ShouldBe(Vectors.Distance(v, combination), 1e-5 * (1 + Vectors.Norm(combination)));
        }
    }

    [Fact]
    public void Residuals_of_examples_are_sines_of_homogeneous_networks()
    {
        var network = Network.Dense(3, Activation.Power(2), 4, 2);
        var data = Observations.Classes(7, 6, 3, 2);
        var theta = Initialization.Kaiming(network, new RandomStream(8));
        var input = Observations.At(network, Loss.CrossEntropy, data, theta);
        for (var k = 0; k < 2; k++)
        {
            var residuals = new List<double>();
            var margins = new double[theta.Length];
            input.Passes!.EachGradient(Enumerable.Range(0, 6).ToArray(), (n, c, gradient) =>
            {
                if (c == 0) Array.Clear(margins);
                Vectors.Add(c == (int)data.Y[n] ? 1 : -1, gradient, margins);
                if (c == 1) residuals.Add(Math.Sin(Vectors.Angle(network.Layers[k].Of(theta), network.Layers[k].Of(margins))));
            });
            input.Column($"example_residual_min_{k + 1}").ShouldBe(residuals.Min(), 1e-12);
            input.Column($"example_residual_mean_{k + 1}").ShouldBe(residuals.Average(), 1e-12);
            input.Column($"example_residual_max_{k + 1}").ShouldBe(residuals.Max(), 1e-12);
        }
    }

    // SQ App. H.1: V_k = P = x xᵀ of rank one fulfils the equation for its own x.
    [Fact]
    public void A_projection_on_the_example_fulfils_the_equation()
    {
        double[] x = [.6, .8];
        double[] p = [.36, .48, .48, .64];
        var data = new Dataset("one", x, [1], 2);
        var input = Observations.At(Network.Linear(2, 2, 2, 1), Loss.Square, data, [.. p, .. p, .. x]);
        for (var k = 1; k <= 3; k++) input.Column($"example_residual_max_{k}").ShouldBeLessThan(1e-15);
        input.Column("average_separability").ShouldBe(1, 1e-15);
    }
}
