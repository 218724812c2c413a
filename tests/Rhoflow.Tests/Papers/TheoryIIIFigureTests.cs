using System.Globalization;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.Catalog;
using Rhoflow.Papers.SetUps;
using Rhoflow.Papers.TheoryIII;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Papers;

/// <summary>What Theory III's figures draw and say, against computations of its own from the data and from the curves drawn.</summary>
public sealed class TheoryIIIFigureTests
{
    private static readonly StudyContext Context = new();

    private static readonly double Ln10 = Math.Log(10);

    [Fact]
    public void Figure_4_its_late_line_has_the_intercept_of_the_start()
    {
        // The first setosa and w(0) as measured, before they are turned.
        double[] x = [5.1, 3.5, 1.4, .2], w = [.3, -.2, .1, .4];
        double xx = x.Sum(static v => v * v), ww = w.Sum(static v => v * v), xw = x.Zip(w, static (a, b) => a * b).Sum();
        var intercept = .5 * Math.Log(1 - xw * xw / (xx * ww)) + ww / 2;
        var chart = Draw("04");
        var left = chart.Panels.Single(p => p.Title.Contains("intercept", StringComparison.Ordinal));
        foreach (var gamma in (string[])["γ = 6.345", "γ = 1"])
        {
            left.Series.Single(s => s.Mark == SeriesMark.Predicted && s.Name.EndsWith(gamma, StringComparison.Ordinal)).Y
                .ShouldAllBe(y => Math.Abs(y - intercept) < 1e-12);
            left.Series.Single(s => s.Name == $"weight normalization, {gamma}").Y[^1].ShouldBe(intercept, 1e-3);
        }
        // (log t + log γ²)² − log²t, over 2γ².
        var (whole, bare) = (left.Series.Single(s => s.Name == "weight normalization, γ = 6.345"), left.Series.Single(s =>
            s.Name.StartsWith("with log²t", StringComparison.Ordinal)));
        for (var i = 0; i < whole.X.Count; i += 17)
            (whole.Y[i] - bare.Y[i]).ShouldBe(Math.Log(xx) * (2 * whole.X[i] * Ln10 + Math.Log(xx)) / (2 * xx), 1e-9);
        chart.Findings.ShouldNotBeNull().ShouldContain(intercept.ToString("G4", CultureInfo.InvariantCulture));
        // The paper's view ends in a straight line through the origin.
        var view = chart.Panels[1].Series.Single(s => s.Mark == SeriesMark.Line);
        var late = Enumerable.Range(0, view.X.Count).First(i => view.X[i] < 1e-6);
        (view.Y[late] / view.X[late]).ShouldBe(Math.Exp(intercept), .01);
    }

    [Fact]
    public void Figure_5_fits_are_least_squares_and_their_R2_is_that_of_the_curves_drawn()
    {
        var chart = Draw("05");
        foreach (var panel in chart.Panels.Take(2))
        {
            var measured = panel.Series.Single(s => s.Mark == SeriesMark.Line);
            measured.X[0].ShouldBe(1);
            measured.X[^1].ShouldBe(5);
            var mean = measured.Y.Average();
            foreach (var fit in panel.Series.Where(s => s.Mark == SeriesMark.Predicted))
            {
                fit.X.ShouldBe(measured.X);
                double[] rest = [.. measured.Y.Zip(fit.Y, static (y, f) => y - f)];
                double[] law = [.. measured.X.Select(e => fit.Name.StartsWith("1/log t", StringComparison.Ordinal) ? 1 / (e * Ln10)
                    : Math.Pow(Math.Pow(10, e), -.5 * e * Ln10))];
                rest.Sum().ShouldBe(0, 1e-12);
                rest.Zip(law, static (r, l) => r * l).Sum().ShouldBe(0, 1e-12);
                var r2 = (1 - rest.Sum(static r => r * r) / measured.Y.Sum(y => (y - mean) * (y - mean)))
                    .ToString("G4", CultureInfo.InvariantCulture);
                fit.Name.ShouldEndWith($"R² = {r2}");
                chart.Findings.ShouldNotBeNull().ShouldContain(r2);
            }
        }
        // At the end of the range that is drawn above, the panel of ranges shows the same.
        var goodness = chart.Panels[2].Series.Single(s => s.Name == "weight normalization: 1/log t");
        chart.Panels[1].Series.Single(s => s.Name.StartsWith("1/log t", StringComparison.Ordinal)).Name
            .ShouldEndWith(goodness.Y[3].ToString("G4", CultureInfo.InvariantCulture));
    }

