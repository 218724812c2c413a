using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Theory III figure 7: ρ set to functions of t.</summary>
internal static class Figure07
{
    private static readonly (Schedule Schedule, string Name, int Colour)[] Schedules =
        [(Schedule.LogT, "ρ = log t", 2), (Schedule.LogLogT, "ρ = log log t", 0), (Schedule.ExpT, "ρ = exp t", 3),
            (Schedule.InverseLogT, "ρ = 1/log t", 1)];

    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "theory-iii/figure-07",
        Paper = SourcePapers.TheoryIII,
        Number = "7",
        Title = "ρ set to functions of t, on all of Iris",
        Caption = "What the schedule does to the direction: ρ = log t converges, beyond t = 1e3 a little ahead of gradient descent; log "
            + "log t grows so slowly that v merely follows the minimizer v*(ρ) at ρ ≈ 3 (dashed); e^t grows so fast that v stands still "
            + "at once; and 1/log t lets ρ fall to 0, so that v leaves the maximum margin for the mean direction Σz/‖Σz‖ and "
            + "misclassifies (margin below 0). Classes, start and the reading ρ(t) := α(t) of eq. 81 are ours.",
        Config = "papers/theory-iii/figure-07.yaml",
        Runs = static () =>
            [.. Schedules.Select(s => ScheduledNorm.Run(s.Schedule)), IrisFlows.GradientDescent, IrisFlows.WeightNormalization],
        Build = Build,
    };

    private static Chart Build(StudyContext context)
    {
        var svm = IrisFlows.Svm;
        var errors = new Panel("Four schedules", new Axis("t", Scale.Exponent), new Axis("‖v − v*‖", Min: 0));
        var margins = new Panel("Margin under the four schedules", new Axis("t", Scale.Exponent), new Axis("min y v·x"));
        foreach (var (schedule, name, colour) in Schedules)
        {
            var points = ScheduledNorm.Follow(context, schedule);
            errors = errors.Line(name, points.Log10T(), points.Column(p => p.DirectionError(svm.Direction)), colour);
            margins = margins.Line(name, points.Log10T(), points.Column(p => p.Margin), colour);
            if (schedule == Schedule.ExpT) continue;
            errors = errors.Predicted($"v*(ρ) at {name}", points.Log10T(),
                points.Column(p => Vectors.Distance(ScheduledNorm.Equilibrium(context, p.Rho).Direction, svm.Direction)), 7);
        }
        margins = margins.Level("maximum margin 0.743", svm.Margin).Level("misclassified below", 0);
        var inverse = ScheduledNorm.Follow(context, Schedule.InverseLogT);
        var log = ScheduledNorm.Follow(context, Schedule.LogT);
        var gd = IrisFlows.Gd(context).Where(p => p.Log10T is >= .5 and <= 8).ToList();
        var wn = IrisFlows.Wn(context).Where(p => p.Log10T is >= .5 and <= 8).ToList();
        var limit = Vectors.Distance(ScheduledNorm.MeanDirection, svm.Direction);
        var original = new Panel("1/log t against the original rates", new Axis("t", Scale.Exponent),
            new Axis("‖v − v*‖", Min: 0, Max: 1.1))
            .Line("ρ = 1/log t", inverse.Log10T(), inverse.Column(p => p.DirectionError(svm.Direction)), 1)
            .Line("gradient descent", gd.Log10T(), gd.Column(p => p.DirectionError(svm.Direction)), 7)
            .Line("weight normalization", wn.Log10T(), wn.Column(p => p.DirectionError(svm.Direction)), 5)
            .Line("ρ = log t", log.Log10T(), log.Column(p => p.DirectionError(svm.Direction)), 2)
            .Predicted("error of the mean direction, its limit", inverse.Log10T(), _ => limit, 4);
        return new Chart(errors, margins, original);
    }
}
