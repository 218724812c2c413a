using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Flows;

/// <summary>
/// Norms and directions under fixed multipliers (T3b §13, "Early stopping"): the gradient flow of the penalized loss
/// L + Σ_{k=1}^K λ_k(‖V_k‖² − 1) in (ρ_k, V_k), f = ρ f̃(V; x), ρ = ∏ρ_k^{e_k}, at constant λ_k ≥ 0:
/// ρ̇_k = (∂ρ/∂ρ_k) Σ y_n e^{−ρy_nf̃_n} f̃_n, V̇_k = ρ Σ y_n e^{−ρy_nf̃_n} ∂f̃_n/∂V_k − 2λ_k V_k (T3b eq. 48, 49).
/// Nothing holds V_k on the unit sphere: d‖V_k‖²/dt = 2(e_k ρ Σ y_n e^{−ρy_nf̃_n} f̃_n − 2λ_k‖V_k‖²) (T3b eq. 50, 51), which is 0 at norm 1
/// only while 2λ_k = e_k ρ Σ y_n e^{−ρy_nf̃_n} f̃_n; multipliers that follow this sum give <see cref="LagrangeFlow"/>. At λ_k = 0,
/// ρ_k² − ‖V_k‖² is conserved. State: (ρ_k, V_k).
/// </summary>
/// <remarks>
/// The print: the penalty's sum begins at k = 0 for 1 (T3b eq. 47b); T3b eq. 48 omits the factor with index i, which must be k; T3b eq. 50,
/// and C^k of T3b eq. 51 with it, lack the factor 2 of the square; T3b eq. 52 is called the Hessian of the loss, but it is minus that
/// Hessian, the Jacobian of V̇, and −2λI stands in the blocks k = k' only. Labels are absorbed in f̃. ρ_k and V_k of observations are those
/// of W_k = ρ_k V_k: ρ_k‖V_k‖ and V_k/‖V_k‖.
/// </remarks>
public sealed class FixedMultipliersFlow : NormDirectionFlow
{
    private static readonly FlowKey<double[]> s_lambda = new(
        "lambda", FlowKeyForm.Numbers, "λ_k ≥ 0 of Σ λ_k(‖V_k‖² − 1), one number for all layers or one per layer", [0])
    {
        Noun = "multipliers λ_k",
        Check = static lambda => Array.Exists(lambda, static l => l < 0) ? "the multipliers λ_k must be ≥ 0" : null,
    };

    private readonly double[] _lambda;
    private readonly bool _isPenalized;

    /// <param name="risk">What to go down.</param>
    /// <param name="lambda">λ_k ≥ 0, one for all layers or K numbers.</param>
    /// <param name="rho">Start of ρ = ∏ρ_k; null takes it from the weights.</param>
    /// <exception cref="ArgumentException">Another number of multipliers, or one that is negative or not finite.</exception>
    public FixedMultipliersFlow(EmpiricalRisk risk, ReadOnlySpan<double> lambda, double? rho = null) : base(risk, 2, rho)
    {
        if (lambda.Length != 1 && lambda.Length != Network.Depth)
            throw new ArgumentException(
                $"{lambda.Length} multipliers λ_k were given; give one for all layers, or one for each of the {Network.Depth}");
        _lambda = new double[Network.Depth];
        for (var k = 0; k < _lambda.Length; k++) _lambda[k] = lambda[lambda.Length == 1 ? 0 : k];
        if (!Array.TrueForAll(_lambda, static l => l >= 0 && double.IsFinite(l)))
            throw new ArgumentException("the multipliers λ_k must be finite and ≥ 0");
        _isPenalized = Array.Exists(_lambda, static l => l > 0);
    }

    /// <summary>The kind in configs.</summary>
    public static FlowKind Definition { get; } = new("fixed-multipliers",
        "ρ̇_k = (ρ/ρ_k) Σ e^{−ρf} f,  V̇_k = ρ Σ e^{−ρf} ∂f/∂V_k − 2λ_k V_k, λ_k constant",
        "T3b eq. 48, 49, 50, 51, 52 (index of 48, factor of 50 and sign of 52 corrected)",
        [FlowKeys.Rho, s_lambda],
        static (settings, problem) => new FixedMultipliersFlow(problem.Risk, settings.Get(s_lambda), settings.Get(FlowKeys.Rho)))
    { Place = 13 };

    /// <inheritdoc/>
    public override FlowKind Kind => Definition;

    /// <inheritdoc/>
    protected internal override double Field(FlowWorkspace work, double logT, ReadOnlySpan<double> state, Span<double> velocity)
    {
        var depth = Network.Depth;
        var rhos = state[..depth];
        var v = state[depth..];
        var rho = NormsAndDirections.Product(Network, rhos);
        var scale = work.Risk.EvaluateScaled(v, rho, work.H).LogScale;
        var cf = work.Risk.WeightedOutput();
        for (var k = 0; k < depth; k++)
        {
            var layer = Network.Layers[k];
            velocity[k] = NormsAndDirections.ProductDerivative(Network, rhos, k) * cf;
            Vectors.Scale(rho, layer.Of(work.H), layer.Of(velocity[depth..]));
        }
        if (!_isPenalized) return scale;
        // The gradient has the scale e^s, the penalty the scale 1: both go over the larger.
        var common = Math.Max(scale, 0);
        Vectors.Scale(Math.Exp(scale - common), velocity, velocity);
        for (var k = 0; k < depth; k++)
        {
            var layer = Network.Layers[k];
            Vectors.Add(-2 * _lambda[k] * Math.Exp(-common), layer.Of(v), layer.Of(velocity[depth..]));
        }
        return common;
    }

    /// <summary>ρ_k‖V_k‖, which has the sign of ρ_k, and V_k/‖V_k‖.</summary>
    public override void Split(double logT, ReadOnlySpan<double> state, Span<double> rho, Span<double> v)
    {
        NormsAndDirections.Split(Network, state[Network.Depth..], rho, v);
        for (var k = 0; k < rho.Length; k++) rho[k] *= state[k];
    }
}
