using Rhoflow.Numerics;

namespace Rhoflow.Descents;

/// <summary>
/// The noisy targets of one replica's minibatch, drawn from (seed, step, block): a buffer for them, and how they are drawn.
/// </summary>
internal sealed class TargetNoise(LabelNoise noise, int outputs, int capacity, long seed)
{
    private const int Stream = 300;

    private readonly RandomStream _random = new(0);
    private readonly double[] _y = new double[noise.Kind == LabelNoiseKind.Flips ? capacity : 0];
    private readonly double[] _shift = new double[noise.Kind == LabelNoiseKind.Flips ? 0 : checked(capacity * outputs)];

    /// <summary>Labels instead of the true ones; empty: the true ones.</summary>
    public ReadOnlySpan<double> Y => _y;

    /// <summary>What is added to the target numbers; empty: nothing.</summary>
    public ReadOnlySpan<double> Shift => _shift;

    public void Draw(ReadOnlySpan<double> y, long step, int block)
    {
        _random.Restart(seed, Stream + block, step);
        switch (noise.Kind)
        {
            case LabelNoiseKind.Flips:
                for (var n = 0; n < y.Length; n++) _y[n] = _random.NextDouble() < noise.Amplitude ? Other(y[n]) : y[n];
                break;
            case LabelNoiseKind.Signs:
                for (var i = 0; i < y.Length * outputs; i++)
                    _shift[i] = (_random.NextBits() & (1UL << 63)) == 0 ? noise.Amplitude : -noise.Amplitude;
                break;
            default:
                for (var i = 0; i < y.Length * outputs; i++) _shift[i] = noise.Amplitude * _random.NextNormal();
                break;
        }
    }

    private double Other(double y)
    {
        if (outputs == 1) return -y;
        var other = _random.NextInt(outputs - 1);
        return other >= y ? other + 1 : other;
    }

}
