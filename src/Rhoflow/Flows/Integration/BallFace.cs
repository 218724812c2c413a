using Rhoflow.Networks;

namespace Rhoflow.Flows;

/// <summary>g = −∂L/∂u at u, up to the loss's scale.</summary>
internal delegate ReadOnlySpan<double> Pull(ReadOnlySpan<double> u);

/// <summary>
/// The face of the ball ‖u‖_p = const that u lies on, where the ball has corners: p = 1 (the signs of the coordinates; those at 0 are held
/// while |g_i| ≤ λ) and p = ∞ (the coordinates at the maximum, which are held). Frozen between events, as the pattern of a ReLU network is.
/// </summary>
/// <param name="network">Whose layers have balls.</param>
/// <param name="p">1 or ∞.</param>
/// <param name="pull">The unprojected velocity g at u, P numbers; valid until the next call.</param>
internal sealed class BallFace(Network network, double p, Pull pull) : IFlowMode
{
    private const double Resolution = 1e-14, TieTolerance = 1e-13, ReleaseTolerance = 1e-9;
    private readonly bool[] _held = new bool[network.ParameterCount];
    private readonly double[] _sign = new double[network.ParameterCount];

    /// <summary>g ← the part of g that stays on the face.</summary>
    public void Project(Layer layer, Span<double> g)
    {
        var lambda = p == 1 ? Multiplier(layer, g) : 0;
        for (var i = 0; i < g.Length; i++)
            g[i] = _held[layer.Offset + i] ? 0 : g[i] - lambda * _sign[layer.Offset + i];
    }

    /// <inheritdoc/>
    public void Begin(double logT, ReadOnlySpan<double> u)
    {
        var g = pull(u);
        Array.Clear(_held);
        Array.Clear(_sign);
        foreach (var layer in network.Layers)
        {
            var w = layer.Of(u);
            var largest = NormsAndDirections.PNorm(w, double.PositiveInfinity);
            for (var i = 0; i < w.Length; i++)
            {
                _sign[layer.Offset + i] = p == 1 ? Math.Sign(w[i]) : 0;
                _held[layer.Offset + i] = p == 1 ? w[i] == 0 : Math.Abs(w[i]) >= largest * (1 - TieTolerance);
            }
            if (p == 1) Release(layer, layer.Of(g));
        }
    }

    /// <inheritdoc/>
    /// <remarks>g is asked for only where it matters.</remarks>
    public string? Violation(double logT, ReadOnlySpan<double> u)
    {
        foreach (var layer in network.Layers)
        {
            if (Crossing(layer, layer.Of(u)) is { } i)
                return p == 1 ? $"coordinate {i} crossing 0" : $"coordinate {i} reaching the maximum";
            if (p == 1 && Array.IndexOf(_held, true, layer.Offset, layer.Count) >= 0 && Leaving(layer, layer.Of(pull(u))) is { } j)
                return $"coordinate {j} leaving 0";
        }
        return null;
    }

    /// <summary>Takes the face after an event: a coordinate at 0 crosses or is held there, one at the maximum is held.</summary>
    public void Cross(double logT, ReadOnlySpan<double> u)
    {
        var g = pull(u);
        foreach (var layer in network.Layers)
        {
            while (Crossing(layer, layer.Of(u)) is { } i)
            {
                _held[i] = true;
                if (p != 1) continue;
                var lambda = Multiplier(layer, layer.Of(g));
                if (Math.Abs(g[i]) <= lambda) continue;
                _held[i] = false;
                _sign[i] = -_sign[i];
            }
            if (p == 1) Release(layer, layer.Of(g));
        }
    }

    /// <inheritdoc/>
    public double[] Save() => [.. _held.Select(static h => h ? 1.0 : 0.0), .. _sign];

    /// <inheritdoc/>
    public int Restore(ReadOnlySpan<double> numbers)
    {
        for (var i = 0; i < _held.Length; i++) _held[i] = numbers[i] != 0;
        numbers.Slice(_held.Length, _sign.Length).CopyTo(_sign);
        return _held.Length + _sign.Length;
    }

    // λ = ⟨sign, g⟩/n over the coordinates that are not held: u̇_i = g_i − λ sign_i keeps Σ|u_i|.
    private double Multiplier(Layer layer, ReadOnlySpan<double> g)
    {
        double sum = 0, free = 0;
        for (var i = 0; i < g.Length; i++)
        {
            if (_held[layer.Offset + i]) continue;
            sum += _sign[layer.Offset + i] * g[i];
            free += Math.Abs(_sign[layer.Offset + i]);
        }
        return free == 0 ? 0 : sum / free;
    }

    private int? Crossing(Layer layer, ReadOnlySpan<double> u)
    {
        var (size, limit) = (0.0, 0.0);
        for (var i = 0; i < u.Length; i++)
        {
            size = Math.Max(size, Math.Abs(u[i]));
            if (_held[layer.Offset + i]) limit = Math.Max(limit, Math.Abs(u[i]));
        }
        for (var i = 0; i < u.Length; i++)
        {
            var at = layer.Offset + i;
            if (_held[at]) continue;
            if (p == 1 ? u[i] * _sign[at] < -Resolution * size * Math.Abs(_sign[at]) : Math.Abs(u[i]) > limit) return at;
        }
        return null;
    }

    // A coordinate held at 0 leaves when the pull on it exceeds what a sign in [−1, 1] can balance.
    private int? Leaving(Layer layer, ReadOnlySpan<double> g)
    {
        var bound = Math.Abs(Multiplier(layer, g)) * (1 + ReleaseTolerance);
        for (var i = 0; i < g.Length; i++)
            if (_held[layer.Offset + i] && Math.Abs(g[i]) > bound) return layer.Offset + i;
        return null;
    }

    private void Release(Layer layer, ReadOnlySpan<double> g)
    {
        while (Leaving(layer, g) is { } at)
        {
            _held[at] = false;
            _sign[at] = Math.Sign(g[at - layer.Offset]);
        }
    }
}
