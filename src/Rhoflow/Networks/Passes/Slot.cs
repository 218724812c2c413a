using Rhoflow.Kernels;

namespace Rhoflow.Networks;

/// <summary>
/// Memory for the output of a node, one example per row, and for what belongs to it: δ = ∂(Σ c f)/∂value, and the derivatives of both along
/// a direction. A flattened image and an activation that runs in place live in the slot of their source.
/// </summary>
/// <param name="capacity">The most examples.</param>
/// <param name="count">Numbers of one example.</param>
/// <param name="moves">Whether it depends on θ; what does not has no δ and no derivative.</param>
internal sealed class Slot<T>(int capacity, int count, bool moves) where T : unmanaged
{
    private AlignedBuffer<T> _value = new(0), _delta = new(0), _valueDot = new(0), _deltaDot = new(0);

    /// <summary>Numbers of one example.</summary>
    public int Count { get; } = count;

    /// <summary>Whether it depends on θ.</summary>
    public bool Moves { get; } = moves;

    /// <summary>The output.</summary>
    public Span<T> Value(int examples) => _value.Span[..(examples * Count)];
    /// <summary>δ.</summary>
    public Span<T> Delta(int examples) => _delta.Span[..(examples * Count)];
    /// <summary>The derivative of the output along θ̇.</summary>
    public Span<T> ValueDot(int examples) => _valueDot.Span[..(examples * Count)];
    /// <summary>The derivative of δ along θ̇.</summary>
    public Span<T> DeltaDot(int examples) => _deltaDot.Span[..(examples * Count)];

    public void MakeValue() => _value = Numbers();

    /// <summary>The network's input lends the minibatch's memory.</summary>
    public void LendValue(AlignedBuffer<T> inputs) => _value = inputs;

    public void MakeDelta()
    {
        if (Moves) _delta = Numbers();
    }

    public void MakeDots()
    {
        if (Moves) (_valueDot, _deltaDot) = (Numbers(), Numbers());
    }

    private AlignedBuffer<T> Numbers() => new(checked(capacity * Count));
}

/// <summary>What a node reads.</summary>
/// <param name="Slot">Where from.</param>
/// <param name="Accumulate">Whether another reader has written the slot's δ before, so that this one adds to it.</param>
internal readonly record struct Source<T>(Slot<T> Slot, bool Accumulate) where T : unmanaged;
