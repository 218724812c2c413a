using Rhoflow.Observations;

namespace Rhoflow.Measures;

/// <summary>What a measure needs besides weights and outputs, in ascending cost.</summary>
public enum MeasureNeed
{
    /// <summary>Weights and training outputs: part of the snapshot.</summary>
    Outputs,

    /// <summary>One forward pass over the test set.</summary>
    TestOutputs,

    /// <summary>What enters a layer, kept during the same forward pass.</summary>
    Features,

    /// <summary>Backward passes over the examples.</summary>
    Gradients,

    /// <summary>Many Hessian-vector products, or an eigenvalue problem.</summary>
    Curvature,
}

/// <summary>
/// A measured quantity as data: run and inspect share them, and <c>list measures</c> prints them.
/// </summary>
public sealed record Measure
{
    /// <summary>What configs ask for.</summary>
    public required string Family { get; init; }

    /// <summary>The measure.</summary>
    public required string Name { get; init; }

    /// <summary>How it is defined.</summary>
    public required string Formula { get; init; }

    /// <summary>Paper and equation.</summary>
    public required string Reference { get; init; }

    /// <summary>Which of the definitions in use this is, where there are several; empty otherwise.</summary>
    public string Variant { get; init; } = "";

    /// <summary>What it needs besides weights and outputs; runs prepare no more than their measures need.</summary>
    public MeasureNeed Need { get; init; } = MeasureNeed.Outputs;

    /// <summary>
    /// Whether its derivatives are those of the loss that is descended, which with batch normalization go through the statistics of the
    /// examples; otherwise they are those of the network that is evaluated, whose statistics are constants.
    /// </summary>
    public bool GoesThroughStatistics { get; init; }

    /// <summary>
    /// Operations beyond what <see cref="Need"/> says, in N (examples), C (outputs), K (layers), P (parameters), p (features).
    /// </summary>
    public string Cost { get; init; } = "N";

    /// <summary><see cref="Cost"/> in numbers, of those that may take seconds: what forecasts are made of.</summary>
    internal Func<MeasureSetting, MeasureWork> Work { get; init; } = static _ => MeasureWork.Little;

    /// <summary>Its columns for a network and data.</summary>
    public required Func<MeasureSetting, string[]> Columns { get; init; }

    /// <summary>Their values, as many; NaN where there is none at the moment.</summary>
    public required Func<MeasureInput, double[]> Values { get; init; }

    /// <summary>A sentence why it does not apply to a network, loss or data; null where it does.</summary>
    public Func<MeasureSetting, string?> Refuse { get; init; } = static _ => null;

    /// <summary>Which of its values are NaN, and why each: <c>inspect</c> says it.</summary>
    public Func<MeasureInput, IReadOnlyList<(string What, string Why)>> Gaps { get; init; } = static _ => [];

    /// <summary>Curves and spectra in addition to the columns.</summary>
    public IReadOnlyList<MeasureArray> Arrays { get; init; } = [];

    /// <summary>
    /// The units of columns and arrays that are not the library's own: what the numbers count in, by name. Lists show them.
    /// </summary>
    public IReadOnlyDictionary<string, string> Units { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    internal static Measure Single(string family, string name, string formula, string reference, Func<MeasureInput, double> value,
        MeasureNeed need = MeasureNeed.Outputs, string cost = "N") => new()
        {
            Family = family,
            Name = name,
            Formula = formula,
            Reference = reference,
            Need = need,
            Cost = cost,
            Columns = _ => [name],
            Values = input => [value(input)],
        };

    internal static Measure PerLayer(string family, string name, string formula, string reference, Func<int, string[]> columns,
        Func<Snapshot, double[]> values, string cost = "P") => new()
        {
            Family = family,
            Name = name,
            Formula = formula,
            Reference = reference,
            Cost = cost,
            Columns = setting => columns(setting.Network.Depth),
            Values = input => values(input.Snapshot),
        };
}

/// <summary>A curve or spectrum: one row of fixed length per observation, written to arrays/NAME.npy.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Length">Numbers of a row.</param>
/// <param name="Values">The row; NaN where there is no number.</param>
public sealed record MeasureArray(string Name, Func<MeasureSetting, int> Length, Func<MeasureInput, double[]> Values);
