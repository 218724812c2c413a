using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Observations;

/// <summary>
/// What measures remember of a run: where it started, and the observation before this one. Its <see cref="Arrays"/> go into checkpoints, so
/// that a resumed run measures the same.
/// </summary>
public sealed class History
{
    private readonly Network _network;
    private readonly double[] _path, _startRhoK, _startV;
    private double[] _previousV;
    private double[] _support = [];

    /// <param name="network">The network.</param>
    /// <param name="rhoK">ρ_k before the first step.</param>
    /// <param name="v">V before the first step, P numbers.</param>
    /// <param name="weights">
    /// W before the first step, P numbers, where that is not ρ_k V_k because batch normalization is folded into those; null: it is.
    /// </param>
    public History(Network network, double[] rhoK, double[] v, double[]? weights = null)
    {
        StartWeightsArray = weights ?? NormsAndDirections.Weights(network, rhoK, v);
        _network = network;
        _path = new double[network.Depth];
        (_startRhoK, _startV, _previousV) = (rhoK, v, v);
    }

    /// <summary>ρ_k at the start.</summary>
    public ReadOnlySpan<double> StartRhoK => _startRhoK;

    /// <summary>V at the start, P numbers.</summary>
    public ReadOnlySpan<double> StartV => _startV;

    /// <summary>W at the start, P numbers, without anything folded into it.</summary>
    public ReadOnlySpan<double> StartWeights => StartWeightsArray;

    internal double[] StartWeightsArray { get; }

    /// <summary>Whether the start alone is known, and no observation between it and now.</summary>
    internal bool IsOfStart { get; init; }

    /// <summary>V at the observation before this one; at the first, that of the start.</summary>
    public ReadOnlySpan<double> PreviousV => _previousV;

    /// <summary>Σ ‖ΔV_k‖ over the observations before this one.</summary>
    public ReadOnlySpan<double> Path => _path;

    /// <summary>The support vectors at the observation before this one, by ascending margin; empty at the first.</summary>
    public IEnumerable<int> PreviousSupport => _support.Select(static n => (int)n);

    /// <summary>‖V_k − V_k'‖ to the observation before this one.</summary>
    public double Step(Snapshot now, int k) => Vectors.Distance(_network.Layers[k].Of(now.V), _network.Layers[k].Of(PreviousV));

    /// <summary>This observation has been measured and becomes the previous one.</summary>
    public void Advance(Snapshot now)
    {
        for (var k = 0; k < _path.Length; k++) _path[k] += Step(now, k);
        _previousV = [.. now.V];
        _support = now.MarginsArray.Length == 0 ? [] : [.. SupportVectors.Of(now.MarginsArray).Select(static n => (double)n)];
    }

    /// <summary>Everything that changes, by name.</summary>
    public IEnumerable<(string Name, double[] Values)> Arrays =>
        [("history.path", _path), ("history.v", _previousV), ("history.support", _support)];

    /// <summary>Goes back to what <see cref="Arrays"/> were.</summary>
    /// <exception cref="ArgumentException">One is missing or has another length; it is named, and nothing has changed.</exception>
    public void Restore(IReadOnlyDictionary<string, double[]> arrays)
    {
        double[] Find(string name, int length) =>
            !arrays.TryGetValue(name, out var values) ? throw new ArgumentException($"'{name}' is missing")
            : length >= 0 && values.Length != length
            ? throw new ArgumentException($"'{name}' holds {values.Length} numbers; {length} were expected")
            : values;
        var (path, v, support) = (Find("history.path", _path.Length), Find("history.v", PreviousV.Length), Find("history.support", -1));
        path.CopyTo(_path, 0);
        (_previousV, _support) = ([.. v], [.. support]);
    }
}
