using System.Numerics;
using Rhoflow.Data;
using Rhoflow.Kernels;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Losses;

/// <summary>A network's loss and error on a data set.</summary>
/// <param name="LogLoss">log of the mean loss, natural.</param>
/// <param name="Error">The share of examples without a positive margin; for regression targets it means nothing.</param>
public readonly record struct Score(double LogLoss, double Error)
{
    /// <summary>log10 L.</summary>
    public double Log10Loss => LogLoss / Math.Log(10);
}

/// <summary>Loss, error and outputs over whole data sets, in blocks of fixed size and order. Owns a workspace for one block.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class Scorer<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly MinibatchRisk<T> _risk;
    private readonly Team _team;
    private readonly Minibatch<T> _batch;
    private readonly double[] _statistics;

    /// <param name="risk">Network, loss and workspace; shared with whoever else uses it in turn.</param>
    /// <param name="capacity">Examples of a block, at most the capacity of the risk.</param>
    /// <param name="team">Who gathers.</param>
    public Scorer(MinibatchRisk<T> risk, int capacity, Team team)
    {
        (_risk, _team) = (risk, team);
        _batch = new Minibatch<T>(risk.Network.Input, capacity, shared: false, team);
        _statistics = new double[risk.Network.StatisticsCount];
    }

    /// <summary>Evaluates f(θ; ·) on all examples.</summary>
    /// <param name="theta">θ.</param>
    /// <param name="statistics">The running averages of batch normalization; empty without it.</param>
    /// <param name="data">Inputs and targets that fit the network and loss.</param>
    /// <param name="by">Running averages, or the statistics of all examples at once.</param>
    /// <param name="outputs">Receives f in float64, N × C; empty: not wanted.</param>
    /// <param name="look">Called after every block with its first example, while the passes hold what the network gave at its
    /// nodes.</param>
    /// <exception cref="ArgumentException">The statistics of all examples are asked for, and those of one example, or of more than fit into
    /// memory, cannot be had.</exception>
    public Score Evaluate(ReadOnlySpan<T> theta, ReadOnlySpan<double> statistics, Dataset data, NormalizeBy by = NormalizeBy.Running,
        Span<double> outputs = default,
        Action<int, GraphPasses<T>>? look = null)
    {
        if (by == NormalizeBy.Batch && statistics.Length > 0 && data.Count > _batch.Capacity)
        {
            // All examples at once, in memory that is not kept.
            if (BatchStatistics.WhyTooLarge<T>(_risk.Network, data.Count) is { } why) throw new ArgumentException(why);
            var whole = new MinibatchRisk<T>(_risk.Network, _risk.Loss, data.Count, _team);
            return new Scorer<T>(whole, data.Count, _team).Evaluate(theta, statistics, data, by, outputs, look);
        }
        statistics.CopyTo(_statistics);
        var classes = _risk.Network.Outputs;
        var logSum = double.NegativeInfinity;
        var errors = 0;
        for (var first = 0; first < data.Count; first += _batch.Capacity)
        {
            var count = Math.Min(_batch.Capacity, data.Count - first);
            _batch.GatherRange(data.XAs<T>(), data.Y, first, count);
            var value = _risk.Evaluate(theta, _batch, by, by == NormalizeBy.Running ? _statistics : default);
            logSum = Vectors.LogAddExp(logSum, value.LogLoss + Math.Log(count));
            errors += Margin.CountErrors(_risk.Outputs, _batch.Y, classes);
            if (!outputs.IsEmpty) _risk.Outputs.CopyTo(outputs[(first * classes)..]);
            look?.Invoke(first, _risk.Passes);
        }
        return new Score(logSum - Math.Log(data.Count), (double)errors / data.Count);
    }
}
