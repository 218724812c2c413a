namespace Rhoflow.Lab.Figures;

/// <summary>One system of axes with its series. Immutable; each method gives a panel with something more in it.</summary>
/// <example><code>
/// new Panel("Gradient descent", new Axis("t", Scale.Exponent), new Axis("‖v − v*‖", Scale.Log))
///     .Line("GD", log10T, error)
///     .Predicted("|c| / log t", log10T, law)
/// </code></example>
public sealed record Panel(string Title, Axis X, Axis Y)
{
    /// <summary>What is drawn, the first at the bottom.</summary>
    public IReadOnlyList<Series> Series { get; init; } = [];

    /// <summary>Horizontal and vertical marks with their labels.</summary>
    public IReadOnlyList<Rule> Rules { get; init; } = [];

    /// <summary>Colours over a grid; null: none.</summary>
    public Cells? Cells { get; init; }

    /// <summary>Words at places.</summary>
    public IReadOnlyList<Label> Labels { get; init; } = [];

    /// <summary>It has no axes: places in it mean nothing.</summary>
    public bool IsDrawing => X.IsHidden && Y.IsHidden;

    /// <summary>Adds a solid line through <paramref name="y"/> over <paramref name="x"/>.</summary>
    public Panel Line(string name, IReadOnlyList<double> x, IReadOnlyList<double> y, int? colour = null) =>
        With(new Series(name, SeriesMark.Line, x, y, colour));

    /// <summary>Adds a dashed line: what theory predicts.</summary>
    public Panel Predicted(string name, IReadOnlyList<double> x, IReadOnlyList<double> y, int? colour = null) =>
        With(new Series(name, SeriesMark.Predicted, x, y, colour));

    /// <summary>Adds a dashed line y = <paramref name="law"/>(x) on the given abscissas.</summary>
    public Panel Predicted(string name, IReadOnlyList<double> x, Func<double, double> law, int? colour = null) =>
        Predicted(name, x, [.. x.Select(law)], colour);

    /// <summary>Adds dots.</summary>
    public Panel Points(string name, IReadOnlyList<double> x, IReadOnlyList<double> y, int? colour = null) =>
        With(new Series(name, SeriesMark.Points, x, y, colour));

    /// <summary>Adds a thin labelled line across the panel at the height <paramref name="y"/>.</summary>
    public Panel Level(string label, double y) => this with { Rules = [.. Rules, new Rule(label, Y: y)] };

    /// <summary>Adds a thin labelled line across the panel at the abscissa <paramref name="x"/>.</summary>
    public Panel At(string label, double x) => this with { Rules = [.. Rules, new Rule(label, X: x)] };

    /// <summary>Writes <paramref name="text"/> at a place, in its middle.</summary>
    public Panel Text(string text, double x, double y) => this with { Labels = [.. Labels, new Label(text, x, y)] };

    /// <summary>Adds a series.</summary>
    public Panel With(Series series)
    {
        if (series.X.Count != series.Y.Count)
        {
            throw new ArgumentException(
                $"Series '{series.Name}' of panel '{Title}' has {series.X.Count} abscissas and {series.Y.Count} ordinates.");
        }
        return this with { Series = [.. Series, series] };
    }
}

/// <summary>Cells of a grid with a value each.</summary>
/// <param name="X">The names along x.</param>
/// <param name="Y">The names along y, from below.</param>
/// <param name="Values">A value for each y and, in it, each x; NaN: no cell.</param>
/// <param name="Colour">What the values are, and how they lie on the ramp.</param>
public sealed record Cells(IReadOnlyList<string> X, IReadOnlyList<string> Y, IReadOnlyList<IReadOnlyList<double>> Values, Axis Colour);

/// <summary>A labelled line across a panel: at a height (<paramref name="Y"/>) or an abscissa (<paramref name="X"/>).</summary>
public sealed record Rule(string Label, double? X = null, double? Y = null);

/// <summary>Words at a place of a panel.</summary>
public sealed record Label(string Text, double X, double Y);
