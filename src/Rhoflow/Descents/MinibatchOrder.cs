using Rhoflow.Numerics;

namespace Rhoflow.Descents;

/// <summary>
/// Which examples come when: in every epoch all of them once, in an order that depends on (seed, epoch) only, so that training goes on
/// anywhere without anything stored.
/// </summary>
internal sealed class MinibatchOrder
{
    private const int Stream = 101, ActiveStream = 102;

    private readonly int[] _order;
    private readonly int _batch;
    private readonly long _seed;
    private readonly bool _shuffled;
    private readonly RandomStream _random = new(0);
    private int _epoch = -1, _pass = -1;

    /// <param name="count">N.</param>
    /// <param name="batch">Examples of a minibatch; 0: all, in their order.</param>
    /// <param name="dropLast">Leave out a smaller last one.</param>
    public MinibatchOrder(int count, int batch, bool dropLast, long seed)
    {
        _order = new int[count];
        for (var n = 0; n < count; n++) _order[n] = n;
        _shuffled = batch > 0;
        _batch = batch == 0 ? count : Math.Min(batch, count);
        _seed = seed;
        StepsPerEpoch = dropLast ? count / _batch : (count + _batch - 1) / _batch;
    }

    public int StepsPerEpoch { get; }

    /// <summary>True if every step uses the same examples.</summary>
    public bool IsConstant => !_shuffled;

    /// <summary>The largest minibatch.</summary>
    public int Largest => _batch;

    /// <summary>
    /// The same of an epoch that goes over some examples only, as often as it has steps for: all of them at once where they are no more
    /// than a minibatch, otherwise in an order that depends on (seed, epoch, pass).
    /// </summary>
    /// <param name="active">Which.</param>
    public ReadOnlySpan<int> Examples(int epoch, int step, int[] active)
    {
        if (active.Length <= _batch) return active;
        var perPass = (active.Length + _batch - 1) / _batch;
        var pass = step / perPass;
        if ((epoch, pass) != (_epoch, _pass))
        {
            active.CopyTo(_order, 0);
            _random.Restart(_seed, ActiveStream, ((long)epoch << 32) + pass);
            _random.Shuffle(_order.AsSpan(0, active.Length));
            (_epoch, _pass) = (epoch, pass);
        }
        var first = step % perPass * _batch;
        return _order.AsSpan(first, Math.Min(_batch, active.Length - first));
    }

    /// <summary>The examples of one step; valid until another epoch is asked for.</summary>
    public ReadOnlySpan<int> Examples(int epoch, int step)
    {
        if (_shuffled && epoch != _epoch)
        {
            for (var n = 0; n < _order.Length; n++) _order[n] = n;
            _random.Restart(_seed, Stream, epoch);
            _random.Shuffle(_order);
            _epoch = epoch;
        }
        var first = step * _batch;
        return _order.AsSpan(first, Math.Min(_batch, _order.Length - first));
    }
}
