using System.Numerics;

namespace Rhoflow.Networks;

/// <summary>What one pass over the nodes carries along.</summary>
internal readonly ref struct Pass<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    public required int Examples { get; init; }
    public required ReadOnlySpan<T> Theta { get; init; }

    /// <summary>Whether θ is that of the pass before, where outputs are all that is asked for: what was made of it still holds.</summary>
    public bool SameTheta { get; init; }

    /// <summary>θ̇, in passes along a direction.</summary>
    public ReadOnlySpan<T> Direction { get; init; }

    /// <summary>Where derivatives with respect to θ go; empty where only the δs are wanted.</summary>
    public Span<T> Gradient { get; init; }

    /// <summary>What batch normalization normalizes by.</summary>
    public NormalizeBy By { get; init; }

    /// <summary>Running means and variances; empty where a pass by batch statistics leaves them alone.</summary>
    public Span<double> Statistics { get; init; }

    /// <summary>The inputs, for a first layer that reads them packed.</summary>
    public required Minibatch<T> Inputs { get; init; }
}
