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
}

/// <summary>A curve or cloud in a panel.</summary>
/// <param name="Name">Its name in the legend; series of one name in a chart share colour.</param>
/// <param name="Mark">How it is drawn.</param>
/// <param name="X">Abscissas, as many as ordinates, in drawing order.</param>
/// <param name="Y">Ordinates; a value that is not finite breaks the line.</param>
/// <param name="Colour">Index into <see cref="Theme.Palette"/>; null takes the next free one.</param>
public sealed record Series(string Name, SeriesMark Mark, IReadOnlyList<double> X, IReadOnlyList<double> Y, int? Colour = null);
