using System.Numerics;
using Rhoflow.Kernels;
using Rhoflow.Networks;

namespace Rhoflow.Descents;

/// <summary>A part of the vector that moves, in one step.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly ref struct Part<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Where the part begins in the vector, and in the arrays of a rule's state.</summary>
    public required int Offset { get; init; }

    /// <summary>What moves, as it is before the step: a part of W, of V_k or v_k, or norms.</summary>
    public required ReadOnlySpan<T> X { get; init; }

    /// <summary>
    /// The layer whose weights it holds: all of them for a rule that takes whole layers, some otherwise. Null for γ and β of batch
    /// normalization and for norms.
    /// </summary>
    public Layer? Layer { get; init; }

    /// <summary>λ_k of λ_k‖W_k‖² that acts here; 0 where the decay acts on norms instead, and for γ and β.</summary>
    public double Decay { get; init; }

    /// <summary>Steps taken before this one.</summary>
    public long Step { get; init; }

    /// <summary>Who may share the work on a whole layer; null where the parts are spread over the threads already.</summary>
    public Team? Team { get; init; }

    /// <summary>This part of an array of the state.</summary>
    public Span<T> Of(T[] array) => array.AsSpan(Offset, X.Length);
}
