using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.Schedules;

/// <summary>Schedules on linear networks: in time, and in work.</summary>
internal static class LinearSchedules
{
    private static readonly (double B, int Colour)[] Exponents = [(0, 0), (2, 2), (2.5, 4), (3, 1), (4, 3)];

    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "schedules/linear",
        Paper = SchedulesPage.Paper,
        Number = "1",
        Title = "How fast may ρ grow? Linear networks, in time and in gradient evaluations",
        Caption = "Left: Iris with ρ = (log t + b log log t)/γ. While v keeps up its error is ‖c‖/ρ (dashed for b = 2, the fastest that "
            + "does); beyond b = 2 it is left behind, and faster schedules freeze at v*(ρ_f), the minimizer at the norm where ρ̇/ρ "
            + "overtakes v (dots: predicted). Right: the same question in steps on 60 directions in 20 dimensions, median of five sets: "
            + "with η/L, normalized steps or ρ = 1 + γηk the gap to the maximum margin falls like 1/k, with gradient descent and ρ = 1 + "
            + "log k far more slowly; doubling ρ every 300 steps overtakes η/L for a while and then stands still.",
        Config = "papers/schedules/linear.yaml",
        Runs = static () =>
            [.. Exponents.Select(b => LogFamily.Iris.Run(LogFamily.Iris.Log(b.B))), .. FastestSchedule.Frozen.Select(LogFamily.Iris.Run)],
        Build = Build,
    };

    private static Chart Build(StudyContext context)
    {
        var iris = LogFamily.Iris;
        double[] x = [.. LogFamily.Decades];
        var family = new Panel("Iris, ρ = (log t + b log log t)/γ", new Axis("t", Scale.Exponent), new Axis("‖v − v*‖", Scale.Log));
        foreach (var (b, colour) in Exponents)
            family = family.Line(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"b = {b}"), x,
                iris.Follow(context, iris.Log(b)).Column(iris.Error), colour);
        family = family.Predicted("‖c‖/ρ at b = 2", x, iris.Follow(context, iris.Log(2)).Column(p => iris.Expansion.Norm / p.Rho), 7);
        var frozen = new Panel("Too fast: where v freezes", new Axis("t", Scale.Exponent, Max: 30), new Axis("‖v − v*‖", Scale.Log));
        var early = x.Count(static d => d <= 30);
        foreach (var (s, i) in FastestSchedule.Frozen.Select(static (s, i) => (s, i)))
        {
            frozen = frozen.Line($"ρ = {s}", x[..early], [.. iris.Follow(context, s).Take(early).Select(iris.Error)], i)
                .Points("predicted: v*(ρ_f)", [30], [iris.FreezingError(s)], 7);
        }
        var work = new Panel("Margin against work", new Axis("gradient evaluations", Scale.Log), new Axis("1 − margin/γ", Scale.Log));
        double[] steps = [.. SeparatorDescent.Steps];
        foreach (var (method, i) in SeparatorDescent.Descents.Concat(SeparatorDescent.Scheduled).Select(static (m, i) => (m, i)))
        {
            var gaps = Spread.Seeds.Select(seed => SeparatorDescent.Gaps(context, seed, method)).ToArray();
            double[] median = [.. Enumerable.Range(0, steps.Length).Select(k => Spread.Of(gaps.Select(g => g[k])).Median)];
            work = work.Line(method, steps, median, i);
        }
        return new Chart(family, frozen, work);
    }
}
