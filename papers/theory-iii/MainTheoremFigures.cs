using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>The figures that belong to the papers' main theorem on deep networks; the papers have none of their own.</summary>
internal static class MainTheoremFigures
{
    private const string Relu = "ReLU 4-6-1, teacher", Linear = "linear 4-4-3-1, teacher", Diagonal = "diagonal K = 3, teacher";

    /// <summary>Of Theory III.</summary>
    public static PaperFigure Figure { get; } = Make("theory-iii/theorem-1", SourcePapers.TheoryIII, "for Theorem 1",
        "Deep networks go to KKT points of the maximum margin",
        "KKT residual of the maximum-margin problem (0 at a stationary point), medians over the starts of a setting. Under (B) it falls "
            + "like "
        + "1/log t, under gradient descent, without ReLUs, like (log t)^(−1/K), because W keeps its start while ρ_k grows only like "
        + "(log t)^(1/K), with them more slowly still: dashed laws are fitted to the last point. At fixed ρ it keeps below log N/(ρη) "
        + "(dashed). All margins rise; one of (B) jumps where kinks had stopped it near a saddle and it went on from a W moved by 1e-7. "
        + "Settings, starts and times are ours.",
        static context =>
        [
            Residuals(context, Relu, Dynamics.GradientDescent, Dynamics.Lagrange, Dynamics.RowWeightNormalization),
            Residuals(context, Linear, Dynamics.GradientDescent, Dynamics.Lagrange),
            Swept(context),
            Margins(context, Relu),
            Margins(context, Diagonal),
        ]);

    /// <summary>Of Theory IIIb.</summary>
    public static PaperFigure InTheoryIIIb { get; } = Make("theory-iiib/theorem-3", SourcePapers.TheoryIIIb, "for Theorem 3",
        "Each layer at its minimum norm, at a limit that depends on the start",
        "Limits of gradient descent. Left: the margin that could still be won by moving one layer alone (1 − η/η_k, η_k by a support "
            + "vector "
        + "machine on that layer's features), against log N/(ρη), which bounds it. Right: margins of the limits, one dot a start, over the "
        + "largest of the setting: deep linear networks have one, the others several.",
        static context => [Layers(context), Limits(context)]);

    /// <summary>Of Theoretical issues.</summary>
    public static PaperFigure InTheoreticalIssues { get; } = Make("theoretical-issues/theorem-3", SourcePapers.TheoreticalIssues,
        "for Theorem 3", "The same set of stationary points, not the same point",
        "First KKT residuals, medians over starts, under batch normalization, which constrains another norm: on the inputs as they are it "
        + "does not fall, on whitened ones it does. Then margins of the limits of the dynamics (A), (B) and gradient descent from one "
        + "start, diagonal networks of three layers; off the diagonal they are different KKT points.",
        static context =>
        [
            Residuals(context, Relu, Dynamics.RowWeightNormalization, Dynamics.BatchNormalization, Dynamics.BatchNormalizationWhitened),
            Pairs(context, "(B)", Dynamics.Lagrange),
            Pairs(context, "gradient descent", Dynamics.GradientDescent),
        ]);

    private static PaperFigure Make(string id, Paper paper, string number, string title, string caption,
        Func<StudyContext, IReadOnlyList<Panel>> panels) => new()
        {
            Id = id,
            Paper = paper,
            Number = number,
            Title = title,
            Caption = caption,
            Config = "papers/theory-iii/theorem-1.yaml",
            Build = context => new Chart([.. panels(context)]),
        };

    private static Panel Residuals(StudyContext context, string setting, params Dynamics[] dynamics)
    {
        var (of, starts) = Runs(context, setting);
        var panel = new Panel($"{setting}: medians of {starts.Count} starts", new Axis("log₁₀ t", Scale.Log),
            new Axis("KKT residual", Scale.Log));
        foreach (var d in dynamics)
        {
            var (at, median) = Median(starts, d, t => t.Residuals);
            panel = panel.Line(Name(d), at, median, Colour(Name(d)));
            // Of gradient descent the law is one of networks without kinks.
            if (!(d == Dynamics.Lagrange || d == Dynamics.GradientDescent && of.Network.IsLinear)) continue;
            var power = d == Dynamics.Lagrange ? 1.0 : 1.0 / of.Network.Depth;
            panel = panel.Predicted(d == Dynamics.Lagrange ? "∝ 1/log t" : $"∝ (log t)^(−1/{of.Network.Depth})",
                [.. at.Where(t => t >= 10)], t => median[^1] * Math.Pow(at[^1] / t, power), Colour(Name(d)));
        }
        return panel;
    }

    private static Panel Swept(StudyContext context)
    {
        var panel = new Panel("(A), ρ swept upward: every start of four networks", new Axis("ρη/log N", Scale.Log),
            new Axis("KKT residual", Scale.Log));
        foreach (var name in new[] { Relu, "ReLU 4-5-4-1, teacher", Linear, Diagonal })
        {
            var (setting, starts) = Runs(context, name);
            var points = starts.SelectMany(s => Enumerable.Range(0, s[Dynamics.FixedRho].At.Count).Select(i => (
                X: 1 / setting.Bound(Math.Exp(s[Dynamics.FixedRho].LogRho[i]), s[Dynamics.FixedRho].Directions[i]),
                Y: s[Dynamics.FixedRho].Residuals[i]))).Where(p => p.X > 0).OrderBy(p => p.X).ToList();
            panel = panel.Points(name, [.. points.Select(p => p.X)], [.. points.Select(p => p.Y)]);
        }
        return panel.Predicted("log N/(ρη)", [1, 3, 10, 30, 100, 300, 1000], x => 1 / x, 7);
    }

