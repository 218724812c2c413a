namespace Rhoflow.Lab.Figures;

/// <summary>How a series is drawn.</summary>
public enum SeriesMark
{
    /// <summary>A solid line: something measured along a flow.</summary>
    Line,
    /// <summary>A dashed line: a predicted law.</summary>
    Predicted,
    /// <summary>Dots: single measurements.</summary>
    Points,
    /// <summary>A filled distribution that stands on its own base line (<see cref="Series.Low"/>).</summary>
    Ridge,
    /// <summary>A filled histogram: ordinates from each abscissa to the next.</summary>
    Steps,
}

/// <summary>A curve or cloud in a panel.</summary>
/// <param name="Name">Its name in the legend; series of one name in a chart share colour.</param>
/// <param name="Mark">How it is drawn.</param>
/// <param name="X">Abscissas, as many as ordinates, in drawing order.</param>
/// <param name="Y">Ordinates; a value that is not finite breaks the line.</param>
/// <param name="Colour">Index into <see cref="Theme.Palette"/>; null takes the next free one.</param>
public sealed record Series(string Name, SeriesMark Mark, IReadOnlyList<double> X, IReadOnlyList<double> Y, int? Colour = null)
{
    /// <summary>The lower edge of a band around the line, or the base of a ridge; null: none.</summary>
    public IReadOnlyList<double>? Low { get; init; }

    /// <summary>The upper edge of a band around the line; null: none.</summary>
    public IReadOnlyList<double>? High { get; init; }

    /// <summary>How many runs each ordinate stands for; null: one.</summary>
    public IReadOnlyList<int>? Counts { get; init; }

    /// <summary>What tells this curve from others of its name: the run.</summary>
    public string? Detail { get; init; }

    /// <summary>A place on <see cref="Theme.Ramp"/>, 0 … 1, in place of a colour of the palette.</summary>
    public double? Tone { get; init; }
}
