using Rhoflow.Data;
using Rhoflow.Losses;
using Rhoflow.Networks;

namespace Rhoflow.Measures;

/// <summary>
/// What is known before anything is observed: whether a measure applies, and which columns it has, depends on this alone.
/// </summary>
/// <param name="Network">The network.</param>
/// <param name="Loss">What it goes down; null for the scalar equations.</param>
/// <param name="Train">The training set; null for the scalar equations.</param>
/// <param name="Test">Data that it is not trained on; null where there are none.</param>
public sealed record MeasureSetting(Network Network, Loss? Loss = null, Dataset? Train = null, Dataset? Test = null)
{
    /// <summary>The k whose features (what enters W_k) are kept; the last layer's unless said otherwise.</summary>
    public IReadOnlyList<int> FeatureLayers { get; init; } = [Network.Depth];

    /// <summary>λ of the penalty λ‖W‖² (λρ² where the flow has that); 0 without, NaN where layers have several.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Replicates of the bootstrap that tests power laws of spectra: p is good to 1/(2√replicates).</summary>
    public int TailReplicates { get; init; } = 100;

    /// <summary>Whether the network computes in float32: then passes that need no more are made in it.</summary>
    internal bool IsSingle { get; init; }

    /// <summary>K.</summary>
    public int Depth => Network.Depth;

    /// <summary>
    /// Whether the loss has an exponential tail: quantities like −log L/ρ mean nothing otherwise. The scalar equations have one.
    /// </summary>
    public bool HasExponentialTail => Loss?.HasExponentialTail ?? true;

    /// <summary>
    /// Whether targets are classes: ±1 for one output, 0 … C−1 for more. Regression targets have no margins and no class means.
    /// </summary>
    public bool HasClasses => Train is null || Network.Outputs > 1 || Train.IsBinary;
}