    private static Panel Margins(StudyContext context, string setting)
    {
        var (_, starts) = Runs(context, setting);
        var panel = new Panel($"{setting}: margins, three starts", new Axis("log₁₀ t", Scale.Log), new Axis("min y f(V; x)"));
        foreach (var d in new[] { Dynamics.GradientDescent, Dynamics.Lagrange })
        {
            for (var i = 0; i < Math.Min(3, starts.Count); i++)
            {
                var trace = starts[i][d];
                var seen = Enumerable.Range(0, trace.At.Count).Where(k => trace.At[k] > 0).ToList();
                panel = panel.Line(Name(d), [.. seen.Select(k => trace.At[k])], [.. seen.Select(k => trace.Margins[k])], Colour(Name(d)));
            }
        }
        return panel;
    }

    private static Panel Layers(StudyContext context)
    {
        var panel = new Panel("What one layer alone could win", new Axis("log N/(ρη)"), new Axis("1 − η/η_k", Scale.Log, Min: 1e-5));
        foreach (var kind in TheoremNumbers.Arrived(context).GroupBy(s => Kind(s.Setting)))
        {
            var points = kind.SelectMany(s => Enumerable.Range(0, s.Setting.Network.Depth).Select(k => (
                X: s.Setting.Bound(s.Start.Limits[Dynamics.GradientDescent].Rho, s.Start.Limits[Dynamics.GradientDescent].V),
                Y: LocalMargin.LayerGap(s.Setting, s.Start.Limits[Dynamics.GradientDescent].V, k)))).Where(p => p.Y > 1e-5).ToList();
            panel = panel.Points(kind.Key, [.. points.Select(p => p.X)], [.. points.Select(p => p.Y)]);
        }
        return panel.Predicted("log N/(ρη)", [.0008, .0012, .0016, .002], x => x, 7);
    }

    private static Panel Limits(StudyContext context)
    {
        var panel = new Panel("Margins of the limits, one dot a start", new Axis("setting, in the order of the set-up", Min: 0, Max: 10),
            new Axis("margin over the largest"));
        foreach (var kind in TheoremRuns.Of(context).Select((r, i) => (r.Setting, r.Starts, Number: i + 1)).GroupBy(r => Kind(r.Setting)))
        {
            var points = kind.SelectMany(r =>
            {
                double[] margins = [.. r.Starts.Select(s => TheoremTrace.Margin(r.Setting, s.Limits[Dynamics.GradientDescent].V))];
                return margins.Select((m, i) => (X: r.Number + .04 * (i % 10 - 4.5), Y: m / margins.Max()));
            }).ToList();
            panel = panel.Points(kind.Key, [.. points.Select(p => p.X)], [.. points.Select(p => p.Y)]);
        }
        return panel;
    }

    private static Panel Pairs(StudyContext context, string name, Dynamics other)
    {
        var (setting, starts) = Runs(context, Diagonal);
        double Margin(TheoremRuns.Start s, Dynamics d) => TheoremTrace.Margin(setting, s.Limits[d].V);
        return new Panel($"{Diagonal}: one dot a start", new Axis("margin of the limit of (A)"), new Axis($"margin of the limit of {name}"))
            .Points($"limits of (A) and {name}", [.. starts.Select(s => Margin(s, Dynamics.FixedRho))],
                [.. starts.Select(s => Margin(s, other))], Colour(Name(other)))
            .Predicted("the same", [.014, .023], x => x, 7);
    }

    // The instants that all starts have seen.
    private static (double[] At, double[] Values) Median(
        IReadOnlyList<TheoremRuns.Start> starts, Dynamics dynamics, Func<TheoremTrace, IReadOnlyList<double>> column)
    {
        var traces = starts.Where(s => s.Traces.ContainsKey(dynamics)).Select(s => s[dynamics]).ToList();
        var count = traces.Min(t => t.At.Count);
        var seen = Enumerable.Range(0, count).Where(i => traces[0].At[i] > 0).ToList();
        return ([.. seen.Select(i => traces[0].At[i])], [.. seen.Select(i => Spread.Of(traces.Select(t => column(t)[i])).Median)]);
    }

    private static (TheoremSetting Setting, IReadOnlyList<TheoremRuns.Start> Starts) Runs(StudyContext context, string setting) =>
        TheoremRuns.Of(context).Single(r => r.Setting.Name == setting);

    private static string Kind(TheoremSetting setting) =>
        setting.HasKinks ? "ReLU" : setting.IsDiagonal ? "diagonal" : "linear";

    private static string Name(Dynamics dynamics) => dynamics switch
    {
        Dynamics.GradientDescent => "gradient descent",
        Dynamics.Lagrange => "(B)",
        Dynamics.RowWeightNormalization => "weight normalization per unit",
        Dynamics.BatchNormalization => "batch normalization, inputs as they are",
        _ => "batch normalization, whitened inputs",
    };

    private static int? Colour(string name) =>
        name switch { "gradient descent" => 0, "(B)" => 1, "weight normalization per unit" => 2, _ => null };
}
