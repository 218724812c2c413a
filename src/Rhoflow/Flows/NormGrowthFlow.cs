using Rhoflow.Losses;
using Rhoflow.Networks;

namespace Rhoflow.Flows;

/// <summary>
/// The scalar equations of the norms alone, at frozen directions: K layers ρ_k and margins f_n = y_n f̃_n.
/// Exponential loss: ρ_kρ̇_k = Σ f_n ρ e^{−ρf_n}, so for one example and equal layers Ṙ = K f^{2/K}(log R)^{2−2/K}, R = e^{ρf}
/// (T3 eq. 61, 62, 63, 64, 65, T3b eq. 53, 54, 55, 56, 57, PNAS eq. 19, which print K² for K). Square loss: ρ_kρ̇_k = 2ρ Σ f_n(1 − ρf_n) (SQ eq. 27, 28).
/// Differences ρ_i² − ρ_j² are conserved.
/// </summary>
public sealed class NormGrowthFlow : Flow
{
    private readonly double[] _f, _scaled, _weights, _ones;
    private readonly Loss _loss;
    private readonly double _logFactor;

    /// <param name="layers">K ≥ 1.</param>
    /// <param name="margins">f_n, at least one.</param>
    /// <param name="loss">Exponential (the default), logistic or square.</param>
    /// <param name="reduction">Σ over n or the mean.</param>
    public NormGrowthFlow(int layers, ReadOnlySpan<double> margins, Loss? loss = null, Reduction reduction = Reduction.Sum)
        : base(null, Network.Linear(1, [.. Enumerable.Repeat(1, layers)]))
    {
        if (margins.IsEmpty) throw new ArgumentException("norm-growth needs at least one margin f", nameof(margins));
        _loss = loss ?? Loss.Exponential;
        _f = margins.ToArray();
        (_scaled, _weights, _ones) = (new double[_f.Length], new double[_f.Length], new double[_f.Length]);
        Array.Fill(_ones, 1);
        _logFactor = reduction == Reduction.Mean ? -Math.Log(_f.Length) : 0;
    }

    public override string Kind => "norm-growth";

    /// <summary>K: the state is (ρ_1 … ρ_K).</summary>
    public override int Dimension => Network.Depth;

    public override ReadOnlySpan<double> Targets => _ones;
    public override double LogReduction => _logFactor;
    public override double[] Start(ReadOnlySpan<double> theta) => theta.ToArray();

    protected internal override double Field(double logT, ReadOnlySpan<double> state, Span<double> velocity)
    {
        var value = Weigh(NormsAndDirections.Product(Network, state));
        var cf = 0.0;
        for (var n = 0; n < _f.Length; n++) cf += _weights[n] * _f[n];
        for (var k = 0; k < state.Length; k++) velocity[k] = NormsAndDirections.ProductDerivative(Network, state, k) * cf;
        return value.LogScale + _logFactor;
    }

    public override double LogLoss(double logT, ReadOnlySpan<double> state) => Weigh(NormsAndDirections.Product(Network, state)).LogLoss + _logFactor;

    public override void Split(double logT, ReadOnlySpan<double> state, Span<double> rho, Span<double> v)
    {
        state.CopyTo(rho);
        v.Fill(1);
    }

    public override double[] NormalizedOutputs(ReadOnlySpan<double> rho, ReadOnlySpan<double> v)
    {
        var sign = NormsAndDirections.Product(Network, rho) < 0 ? -1.0 : 1.0;
        return [.. _f.Select(f => sign * f)];
    }

    private LossValue Weigh(double rho)
    {
        for (var n = 0; n < _f.Length; n++) _scaled[n] = rho * _f[n];
        return _loss.Evaluate(_scaled, _ones, _weights);
    }
}
