using Rhoflow.Data;
using Rhoflow.Numerics;

namespace Rhoflow.Limits;

/// <summary>
/// How fast the direction of the gradient flow ẇ = Σ z_n e^{−w·z_n} (T3 eq. 23, 78, 78a; T3b eq. 21) reaches v_svm (T3b §4; Soudry 2018).
/// With w = r v_svm + u, u ⊥ v_svm, the support vectors alone push at late times:
///   ṙ = γ e^{−γ r} S,  S = Σ_SV e^{−u·z_n}  ⇒  r(t) = (log t + log(γ²S))/γ + o(1),
///   u → c + w_⊥, c of <see cref="FixedRhoExpansion"/> and w_⊥ ⊥ span(support vectors) constant in the limit,
/// hence ‖w/‖w‖ − v_svm‖ · log t → γ √(‖c‖² + ‖w_⊥‖²). Corrections to u are of order t^−κ (<see cref="FixedRhoExpansion.Relaxation"/>);
/// the rest of the slow approach is the shift log(γ²S), which <see cref="DirectionError"/> keeps. Weight normalization and v*(ρ) have w_⊥ =
/// 0: error·ρ → ‖c‖, error·log t → γ‖c‖.
/// </summary>
/// <remarks>Time is that of the sum over examples; for the mean put t/N for t.</remarks>
public sealed record GradientDescentResidual
{
    private readonly double _logSum;

    private GradientDescentResidual(double gamma, double c, double logSum, double offSpan, bool determined)
    {
        Gamma = gamma;
        C = c;
        _logSum = logSum;
        OffSpan = offSpan;
        IsDetermined = determined;
    }

    /// <summary>γ, the maximum margin.</summary>
    public double Gamma { get; }

    /// <summary>‖c‖.</summary>
    public double C { get; }

    /// <summary>
    /// ‖w_⊥‖. Where the support vectors span the data, w_⊥ is the part of w(0) outside the data's span, which never moves. Where they do
    /// not, it also contains what the other examples contributed before they faded, an integral over the whole path that no local expansion
    /// gives.
    /// </summary>
    public double OffSpan { get; }

    /// <summary>
    /// True if <see cref="OffSpan"/> follows from the start alone (or was supplied); false: <see cref="Constant"/> is a lower bound.
    /// </summary>
    public bool IsDetermined { get; }

    /// <summary>lim error·log t = γ √(‖c‖² + ‖w_⊥‖²) for gradient descent; a lower bound where not determined.</summary>
    public double Constant => Gamma * double.Hypot(C, OffSpan);

    /// <summary>lim error·log t = γ‖c‖ for weight normalization.</summary>
    public double WeightNormalizationConstant => Gamma * C;

    /// <summary>v_svm·w(t) = (log t + log(γ²S))/γ.</summary>
    public double Radius(double logT) => (logT + 2 * Math.Log(Gamma) + _logSum) / Gamma;

    /// <summary>‖w(t)/‖w(t)‖ − v_svm‖ at late times, from log t (natural): 2 sin(θ/2) with tan θ = √(‖c‖² + ‖w_⊥‖²)/r(t).</summary>
    public double DirectionError(double logT) => 2 * Math.Sin(Math.Atan2(double.Hypot(C, OffSpan), Radius(logT)) / 2);

    /// <summary>For gradient flow started at w(0) = <paramref name="start"/>.</summary>
    /// <exception cref="DataException">The expansion does not exist: an example at the margin carries no dual weight.</exception>
    public static GradientDescentResidual Of(Dataset binary, HardMarginSolution svm, ReadOnlySpan<double> start)
    {
        var expansion = Expansion(binary, svm);
        var all = Span(binary, [.. Enumerable.Range(0, binary.Count)]);
        var determined = Span(binary, svm.SupportVectors).Rank == all.Rank;
        return new GradientDescentResidual(svm.Margin, expansion.Norm, expansion.LogSum, Vectors.Norm(all.Outside(start)), determined);
    }

    /// <summary>
    /// With w_⊥ taken from a late w of the flow itself: the part of <paramref name="late"/> outside the support vectors' span.
    /// </summary>
    /// <exception cref="DataException">The expansion does not exist.</exception>
    public static GradientDescentResidual FromLate(Dataset binary, HardMarginSolution svm, ReadOnlySpan<double> late)
    {
        var expansion = Expansion(binary, svm);
        return new GradientDescentResidual(svm.Margin, expansion.Norm, expansion.LogSum,
            Vectors.Norm(Span(binary, svm.SupportVectors).Outside(late)), determined: true);
    }

    private static FixedRhoExpansion Expansion(Dataset binary, HardMarginSolution svm)
    {
        var expansion = FixedRhoExpansion.Of(binary, svm);
        return expansion.Exists ? expansion : throw new DataException(
            $"data '{binary.Name}': example {string.Join(", ", expansion.Unloaded)} lies at the margin but carries no dual weight, so the "
            + "direction error has no 1/log t law with a finite constant (it falls like log log t/log t). Leave the example out to see "
            + "the law of the others");
    }

    private static RowSpace Span(Dataset data, IReadOnlyList<int> which) =>
        new(which.Select(n => data.Example(n).ToArray()), data.Inputs);
}
