using Rhoflow.Data;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Numerics;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Limits;

public sealed class LinearLimitsTests
{
    [Theory]
    [InlineData(5, 9)]
    [InlineData(9, 5)]
    [InlineData(6, 6)]
    public void Minimum_norm_satisfies_what_defines_it(int count, int d)
    {
        var random = new Random(count);
        var data = new Dataset("regression", Problems.Normal(random, count * d), Problems.Normal(random, count), d);
        var solution = MinimumNorm.Of(data);
        solution.Rank.ShouldBe(Math.Min(count, d));
        var w = solution.Weights;
        // Xᵀ(y − Xw) = 0 and w ⊥ null(X).
        NormalEquations(data, w).ShouldBeLessThan(1e-12);
        Vectors.Norm(solution.NullPart(w)).ShouldBeLessThan(1e-13 * Vectors.Norm(w));
        // Any other solution is longer.
        var other = solution.FlowLimit(Problems.Normal(random, d));
        NormalEquations(data, other).ShouldBeLessThan(1e-12);
        if (d > count) Vectors.Norm(other).ShouldBeGreaterThan(Vectors.Norm(w) * (1 + 1e-6));
        // X⁺ by Tikhonov: the limit of ridge.
        Vectors.Distance(solution.Ridge(1e-12), w).ShouldBeLessThan(1e-8);
        // Every singular value is a stretch of X: Σ s² = ‖X‖².
        solution.SingularValues.Sum(s => s * s).ShouldBe(Vectors.Dot(data.X, data.X), 1e-11);
    }

    [Fact]
    public void The_square_loss_flow_ends_where_the_formula_says()
    {
        var random = new Random(4);
        var data = new Dataset("flow", Problems.Normal(random, 3 * 5), Problems.Normal(random, 3), 5);
        var w0 = Problems.Normal(random, 5);
        var solution = MinimumNorm.Of(data);
        double[] Velocity(double t, double[] w)
        {
            var v = new double[5];
            for (var n = 0; n < 3; n++) Vectors.Add(2 * (data.Y[n] - Vectors.Dot(w, data.Example(n))), data.Example(n), v);
            return v;
        }
        foreach (var t in new[] { .05, .4, 2 })
            solution.Flow(w0, t).ShouldBe(Problems.RungeKutta(Velocity, w0, 0, t, 4000), 1e-10);
        solution.Flow(w0, 0).ShouldBe(w0, 1e-14);
        solution.Flow(w0, 1e9).ShouldBe(solution.FlowLimit(w0), 1e-12);
    }

    [Fact]
    public void Dependent_examples_lower_the_rank()
    {
        var data = new Dataset("twice", [1, 2, 3, 2, 4, 6, 0, 1, 0], [1, 2, 3], 3);
        var solution = MinimumNorm.Of(data);
        solution.Rank.ShouldBe(2);
        solution.Weights.ShouldBe([-.5, 3, -1.5], 1e-14);                       // x + 3z = −5 at y = 3: smallest (−½, −3/2)
        MinimumNorm.Of(data, 10).Rank.ShouldBe(0);
        MinimumNorm.Of(new Dataset("nothing", [0, 0], [1], 2)).Weights.ShouldBe([0, 0.0]);
    }

    [Theory]
    [InlineData("exponential")]
    [InlineData("logistic")]
    [InlineData("square")]
    public void The_path_is_stationary_everywhere(string name)
    {
        var loss = Loss.All.Single(l => l.Name == name);
        foreach (var data in new[] { Problems.Setosa, Problems.TwoByTwo, Problems.Separable(6, 4, 9, .5), Iris.Load()
            .Binary("versicolor") })
        {
            var logLambdas = new[] { 5.0, 0, -7, -100, -690 };
            var points = RegularizationPath.At(data, loss, logLambdas);
            for (var i = 0; i < points.Length; i++)
            {
                points[i].LogLambda.ShouldBe(logLambdas[i]);
                points[i].Residual.ShouldBeLessThan(1e-11);
            }
            // Relaxing the penalty lets the norm grow and the loss fall.
            foreach (var (a, b) in points.Zip(points.Skip(1)))
            {
                b.Rho.ShouldBeGreaterThan(a.Rho * (1 - 1e-12));
                if (a.LogLoss > -50) b.LogLoss.ShouldBeLessThan(a.LogLoss + 1e-12);      // below, a square is rounding
            }
        }
    }

    [Fact]
    public void Stationarity_by_hand_and_by_descent()
    {
        var data = Problems.TwoByTwo;
        var z = data.Signed();
        const double Lambda = .01;
        var w = RegularizationPath.Solve(data, Loss.Exponential, Lambda).Weights;
        var force = new double[2];
        for (var n = 0; n < 2; n++) Vectors.Add(Math.Exp(-Vectors.Dot(w, z.AsSpan(2 * n, 2))), z.AsSpan(2 * n, 2), force);
        force.ShouldBe([2 * Lambda * w[0], 2 * Lambda * w[1]], 1e-15);
        // T3b eq. 17 with 2λ, at rest: with w = Σ k_n x_n, e^{−x_n·Σ_j k_j x_j} = 2λ k_n; here k from the two equations of w itself.
        var det = z[0] * z[3] - z[1] * z[2];
        double[] k = [(w[0] * z[3] - w[1] * z[2]) / det, (w[1] * z[0] - w[0] * z[1]) / det];
        for (var n = 0; n < 2; n++) Math.Exp(-Vectors.Dot(w, z.AsSpan(2 * n, 2))).ShouldBe(2 * Lambda * k[n], 1e-15);
        // Plain gradient flow with weight decay comes to rest there.
        var rest = Problems.RungeKutta((_, s) =>
        {
            var v = new[] { -2 * Lambda * s[0], -2 * Lambda * s[1] };
            for (var n = 0; n < 2; n++) Vectors.Add(Math.Exp(-Vectors.Dot(s, z.AsSpan(2 * n, 2))), z.AsSpan(2 * n, 2), v);
            return v;
        }, [0, 0], 0, 2000, 20_000);
        rest.ShouldBe(w.ToArray(), 1e-12);
    }

