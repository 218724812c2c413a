using FsCheck.Fluent;
using Rhoflow.Data;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Tests.Limits;
using Rhoflow.Tests.Networks;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Losses;

public class EmpiricalRiskTests
{
    internal static double[] NegativeDerivative(Loss loss, double[] f, ReadOnlySpan<double> y)
    {
        var g = new double[f.Length];
        for (var n = 0; n < f.Length; n++)
        {
            var z = y[n] * f[n];
            g[n] = loss.Name switch
            {
                "exponential" => y[n] * Math.Exp(-z),
                "logistic" => y[n] / (1 + Math.Exp(z)),
                _ => 2 * (y[n] - f[n]),
            };
        }
        return g;
    }

    private static double Value(Loss loss, double[] f, double[] y) => f.Select((v, n) => loss.Name switch
    {
        "exponential" => Math.Exp(-y[n] * v),
        "logistic" => Math.Log(1 + Math.Exp(-y[n] * v)),
        _ => (y[n] - v) * (y[n] - v),
    }).Sum();

    [Fact]
    public void Value_descent_and_curvature_agree_with_the_loops() =>
        FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(120), Prop.ForAll(
            Gen.Choose(0, 1_000_000).ToArbitrary(), seed =>
            {
                var r = new RandomNetwork(seed, maxDepth: 3);
                var loss = Loss.Binary[seed % 3];
                var reduction = seed % 2 == 0 ? Reduction.Sum : Reduction.Mean;
                var factor = reduction == Reduction.Sum ? 1.0 : 1.0 / r.Examples;
                var f = Enumerable.Range(0, r.Examples).Select(n => ReferenceNetwork.Outputs(r.Net, r.Theta, r.Example(n))[0]).ToArray();
                if (f.Any(v => Math.Abs(v) > 12)) return;         // beyond, e^f has third derivatives that finite differences cannot hide
                var risk = new EmpiricalRisk(r.Net, loss, new Dataset("random", r.X, r.Y, r.Net.Inputs), reduction);
                var descent = new double[r.Net.ParameterCount];
                var value = risk.Evaluate(r.Theta, descent);
                Math.Exp(value.LogLoss).ShouldBe(factor * Value(loss, f, r.Y), 1e-11 * (1 + Math.Exp(value.LogLoss)));
                risk.LogLoss(r.Theta).ShouldBe(value.LogLoss);

                double[] Descent(double[] theta)
                {
                    var outputs = Enumerable.Range(0, r.Examples).Select(n => ReferenceNetwork.Outputs(r.Net, theta, r.Example(n))[0])
                        .ToArray();
                    var g = NegativeDerivative(loss, outputs, r.Y);
                    var sum = new double[theta.Length];
                    for (var n = 0; n < r.Examples; n++)
                        Vectors.Add(factor * g[n], ReferenceNetwork.Gradient(r.Net, theta, r.Example(n)), sum);
                    return sum;
                }
                var expected = Descent(r.Theta);
                var size = Vectors.Norm(expected);
                for (var i = 0; i < descent.Length; i++) (Math.Exp(value.LogScale) * descent[i]).ShouldBe(expected[i], 1e-10 * (1 + size));

                // ρ f(V) through the scaled evaluation, either sign of ρ
                foreach (var rho in (double[])[0.3, -0.4])
                {
                    var h = new double[descent.Length];
                    var scaled = risk.EvaluateScaled(r.Theta, rho, h);
                    scaled.LogLoss.ShouldBe(Math.Log(factor * Value(loss, [.. f.Select(v => rho * v)], r.Y)), 1e-9);
                    risk.LogLossScaled(r.Theta, rho).ShouldBe(scaled.LogLoss);
                    var g = NegativeDerivative(loss, [.. f.Select(v => rho * v)], r.Y);
                    (Math.Exp(scaled.LogScale) * risk.WeightedOutput())
                        .ShouldBe(factor * Vectors.Dot(g, f), 1e-9 * (1 + Vectors.Norm(g) * Vectors.Norm(f)));
                }

                // The Hessian: symmetric, and the derivative of the gradient
                var (hessian, scale) = risk.Hessian(r.Theta);
                var p = descent.Length;
                var hessianSize = Enumerable.Range(0, p).Max(i => Enumerable.Range(0, p).Max(j => Math.Abs(hessian[i, j])));
                for (var i = 0; i < p; i++)
                    for (var j = 0; j < i; j++) hessian[i, j].ShouldBe(hessian[j, i], 1e-11 * (1e-3 + hessianSize));
                const double H = 1e-5;
                double[] At(double h) => [.. r.Theta.Zip(r.Direction, (a, b) => a + h * b)];
                double[] up = At(H), down = At(-H);
                for (var n = 0; n < r.Examples; n++)
                    if (!ReferenceNetwork.Pattern(r.Net, up, r.Example(n))
                        .SequenceEqual(ReferenceNetwork.Pattern(r.Net, down, r.Example(n)))) return;
                var along = new double[p];
                var along_scale = risk.HessianVectorProduct(r.Theta, r.Direction, along).LogScale;
                // Central differences at H and H/2, without their common error in H²: f is a product of layers, whose third derivatives can
                // be large.
                double[] Differences(double h) => [.. Descent(At(-h)).Zip(Descent(At(h)), (a, b) => (a - b) / (2 * h))];
                double[] coarse = Differences(H), fine = Differences(H / 2);
                for (var i = 0; i < p; i++)
                    (Math.Exp(along_scale) * along[i])
                        .ShouldBe((4 * fine[i] - coarse[i]) / 3, 1e-6 * (1 + Vectors.Norm(along) * Math.Exp(along_scale) + size));
                scale.LogScale.ShouldBe(along_scale);
            }));

    [Fact]
    public void The_hessian_of_a_linear_layer_has_its_closed_form()
    {
        var data = new Dataset("points", Problems.Normal(new Random(1), 12), [1, -1, 1, 1], 3);
        double[] w = [0.3, -0.2, 0.5];
        foreach (var loss in Loss.Binary)
        {
            var risk = new EmpiricalRisk(Network.Dense(3, 1), loss, data, Reduction.Sum);
            var (hessian, scale) = risk.Hessian(w);
            for (var i = 0; i < 3; i++)
                for (var j = 0; j < 3; j++)
                {
                    var expected = 0.0;
                    for (var n = 0; n < 4; n++)
                    {
                        double[] x = data.Example(n).ToArray();
                        double z = data.Y[n] * Vectors.Dot(w, x), s = 1 / (1 + Math.Exp(-z));
                        expected += x[i] * x[j] * (loss.Name switch { "exponential" => Math.Exp(-z), "logistic" => s * (1 - s), _ => 2 });
                    }
                    (Math.Exp(scale.LogScale) * hessian[i, j]).ShouldBe(expected, 1e-13 * (1 + Math.Abs(expected)));
                }
        }
    }

    [Fact]
    public void A_loss_of_e_to_the_minus_2000_still_has_a_gradient()
    {
        var risk = new EmpiricalRisk(Network.Dense(2, 1), Loss.Exponential, Problems.TwoByTwo, Reduction.Sum);
        var descent = new double[2];
        var value = risk.Evaluate([2000, 0.0], descent);            // z = 2000 and 800
        value.LogLoss.ShouldBe(-800, 1e-12);
        descent.ShouldBe([0.4, 1.2], 1e-15);                        // the support vector alone
        var h = new double[2];
        value = risk.EvaluateScaled([1, 0], 5000, h);
        value.LogLoss.ShouldBe(-2000, 1e-12);
        h.ShouldBe([0.4, 1.2], 1e-15);
    }

    [Fact]
    public void Data_that_do_not_fit_are_named()
    {
        Should.Throw<DataException>(() => new EmpiricalRisk(Network.Dense(3, 1), Loss.Square, Problems.TwoByTwo)).Message.ShouldContain(
            "has 2 inputs; the network takes 3");
        Should.Throw<DataException>(() => new EmpiricalRisk(Network.Dense(2, 2), Loss.Square, Problems.TwoByTwo)).Message.ShouldContain(
            "needs a network with 1 output; this one has 2");
        var real = new Dataset("real", [1, 2], [1, 0.5], 1);
        Should.Throw<DataException>(() => new EmpiricalRisk(Network.Dense(1, 1), Loss.Logistic, real)).Message.ShouldContain("y[1] = 0.5");
        new EmpiricalRisk(Network.Dense(1, 1), Loss.Square, real).LogLoss([0]).ShouldBe(Math.Log(0.625), 1e-15);
    }
}
