using System.Numerics;
using System.Runtime.CompilerServices;
using Rhoflow.Data;
using Rhoflow.Kernels;
using Rhoflow.Losses;
using Rhoflow.Networks;

namespace Rhoflow.Observations;

/// <summary>The passes of a <see cref="Linearization"/>, computed in <typeparamref name="T"/>.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class BlockLinearization<T> : Linearization where T : unmanaged, IFloatingPointIeee754<T>
{
    // Bytes of activations and derivatives that are kept between products, and examples of a block.
    private const long LargestKept = 1L << 30;
    // Of the activations of a block, and of the derivatives that may be taken of them.
    private const long LargestPart = 1L << 31;
    private const int SmallestBlock = 8, LargestBlock = 1024;

    private readonly Team _team;
    private readonly T[] _theta, _direction, _part;
    private readonly double[] _statistics;
    private readonly int _block, _blocks;
    private readonly CancellationToken _cancellation;
    private T[] _c = [], _cDot = [];
    private double[] _fDot = [], _weightsDot = [];
    private Slot[]? _slots;
    private Evaluation? _evaluated;
    private int _products;

    /// <param name="network">The network.</param>
    /// <param name="loss">ℓ.</param>
    /// <param name="data">The examples.</param>
    /// <param name="reduction">Whether L is a mean or a sum.</param>
    /// <param name="theta">θ; narrowed to <typeparamref name="T"/>.</param>
    /// <param name="statistics">Running means and variances; empty without batch normalization.</param>
    /// <param name="threads">Who works; no influence on results.</param>
    /// <param name="cancellation">
    /// Looked at before every block of examples, in every pass and product, and within them: a block may hold all examples.
    /// </param>
    /// <param name="by">
    /// What batch normalization goes by. <see cref="NormalizeBy.Batch"/>: the statistics of the examples, through which derivatives are
    /// taken too: L is the loss that descents go down.
    /// </param>
    /// <param name="batch">
    /// Examples that share statistics, in the order of the data; 0: all. Of no meaning without batch normalization.
    /// </param>
    /// <exception cref="DataException">Data that do not fit network and loss.</exception>
    /// <exception cref="ArgumentException">A minibatch of one number a channel, which has no variance.</exception>
    public BlockLinearization(Network network, Loss loss, Dataset data, Reduction reduction, ReadOnlyMemory<double> theta,
        ReadOnlyMemory<double> statistics, int threads = 1, CancellationToken cancellation = default,
        NormalizeBy by = NormalizeBy.Running, int batch = 0)
        : base(network, loss, data, reduction, theta, statistics, by)
    {
        _ = new DataRisk<T>(network, loss, data);
        _cancellation = cancellation;
        _team = new Team(threads) { Cancellation = cancellation };
        _theta = new T[theta.Length];
        for (var i = 0; i < _theta.Length; i++) _theta[i] = T.CreateTruncating(theta.Span[i]);
        (_direction, _part) = (new T[theta.Length], new T[theta.Length]);
        _statistics = [.. statistics.Span];
        var shares = network.StatisticsCount > 0 && by == NormalizeBy.Batch;
        if (shares && BatchStatistics.WhyNot(network, data.Count, batch, dropsLast: false) is { } why)
            throw new ArgumentException(why, nameof(batch));
        _block = Math.Min(shares ? batch == 0 ? data.Count : batch : BlockOf(network, Unsafe.SizeOf<T>()), data.Count);
        _blocks = (data.Count + _block - 1) / _block;
    }

    // Made by the first who asks: what looks at single examples, or at θ alone, needs no pass over all of them.
    private Evaluation Evaluated => _evaluated ??= Evaluate();

    private Slot[] Slots => _slots ??= [.. Enumerable.Range(0, Keeps(Network, Data.Count, Unsafe.SizeOf<T>(), _block).All ? _blocks : 1)
        .Select(_ => new Slot(Network, _block, _team))];

    private Evaluation Evaluate()
    {
        var size = Network.Outputs;
        double[] outputs = new double[Data.Count * size], weights = new double[outputs.Length];
        for (var b = 0; b < _blocks; b++)
        {
            var slot = At(b);
            Widen(slot.Passes.Outputs, outputs.AsSpan(slot.First * size));
        }
        var shift = Reduction == Reduction.Mean ? Math.Log(Data.Count) : 0;
        var sum = Loss.Evaluate(outputs, Data.Y, size, weights);
        return new Evaluation(outputs, weights, new LossValue(sum.LogLoss - shift, sum.LogScale - shift), sum);
    }

    /// <summary>Whether activations and derivatives of all examples are kept between products, and the bytes of those that are.</summary>
    /// <param name="examples">N.</param>
    /// <param name="bytesOfNumber">4 or 8.</param>
    /// <param name="largest">Of a block; null: as it is where nothing is shared among the examples of a minibatch.</param>
    internal static (bool All, long Bytes) Keeps(Network network, int examples, int bytesOfNumber, int? largest = null)
    {
        var block = Math.Min(largest ?? BlockOf(network, bytesOfNumber), examples);
        var bytes = block * BytesOfExample(network, bytesOfNumber);
        var blocks = (examples + block - 1) / block;
        return bytes * blocks <= LargestKept ? (true, bytes * blocks) : (blocks == 1, bytes);
    }

    // Fewer examples at a time where the activations of one are large.
    private static int BlockOf(Network network, int bytesOfNumber) =>
        (int)Math.Clamp(LargestPart / BytesOfExample(network, bytesOfNumber), SmallestBlock, LargestBlock);

    // Values, their derivatives along a direction, δ and its derivative.
    private static long BytesOfExample(Network network, int bytesOfNumber) =>
        4L * (network.Inputs + network.Nodes.Sum(static n => (long)n.Shape.Count)) * bytesOfNumber;

    internal override CancellationToken Cancellation => _cancellation;

    internal override int Products => Volatile.Read(ref _products);

    public override Team Team => _team;

    public override ReadOnlySpan<double> Outputs => Evaluated.Outputs;

    public override ReadOnlySpan<double> Weights => Evaluated.Weights;

    public override LossValue Value => Evaluated.Value;

    public override void VectorJacobianProduct(ReadOnlySpan<double> weights, Span<double> g)
    {
        var size = Network.Outputs;
        if (weights.Length != Data.Count * size)
            throw new ArgumentException(
                $"{Data.Count} examples with {size} outputs need {Data.Count * size} weights; {weights.Length} were given",
                nameof(weights));
        g.Clear();
        for (var b = 0; b < _blocks; b++)
        {
            var slot = At(b);
            slot.Passes.VectorJacobianProduct(_theta, Narrow(weights.Slice(slot.First * size, slot.Count * size), ref _c), _part);
            Add(_part, g);
        }
    }

    public override void JacobianVectorProduct(ReadOnlySpan<double> direction, Span<double> fDot)
    {
        Narrow(direction, _direction);
        for (var b = 0; b < _blocks; b++)
        {
            var slot = At(b);
            Widen(slot.Passes.JacobianVectorProduct(_theta, _direction), fDot[(slot.First * Network.Outputs)..]);
        }
    }

    public override LossValue HessianVectorProduct(ReadOnlySpan<double> v, Span<double> result)
    {
        _products++;
        Narrow(v, _direction);
        result.Clear();
        var size = Network.Outputs;
        // Before the blocks: where one slot serves them all, it would be taken from the product.
        var at = Evaluated;
        for (var b = 0; b < _blocks; b++)
        {
            var slot = At(b);
            var cDot = CurvatureTimes(slot, at);
            var c = Narrow(at.Weights.AsSpan(slot.First * size, slot.Count * size), ref _c);
            foreach (ref var weight in c) weight = -weight;
            slot.Passes.HessianVectorProduct(_theta, _direction, c, cDot, _part);
            Add(_part, result);
        }
        return at.Value;
    }

    public override LossValue GaussNewtonVectorProduct(ReadOnlySpan<double> v, Span<double> result)
    {
        _products++;
        Narrow(v, _direction);
        result.Clear();
        var at = Evaluated;
        for (var b = 0; b < _blocks; b++)
        {
            var slot = At(b);
            slot.Passes.VectorJacobianProduct(_theta, CurvatureTimes(slot, at), _part);
            Add(_part, result);
        }
        return at.Value;
    }

    public override void EachGradient(ReadOnlySpan<int> examples, GradientVisitor visit)
    {
        var single = Single();
        var gradient = new double[_theta.Length];
        foreach (var n in examples)
        {
            _cancellation.Look();
            var (slot, row) = single(n);
            for (var c = 0; c < Network.Outputs; c++)
            {
                var weights = new T[slot.Count * Network.Outputs];
                weights[row * Network.Outputs + c] = T.One;
                slot.Passes.VectorJacobianProduct(_theta, weights, _part);
                Widen(_part, gradient);
                visit(n, c, gradient);
            }
        }
    }

    public override void EachVectorJacobianProduct(ReadOnlySpan<int> examples, ReadOnlySpan<double> weights, GradientVisitor visit)
    {
        var size = Network.Outputs;
        if (weights.Length != examples.Length * size)
            throw new ArgumentException($"{examples.Length} examples with {size} outputs need {examples.Length * size} weights; "
                + $"{weights.Length} were given", nameof(weights));
        var single = Single();
        var gradient = new double[_theta.Length];
        for (var i = 0; i < examples.Length; i++)
        {
            _cancellation.Look();
            var (slot, row) = single(examples[i]);
            var own = new T[slot.Count * size];
            Narrow(weights.Slice(i * size, size), own.AsSpan(row * size));
            slot.Passes.VectorJacobianProduct(_theta, own, _part);
            Widen(_part, gradient);
            visit(examples[i], i, gradient);
        }
    }

    public override FeatureMatrix Features(int k)
    {
        var source = Source(Network, k);
        if (source == Node.NetworkInput) return FeatureMatrix.Of(Data.XAs<T>().ToArray(), Data.Inputs);
        var width = Network.Nodes[source].Shape.Count;
        var features = new T[Data.Count * width];
        for (var b = 0; b < _blocks; b++)
        {
            var slot = At(b);
            slot.Passes.Output(source).CopyTo(features.AsSpan(slot.First * width));
        }
        return FeatureMatrix.Of(features, width);
    }

    protected override void Dispose(bool disposing) => _team.Dispose();

    // One example and its row: alone, or, where examples share statistics, among those that it shares them with.
    private Func<int, (Slot Slot, int Row)> Single()
    {
        if (Network.StatisticsCount > 0 && By == NormalizeBy.Batch) return n => (At(n / _block), n % _block);
        var one = new Slot(Network, 1, _team);
        return n =>
        {
            one.Forward(_theta, Data, n, 1, By, _statistics);
            return (one, 0);
        };
    }

    // ċ = (∂²ℓ/∂f²) ḟ for a block, ḟ along the current direction.
    private Span<T> CurvatureTimes(Slot slot, Evaluation at)
    {
        var size = slot.Count * Network.Outputs;
        if (_fDot.Length < size) (_fDot, _weightsDot) = (new double[size], new double[size]);
        Widen(slot.Passes.JacobianVectorProduct(_theta, _direction), _fDot);
        Loss.CurvatureTimes(at.Outputs.AsSpan(slot.First * Network.Outputs, size), Data.Y.Slice(slot.First, slot.Count), Network.Outputs,
            at.Sum, _fDot.AsSpan(0, size), _weightsDot.AsSpan(0, size));
        return Narrow(_weightsDot.AsSpan(0, size), ref _cDot);
    }

    // The block, propagated to its outputs: at once where it is kept.
    private Slot At(int b)
    {
        _cancellation.Look();
        var slot = Slots[b % Slots.Length];
        var first = b * _block;
        if (slot.First != first) slot.Forward(_theta, Data, first, Math.Min(_block, Data.Count - first), By, _statistics);
        return slot;
    }

    private static void Add(ReadOnlySpan<T> part, Span<double> sum)
    {
        for (var i = 0; i < part.Length; i++) sum[i] += double.CreateTruncating(part[i]);
    }

    private static void Widen(ReadOnlySpan<T> from, Span<double> to)
    {
        for (var i = 0; i < from.Length; i++) to[i] = double.CreateTruncating(from[i]);
    }

    private static Span<T> Narrow(ReadOnlySpan<double> from, ref T[] to)
    {
        if (to.Length < from.Length) to = new T[from.Length];
        Narrow(from, to);
        return to.AsSpan(0, from.Length);
    }

    private static void Narrow(ReadOnlySpan<double> from, Span<T> to)
    {
        for (var i = 0; i < from.Length; i++) to[i] = T.CreateTruncating(from[i]);
    }

    // f, −∂L/∂f up to e^{s}, L, and the loss as a sum: what curvatures of single examples are relative to; 1/N of a mean is in the scale.
    private sealed record Evaluation(double[] Outputs, double[] Weights, LossValue Value, LossValue Sum);

    private sealed class Slot(Network network, int capacity, Team team)
    {
        private readonly Minibatch<T> _batch = new(network.Input, capacity, shared: false, team);

        public GraphPasses<T> Passes { get; } = new(network, capacity, team);

        /// <summary>The first example; −1 while there is none.</summary>
        public int First { get; private set; } = -1;

        public int Count { get; private set; }

        public void Forward(ReadOnlySpan<T> theta, Dataset data, int first, int count, NormalizeBy by, Span<double> statistics)
        {
            (First, Count) = (first, count);
            _batch.GatherRange(data.XAs<T>(), [], first, count);
            Passes.Forward(theta, _batch, by, by == NormalizeBy.Running ? statistics : default);
        }
    }
}
