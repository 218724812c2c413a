using Rhoflow.Losses;

namespace Rhoflow.Measures;

/// <summary>What a measure may look at.</summary>
/// <param name="Snapshot">The network at the moment.</param>
/// <param name="Risk">The training risk with room of its own, for gradients and curvature; null for the scalar equations.</param>
/// <param name="Test">What the network does on test data; null where there are none.</param>
/// <param name="Limit">The direction that theory predicts for a linear network (unit norm, d numbers); null where it predicts none.</param>
public sealed record MeasureInput(Snapshot Snapshot, EmpiricalRisk? Risk = null, TestResult? Test = null, double[]? Limit = null)
{
    /// <summary>Whether the loss has an exponential tail: quantities like −log L/ρ mean nothing otherwise.</summary>
    public bool HasExponentialTail { get; init; } = true;
}

/// <summary>A network on data that it was not trained on.</summary>
/// <param name="Margins">The normalized margin of every example.</param>
/// <param name="LogLoss">log L of the network itself, natural, with the training risk's reduction.</param>
public sealed record TestResult(double[] Margins, double LogLoss);

/// <summary>What a measure needs beside weights and outputs, in ascending cost.</summary>
public enum MeasureNeed
{
    /// <summary>Weights and training outputs: part of the snapshot.</summary>
    Outputs,

    /// <summary>One forward pass over the test set.</summary>
    TestOutputs,

    /// <summary>One gradient an example.</summary>
    Gradients,

    /// <summary>P Hessian-vector products and an eigenvalue problem of size P.</summary>
    Curvature,
}

/// <summary>
/// A measured quantity as data: run and inspect share them, and <c>list measures</c> prints them.
/// </summary>
/// <param name="Family">What configs ask for.</param>
/// <param name="Name">The measure.</param>
/// <param name="Formula">How it is defined.</param>
/// <param name="Reference">Paper and equation.</param>
/// <param name="Need">What it costs.</param>
/// <param name="Columns">Its columns for a network of the given depth.</param>
/// <param name="Values">Their values, NaN where it does not apply.</param>
public sealed record Measure(
    string Family, string Name, string Formula, string Reference, MeasureNeed Need,
    Func<int, string[]> Columns, Func<MeasureInput, double[]> Values)
{
    internal static Measure Single(string family, string name, string formula, string reference, Func<MeasureInput, double> value,
        MeasureNeed need = MeasureNeed.Outputs) =>
        new(family, name, formula, reference, need, _ => [name], input => [value(input)]);

    internal static Measure PerLayer(string family, string name, string formula, string reference, Func<int, string[]> columns, Func<Snapshot, double[]> values) =>
        new(family, name, formula, reference, MeasureNeed.Outputs, columns, input => values(input.Snapshot));
}
