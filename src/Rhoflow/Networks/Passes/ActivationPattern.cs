using System.Numerics.Tensors;

namespace Rhoflow.Networks;

/// <summary>
/// Which side of its kink every ReLU stands on for every example, frozen while a flow is integrated: the slopes σ' of an
/// <see cref="ChainPasses"/>. A unit that slides along its kink has a slope between the two sides.
/// </summary>
internal sealed class ActivationPattern(Network network, ChainPasses chain)
{
    // Below this share of a layer's largest |z| a sign is rounding.
    private const double Resolution = 1e-14;

    private readonly int[] _layers = [.. Enumerable.Range(0, network.Depth).Where(k => network.Activations[k].HasKink)];
    private readonly Dictionary<Kink, double> _deadBands = [];

    /// <summary>Units that slide along their kink.</summary>
    public List<Kink> Sliding => chain.Sliding;

    /// <summary>The slope on the negative side.</summary>
    public double Low(Kink kink) => network.Activations[kink.Layer - 1] is { Kind: ActivationKind.LeakyReLU } leaky ? leaky.Parameter : 0;

    public ref double Slope(Kink kink) => ref chain.Slopes(kink.Layer - 1)[kink.Unit * chain.Stride + kink.Example];

    /// <summary>z of the unit after a forward pass.</summary>
    public double Value(Kink kink) => chain.PreActivations(kink.Layer - 1)[kink.Unit * chain.Stride + kink.Example];

    /// <summary>ż of the unit after a tangent pass.</summary>
    public double Rate(Kink kink) => chain.PreActivationsDot(kink.Layer - 1)[kink.Unit * chain.Stride + kink.Example];

    /// <summary>The largest |ż| of all units that have kinks: what rates are compared with.</summary>
    public double LargestRate()
    {
        var largest = 0.0;
        foreach (var k in _layers)
            foreach (var rate in chain.PreActivationsDot(k)) largest = Math.Max(largest, Math.Abs(rate));
        return largest;
    }

    /// <summary>Takes all slopes from the signs of z at θ and freezes them.</summary>
    public void Begin(ReadOnlySpan<double> theta)
    {
        Sliding.Clear();
        _deadBands.Clear();
        chain.FrozenPattern = false;
        chain.Forward(theta);
        chain.FrozenPattern = true;
    }

    /// <summary>After a forward pass: the first unit on the other side than its slope says, sliding ones aside.</summary>
    public Kink? Violation()
    {
        foreach (var k in _layers)
        {
            var z = chain.PreActivations(k);
            var slopes = chain.Slopes(k);
            var noise = Resolution * Math.Abs(TensorPrimitives.MaxMagnitude(z));
            for (var i = 0; i < z.Length; i++)
            {
                if (slopes[i] == 1 == z[i] > 0 || Math.Abs(z[i]) <= noise) continue;
                var kink = new Kink(k + 1, i / chain.Stride, i % chain.Stride);
                if (Sliding.Contains(kink) || (_deadBands.TryGetValue(kink, out var band) && Math.Abs(z[i]) <= band)) continue;
                return kink;
            }
        }
        return null;
    }

    /// <summary>
    /// Puts a sliding unit on the side that its slope has left towards. What z had drifted off the kink by then is forgiven.
    /// </summary>
    public void Release(Kink kink, bool toPositive)
    {
        Sliding.Remove(kink);
        Slope(kink) = toPositive ? 1 : Low(kink);
        _deadBands[kink] = 4 * Math.Abs(Value(kink));
    }

    /// <summary>Puts a unit on the side it has crossed to.</summary>
    public void Cross(Kink kink)
    {
        _deadBands.Remove(kink);
        Slope(kink) = Value(kink) > 0 ? 1 : Low(kink);
    }

    public double[] Save()
    {
        var numbers = new List<double> { Sliding.Count, _deadBands.Count };
        foreach (var s in Sliding) numbers.AddRange([s.Layer, s.Unit, s.Example]);
        foreach (var (s, band) in _deadBands) numbers.AddRange([s.Layer, s.Unit, s.Example, band]);
        foreach (var k in _layers) numbers.AddRange(chain.Slopes(k));
        return [.. numbers];
    }

    /// <summary>Takes back what <see cref="Save"/> gave; returns how many numbers that were.</summary>
    public int Restore(ReadOnlySpan<double> numbers)
    {
        Sliding.Clear();
        _deadBands.Clear();
        var at = 2;
        for (var i = 0; i < (int)numbers[0]; i++, at += 3)
            Sliding.Add(new Kink((int)numbers[at], (int)numbers[at + 1], (int)numbers[at + 2]));
        for (var i = 0; i < (int)numbers[1]; i++, at += 4)
            _deadBands[new Kink((int)numbers[at], (int)numbers[at + 1], (int)numbers[at + 2])] = numbers[at + 3];
        foreach (var k in _layers)
        {
            var slopes = chain.Slopes(k);
            numbers.Slice(at, slopes.Length).CopyTo(slopes);
            at += slopes.Length;
        }
        chain.FrozenPattern = true;
        return at;
    }
}
