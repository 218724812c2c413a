namespace Rhoflow.Lab.Plots;

/// <summary>What one run gives to a figure: ordinates over abscissas, without those that are not measured.</summary>
/// <param name="Run">The run.</param>
/// <param name="X">Abscissas, in the order of the observations.</param>
/// <param name="Y">Ordinates.</param>
/// <param name="Rows">The observations that they are of.</param>
internal sealed record Trace(PlotRun Run, double[] X, double[] Y, int[] Rows)
{
    /// <summary>What tells it from other traces of its run: the time of its array; null: nothing.</summary>
    public string? Label { get; init; }

    /// <summary>Where it stands among these, 0 … 1.</summary>
    public double? Tone { get; init; }
}

/// <summary>A curve as it is drawn and written down.</summary>
/// <param name="Name">Of the series that it belongs to.</param>
/// <param name="Keys">The values of keys (and the quantity) that say which it is.</param>
/// <param name="Run">The run's id; null where it is of several.</param>
/// <param name="X">Abscissas.</param>
/// <param name="Y">Ordinates, or the middle of a band.</param>
/// <param name="Low">The lower edge of its band; null: none.</param>
/// <param name="High">The upper edge.</param>
/// <param name="Counts">Runs that each ordinate stands for.</param>
internal sealed record Curve(string Name, IReadOnlyList<(string Key, string Value)> Keys, string? Run, double[] X, double[] Y,
    double[]? Low,
    double[]? High, int[]? Counts)
{
    /// <summary>A law, not a measurement.</summary>
    public bool IsLaw { get; init; }
}
