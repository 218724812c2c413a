namespace Rhoflow.Losses;

/// <summary>log L and the logarithm of the factor that its derivatives are given relative to.</summary>
/// <param name="LogLoss">Natural logarithm of L; −∞ at exactly zero loss.</param>
/// <param name="LogScale">s: the derivatives are e^s times the numbers returned with them. log L for exponential-type losses, 0 for the square loss.</param>
public readonly record struct LossValue(double LogLoss, double LogScale);

/// <summary>
/// A loss of binary outputs f_n and targets y_n, summed over examples, in the log domain: nothing underflows at log L = −2000.
/// Stateless; one file each.
/// </summary>
public abstract class Loss
{
    /// <summary>L = Σ e^{−y_n f_n} (T3 eq 8).</summary>
    public static readonly Loss Exponential = new ExponentialLoss();

    /// <summary>L = Σ log(1 + e^{−y_n f_n}).</summary>
    public static readonly Loss Logistic = new LogisticLoss();

    /// <summary>L = Σ (y_n − f_n)²; targets may be any number.</summary>
    public static readonly Loss Square = new SquareLoss();

    /// <summary>All losses, for lists and configs.</summary>
    public static readonly IReadOnlyList<Loss> All = [Exponential, Logistic, Square];

    /// <summary>The name in configs.</summary>
    public abstract string Name { get; }

    /// <summary>One line: formula and paper.</summary>
    public abstract string Summary { get; }

    /// <summary>True for e^{−z}-like tails: L goes to 0 only at infinite norm, and the direction goes to a maximum margin.</summary>
    public abstract bool HasExponentialTail { get; }

    /// <summary>True if targets other than ±1 make sense.</summary>
    public virtual bool TakesRealTargets => false;

    /// <summary>weights_n with −∂L/∂f_n = e^{LogScale} weights_n.</summary>
    public abstract LossValue Evaluate(ReadOnlySpan<double> f, ReadOnlySpan<double> y, Span<double> weights);

    /// <summary>curvature_n with ∂²L/∂f_n² = e^{LogScale} curvature_n, on the scale that <paramref name="value"/> (of the same f) has.</summary>
    public abstract void Curvature(ReadOnlySpan<double> f, ReadOnlySpan<double> y, LossValue value, Span<double> curvature);

    public override string ToString() => Name;
}
