using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.Measures;

/// <summary>The page of the report that shows every family of measures on one trained network.</summary>
public static class MeasuresPage
{
    /// <summary>Not a paper: the measures that the four papers need.</summary>
    public static Paper Paper { get; } =
        new("measures", "Measures", "Every family of measures on one network: digits, two convolutions and a dense layer, 1,864 weights");

    /// <summary>One figure per family, in the order of the catalogue.</summary>
    public static IReadOnlyList<IStudy> Contents =>
    [
        TrainingFigures.Loss, TrainingFigures.Norms, TrainingFigures.Margins, TrainingFigures.Direction, TrainingFigures.NormalizedLoss,
        GeometryFigures.Equilibrium, GeometryFigures.Collapse, GeometryFigures.Structure,
        LandscapeFigures.Curvature, LandscapeFigures.Bounds, LandscapeFigures.Limits,
    ];

    /// <summary>A figure of a run of <c>digits.yaml</c>: that with the cross-entropy, or <paramref name="of"/>.</summary>
    internal static PaperFigure Figure(string family, int number, string title, string caption, Func<MeasuredRun, Chart> build,
        TrainingSweep? of = null) => new()
        {
            Id = $"measures/{family}",
            Paper = Paper,
            Number = $"{number}",
            Title = title,
            Caption = caption,
            Config = "papers/measures/digits.yaml",
            Runs = () => [of ?? CrossEntropy],
            Build = context => build((of ?? CrossEntropy).Runs(context)[0]),
        };

    /// <summary>The run with the cross-entropy.</summary>
    internal static TrainingSweep CrossEntropy { get; } = new("measures/digits");

    /// <summary>The run with the square loss and weight decay.</summary>
    internal static TrainingSweep Square { get; } =
        new("measures/digits", "loss=square", "descent.weight-decay=1e-4", "descent.learning-rate=0.02");

    /// <summary>Epochs as 1 + epoch on a logarithmic axis.</summary>
    internal static Axis Epochs { get; } = new("1 + epoch", Scale.Log);

    /// <summary>What <see cref="Epochs"/> shows: 1 + epoch of every observation.</summary>
    internal static double[] Time(this MeasuredRun run) => [.. run["epoch"].Select(static e => 1 + e)];
}
