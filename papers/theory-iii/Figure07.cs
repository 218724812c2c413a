using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Theory III figure 7: ρ set to functions of t.</summary>
internal static class Figure07
{
    private const double End = 8;

    private static readonly (Schedule Schedule, string Name, int Colour)[] Schedules =
        [(Schedule.LogT, "log t", 2), (Schedule.LogLogT, "log log t", 0), (Schedule.ExpT, "exp t", 3),
            (Schedule.InverseLogT, "1/log t", 1)];

    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "theory-iii/figure-07",
        Paper = SourcePapers.TheoryIII,
        Number = "7",
        Title = "ρ set to functions of t, on all of Iris",
        Caption = "The text can be read in four ways, each a panel with the same four functions. The caption sets ρ to functions of t: in "
            + "the equation of weight normalization (T3 eq. 80, V̇ = ρ Σ…) or in that of gradient descent (T3 eq. 79, V̇ = (1/ρ) Σ…). "
            + "T3 eq. 81 scales by α(t) a ρ of which it says nothing: constant (at ρ = 1 this is the first panel, so ρ = 2 is drawn), or "
            + "moving by its own gradient descent, ρ̇ = α Σ e^{−αρv·x} v·x. A schedule that grows slowly lets v follow the minimizer v*(ρ) "
            + "(dashed); one that grows too fast freezes it; 1/log t lets the effective norm fall to 0 unless ρ grows beside it, and v "
            + "goes to the mean direction Σz/‖Σz‖. Then the margins of the first reading, and, as on the paper's right, 1/log t in all "
            + "readings beside the original flows. Classes, start and end are ours.",
        Config = "papers/theory-iii/figure-07.yaml",
        Runs = static () =>
        [
            .. ScheduledNorm.Readings.SelectMany(static r => Schedules.Select(s => r.Run(s.Schedule))),
            IrisFlows.GradientDescent, IrisFlows.WeightNormalization,
        ],
        Build = Build,
    };

    private static Chart Build(StudyContext context)
    {
        var svm = IrisFlows.Svm;
        double Error(FlowPoint p) => p.DirectionError(svm.Direction);
        var panels = ScheduledNorm.Readings.Select((reading, i) => ReadingPanel(context, reading, i == 0)).ToList();
        panels.Add(Margins(context));
        panels.Add(Originals(context));
        double At(ScheduledReading reading, Schedule schedule) => Error(reading.Run(schedule).Points(context).AtDecade(End));
        string Of(ScheduledReading reading)
        {
            var errors = Schedules.Select(s => (s.Name, Error: At(reading, s.Schedule))).OrderBy(static e => e.Error).ToList();
            return $"{reading.Short}: {string.Join(", ", errors.Select(static e => $"{Wording.Text(e.Error)} ({e.Name})"))}";
        }
        var best = ScheduledNorm.Readings.Select(r => Schedules.MinBy(s => At(r, s.Schedule)).Name).ToList();
        string Where(string name) => string.Join("; ", ScheduledNorm.Readings.Where((_, i) => best[i] == name).Select(static r => r.Short));
        return new Chart(panels)
        {
            Findings = $"Errors at t = {Wording.Decade(End)}, the smallest first. {string.Join("; ", ScheduledNorm.Readings.Select(Of))}. "
                + (best.Distinct().Count() == 1 ? $"In every reading {best[0]} is the best of the four functions"
                    : "Which function is best depends on the reading: "
                    + string.Join(", ", best.Distinct().Select(b => $"{b} ({Where(b)})")))
                + $". Gradient descent has {Wording.Text(Error(IrisFlows.Gd(context).AtDecade(End)))} there and weight normalization "
                + $"{Wording.Text(Error(IrisFlows.Wn(context).AtDecade(End)))}.",
        };
    }

    private static Panel ReadingPanel(StudyContext context, ScheduledReading reading, bool withMinimizers)
    {
        var svm = IrisFlows.Svm;
        var panel = new Panel(reading.Name, new Axis("t", Scale.Exponent), new Axis("‖v − v*‖", Min: 0, Max: 1.1));
        foreach (var (schedule, name, colour) in Schedules)
        {
            var points = reading.Run(schedule).Points(context);
            panel = panel.Line(name, points.Log10T(), points.Column(p => p.DirectionError(svm.Direction)), colour);
            if (!withMinimizers || schedule == Schedule.ExpT) continue;
            panel = panel.Predicted($"v*(ρ), {name}", points.Log10T(),
                points.Column(p => Vectors.Distance(ScheduledNorm.Equilibrium(context, p.Rho).Direction, svm.Direction)), 7);
        }
        return panel;
    }

    private static Panel Margins(StudyContext context)
    {
        var svm = IrisFlows.Svm;
        var panel = new Panel("Margin in the first reading", new Axis("t", Scale.Exponent), new Axis("min y v·x"));
        foreach (var (schedule, name, colour) in Schedules)
        {
            var points = ScheduledNorm.Follow(context, schedule);
            panel = panel.Line(name, points.Log10T(), points.Column(p => p.Margin), colour);
        }
        return panel.Level($"maximum margin {Wording.Text(svm.Margin)}", svm.Margin).Level("misclassified below", 0);
    }

    private static Panel Originals(StudyContext context)
    {
        var svm = IrisFlows.Svm;
        double Error(FlowPoint p) => p.DirectionError(svm.Direction);
        var panel = new Panel("1/log t against the original rates", new Axis("t", Scale.Exponent), new Axis("‖v − v*‖", Min: 0, Max: 1.1));
        foreach (var (reading, i) in ScheduledNorm.Readings.Select(static (r, i) => (r, i)))
        {
            var points = reading.Run(Schedule.InverseLogT).Points(context);
            // The first two lie on each other: the second is drawn by dots.
            var dots = i == 1;
            var shown = points.Where((_, at) => !dots || at % 4 == 2).ToList();
            panel = panel.With(new Series($"1/log t, {reading.Short}", dots ? SeriesMark.Points : SeriesMark.Line, shown.Log10T(),
                shown.Column(Error), i));
        }
        foreach (var (name, points, colour) in new[]
            { ("gradient descent", IrisFlows.Gd(context), 7), ("weight normalization", IrisFlows.Wn(context), 5) })
        {
            var shown = points.Where(static p => p.Log10T is >= .5 and <= End).ToList();
            panel = panel.Line(name, shown.Log10T(), shown.Column(Error), colour);
        }
        var limit = Vectors.Distance(ScheduledNorm.MeanDirection, svm.Direction);
        return panel.Predicted("error of the mean direction", [.5, End], _ => limit, 6);
    }
}
