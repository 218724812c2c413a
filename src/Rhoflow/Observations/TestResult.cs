using Rhoflow.Losses;

namespace Rhoflow.Observations;

/// <summary>A network on data that it was not trained on.</summary>
/// <param name="outputs">f̃ = f/ρ, N × C.</param>
/// <param name="targets">y, N.</param>
/// <param name="classes">C.</param>
/// <param name="logLoss">log L of the network itself, natural, with the training risk's reduction.</param>
public sealed class TestResult(double[] outputs, double[] targets, int classes, double logLoss)
{
    /// <summary>f̃ = f/ρ, row-major N × C: outputs of the normalized network.</summary>
    public ReadOnlySpan<double> Outputs => OutputsArray;

    /// <summary>y_n, N numbers: ±1 (C = 1), or the class 0 … C−1.</summary>
    public ReadOnlySpan<double> Targets => TargetsArray;

    /// <summary>C.</summary>
    public int Classes { get; } = classes;

    /// <summary>log L of the network itself, natural, with the training risk's reduction.</summary>
    public double LogLoss { get; } = logLoss;

    /// <summary>The normalized margin of every example: y_n f̃_n, or f̃_y − max_{j≠y} f̃_j with several classes.</summary>
    public ReadOnlySpan<double> Margins => MarginsArray;

    // The same as arrays, for what has to keep them or to enumerate them. Not to be changed.
    internal double[] OutputsArray { get; } = outputs;
    internal double[] TargetsArray { get; } = targets;
    internal double[] MarginsArray { get; } = Margin.All(outputs, targets, classes);
}
