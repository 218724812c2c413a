using Rhoflow.Losses;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Losses;

public class LossTests
{
    // log ℓ(z) and its derivatives to full precision by series and identities that share nothing with the code: for z ≥ 0
    // log(1 + e^{−z}) = 2 artanh(e^{−z}/(2 + e^{−z})), for z < 0 it is −z + that of −z.
    private static (double Log, double MinusSlope, double Curvature) Logistic(double z)
    {
        double e = Math.Exp(-Math.Abs(z)), u = e / (2 + e), sum = 0, power = u;
        for (var k = 1; k < 400; k += 2, power *= u * u) sum += 2 * power / k;
        var value = z >= 0 ? sum : -z + sum;
        return (Math.Log(value), z >= 0 ? e / (1 + e) : 1 / (1 + e), e / ((1 + e) * (1 + e)));
    }

    [Theory]
    [InlineData(-700)]
    [InlineData(-40)]
    [InlineData(-3)]
    [InlineData(-1e-9)]
    [InlineData(0)]
    [InlineData(1e-9)]
    [InlineData(0.5)]
    [InlineData(20)]
    [InlineData(35.9)]
    [InlineData(36.1)]
    [InlineData(300)]
    [InlineData(700)]
    public void The_logistic_loss_has_all_its_digits(double z)
    {
        var expected = Logistic(z);
        foreach (var y in (double[])[1, -1])
        {
            double[] weights = [0], curvature = [0];
            var value = Loss.Logistic.Evaluate([y * z], [y], weights);
            value.LogLoss.ShouldBe(expected.Log, 1e-14 * Math.Max(1, Math.Abs(expected.Log)));
            (weights[0] * Math.Exp(value.LogScale)).ShouldBe(y * expected.MinusSlope, 2e-13 * expected.MinusSlope);
            Loss.Logistic.Curvature([y * z], [y], value, curvature);
            (curvature[0] * Math.Exp(value.LogScale)).ShouldBe(expected.Curvature, 3e-13 * expected.Curvature);
        }
    }

    [Theory]
    [InlineData(-700)]
    [InlineData(0)]
    [InlineData(2000)]
    [InlineData(1e6)]
    public void Far_out_an_exponential_type_loss_stays_exact(double z)
    {
        double[] margins = [z, z + 1, z + 3], weights = new double[3];
        // Σ e^{−z_n} = e^{−z}(1 + e^{−1} + e^{−3})
        var sum = 1 + Math.Exp(-1) + Math.Exp(-3);
        var exponential = Loss.Exponential.Evaluate(margins, [1, 1, 1], weights);
        exponential.LogLoss.ShouldBe(Math.Log(sum) - z, 1e-15 * Math.Max(1, Math.Abs(z)));
        weights.ShouldBe([1 / sum, Math.Exp(-1) / sum, Math.Exp(-3) / sum], 1e-15);
        var curvature = new double[3];
        Loss.Exponential.Curvature(margins, [1, 1, 1], exponential, curvature);
        curvature.ShouldBe(weights, 1e-9);                          // ℓ'' = −ℓ' for y = 1
        if (z < 100) return;
        var logistic = Loss.Logistic.Evaluate(margins, [1, 1, 1], weights);
        logistic.LogLoss.ShouldBe(exponential.LogLoss, 1e-15 * z);
        weights.ShouldBe([1 / sum, Math.Exp(-1) / sum, Math.Exp(-3) / sum], 1e-9);
    }

    [Fact]
    public void Signs_of_labels_and_outputs_trade_places()
    {
        foreach (var loss in (Loss[])[Loss.Exponential, Loss.Logistic])
        {
            var f = Problems.Normal(new Random(1), 9);
            double[] y = [1, -1, 1, 1, -1, -1, 1, -1, 1], a = new double[9], b = new double[9];
            var value = loss.Evaluate(f, y, a);
            loss.Evaluate([.. f.Zip(y, (u, v) => u * v)], [.. y.Select(_ => 1.0)], b).ShouldBe(value);
            a.ShouldBe(b.Zip(y, (u, v) => u * v), 1e-15);
        }
    }

    [Fact]
    public void The_square_loss_is_a_sum_of_squares()
    {
        double[] f = [0.5, -2, 3], y = [1, 0.25, 3], weights = new double[3], curvature = new double[3];
        var value = Loss.Square.Evaluate(f, y, weights);
        value.LogLoss.ShouldBe(Math.Log(0.25 + 5.0625), 1e-15);
        value.LogScale.ShouldBe(0);
        weights.ShouldBe([1, 4.5, 0]);
        Loss.Square.Curvature(f, y, value, curvature);
        curvature.ShouldBe([2, 2, 2]);
        Loss.Square.Evaluate([1, 2], [1, 2], new double[2]).LogLoss.ShouldBe(double.NegativeInfinity);
    }

    // −∂L/∂f and ∂²L/∂f² against differences of L itself
    [Fact]
    public void Weights_and_curvature_are_derivatives_of_the_value()
    {
        const double H = 1e-4;
        foreach (var loss in Loss.All)
        {
            double[] f = [.. Problems.Normal(new Random(2), 6)], y = [1, -1, 1, -1, 1, 1], w = new double[6], c = new double[6];
            var value = loss.Evaluate(f, y, w);
            loss.Curvature(f, y, value, c);
            double At(int n, double h)
            {
                var moved = (double[])f.Clone();
                moved[n] += h;
                return Math.Exp(loss.Evaluate(moved, y, new double[6]).LogLoss);
            }
            for (var n = 0; n < 6; n++)
            {
                (w[n] * Math.Exp(value.LogScale)).ShouldBe(-(At(n, H) - At(n, -H)) / (2 * H), 1e-6);
                (c[n] * Math.Exp(value.LogScale)).ShouldBe((At(n, H) - 2 * At(n, 0) + At(n, -H)) / (H * H), 1e-5);
            }
        }
    }
}
