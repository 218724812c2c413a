using Rhoflow.Data;
using Rhoflow.Limits;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Limits;

public sealed class StationarityTests
{
    [Fact]
    public void A_linear_network_at_the_support_vector_machine_is_a_KKT_point()
    {
        var data = Problems.Setosa;
        var svm = HardMargin.Solve(data);
        var network = Network.Dense(4, 1);
        var point = KarushKuhnTucker.At(network, [.. svm.Direction.ToArray().Select(v => 7 * v)], data, slack: 1e-9);
        point.Residual.ShouldBeLessThan(1e-13);
        point.Considered.ShouldBe(svm.SupportVectors);
        point.Complementarity.ShouldBe(0, 1e-13);
        // α with v = Σ α z is γ times the dual of w = v/γ.
        point.Alpha.ToArray().ShouldBe([.. svm.Dual.ToArray().Select(a => a * svm.Margin)], 1e-11);
        // T3 §4.4: no support vector is stationary alone.
        foreach (var n in svm.SupportVectors)
            Vectors.Distance(data.Example(n), [.. svm.Direction.ToArray().Select(v => v * Vectors.Dot(svm.Direction, data.Example(n)))])
                .ShouldBeGreaterThan(5);
    }

    [Fact]
    public void Another_direction_is_not_and_says_by_how_much()
    {
        // One example: the cone is its ray, the residual the sine of the angle to it.
        var one = new Dataset("one", [2, 0], [1], 2);
        KarushKuhnTucker.At(Network.Dense(2, 1), [Math.Cos(.3), Math.Sin(.3)], one).Residual.ShouldBe(Math.Sin(.3), 1e-15);
        KarushKuhnTucker.At(Network.Dense(2, 1), [-1, .5], one).Residual.ShouldBe(1, 1e-15);
        var data = Problems.Setosa;
        var v = HardMargin.Solve(data).Direction.ToArray();
        KarushKuhnTucker.At(Network.Dense(4, 1), [v[0] + .1, v[1], v[2], v[3]], data).Residual.ShouldBeGreaterThan(.05);
    }

    [Fact]
    public void A_deep_linear_network_aligned_with_it_is_one_too()
    {
        var data = Problems.Setosa;
        var v = HardMargin.Solve(data).Direction.ToArray();
        var network = Network.Linear(4, 3, 1);
        // W_1 = a vᵀ, W_2 = aᵀ with ‖a‖ = 1, at any layer norms.
        double[] a = [.6, 0, -.8];
        var theta = network.Pack([[.. a.Select(r => v.Select(x => 5 * r * x).ToArray())], [[.. a.Select(r => .2 * r)]]]);
        KarushKuhnTucker.At(network, theta, data, 1e-9).Residual.ShouldBeLessThan(1e-13);
        theta[0] += .5;
        KarushKuhnTucker.At(network, theta, data, 1e-9).Residual.ShouldBeGreaterThan(.01);
    }

    [Fact]
    public void One_ReLU_unit_sees_only_the_examples_that_switch_it_on()
    {
        // f = relu(w·x) v: with positive labels and z all switched on, the network is linear.
        var data = Problems.TwoByTwo;
        var svm = HardMargin.Solve(data);
        var network = Network.Dense(2, 1, 1);
        KarushKuhnTucker.At(network, [.. svm.Direction, 1], data, 1e-9).Residual.ShouldBeLessThan(1e-14);
        Should.Throw<ArgumentException>(() => KarushKuhnTucker.At(network, [0, 0, 1], data)).Message.ShouldContain("layer 1");
    }

