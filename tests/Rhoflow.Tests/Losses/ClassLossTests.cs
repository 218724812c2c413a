using FsCheck.Fluent;
using Rhoflow.Losses;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Losses;

public class ClassLossTests
{
    // ℓ of one example, from the definition and in plain numbers.
    private static double Term(Loss loss, double[] f, int y)
    {
        var m = f[y] - f.Where((_, j) => j != y).Max();
        return loss.Name switch
        {
            "exponential" => Math.Exp(-m),
            "logistic" => Math.Log(1 + Math.Exp(-m)),
            "cross-entropy" => -Math.Log(Math.Exp(f[y]) / f.Sum(Math.Exp)),
            "square" => f.Select((v, j) => Math.Pow((j == y ? 1 : 0) - v, 2)).Sum(),
            _ => f.Select((v, j) => Math.Pow((j == y ? 1 : -1) - v, 2)).Sum(),
        };
    }

    [Fact]
    public void Value_weights_and_curvature_agree_with_the_definition_and_its_differences() =>
        FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(150), Prop.ForAll(
            Gen.Choose(0, 1_000_000).ToArbitrary(), seed =>
            {
                var random = new Random(seed);
                int classes = random.Next(2, 6), count = random.Next(1, 5), size = classes * count;
                double[] f = Problems.Normal(random, size), fDot = Problems.Normal(random, size);
                double[] y = [.. Enumerable.Range(0, count).Select(_ => (double)random.Next(classes))];
                foreach (var loss in Loss.All)
                {
                    double Total(double[] outputs) =>
                        Enumerable.Range(0, count).Sum(n => Term(loss, outputs[(n * classes)..((n + 1) * classes)], (int)y[n]));
                    double[] weights = new double[size], times = new double[size];
                    var value = loss.Evaluate(f, y, classes, weights);
                    Math.Exp(value.LogLoss).ShouldBe(Total(f), 1e-12 * Total(f));
                    loss.CurvatureTimes(f, y, classes, value, fDot, times);

                    const double H = 1e-6;
                    // Margin losses have kinks where two rivals tie; a difference across one says nothing.
                    if (Enumerable.Range(0, count).Any(n => Close(f[(n * classes)..((n + 1) * classes)], 1e-4))) continue;
                    for (var i = 0; i < size; i++)
                    {
                        double[] up = [.. f], down = [.. f];
                        up[i] += H;
                        down[i] -= H;
                        (Math.Exp(value.LogScale) * weights[i]).ShouldBe(-(Total(up) - Total(down)) / (2 * H), 1e-7 * (1 + Total(f)));
                    }
                    double[] Slopes(double h)
                    {
                        double[] moved = [.. f.Zip(fDot, (a, b) => a + h * b)], w = new double[size];
                        var scale = Math.Exp(loss.Evaluate(moved, y, classes, w).LogScale);
                        return [.. w.Select(v => -scale * v)];
                    }
                    double[] plus = Slopes(H), minus = Slopes(-H);
                    for (var i = 0; i < size; i++)
                        (Math.Exp(value.LogScale) * times[i]).ShouldBe((plus[i] - minus[i]) / (2 * H), 1e-6 * (1 + Total(f)));
                }
            }));

    private static bool Close(double[] f, double gap) => f.Any(a => f.Count(b => Math.Abs(a - b) < gap) > 1);

    [Fact]
    public void Softmax_does_not_see_a_shift_and_two_classes_are_the_logistic_loss()
    {
        var random = new Random(3);
        for (var trial = 0; trial < 50; trial++)
        {
            double[] f = [.. Problems.Normal(random, 8).Select(v => 30 * v)], y = [0, 1, 1, 0], w = new double[8], shifted = new double[8];
            var value = Loss.CrossEntropy.Evaluate(f, y, 2, w);
            double[] difference = [.. Enumerable.Range(0, 4).Select(n => f[2 * n + 1] - f[2 * n])], signs = [-1, 1, 1, -1], binary =
                new double[4];
            var logistic = Loss.Logistic.Evaluate(difference, signs, binary);
            value.LogLoss.ShouldBe(logistic.LogLoss, 1e-13 * (1 + Math.Abs(logistic.LogLoss)));
            for (var n = 0; n < 4; n++)
            {
                (w[2 * n + 1] - binary[n]).ShouldBe(0, 1e-11);
                (w[2 * n] + binary[n]).ShouldBe(0, 1e-11);
            }
            Loss.CrossEntropy.Evaluate([.. f.Select(v => v + 1024)], y, 2, shifted).LogLoss.ShouldBe(value.LogLoss,
                1e-11 * (1 + Math.Abs(value.LogLoss)));
            shifted.ShouldBe(w, 1e-9);
            Loss.CrossEntropy.Evaluate(difference, signs, 1, binary).ShouldBe(logistic);
        }
    }

    // f_y is `lead` above the others: ℓ → Σ_{j≠y} e^{f_j − f_y}, whose logarithm is known in closed form.
    [Theory]
    [InlineData(50)]
    [InlineData(2300)]
    [InlineData(46000)]
    public void A_confident_softmax_keeps_its_digits(double lead)
    {
        double[] f = [lead, 0, -1, 2 * lead, lead + 1, lead - 3], y = [0, 0], w = new double[6], times = new double[6];
        var rest = Math.Log(1 + Math.Exp(-1));
        var value = Loss.CrossEntropy.Evaluate(f, y, 3, w);
        var second = Math.Log(Math.Exp(1) + Math.Exp(-3));
        var expected = -lead + Math.Log(Math.Exp(rest) + Math.Exp(second));
        value.LogLoss.ShouldBe(expected, 1e-15 * lead);
        value.LogScale.ShouldBe(value.LogLoss);
        double Share(double logTerm) => Math.Exp(logTerm - lead - value.LogLoss);
        double[] truth = [Share(rest), -Share(0), -Share(-1), Share(second), -Share(1), -Share(-3)];
        w.ShouldBe(truth, 3e-16 * lead);
        (w[0] + w[1] + w[2]).ShouldBe(0, 1e-12);
        // p is tiny but for p_y: the curvature is p_j u_j and −Σ p_j u_j, with u_j = ḟ_j − ḟ_y.
        double[] u = [1, 3, -2, 0.5, 0.25, 4];
        Loss.CrossEntropy.CurvatureTimes(f, y, 3, value, u, times);
        times[1].ShouldBe(-truth[1] * 2, 1e-15 * lead);
        times[2].ShouldBe(-truth[2] * -3, 1e-15 * lead);
        times[0].ShouldBe(-(times[1] + times[2]), 1e-12);
        times.ShouldAllBe(v => double.IsFinite(v));

        foreach (var loss in (Loss[])[Loss.Exponential, Loss.Logistic])
        {
            var margins = loss.Evaluate(f, y, 3, w);
            margins.LogLoss.ShouldBe(-lead + Math.Log(1 + Math.E), 1e-15 * lead);
            double[] shares = [1 / (1 + Math.E), -1 / (1 + Math.E), 0, Math.E / (1 + Math.E), -Math.E / (1 + Math.E), 0];
            w.ShouldBe(shares, 3e-16 * lead);
        }
    }

    [Fact]
    public void A_hopeless_example_has_weight_one_per_loss()
    {
        double[] w = new double[3];
        var value = Loss.CrossEntropy.Evaluate([-5000, 0, -2], [0], 3, w);
        value.LogLoss.ShouldBe(Math.Log(5000 + Math.Log(1 + Math.Exp(-2))), 1e-15);
        (w[0] * Math.Exp(value.LogScale)).ShouldBe(1, 1e-12);
    }

    [Fact]
    public void Ties_give_the_first_rival_the_weight_and_count_as_errors()
    {
        double[] w = new double[4];
        Margin.Of([1, 1, 1, 1], 0, out var rival).ShouldBe(0);
        rival.ShouldBe(1);
        Margin.Of([1, 3, 0, 3], 2, out rival).ShouldBe(-3);
        rival.ShouldBe(1);
        Loss.Exponential.Evaluate([2, 5, 2, 2], [1], 4, w);
        w.ShouldBe([-1, 1, 0, 0], 1e-15);
        Margin.CountErrors([2, 5, 2, 2, 1, 1, 0, 0, 3, 1, 2, 0], [1, 0, 3], 4).ShouldBe(2);
        Margin.CountErrors([0.5, -2, 0], [1, 1, -1], 1).ShouldBe(2);
    }

    [Fact]
    public void Targets_that_do_not_fit_are_named()
    {
        Loss.CrossEntropy.Refuse([0, 2, 1], 3).ShouldBeNull();
        Loss.CrossEntropy.Refuse([0, 3], 3).ShouldBe("the cross-entropy loss of 3 outputs needs classes 0 … 2; y[1] = 3");
        Loss.Square.Refuse([0.5], 2).ShouldBe("the square loss of 2 outputs needs classes 0 … 1; y[0] = 0.5");
        Loss.Logistic.Refuse([1, 0], 1).ShouldBe("the logistic loss of one output needs labels −1 and +1; y[1] = 0");
        Loss.Square.Refuse([0.5, 7], 1).ShouldBeNull();
    }
}
