using Rhoflow.Data;
using Rhoflow.Losses;
using Rhoflow.Networks;

namespace Rhoflow.Measures;

/// <summary>What is known before anything is observed: whether a measure applies, and which columns it has, depends on this alone.</summary>
/// <param name="Network">The network.</param>
/// <param name="Loss">What it goes down; null for the scalar equations.</param>
/// <param name="Train">The training set; null for the scalar equations.</param>
/// <param name="Test">Data that it is not trained on; null where there are none.</param>
public sealed record MeasureSetting(Network Network, Loss? Loss = null, Dataset? Train = null, Dataset? Test = null)
{
    /// <summary>K.</summary>
    public int Depth => Network.Depth;

    /// <summary>Whether the loss has an exponential tail: quantities like −log L/ρ mean nothing otherwise. The scalar equations have one.</summary>
    public bool HasExponentialTail => Loss?.HasExponentialTail ?? true;

    /// <summary>Whether targets are classes: ±1 for one output, 0 … C−1 for more. Regression targets have no margins and no class means.</summary>
    public bool HasClasses => Train is null || Network.Outputs > 1 || Train.IsBinary;
}
