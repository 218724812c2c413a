using Rhoflow.Losses;
using Rhoflow.Measures.NormalizedLoss;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Measures.NormalizedLoss;

public class NormalizedLossTests
{
    // The losses that descents go down, at outputs multiplied by ρ'.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void They_are_the_losses_of_scaled_outputs(int classes)
    {
        const int N = 600;
        var random = new Random(classes);
        double[] f = Problems.Normal(random, N * classes), weights = new double[f.Length];
        double[] y = [.. Enumerable.Range(0, N).Select(_ => classes == 1 ? random.Next(2) * 2.0 - 1 : random.Next(classes))];
        var margins = Margin.All(f, y, classes);
        foreach (var rho in (double[])[1e-8, .3, 1, 10, 1000, 1e100])
        {
            double[] scaled = [.. f.Select(o => rho * o)];
            double Log(Loss loss) => loss.Evaluate(scaled, y, classes, weights).LogLoss - Math.Log(N);
            void Same(double value, double expected) => value.ShouldBe(expected, 1e-13 * (1 + Math.Abs(expected)));
            Same(NormalizedLosses.LogCrossEntropy(f, y, classes, rho), Log(Loss.CrossEntropy));
            Same(NormalizedLosses.LogExponential(margins, rho), Log(Loss.Exponential));
            Same(NormalizedLosses.LogSquare(f, y, classes, rho), Log(Loss.Square));
            Same(NormalizedLosses.LogSquare(f, y, classes, rho, -1), Log(Loss.SquareSigns));
            var gap = Math.Log(Math.Max(classes, 2)) - Math.Exp(Log(Loss.CrossEntropy));
            NormalizedLosses.CrossEntropyGap(f, y, classes, rho).ShouldBe(gap, 1e-13 * (1 + Math.Abs(gap)));
        }
    }

    // Separated by far: the loss is e^{−ρ'γ} beyond a double's range, and not 0.
    [Fact]
    public void Losses_beyond_a_double_have_a_logarithm()
    {
        double[] f = [3, -3, 3, 0, 0, 3], y = [1, -1, 1];
        NormalizedLosses.LogCrossEntropy(f.AsSpan(0, 3), y, 1, 1000).ShouldBe(-3000, 1e-12);
        NormalizedLosses.LogCrossEntropy(f.AsSpan(2, 4), [0, 1], 2, 1e5).ShouldBe(-3e5, 1e-9);
        NormalizedLosses.LogExponential([3, 4, 5], 1e4).ShouldBe(-3e4 - Math.Log(3), 1e-10);
        NormalizedLosses.LogSquare([1, -1], [1, -1], 1, 1).ShouldBe(double.NegativeInfinity);
        NormalizedLosses.CrossEntropyGap([0, 1000], [0], 2, 1000).ShouldBe(Math.Log(2) - 1e6, 1e-9);
    }

    // log C − loss = ρ'(f_y − mean f) + O(ρ'²): 1e-30 is resolved where the loss itself has no digit of it.
    [Fact]
    public void The_gap_keeps_its_digits_for_tiny_outputs()
    {
        double[] f = [3e-30, -1e-30, 1e-30, 2e-30, 5e-30, -4e-30], y = [0, 1];
        var expected = ((3e-30 - 1e-30) + (5e-30 - 1e-30)) / 2;
        NormalizedLosses.CrossEntropyGap(f, y, 3, 1).ShouldBe(expected, 1e-44);
        NormalizedLosses.CrossEntropyGap([4e-25], [-1], 1, 1).ShouldBe(-2e-25, 1e-39);
        NormalizedLosses.CrossEntropyGap(new double[5], [3], 5, 1).ShouldBe(0);
    }

    [Fact]
    public void Columns_of_training_and_test_examples()
    {
        var network = Network.Dense(3, 5, 1);
        var (train, test) = (Problems.Separable(1, 12, 3, .1), Problems.Separable(2, 8, 3, .1));
        var input = Observations.At(network, Loss.Logistic, train, Initialization.Kaiming(network, new RandomStream(1)), test: test);
        var mean = input.Snapshot.MarginsArray.Average(static m => Math.Log(1 + Math.Exp(-10 * m)));
        input.Column("ce_rho10").ShouldBe(mean, 1e-13);
        input.Column("log10_ce_rho10").ShouldBe(Math.Log10(mean), 1e-13);
        input.Column("ce_gap_rho1").ShouldBe(Math.Log(2) - input.Column("ce_rho1"), 1e-14);
        input.Column("test_ce_rho100").ShouldBe(input.Test!.MarginsArray.Average(static m => Math.Log(1 + Math.Exp(-100 * m))), 1e-12);
        input.Column("ce_rho4096").ShouldBe(input.Snapshot.MarginsArray.Average(static m => Math.Max(0, -4096 * m)
            + Math.Log(1 + Math.Exp(-Math.Abs(4096 * m)))), 1e-9);
        input.Column("test_ce_rho4").ShouldBe(input.Test.MarginsArray.Average(static m => Math.Log(1 + Math.Exp(-4 * m))), 1e-13);
        input.Column("log10_test_square_rho1").ShouldBe(Math.Log10(input.Test.MarginsArray.Average(static m => (1 - m) * (1 - m))), 1e-13);
        input.Column("log10_exp_rho1").ShouldBe(Math.Log10(input.Snapshot.MarginsArray.Average(static m => Math.Exp(-m))), 1e-13);
    }

    [Fact]
    public void Bad_input_is_named()
    {
        Should.Throw<ArgumentException>(static () =>
            NormalizedLosses.LogCrossEntropy([1, 2, 3], [0, 1], 2, 1)).Message.ShouldContain("4 outputs");
        Should.Throw<ArgumentOutOfRangeException>(static () => NormalizedLosses.LogExponential([1], 0)).Message.ShouldContain("ρ'");
    }
}
