using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;
using Rhoflow.Papers.TheoryIII;
using Rhoflow.Papers.TheoryIIIb;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Papers;

/// <summary>What Theory IIIb's figures draw, computed a second way.</summary>
public sealed class TheoryIIIbFigureTests
{
    // The Hessian of a loss of f = w₁w₂ by central differences, at a random place of each bottom.
    [Fact]
    public void Figure_3_has_the_curvatures_of_its_valleys()
    {
        var norm = 1.5 + 2 * Random.Shared.NextDouble();
        // w₁w₂ = 1 at this norm, by bisection: w₁² + 1/w₁² falls from infinity to 2 on (0, 1].
        double low = 1e-3, high = 1;
        for (var i = 0; i < 100; i++)
        {
            var middle = (low + high) / 2;
            if (middle * middle + 1 / (middle * middle) > norm * norm) low = middle;
            else high = middle;
        }
        Check(ValleysFigure.OnFlat(norm), f => (1 - f) * (1 - f), low, 1 / low);
        Check(ValleysFigure.OnSloping(norm), f => Math.Exp(-f), norm / Math.Sqrt(2), norm / Math.Sqrt(2));

        void Check(ValleysFigure.Place place, Func<double, double> loss, double a, double b)
        {
            const double h = 1e-4;
            double L(double da, double db) => loss((a + da) * (b + db));
            double aa = (L(h, 0) + L(-h, 0) - 2 * L(0, 0)) / (h * h), bb = (L(0, h) + L(0, -h) - 2 * L(0, 0)) / (h * h),
                ab = (L(h, h) - L(h, -h) - L(-h, h) + L(-h, -h)) / (4 * h * h);
            double mean = (aa + bb) / 2, half = Math.Sqrt(Math.Pow((aa - bb) / 2, 2) + ab * ab);
            place.Norm.ShouldBe(norm, 1e-12);
            place.Loss.ShouldBe(L(0, 0), 1e-12);
            place.Large.ShouldBe(mean + half, 1e-5 * (1 + mean), $"norm {norm}");
            place.Small.ShouldBe(mean - half, 1e-5 * (1 + mean), $"norm {norm}");
        }
    }

    [Fact]
    public void Figure_4_draws_every_jump_and_random_starts()
    {
        var chart = PerturbedDescentFigure.Figure.Build(Outcomes.Context);
        var norms = Series(chart, "Degree 39, perturbed: norm", "mean of 29 runs");
        double[] jumps = [.. Enumerable.Range(1, norms.X.Count - 1).Where(i => norms.X[i] == norms.X[i - 1])
            .Select(i => norms.Y[i] - norms.Y[i - 1])];
        jumps.Length.ShouldBe(41);
        // ‖w + ξ‖² − ‖w‖² is 40 σ² in the mean; its deviation a run is that of σ²χ²₄₀ and 2σ w·ξ, ‖w‖² < 600.
        const double variance = .45 * .45;
        jumps.Average().ShouldBe(40 * variance,
            4 * Math.Sqrt((2 * 40 * variance * variance + 4 * variance * 600) / (41 * 29)));
        // The start of the second pair: N(0, 1) on 31 weights, 30 starts.
        var starts = Series(chart, "Degree 30, not perturbed: norm", "mean of 30 starts");
        starts.X[0].ShouldBe(0);
        starts.Y[0].ShouldBe(31, 4 * Math.Sqrt(2 * 31 / 30.0));
        // What no example sees of it stays: the end is that of the law, up to the spread of χ²₂₂.
        var law = Series(chart, "Degree 30, not perturbed: norm", "‖Φ⁺y‖² + 22 kept from the start");
        law.Y[^1].ShouldBe(16.9292 * 16.9292 + 22, .01);
        starts.Y[^1].ShouldBe(law.Y[^1], 4 * Math.Sqrt(2 * 22 / 30.0));
    }

    [Fact]
    public void Figure_6_shows_where_double_precision_parts_from_the_exact_curve()
    {
        var chart = PolynomialDegreesFigure.Figure.Build(Outcomes.Context);
        Series exact = Series(chart, "As in the paper", "test error, exact"), rounded =
            Series(chart, "As in the paper", "test error, double precision");
        rounded.X.ShouldBe(exact.X);
        for (var i = 0; exact.X[i] <= 20; i++) (rounded.Y[i] / exact.Y[i]).ShouldBe(1, 1e-6);
        rounded.Y[^1].ShouldBeInRange(10 * exact.Y[^1], 1);
    }

