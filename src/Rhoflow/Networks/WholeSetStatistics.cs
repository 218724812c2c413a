using System.Numerics;
using Rhoflow.Kernels;

namespace Rhoflow.Networks;

/// <summary>
/// The means and variances that batch normalization would go by if a whole data set were one minibatch, in the memory of a block of
/// examples: one normalization after the other, each over what those before it give by their own whole-set statistics.
/// </summary>
internal static class WholeSetStatistics
{
    private const int Block = 256;

    /// <summary>The statistics, as <see cref="GraphPasses{T}.StatisticsUsed"/> gives them of all examples at once.</summary>
    /// <param name="network">The network.</param>
    /// <param name="theta">θ.</param>
    /// <param name="inputs">Row-major N × d.</param>
    /// <param name="team">Who works.</param>
    public static double[] Of<T>(Network network, ReadOnlySpan<T> theta, ReadOnlySpan<T> inputs, Team team)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int d = network.Inputs, examples = inputs.Length / d, capacity = Math.Min(Block, examples);
        var statistics = new double[network.StatisticsCount];
        var passes = new GraphPasses<T>(network, capacity, team);
        var block = new Minibatch<T>(network.Input, capacity, shared: false, team);
        foreach (var norm in network.Nodes.OfType<BatchNormNode>())
        {
            var moments = new ChannelMoments(norm.Shape.Channels);
            for (var first = 0; first < examples; first += capacity)
            {
                var count = Math.Min(capacity, examples - first);
                block.GatherRange(inputs, [], first, count);
                passes.Forward(theta, block, NormalizeBy.Running, statistics);
                moments.Add(norm.Sources[0] == Node.NetworkInput ? inputs.Slice(first * d, count * d) : passes.Output(norm.Sources[0]));
            }
            moments.Means.CopyTo(norm.Windows.Means!.Value.Of(statistics.AsSpan()));
            moments.Variances.CopyTo(norm.Windows.Variances!.Value.Of(statistics.AsSpan()));
        }
        return statistics;
    }

    /// <summary>Mean and variance of every channel, over rows that come in blocks.</summary>
    /// <param name="channels">Numbers of a row.</param>
    private sealed class ChannelMoments(int channels)
    {
        private readonly double[] _mean = new double[channels], _squares = new double[channels], _own = new double[channels],
            _ownSquares = new double[channels];
        private double _rows;

        public double[] Means => _mean;

        /// <summary>The mean of squared deviations, as it is divided by.</summary>
        public double[] Variances => [.. _squares.Select(s => s / _rows)];

        // Deviations from the block's own mean, then from the common one: Σ(x − μ)² = Σ(x − μ_b)² + n_b (μ_b − μ)², no large squares.
        public void Add<T>(ReadOnlySpan<T> x) where T : unmanaged, IFloatingPointIeee754<T>
        {
            var rows = x.Length / channels;
            Array.Clear(_own);
            Array.Clear(_ownSquares);
            for (var i = 0; i < x.Length; i += channels)
                for (var c = 0; c < channels; c++) _own[c] += double.CreateTruncating(x[i + c]);
            for (var c = 0; c < channels; c++) _own[c] /= rows;
            for (var i = 0; i < x.Length; i += channels)
                for (var c = 0; c < channels; c++)
                {
                    var deviation = double.CreateTruncating(x[i + c]) - _own[c];
                    _ownSquares[c] += deviation * deviation;
                }
            for (var c = 0; c < channels; c++)
            {
                double between = _own[c] - _mean[c], all = _rows + rows;
                _squares[c] += _ownSquares[c] + between * between * (_rows * rows / all);
                _mean[c] += between * (rows / all);
            }
            _rows += rows;
        }
    }
}