    // Runge and Kutta's steps in log(t − 3), on (ρ, v) of T3 eq. 81 itself, where the flow goes through the weights.
    [Fact]
    public void Figure_7_ρ_that_moves_and_ρ_of_gradient_descent_in_other_coordinates()
    {
        var chart = Draw("07");
        chart.Panels.Take(4).Select(static p => p.Title).ShouldBeUnique();
        double[] z = ScheduledNorm.SetUp.Data.Signed(), start = ScheduledNorm.SetUp.Start, svm = IrisFlows.Svm.Direction.ToArray();
        var norm = Math.Sqrt(start.Sum(static w => w * w));
        double[] Rates(double[] y, double s, bool moves)
        {
            // y = (v_1 … v_4, ρ); α = log t. Either ρ moves and α scales, or ρ is log t under gradient descent.
            var logT = Math.Log(3 + s);
            double alpha = moves ? logT : 1, rho = moves ? y[4] : logT, growth = 0;
            var rates = new double[5];
            for (var n = 0; n < z.Length; n += 4)
            {
                var q = z[n] * y[0] + z[n + 1] * y[1] + z[n + 2] * y[2] + z[n + 3] * y[3];
                var p = s * Math.Exp(-alpha * rho * q);       // times dt/d log s = s
                growth += alpha * p * q;
                for (var i = 0; i < 4; i++) rates[i] += alpha / rho * p * (z[n + i] - q * y[i]);
            }
            rates[4] = growth;
            return rates;
        }
        foreach (var (panel, moves) in new[] { (3, true), (1, false) })
        {
            double[] y = [.. start.Select(w => w / norm), norm];
            double[] Moved(double[] rates, double by) => [.. y.Zip(rates, (a, b) => a + by * b)];
            // The start changes within 1e-4; before 1e-9 it stands.
            const int steps = 20_000;
            var step = Math.Log(97 / 1e-9) / steps;
            for (var i = 0; i < steps; i++)
            {
                double s = 97 * Math.Exp((i - steps) * step), half = s * Math.Exp(step / 2), next = s * Math.Exp(step);
                var a = Rates(y, s, moves);
                var b = Rates(Moved(a, step / 2), half, moves);
                var c = Rates(Moved(b, step / 2), half, moves);
                var d = Rates(Moved(c, step), next, moves);
                for (var j = 0; j < 5; j++) y[j] += step / 6 * (a[j] + 2 * b[j] + 2 * c[j] + d[j]);
            }
            var error = Math.Sqrt(y.Take(4).Zip(svm, static (v, s) => (v - s) * (v - s)).Sum());
            var drawn = chart.Panels[panel].Series.Single(static s => s.Name == "log t");
            drawn.Y[Enumerable.Range(0, drawn.X.Count).First(i => drawn.X[i] == 2)].ShouldBe(error, 1e-6, drawn.Name + panel);
        }
    }

    [Fact]
    public void Figure_8_regression_lines_and_their_R2_from_covariances()
    {
        var random = new Random();
        double[] loss = [.. Enumerable.Range(0, 16).Select(_ => 2.3 - .01 * random.NextDouble())];
        double[] error = [.. loss.Select(l => .2 + 3 * (l - 2.3) + .01 * random.NextDouble())];
        double Covariance(double[] a, double[] b) => a.Zip(b, (x, y) => (x - a.Average()) * (y - b.Average())).Sum();
        var panel = ScaledLossFigure.Cloud("p", loss, error);
        var line = panel.Series.Single(static s => s.Mark == SeriesMark.Predicted);
        ((line.Y[1] - line.Y[0]) / (line.X[1] - line.X[0])).ShouldBe(Covariance(loss, error) / Covariance(loss, loss), 1e-9);
        ((line.Y[1] + line.Y[0]) / 2 + (loss.Average() - (line.X[0] + line.X[1]) / 2) * (line.Y[1] - line.Y[0]) / (line.X[1] - line.X[0]))
            .ShouldBe(error.Average(), 1e-12);
        var r2 = Math.Pow(Covariance(loss, error), 2) / Covariance(loss, loss) / Covariance(error, error);
        double.Parse(panel.Title.Split("R² = ")[1], CultureInfo.InvariantCulture).ShouldBe(r2, .005 * r2 + 1e-12);
    }

    [Fact]
    public void Figure_9_lanes_keep_runs_on_one_example_apart()
    {
        var runs = SupportVectorRun.OfImages(Context, "theory-iii/figure-09");
        runs.Count(r => r.First[^1] == runs[0].First[^1]).ShouldBeGreaterThan(1);
        var panel = SupportVectorRun.IndexPanel("p", runs, [], "seed");
        double[] ends = [.. panel.Series.Select(static s => s.Y[^1]).Order()];
        ends.Zip(ends.Skip(1), static (a, b) => b - a).ShouldAllBe(static d => d > .7);
        for (var i = 0; i < runs.Length; i++)
        {
            panel.Series[i].X[^1].ShouldBe(runs[i].Epochs[^1]);
            panel.Series[i].Y.Count(double.IsNaN).ShouldBe(runs[i].First.Zip(runs[i].First.Skip(1)).Count(static p => p.First != p.Second));
        }
        var (x, y) = SupportVectorRun.Stretches([0, 10, 20, 30], [4, 4, 7, 7], .5);
        x.ShouldBe([1, 15, 15, 15, 30]);
        y.ShouldBe([4.5, 4.5, double.NaN, 7.5, 7.5]);
    }

    // From the kept tables themselves: where the smallest margin was at the epochs of the caption.
    [Theory]
    [InlineData(.5)]
    [InlineData(.9)]
    public void Figures_10_and_11_count_what_the_kept_tables_say(double amplitude)
    {
        int same = 0, other = 0;
        double[] at = [100, 150, 200, 300, 450];
        for (var draw = 0; draw < 5; draw++)
        {
            var table = KeptRun.Find("theory-iii/figure-10", string.Create(CultureInfo.InvariantCulture, $"early-{amplitude}-draw-{draw}"))
                .ShouldNotBeNull();
            double[] first = [.. at.Select(e => table["support_1"][Array.IndexOf(table["epoch"], e)])];
            for (var k = 0; k < 4; k++)
            {
                if (first[k] == first[k + 1]) same++;
                else other++;
            }
        }
        SupportVectorRun[] runs = SupportVectorRun.OfEarlyImages(Context, amplitude), control = SupportVectorRun.OfEarlyImages(Context, 0);
        var outcomes = SupportVectorsUnderPerturbation.Each(runs, control, SupportVectorRun.EarlyPerturbed).ToList();
        outcomes.Count(static o => o.CameBack == true).ShouldBe(same);
        outcomes.Count(static o => o.CameBack == false).ShouldBe(other);
    }

    private static Chart Draw(string number) => PapersCatalog.Figures.Single(f => f.Id == $"theory-iii/figure-{number}").Build(Context);
}