    // ρ̇ = K² ρ^{2 − 2/K} e^{−ρ} (f̃ = 1), as printed, and with K, by Runge and Kutta's steps in log(1 + t).
    [Theory]
    [InlineData(2)]
    [InlineData(10)]
    public void Figure_7_has_the_printed_law_and_the_corrected_one(int layers)
    {
        var chart = Figure03.InTheoryIIIb.Build(Outcomes.Context);
        const string panel = "Product of the norms beside both laws";
        var printed = Series(chart, panel, $"K = {layers}, printed: K²");
        var measured = Series(chart, panel, $"K = {layers}");
        measured.X[^1].ShouldBe(1e4, 1e-8);
        printed.Y[^1].ShouldBe(Solved(layers * layers), 1e-6);
        measured.Y[^1].ShouldBe(Solved(layers), 1e-6);
        var dots = chart.Panels.Single(p => p.Title == panel).Series.Where(s => s.Name == "corrected: K").Select(s => s.Y[^1]);
        dots.Min(y => Math.Abs(y - measured.Y[^1])).ShouldBeLessThan(1e-8);

        double Solved(double rate)
        {
            double rho = Math.Pow(.8, layers), u = 0;
            double Slope(double at, double r) => rate * Math.Pow(r, 2 - 2.0 / layers) * Math.Exp(at - r);
            const int steps = 40_000;
            var h = Math.Log(1 + 1e4) / steps;
            for (var i = 0; i < steps; i++, u += h)
            {
                double a = Slope(u, rho), b = Slope(u + h / 2, rho + h / 2 * a), c = Slope(u + h / 2, rho + h / 2 * b),
                    d = Slope(u + h, rho + h * c);
                rho += h / 6 * (a + 2 * b + 2 * c + d);
            }
            return rho;
        }
    }

    // Both arms are one training up to the first perturbation; the norm just after each is that of its layers, by the law in the mean.
    [Fact]
    public void Figure_5_draws_every_seed_of_both_arms_as_the_paper_lays_them_out()
    {
        var chart = PerturbedTrainingFigure.Figure.Build(Outcomes.Context);
        chart.Columns.ShouldBe(3);
        chart.Panels.Count.ShouldBe(12);
        var pair = PerturbedTraining.Images(Outcomes.Context).ShouldNotBeNull();
        var at = PerturbedTraining.Epochs(full: true);
        var drawn = Series(chart, chart.Panels[3].Title, "training");
        chart.Panels[3].Title.ShouldStartWith("Perturbed, 500 images of CIFAR-10");
        drawn.X.Count(x => x == 0).ShouldBe(pair.Perturbed.Count);
        var jumps = new List<double>();
        foreach (var (perturbed, control) in pair.Perturbed.Zip(pair.Control))
        {
            perturbed.Last("epoch").ShouldBe(1700);
            double Norm(IObservations run, int epoch) => Enumerable.Range(1, 5)
                .Sum(k => Math.Log10(run[$"rho_{k}"][Array.IndexOf(run["epoch"], epoch)]));
            for (var i = 0; perturbed["epoch"][i] <= at[0]; i++)
                perturbed["train_error"][i].ShouldBe(control["train_error"][i], $"epoch {perturbed["epoch"][i]}");
            jumps.AddRange(at.Select(e => Norm(perturbed, e + 1) - Norm(perturbed, e) - (Norm(control, e + 1) - Norm(control, e))));
        }
        jumps.Count.ShouldBe(pair.Perturbed.Count * at.Count);
        pair.Jumps("log10_rho", at, 1).SelectMany(j => j).Average().ShouldBe(jumps.Average(), 1e-9);
        jumps.Average().ShouldBe(PerturbedTraining.NormJump(full: true), .02);
    }

    private static Series Series(Chart chart, string panel, string name) =>
        chart.Panels.Single(p => p.Title == panel).Series.First(s => s.Name == name);
}
