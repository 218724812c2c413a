using Rhoflow.Numerics;

namespace Rhoflow.Descents;

/// <summary>Which coordinates a descent moves in, and what keeps a norm there.</summary>
public enum Normalization
{
    /// <summary>W itself.</summary>
    None,

    /// <summary>Weight normalization W_k = g_k v_k/‖v_k‖ with g_k and v_k trained (T3 eq. 52, 53, SQ eq. 12, 13).</summary>
    Weight,

    /// <summary>Weight normalization row by row: each unit has a g and a v of its own, as PyTorch's weight_norm.</summary>
    WeightPerRow,

    /// <summary>W_k = ρ_k V_k, V ← (V + g)/‖V + g‖ (T3 eq. 49).</summary>
    Coefficient,

    /// <summary>V ← αV + g with ‖αV + g‖ = 1, α = √(1 − ‖g‖² + (V·g)²) − V·g (T3 eq. 48). Needs ‖g‖² ≤ 1 + (V·g)².</summary>
    Lagrange,

    /// <summary>V ← V + (I − VVᵀ)g, then divided by its norm, which has grown by half the step's square (T3 eq. 50).</summary>
    Tangent,

    /// <summary>The geodesic V ← V cos‖h‖ + (h/‖h‖) sin‖h‖, h = (I − VVᵀ)g (the true gradient of T3 §10).</summary>
    Geodesic,
}

/// <summary>What ρ_k does while V_k moves.</summary>
public enum NormRule
{
    /// <summary>Stays as it starts (or as rescaling leaves it).</summary>
    Constant,

    /// <summary>Goes down its own gradient, ρ̇_k = ⟨V_k, −∂L/∂W_k⟩ − 2λρ_k (T3 eq. 74).</summary>
    Trained,

    /// <summary>
    /// Follows a schedule of ρ = ∏ρ_k^{e_k} in epochs or steps (T3 §13.1, SQ §6.1); all ρ_k are multiplied by the same factor.
    /// </summary>
    Scheduled,
}

/// <summary>ρ(t) apart from V.</summary>
public sealed record NormControl
{
    private NormControl(NormRule rule, Expression? schedule, bool inSteps) => (Rule, Schedule, InSteps) = (rule, schedule, inSteps);

    /// <summary>ρ_k stays as it starts.</summary>
    public static readonly NormControl Constant = new(NormRule.Constant, null, false);

    /// <summary>ρ_k goes down its own gradient.</summary>
    public static readonly NormControl Trained = new(NormRule.Trained, null, false);

    /// <summary>Which of them.</summary>
    public NormRule Rule { get; }

    /// <summary>ρ as a function of the epoch or the step.</summary>
    internal Expression? Schedule { get; }

    /// <summary>True if the schedule counts steps.</summary>
    public bool InSteps { get; }

    /// <summary>
    /// ρ(t) = an expression in <c>epoch</c> or <c>step</c> (both from 0), as in "3 + log(1 + step)"; <c>t</c> stands for the epoch.
    /// </summary>
    /// <exception cref="FormatException">Not an expression; the message says where and what is allowed.</exception>
    public static NormControl Scheduled(string expression)
    {
        var inSteps = expression.Contains("step", StringComparison.Ordinal);
        var variable = inSteps ? "step" : expression.Contains("epoch", StringComparison.Ordinal) ? "epoch" : "t";
        return new(NormRule.Scheduled, Expression.Parse(expression, variable), inSteps);
    }
}
