using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Data;
using Rhoflow.Limits;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Limits;

/// <summary>The KKT residual of deep networks against dense computations, and ReLUs that stand on their kinks.</summary>
public sealed class ClarkeGradientTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 4), Random.Shared.Next()];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Gradients_are_finite_differences(int seed)
    {
        var (network, theta, data) = Draw(seed);
        var clarke = ClarkeGradients.Of(network, theta, data, kink: 1e-9);
        clarke.Examples.ShouldBe(Enumerable.Range(0, data.Count));
        var passes = new ChainPasses(network, data.X, data.Count);
        for (var i = 0; i < theta.Length; i++)
        {
            double At(double step, int n)
            {
                var moved = (double[])theta.Clone();
                moved[i] += step;
                passes.Forward(moved);
                return data.Y[n] * passes.Outputs[n];
            }
            for (var n = 0; n < data.Count; n++)
            {
                // Where a kink lies between the two points, they say nothing.
                double up = At(1e-6, n) - At(0, n), down = At(0, n) - At(-1e-6, n);
                if (Math.Abs(up - down) < 1e-9) clarke.Gradients[n][i].ShouldBe((up + down) / 2e-6, 1e-4, $"seed {seed}");
            }
        }
    }

    // The cone's nearest point lies in the span of some of the gradients: least squares over every subset, kept where all α ≥ 0.
    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_residual_is_the_best_of_all_subsets(int seed)
    {
        var (network, theta, data) = Draw(seed);
        var point = KarushKuhnTucker.At(network, theta, data, double.PositiveInfinity, kink: 1e-9);
        var unit = theta.ToArray();
        foreach (var layer in network.Layers) Scale(layer.Of(unit.AsSpan()));
        var gradients = ClarkeGradients.Of(network, unit, data, 0).Gradients;
        var target = DenseVector.OfArray(unit) / Vectors.Norm(unit);
        var best = 1.0;
        for (var set = 1; set < 1 << data.Count; set++)
        {
            var columns = Enumerable.Range(0, data.Count).Where(n => (set >> n & 1) == 1)
                .Select(n => DenseVector.OfArray(gradients[n])).ToArray();
            var a = DenseMatrix.OfColumnVectors(columns);
            var alpha = a.PseudoInverse() * target;   // gradients may be zero, or parallel
            if (alpha.Min() >= -1e-12) best = Math.Min(best, (target - a * alpha).L2Norm());
        }
        point.Residual.ShouldBe(best, 1e-9, $"seed {seed}");
    }

    // f = v relu(w·x) at w = (1, 0), v = 1: the first example pulls w aside, and only one on its kink can pull it back.
    [Fact]
    public void On_a_kink_any_slope_between_the_two_sides_may_balance()
    {
        var network = Network.Dense(2, 1, 1);
        double[] theta = [1, 0, 1];
        const double c = .5;
        var data = new Dataset("kink", [1, c, 0, -2], [1, 1], 2);
        // Without the kink: the sine of the angle between (1, 0, 1) and (1, c, 1).
        var cosine = 2 / Math.Sqrt(2 * (2 + c * c));
        KarushKuhnTucker.At(network, theta, data, double.PositiveInfinity).Residual.ShouldBe(Math.Sqrt(1 - cosine * cosine), 1e-14);
        var point = KarushKuhnTucker.At(network, theta, data, double.PositiveInfinity, kink: 1e-9);
        point.Residual.ShouldBe(0, 1e-14);
        point.Alpha.Length.ShouldBe(2);
        // α_1 (1, c, 1) + α_2 (0, −2, 0) = (1, 0, 1)/√2.
        point.Alpha[0].ShouldBe(1 / Math.Sqrt(2), 1e-14);
        point.Alpha[1].ShouldBe(c / 2 / Math.Sqrt(2), 1e-14);
        // One that would have to push the other way does not help.
        KarushKuhnTucker.At(network, theta, new Dataset("kink", [1, c, 0, -2], [1, -1], 2), double.PositiveInfinity, kink: 1e-9)
            .Residual.ShouldBe(Math.Sqrt(1 - cosine * cosine), 1e-14);
        var leaky = Network.Dense(2, Activation.LeakyReLU(.25), 1, 1);
        ClarkeGradients.Of(leaky, theta, data, 1e-9).Gradients.Select(g => g[1]).ShouldBe([c, -.5, -2], ignoreOrder: true);
    }

    [Fact]
    public void Too_many_kinks_of_one_example_are_refused()
    {
        var network = Network.Dense(1, 13, 1);
        Should.Throw<ArgumentException>(() => ClarkeGradients.Of(network, new double[26], new Dataset("zero", [1], [1], 1), 1e-9))
            .Message.ShouldContain("13 units stand on their kinks");
    }

    private static (Network Network, double[] Theta, Dataset Data) Draw(int seed)
    {
        var random = new RandomStream(seed, 3);
        var network = seed % 2 == 0 ? Network.Dense(3, 4, 1) : Network.Dense(3, 4, 3, 1);
        double[] Normal(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextNormal())];
        return (network, Normal(network.ParameterCount),
            new Dataset("drawn", Normal(15), [.. Normal(5).Select(v => v > 0 ? 1.0 : -1.0)], 3));
    }

    private static void Scale(Span<double> w)
    {
        var norm = Vectors.Norm(w);
        foreach (ref var v in w) v /= norm;
    }
}
