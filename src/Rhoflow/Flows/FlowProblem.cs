using Rhoflow.Losses;
using Rhoflow.Networks;

namespace Rhoflow.Flows;

/// <summary>
/// What a <see cref="FlowKind"/> builds its flow on: a risk and the initial weights, or for scalar equations the initial norms.
/// </summary>
public sealed class FlowProblem
{
    private readonly EmpiricalRisk? _risk;
    private readonly double[] _start, _margins;

    private FlowProblem(EmpiricalRisk? risk, double[] start, double[] margins, Loss loss, Reduction reduction) =>
        (_risk, _start, _margins, Loss, Reduction) = (risk, start, margins, loss, reduction);

    /// <summary>What to go down.</summary>
    /// <exception cref="InvalidOperationException">The problem is one of norms alone.</exception>
    public EmpiricalRisk Risk => _risk ?? throw new InvalidOperationException("a problem of norms alone has no risk");

    /// <summary>The initial weights θ (P numbers), or for scalar equations the initial ρ_k (K numbers).</summary>
    public ReadOnlySpan<double> Start => _start;

    /// <summary>f_n = y_n f̃(x_n) for scalar equations; empty otherwise.</summary>
    public ReadOnlySpan<double> Margins => _margins;

    /// <summary>The loss.</summary>
    public Loss Loss { get; }

    /// <summary>Whether L is a sum or a mean.</summary>
    public Reduction Reduction { get; }

    /// <summary>∏‖W_k‖^{e_k} of the initial weights.</summary>
    public double Rho
    {
        get
        {
            var norms = new double[Risk.Network.Depth];
            NormsAndDirections.Norms(Risk.Network, _start, norms);
            return NormsAndDirections.Product(Risk.Network, norms);
        }
    }

    /// <summary>A network on data.</summary>
    /// <param name="risk">Network, loss and data.</param>
    /// <param name="theta">The initial weights, P numbers.</param>
    public static FlowProblem Of(EmpiricalRisk risk, ReadOnlySpan<double> theta) =>
        new(risk, theta.ToArray(), [], risk.Loss, risk.Reduction);

    /// <summary>Norms alone, at frozen directions.</summary>
    /// <param name="rho">The initial ρ_k, K numbers.</param>
    /// <param name="margins">f_n = y_n f̃(x_n).</param>
    /// <param name="loss">The loss.</param>
    /// <param name="reduction">Whether L is a sum or a mean.</param>
    public static FlowProblem OfNorms(ReadOnlySpan<double> rho, ReadOnlySpan<double> margins, Loss loss, Reduction reduction) =>
        new(null, rho.ToArray(), margins.ToArray(), loss, reduction);
}