    [Fact]
    public void The_square_path_is_ridge()
    {
        var random = new Random(12);
        var data = new Dataset("ridge", Problems.Normal(random, 60), Problems.Normal(random, 20), 3);
        foreach (var lambda in new[] { 1e-3, 1, 50 })
            RegularizationPath.Solve(data, Loss.Square, lambda).Weights.ToArray().ShouldBe(MinimumNorm.Of(data).Ridge(lambda), 1e-13);
    }

    [Fact]
    public void The_exponential_path_is_the_curve_of_fixed_rho_minimizers()
    {
        var data = Problems.Setosa;
        var svm = HardMargin.Solve(data);
        foreach (var p in RegularizationPath.At(data, Loss.Exponential, [-3, -30, -690]))
            Vectors.Angle(p.Weights, FixedRhoMinimizer.Solve(data, p.Rho).Direction).ShouldBeLessThan(1e-11);
        // ρ ≈ log(1/λ)/γ, error ≈ ‖c‖/ρ: not even λ = 1e-300 is near the limit.
        var last = RegularizationPath.At(data, Loss.Exponential, [-6900])[0];
        (last.Rho * svm.Margin / 6900).ShouldBe(1, .01);
        var error = Vectors.Distance([.. last.Weights.ToArray().Select(v => v / last.Rho)], svm.Direction);
        (error * last.Rho).ShouldBe(FixedRhoExpansion.Of(data, svm).Norm, .01);
    }

    [Fact]
    public void Batch_normalization_has_another_maximum_margin_on_Iris()
    {
        var data = Problems.Setosa;
        var svm = HardMargin.Solve(data);
        var bn = WhitenedMargin.BatchNormWithoutMean(data);
        (Vectors.Angle(bn.Direction, svm.Direction) * 180 / Math.PI).ShouldBe(28.76, .005);
        bn.Margin.ShouldBe(.6399, 5e-5);
        bn.Whitened.KktResidual.ShouldBeLessThan(1e-12);
        // No random direction does better in the norm wᵀCw.
        var c = WhitenedMargin.SecondMoment(data);
        var random = new Random(3);
        double Value(double[] w)
        {
            var square = 0.0;
            for (var i = 0; i < 4; i++) square += w[i] * Vectors.Dot(c.AsSpan(4 * i, 4), w);
            return Enumerable.Range(0, 150).Min(n => data.Y[n] * Vectors.Dot(w, data.Example(n))) / Math.Sqrt(square);
        }
        Value(bn.Direction.ToArray()).ShouldBe(bn.MarginInNorm, 1e-12);
        for (var k = 0; k < 2000; k++)
        {
            var w = Problems.Normal(random, 4);
            var size = Math.Pow(10, -4 * random.NextDouble());
            Value([.. bn.Direction.ToArray().Select((v, i) => v + size * w[i])]).ShouldBeLessThanOrEqualTo(bn.MarginInNorm + 1e-12);
        }
    }

    [Fact]
    public void With_its_mean_batch_normalization_is_the_margin_of_whitened_centred_inputs()
    {
        var data = Problems.Setosa;
        var bn = WhitenedMargin.BatchNorm(data);
        var centred = data.Center();
        // Whitening by another root of C⁻¹ (the features of a random rotation) gives the same function.
        var q = Problems.Rotation(5, 4);
        var turned = WhitenedMargin.BatchNorm(
            data.WithInputs([.. Enumerable.Range(0, 150).SelectMany(n => Problems.Apply(q, data.Example(n)))], 4));
        turned.MarginInNorm.ShouldBe(bn.MarginInNorm, 1e-12);
        Vectors.Angle(turned.Direction, Problems.Apply(q, bn.Direction.ToArray())).ShouldBeLessThan(1e-11);
        // It does not see the units of the inputs, which the support vector machine does.
        var units = data.WithInputs([.. data.X.ToArray().Select((v, i) => v * (1 + i % 4))], 4);
        WhitenedMargin.BatchNorm(units).MarginInNorm.ShouldBe(bn.MarginInNorm, 1e-12);
        bn.Margin.ShouldBe(Enumerable.Range(0, 150).Min(n => data.Y[n] * Vectors.Dot(bn.Direction, centred.Example(n))), 1e-14);
        WhitenedMargin.BatchNorm(data, shift: true).MarginInNorm.ShouldBeGreaterThan(bn.MarginInNorm);
    }

    [Fact]
    public void Whitened_inputs_have_one_margin_only()
    {
        var data = Problems.Separable(14, 40, 3, .4);
        double[] identity = [1, 0, 0, 0, 1, 0, 0, 0, 1];
        var same = WhitenedMargin.Solve(data, identity);
        same.Direction.ToArray().ShouldBe(HardMargin.Solve(data).Direction.ToArray(), 1e-15);
        same.Margin.ShouldBe(same.MarginInNorm, 1e-15);
        Should.Throw<DataException>(() => WhitenedMargin.BatchNorm(data.ConstantInput())).Message.ShouldContain("constant");
    }

    private static double NormalEquations(Dataset data, double[] w)
    {
        var g = new double[data.Inputs];
        for (var n = 0; n < data.Count; n++) Vectors.Add(data.Y[n] - Vectors.Dot(w, data.Example(n)), data.Example(n), g);
        return Vectors.Norm(g);
    }
}
