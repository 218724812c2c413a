using Rhoflow.Losses;

namespace Rhoflow.Observations;

/// <summary>A network on data that it was not trained on.</summary>
/// <param name="Outputs">f̃ = f/ρ, N × C.</param>
/// <param name="Targets">y, N.</param>
/// <param name="Classes">C.</param>
/// <param name="LogLoss">log L of the network itself, natural, with the training risk's reduction.</param>
public sealed record TestResult(double[] Outputs, double[] Targets, int Classes, double LogLoss)
{
    /// <summary>The normalized margin of every example.</summary>
    public double[] Margins { get; } = Margin.All(Outputs, Targets, Classes);
}