    [Fact]
    public void Nonnegative_least_squares_satisfies_its_KKT_conditions()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            int m = random.Next(1, 12), count = random.Next(1, 30);
            var columns = Enumerable.Range(0, count).Select(_ => Problems.Normal(random, m)).ToArray();
            if (count > 3) columns[3] = [.. columns[0].Select(v => 2 * v)];
            var b = Problems.Normal(random, m);
            var (alpha, residual) = NonnegativeLeastSquares.Solve(columns, b);
            alpha.ShouldAllBe(a => a >= 0);
            var rest = (double[])b.Clone();
            for (var n = 0; n < count; n++) Vectors.Add(-alpha[n], columns[n], rest);
            Vectors.Norm(rest).ShouldBe(residual, 1e-12);
            for (var n = 0; n < count; n++)
            {
                var slope = Vectors.Dot(columns[n], rest);
                slope.ShouldBeLessThan(1e-11);
                if (alpha[n] > 0) slope.ShouldBe(0, 1e-11);
            }
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(7)]
    public void Diagonal_equilibria_solve_their_equation_and_the_printed_ones_do_not(int layers)
    {
        double[] x = [.9, .5, .3];
        var v = DiagonalEquilibrium.Corrected(x, layers);
        DiagonalEquilibrium.Residual(v, x).ShouldBeLessThan(1e-15);
        Vectors.Norm(v[0]).ShouldBe(1, 1e-15);
        var f = x.Select((xi, i) => xi * Math.Pow(v[0][i], layers)).Sum();
        DiagonalEquilibrium.Output(x, layers).ShouldBe(f, 1e-15);
        DiagonalEquilibrium.Residual(DiagonalEquilibrium.Printed(x, layers), x).ShouldBeGreaterThan(.1);
        // Signs, and coordinates switched off.
        double[] signed = [-.9, .5, -.3, 2];
        DiagonalEquilibrium.Residual(DiagonalEquilibrium.Corrected(signed, layers), signed).ShouldBeLessThan(1e-15);
        DiagonalEquilibrium.Residual(DiagonalEquilibrium.Corrected(signed, layers, [0, 2]), signed).ShouldBeLessThan(1e-15);
        DiagonalEquilibrium.Corrected(signed, layers, [2])[^1].ShouldBe([0, 0, -1.0, 0]);
        // The gradients are those of the diagonal network itself.
        var network = Network.Diagonal(3, layers);
        var evaluation = new ChainPasses(network, x, 1);
        double[] theta = [.. v.SelectMany(k => k)], gradient = new double[theta.Length];
        evaluation.Forward(theta);
        evaluation.PerExample(theta, gradient);
        for (var i = 0; i < theta.Length; i++) gradient[i].ShouldBe(theta[i] * f, 1e-15);
    }

    [Fact]
    public void Only_one_hot_equilibria_attract()
    {
        // V̇_k = ∂f̂/∂V_k − V_k f̂ for three layers, a little off each equilibrium.
        double[] x = [.9, .5, .3];
        double[] Flow(double t, double[] v)
        {
            var f = 0.0;
            for (var i = 0; i < 3; i++) f += x[i] * v[i] * v[3 + i] * v[6 + i];
            var velocity = new double[9];
            for (var k = 0; k < 9; k++)
            {
                var i = k % 3;
                velocity[k] = x[i] * v[(k + 3) % 9] * v[(k + 6) % 9] - v[k] * f;
            }
            return velocity;
        }
        foreach (int[] support in new[] { [0, 1, 2], [0, 1], [1, 2], [0], [1], new[] { 2 } })
        {
            double[] start = [.. DiagonalEquilibrium.Corrected(x, 3, support).SelectMany(k => k)];
            Flow(0, start).ShouldAllBe(v => Math.Abs(v) < 1e-15);
            double[] off = [.. start.Select((v, k) => v + 1e-3 * (k % 3 == support[0] ? 1 : -.2))];
            for (var k = 0; k < 3; k++)
            {
                var norm = Vectors.Norm(off.AsSpan(3 * k, 3));
                for (var i = 0; i < 3; i++) off[3 * k + i] /= norm;
            }
            var end = Problems.RungeKutta(Flow, off, 0, 100, 4000);
            if (support.Length == 1) Vectors.Distance(end, start).ShouldBeLessThan(1e-6);
            else Vectors.Distance(end, start).ShouldBeGreaterThan(.5);
        }
    }
}
