using System.Numerics.Tensors;

namespace Rhoflow.Losses;

/// <summary>log L and the logarithm of the factor that its derivatives are given relative to.</summary>
/// <param name="LogLoss">Natural logarithm of L; −∞ at exactly zero loss.</param>
/// <param name="LogScale">s: the derivatives are e^s times the numbers returned with them. log L for exponential-type losses, 0 for the
/// square loss.</param>
public readonly record struct LossValue(double LogLoss, double LogScale);

/// <summary>
/// A loss of outputs f and targets y, summed over examples, in the log domain: nothing underflows at log L = −2000. Networks with one
/// output take labels ±1 (any number for the square loss); with C &gt; 1 outputs f is row-major N × C and y_n ∈ {0 … C−1}.
/// Stateless; one file each.
/// </summary>
public abstract class Loss
{
    /// <summary>L = Σ e^{−y_n f_n} (T3 eq. 8); with classes Σ e^{−m_n}, m_n = f_{y_n} − max_{j≠y_n} f_j.</summary>
    public static readonly Loss Exponential = new ExponentialLoss();

    /// <summary>L = Σ log(1 + e^{−y_n f_n}); with classes Σ log(1 + e^{−m_n}).</summary>
    public static readonly Loss Logistic = new LogisticLoss();

    /// <summary>L = Σ (y_n − f_n)², targets may be any number; with classes Σ_n Σ_c (t_{nc} − f_{nc})² against one-hot targets t.</summary>
    public static readonly Loss Square = new SquareLoss(0, "square", "Σ (y − f)², classes against one-hot targets  (T3b eq. 14, SQ eq. 1)");

    /// <summary>
    /// The square loss against codes of ±1: t_{nc} = +1 for c = y_n, −1 otherwise. With one output the same as <see cref="Square"/>.
    /// </summary>
    public static readonly Loss SquareSigns = new SquareLoss(-1, "square-signs", "Σ (y − f)², classes against codes of ±1");

    /// <summary>L = −Σ log p_{y_n}, p = softmax(f) (T3b eq. 60); with one output and labels ±1 it is <see cref="Logistic"/>.</summary>
    public static readonly Loss CrossEntropy = new CrossEntropyLoss();

    private static readonly Lock Adding = new();
    private static readonly Loss[] OfLibrary = [Exponential, Logistic, Square];

    // Replaced as a whole, so that readers need no lock.
    private static volatile Loss[] s_registered = [];

    /// <summary>The losses that differ on one output: what flows go down.</summary>
    public static IReadOnlyList<Loss> Binary => [.. OfLibrary, .. s_registered];

    /// <summary>All losses, for lists and configs.</summary>
    public static IReadOnlyList<Loss> All => [.. OfLibrary, CrossEntropy, SquareSigns, .. s_registered];

    /// <summary>Adds a loss of another assembly, so that configs and lists know it. Thread-safe; once more does nothing.</summary>
    /// <exception cref="ArgumentException">Another one has its name.</exception>
    public static void Register(Loss loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        lock (Adding)
        {
            if (s_registered.Contains(loss)) return;
            if (All.Any(l => l.Name == loss.Name)) throw new ArgumentException($"a loss named '{loss.Name}' exists already", nameof(loss));
            s_registered = [.. s_registered, loss];
        }
    }

    /// <summary>The name in configs.</summary>
    public abstract string Name { get; }

    /// <summary>One line: formula and paper.</summary>
    public abstract string Summary { get; }

    /// <summary>True for e^{−z}-like tails: L goes to 0 only at infinite norm, and the direction goes to a maximum margin.</summary>
    public abstract bool HasExponentialTail { get; }

    /// <summary>True if targets other than ±1 make sense for one output.</summary>
    public virtual bool TakesRealTargets => false;

    /// <summary>One output: weights_n with −∂L/∂f_n = e^{LogScale} weights_n.</summary>
    public abstract LossValue Evaluate(ReadOnlySpan<double> f, ReadOnlySpan<double> y, Span<double> weights);

    /// <summary>
    /// One output: curvature_n with ∂²L/∂f_n² = e^{LogScale} curvature_n, on the scale that <paramref name="value"/> (of the same f) has.
    /// </summary>
    public abstract void Curvature(ReadOnlySpan<double> f, ReadOnlySpan<double> y, LossValue value, Span<double> curvature);

    /// <summary>weights with −∂L/∂f = e^{LogScale} weights, for any number of outputs.</summary>
    /// <param name="f">Outputs, row-major N × C.</param>
    /// <param name="y">Targets, N: ±1 for C = 1, classes 0 … C−1 otherwise.</param>
    /// <param name="outputs">C.</param>
    /// <param name="weights">Receives N × C numbers.</param>
    public LossValue Evaluate(ReadOnlySpan<double> f, ReadOnlySpan<double> y, int outputs, Span<double> weights) =>
        outputs == 1 ? Evaluate(f, y, weights) : EvaluateClasses(f, y, outputs, weights);

    /// <summary>
    /// result with (∂²L/∂f²) ḟ = e^{LogScale} result: exact, on the scale that <paramref name="value"/> (of the same f) has.
    /// </summary>
    /// <param name="f">Outputs, row-major N × C.</param>
    /// <param name="y">Targets, N.</param>
    /// <param name="outputs">C.</param>
    /// <param name="value">What <see cref="Evaluate(ReadOnlySpan{double}, ReadOnlySpan{double}, int, Span{double})"/> gave.</param>
    /// <param name="fDot">ḟ, N × C.</param>
    /// <param name="result">Receives N × C numbers; may not overlap ḟ.</param>
    public void CurvatureTimes(ReadOnlySpan<double> f, ReadOnlySpan<double> y, int outputs, LossValue value, ReadOnlySpan<double> fDot,
        Span<double> result)
    {
        if (outputs > 1)
        {
            CurvatureTimesClasses(f, y, outputs, value, fDot, result);
            return;
        }
        Curvature(f, y, value, result);
        TensorPrimitives.Multiply(result, fDot, result);
    }

    /// <summary>Null if the targets suit this loss and number of outputs; otherwise a sentence with the first that does not.</summary>
    internal string? Refuse(ReadOnlySpan<double> y, int outputs)
    {
        if (outputs == 1 && TakesRealTargets) return null;
        for (var n = 0; n < y.Length; n++)
        {
            if (outputs == 1 && y[n] is not (1 or -1)) return $"the {Name} loss of one output needs labels −1 and +1; y[{n}] = {y[n]}";
            if (outputs > 1 && !(y[n] >= 0 && y[n] < outputs && y[n] == Math.Floor(y[n])))
                return $"the {Name} loss of {outputs} outputs needs classes 0 … {outputs - 1}; y[{n}] = {y[n]}";
        }
        return null;
    }

    /// <summary>
    /// The form for C &gt; 1 outputs of <see cref="Evaluate(ReadOnlySpan{double}, ReadOnlySpan{double}, int, Span{double})"/>.
    /// </summary>
    protected abstract LossValue EvaluateClasses(ReadOnlySpan<double> f, ReadOnlySpan<double> y, int classes, Span<double> weights);

    /// <summary>The form for C &gt; 1 outputs of <see cref="CurvatureTimes"/>.</summary>
    protected abstract void CurvatureTimesClasses(ReadOnlySpan<double> f, ReadOnlySpan<double> y, int classes, LossValue value,
        ReadOnlySpan<double> fDot, Span<double> result);

    /// <summary>The name in configs.</summary>
    public override string ToString() => Name;
}
