using Rhoflow.Losses;
using Rhoflow.Networks;

namespace Rhoflow.Flows;

/// <summary>
/// The scalar equations of the norms alone, at frozen directions: K layers ρ_k and margins f_n = y_n f̃_n.
/// Exponential loss: ρ_kρ̇_k = Σ f_n ρ e^{−ρf_n}, so for one example and equal layers Ṙ = K f^{2/K}(log R)^{2−2/K}, R = e^{ρf}
/// (T3 eq. 61, 62, 63, 64, 65; T3b eq. 53, 54, 55, 56, 57; PNAS eq. 19; the print has K² for K).
/// Square loss: ρ_kρ̇_k = 2ρ Σ f_n(1 − ρf_n) (SQ eq. 27, 28). Differences ρ_i² − ρ_j² are conserved. State: (ρ_k).
/// </summary>
public sealed class NormGrowthFlow : Flow
{
    /// <summary>The key <c>layers</c>: K.</summary>
    public static readonly FlowKey<int?> LayersKey =
        FlowKey.OptionalCount("layers", "K; as many as the network or the initial norms have unless given");

    /// <summary>The key <c>f</c>: f_n.</summary>
    public static readonly FlowKey<double[]?> MarginsKey = FlowKey.OptionalNumbers("f", "outputs f̃_n",
        "f_n = y_n f̃_n, one number per example; from the data unless given, and 1 without data");

    /// <summary>The key <c>rho-k</c>: ρ_k at the start, of any sign.</summary>
    public static readonly FlowKey<double[]?> NormsKey =
        FlowKey.OptionalNumbers("rho-k", "norms ρ_k", FlowKeys.StartNorms.Doc) with { Check = FlowKeys.NotZero };

    private readonly double[] _f, _ones;
    private readonly Loss _loss;
    private readonly double _logFactor;

    /// <param name="layers">K ≥ 1.</param>
    /// <param name="margins">f_n, at least one.</param>
    /// <param name="loss">Exponential (the default), logistic or square.</param>
    /// <param name="reduction">Σ over n or the mean.</param>
    /// <exception cref="ArgumentException">No margin is given.</exception>
    public NormGrowthFlow(int layers, ReadOnlySpan<double> margins, Loss? loss = null, Reduction reduction = Reduction.Sum)
        : base(null, Network.Linear(1, [.. Enumerable.Repeat(1, layers)]))
    {
        if (margins.IsEmpty) throw new ArgumentException("norm-growth needs at least one margin f", nameof(margins));
        _loss = loss ?? Loss.Exponential;
        _f = margins.ToArray();
        _ones = new double[_f.Length];
        Array.Fill(_ones, 1);
        _logFactor = reduction == Reduction.Mean ? -Math.Log(_f.Length) : 0;
    }

    /// <summary>The kind in configs.</summary>
    public static FlowKind Definition { get; } = new("norm-growth",
        "ρ̇_k = (ρ/ρ_k) f e^{−ρf} (exponential);  ρ̇_k = (ρ/ρ_k)·2f(1 − ρf) (square)",
        "T3 eq. 61, 62, 63, 64, 65; T3b eq. 53, 54, 55, 56, 57 (Ṙ = K f^{2/K}(log R)^{2−2/K}); SQ eq. 27, 28",
        [LayersKey, MarginsKey, FlowKeys.Rho, NormsKey],
        static (settings, problem) => new NormGrowthFlow(
            problem.Start.Length, MarginsOf(settings, problem), problem.Loss, problem.Reduction))
    {
        Place = 12,
        IsScalar = true,
        Check = static settings => settings.Get(LayersKey) is { } layers
            && settings.Get(NormsKey) is { } norms && norms.Length != 1 && norms.Length != layers
            ? new FlowConflict("rho-k", $"{norms.Length} norms were given for flow.layers: {layers}")
            : FlowKeys.RhoOrNorms(settings),
    };

    /// <inheritdoc/>
    public override FlowKind Kind => Definition;

    /// <summary>K.</summary>
    public override int Dimension => Network.Depth;

    /// <inheritdoc/>
    public override ReadOnlySpan<double> Targets => _ones;

    /// <inheritdoc/>
    public override double LogReduction => _logFactor;

    /// <inheritdoc/>
    public override double[] Start(ReadOnlySpan<double> theta) => theta.ToArray();

    /// <inheritdoc/>
    protected internal override double Field(FlowWorkspace work, double logT, ReadOnlySpan<double> state, Span<double> velocity)
    {
        var value = Weigh(work, NormsAndDirections.Product(Network, state));
        var weights = work.Scratch(1, _f.Length);
        var cf = 0.0;
        for (var n = 0; n < _f.Length; n++) cf += weights[n] * _f[n];
        for (var k = 0; k < state.Length; k++) velocity[k] = NormsAndDirections.ProductDerivative(Network, state, k) * cf;
        return value.LogScale + _logFactor;
    }

    /// <inheritdoc/>
    protected internal override double LogLoss(FlowWorkspace work, double logT, ReadOnlySpan<double> state) =>
        Weigh(work, NormsAndDirections.Product(Network, state)).LogLoss + _logFactor;

    /// <inheritdoc/>
    public override void Split(double logT, ReadOnlySpan<double> state, Span<double> rho, Span<double> v)
    {
        state.CopyTo(rho);
        v.Fill(1);
    }

    /// <inheritdoc/>
    protected internal override double[] NormalizedOutputs(FlowWorkspace work, ReadOnlySpan<double> rho, ReadOnlySpan<double> v)
    {
        var sign = NormsAndDirections.Product(Network, rho) < 0 ? -1.0 : 1.0;
        return [.. _f.Select(f => sign * f)];
    }

    private static ReadOnlySpan<double> MarginsOf(FlowSettings settings, FlowProblem problem) =>
        settings.Get(MarginsKey) is { } given ? given : problem.Margins.IsEmpty ? [1.0] : problem.Margins;

    // The loss at ρ f_n, its weights in scratch vector 1.
    private LossValue Weigh(FlowWorkspace work, double rho)
    {
        var scaled = work.Scratch(0, _f.Length);
        for (var n = 0; n < _f.Length; n++) scaled[n] = rho * _f[n];
        return _loss.Evaluate(scaled, _ones, work.Scratch(1, _f.Length));
    }
}
