using System.Numerics;
using Rhoflow.Kernels;
using Rhoflow.Numerics;

namespace Rhoflow.Networks;

/// <summary>
/// Examples gathered from a data set: what <see cref="GraphPasses{T}"/> run on. Several passes (replicas of a network) may read
/// one at the same time; if it is shared, the inputs are packed once for all of them.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class Minibatch<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int RowsATask = 16;

    private readonly Team _team;
    private readonly double[] _y;
    private readonly PackedMatrix<T>? _columns, _rows;
    private readonly Action<int, int> _copy;
    private unsafe T* _source;
    private unsafe int* _indices;

    /// <param name="shape">What one example is.</param>
    /// <param name="capacity">The most examples it holds.</param>
    /// <param name="shared">Packs the inputs for networks that begin with a dense layer: worth it from two passes on.</param>
    /// <param name="team">Who gathers and packs.</param>
    public unsafe Minibatch(TensorShape shape, int capacity, bool shared, Team team)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        (Shape, Capacity, _team) = (shape, capacity, team);
        Buffer = new AlignedBuffer<T>(checked(capacity * shape.Count));
        _y = new double[capacity];
        if (shared) (_columns, _rows) = (new PackedMatrix<T>(), new PackedMatrix<T>());
        _copy = Copy;
    }

    /// <summary>What one example is.</summary>
    public TensorShape Shape { get; }

    /// <summary>The most examples it holds.</summary>
    public int Capacity { get; }

    /// <summary>Examples gathered.</summary>
    public int Count { get; private set; }

    /// <summary>The inputs, one example a row (an image: row-major, channel fastest).</summary>
    public ReadOnlySpan<T> X => Buffer.Span[..(Count * Shape.Count)];

    /// <summary>The targets; may be written before use, for label noise.</summary>
    public Span<double> Y => _y.AsSpan(0, Count);

    internal AlignedBuffer<T> Buffer { get; }

    /// <summary>Xᵀ, the right operand of Zᵀ = W Xᵀ; null if not shared.</summary>
    internal PackedMatrix<T>? PackedTransposed => _columns;

    /// <summary>X, the right operand of dW = δᵀ X; null if not shared.</summary>
    internal PackedMatrix<T>? Packed => _rows;

    /// <summary>Takes the examples that <paramref name="indices"/> names, in that order; repetitions are allowed.</summary>
    /// <param name="inputs">All inputs of the data set, row-major N × d.</param>
    /// <param name="targets">All N targets; empty where none are needed.</param>
    /// <param name="indices">From 0, at most <see cref="Capacity"/> of them.</param>
    /// <exception cref="ArgumentException">More indices than the capacity, or one outside the data.</exception>
    public unsafe void Gather(ReadOnlySpan<T> inputs, ReadOnlySpan<double> targets, ReadOnlySpan<int> indices)
    {
        var examples = Check(inputs, targets, indices.Length);
        foreach (var index in indices)
            if ((uint)index >= (uint)examples)
                throw new ArgumentException($"example {index} is asked for, but the data have {examples} (counted from 0)");
        Count = indices.Length;
        if (!targets.IsEmpty) for (var n = 0; n < indices.Length; n++) _y[n] = targets[indices[n]];
        fixed (T* source = inputs)
        fixed (int* rows = indices)
        {
            _source = source;
            _indices = rows;
            _team.Run((Count + RowsATask - 1) / RowsATask, _copy);
        }
        Pack();
    }

    /// <summary>Takes <paramref name="count"/> examples in their order, from number <paramref name="first"/> on.</summary>
    /// <inheritdoc cref="Gather" path="/param[@name='inputs']|/param[@name='targets']"/>
    /// <exception cref="ArgumentException">More examples than the capacity, or beyond the data.</exception>
    public void GatherRange(ReadOnlySpan<T> inputs, ReadOnlySpan<double> targets, int first, int count)
    {
        var examples = Check(inputs, targets, count);
        if (first < 0 || first > examples - count)
            throw new ArgumentException(
                $"examples {first} to {first + count - 1} are asked for, but the data have {examples} (counted from 0)");
        Count = count;
        if (!targets.IsEmpty) targets.Slice(first, count).CopyTo(_y);
        inputs.Slice(first * Shape.Count, count * Shape.Count).CopyTo(Buffer.Span);
        Pack();
    }

    private int Check(ReadOnlySpan<T> inputs, ReadOnlySpan<double> targets, int count)
    {
        if (inputs.Length % Shape.Count != 0)
            throw new ArgumentException(
                $"{inputs.Length} input numbers are not whole examples of {Shape}, which are {Shape.Count} numbers each");
        var examples = inputs.Length / Shape.Count;
        if (!targets.IsEmpty && targets.Length != examples)
            throw new ArgumentException($"{targets.Length} targets were given for {examples} examples");
        if (count < 1 || count > Capacity)
            throw new ArgumentException($"a minibatch with room for {Capacity} examples takes 1 to {Capacity}; {count} were given");
        return examples;
    }

    private void Pack()
    {
        _columns?.PackTransposed(Shape.Count, Count, X, Shape.Count, _team);
        _rows?.Pack(Count, Shape.Count, X, Shape.Count, _team);
    }

    private unsafe void Copy(int task, int thread)
    {
        var d = Shape.Count;
        var end = Math.Min(Count, (task + 1) * RowsATask);
        for (var n = task * RowsATask; n < end; n++)
            new ReadOnlySpan<T>(_source + (nint)_indices[n] * d, d).CopyTo(Buffer.Span.Slice(n * d, d));
    }
}
