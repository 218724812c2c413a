using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.Schedules;

/// <summary>
/// Margin against work on a deep homogeneous network: descents that grow ρ by themselves, and ρ(t) designed apart from V.
/// </summary>
internal static class DeepSchedules
{
    /// <summary>The methods: what the legend calls them, and what is overridden.</summary>
    public static readonly IReadOnlyList<(string Name, string[] Overrides)> Methods =
    [
        ("GD", ["descent.learning-rate=1"]),
        ("weight normalization", ["descent.normalization=weight", "descent.learning-rate=1"]),
        ("η/L", ["descent.schedule=loss-based", "descent.learning-rate=0.003"]),
        ("η/‖∇L‖", ["descent.schedule=normalized", "descent.learning-rate=0.03"]),
        ("ρ_k = 2 + k/10", ["descent.normalization=tangent", "descent.schedule=normalized", "descent.learning-rate=0.003",
            "descent.rho={schedule: 2 + 0.1*step}"]),
        ("ρ_k = 2 + log(1 + k)", ["descent.normalization=tangent", "descent.schedule=normalized", "descent.learning-rate=0.003",
            "descent.rho={schedule: 2 + log(1 + step)}"]),
        ("ρ_k × 1.5 every 400", ["descent.normalization=tangent", "descent.schedule=normalized", "descent.learning-rate=0.001",
            "descent.rho={rescale: {every: 400, factor: 1.5}}"]),
    ];

    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "schedules/deep",
        Paper = SchedulesPage.Paper,
        Number = "2",
        Title = "Margin against work on a deep network",
        Caption = "The least margin of the normalized network, y f̃ = y f/ρ, against gradient evaluations; medians of five starts. In "
            + "the designed schedules V_k takes normalized steps on its sphere while ρ_k follows the schedule. What decides is whether ρ "
            + "grows: at equal work, methods that let ρ stay small have the margin of a small ρ.",
        Config = "papers/schedules/deep.yaml",
        Runs = static () => [.. Enumerable.Range(0, Methods.Count).Select(Sweep)],
        Build = static context =>
        {
            var medians = new Panel("Least margin, median of five starts", new Axis("gradient evaluations", Scale.Log),
                new Axis("min y f̃", Min: 0));
            var norms = new Panel("Norm, median of five starts", new Axis("gradient evaluations", Scale.Log), new Axis("log₁₀ ρ"));
            for (var i = 0; i < Methods.Count; i++)
            {
                var runs = Runs(context, i);
                double[] work = [.. runs[0]["epoch"].Skip(1)];
                double[] Median(string column) =>
                    [.. Enumerable.Range(1, work.Length).Select(k => Spread.Of(runs.Select(r => r[column][k])).Median)];
                // Below 0 the data are not separated, and a margin means little.
                medians = medians.Line(Methods[i].Name, work, [.. Median("margin_min").Select(static m => m > 0 ? m : double.NaN)], i);
                norms = norms.Line(Methods[i].Name, work, Median("log10_rho"), i);
            }
            return new Chart(medians, norms);
        },
    };

    /// <summary>Five starts of a method.</summary>
    public static IReadOnlyList<MeasuredRun> Runs(StudyContext context, int method) => Sweep(method).Runs(context);

    private static TrainingSweep Sweep(int method) => new("schedules/deep", [.. Methods[method].Overrides, "seed=0..4"]);
}
