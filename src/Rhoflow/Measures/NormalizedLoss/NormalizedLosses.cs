using System.Numerics.Tensors;
using Rhoflow.Losses;
using Rhoflow.Numerics;

namespace Rhoflow.Measures.NormalizedLoss;

/// <summary>
/// The mean loss of ρ'·f̃ for any ρ' &gt; 0: the normalized network at a norm of one's choice (T3 Fig 1 with ρ' = 1, Fig 8). In logarithms,
/// so that ρ' may be as large as one likes. The share of errors does not depend on ρ' (<see cref="Margin.ErrorShare"/>).
/// </summary>
internal static class NormalizedLosses
{
    // Examples whose exponentials are taken in one call.
    private const int Together = 64;

    /// <summary>log N⁻¹ Σ −log softmax(ρ'f̃_n)_{y_n}; of one output log N⁻¹ Σ log(1 + e^{−ρ' y f̃}).</summary>
    /// <param name="f">f̃, N × C.</param>
    /// <param name="y">±1 for one output, classes 0 … C−1 for more.</param>
    /// <param name="outputs">C.</param>
    /// <param name="rho">ρ'.</param>
    public static double LogCrossEntropy(ReadOnlySpan<double> f, ReadOnlySpan<double> y, int outputs, double rho) =>
        LogCrossEntropies(f, y, outputs, [rho])[0];

    /// <summary>The same for several ρ', with one look at the outputs.</summary>
    /// <inheritdoc cref="LogCrossEntropy" path="/param"/>
    /// <param name="norms">ρ'.</param>
    public static double[] LogCrossEntropies(ReadOnlySpan<double> f, ReadOnlySpan<double> y, int outputs, IReadOnlyList<double> norms)
    {
        foreach (var rho in norms) Check(f, y, outputs, rho);
        var examples = y.Length;
        double[][] terms = [.. norms.Select(_ => new double[examples])];
        double[] margins = new double[Together], differences = new double[Together * outputs], powers = new double[Together * outputs];
        for (var first = 0; first < examples; first += Together)
        {
            var count = Math.Min(Together, examples - first);
            Compare(f.Slice(first * outputs, count * outputs), y.Slice(first, count), outputs, margins, differences);
            for (var r = 0; r < terms.Length; r++)
                LogTerms(norms[r], margins.AsSpan(0, count), differences, powers, terms[r].AsSpan(first, count));
        }
        return [.. terms.Select(static t => Vectors.LogSumExp(t) - Math.Log(t.Length))];
    }

    /// <summary>log N⁻¹ Σ e^{−ρ' m_n}, m_n the normalized margins.</summary>
    /// <param name="margins">y f̃, or f̃_y − max_{j≠y} f̃_j.</param>
    /// <param name="rho">ρ'.</param>
    public static double LogExponential(ReadOnlySpan<double> margins, double rho)
    {
        Check(margins, margins, 1, rho);
        var terms = new double[margins.Length];
        Vectors.Scale(-rho, margins, terms);
        return Vectors.LogSumExp(terms) - Math.Log(terms.Length);
    }

    /// <summary>
    /// log N⁻¹ Σ_n Σ_c (t_nc − ρ'f̃_nc)²: t = y for one output, else 1 for c = y and <paramref name="other"/> elsewhere. −∞ at exactly
    /// zero.
    /// </summary>
    /// <inheritdoc cref="LogCrossEntropy" path="/param"/>
    /// <param name="other">0: one-hot codes; −1: codes of ±1.</param>
    public static double LogSquare(ReadOnlySpan<double> f, ReadOnlySpan<double> y, int outputs, double rho, double other = 0)
    {
        Check(f, y, outputs, rho);
        var sum = 0.0;
        for (var n = 0; n < y.Length; n++)
            for (var c = 0; c < outputs; c++)
            {
                var error = (outputs == 1 ? y[n] : c == (int)y[n] ? 1 : other) - rho * f[n * outputs + c];
                sum += error * error;
            }
        return Math.Log(sum) - Math.Log(y.Length);
    }

    /// <summary>
    /// log C − N⁻¹ Σ −log softmax(ρ'f̃_n)_{y_n} (log 2 − … for one output): what small outputs take off the loss of guessing, to all
    /// digits. Normalized losses differ from log C by about 1/ρ, so that plots of them resolve little.
    /// </summary>
    /// <inheritdoc cref="LogCrossEntropy" path="/param"/>
    public static double CrossEntropyGap(ReadOnlySpan<double> f, ReadOnlySpan<double> y, int outputs, double rho)
    {
        Check(f, y, outputs, rho);
        // ρ'(f_j − f_y) of all classes, the own 0 among them; of one output those of the logits 0 and y f̃.
        var differences = new double[Math.Max(outputs, 2)];
        var sum = 0.0;
        for (var n = 0; n < y.Length; n++)
        {
            if (outputs == 1) differences[1] = -rho * y[n] * f[n];
            for (var j = 0; j < outputs && outputs > 1; j++) differences[j] = rho * (f[n * outputs + j] - f[n * outputs + (int)y[n]]);
            sum -= LogMeanExp(differences);
        }
        return sum / y.Length;
    }

    // log C⁻¹ Σ e^{d_j} with all digits where every d_j is small.
    private static double LogMeanExp(ReadOnlySpan<double> differences)
    {
        var excess = 0.0;
        foreach (var d in differences) excess += ExpMinusOne(d);
        return double.IsFinite(excess) ? LogOnePlus(excess / differences.Length)
            : Vectors.LogSumExp(differences) - Math.Log(differences.Length);
    }

    // Margins, and f_j − f_rival of every class, the rival's 0 among them; −∞ for the own class. One output is a class whose rival is its
    // mirror image.
    private static void Compare(ReadOnlySpan<double> f, ReadOnlySpan<double> y, int outputs, double[] margins, double[] differences)
    {
        for (var n = 0; n < y.Length; n++)
        {
            var row = f.Slice(n * outputs, outputs);
            if (outputs == 1)
            {
                margins[n] = y[n] * row[0];
                continue;
            }
            margins[n] = Margin.Of(row, (int)y[n], out var rival);
            var to = differences.AsSpan(n * outputs, outputs);
            TensorPrimitives.Subtract(row, row[rival], to);
            to[(int)y[n]] = double.NegativeInfinity;
        }
    }

    // log ℓ_n = log log(1 + e^a), a = log Σ_{j≠y} e^{ρ'(f_j − f_y)}: relative to the strongest other class.
    private static void LogTerms(double rho, ReadOnlySpan<double> margins, ReadOnlySpan<double> differences, Span<double> powers,
        Span<double> terms)
    {
        var outputs = differences.Length / Together;
        if (outputs > 1)
        {
            powers = powers[..(margins.Length * outputs)];
            TensorPrimitives.Multiply(differences[..powers.Length], rho, powers);
            Vectors.ExpOfNegatives(powers);
        }
        for (var n = 0; n < terms.Length; n++)
        {
            var sum = outputs == 1 ? 1 : 0.0;
            for (var j = 0; j < outputs && outputs > 1; j++) sum += powers[n * outputs + j];
            terms[n] = LogSigmoid.LogSoftplusOfMinus(rho * margins[n] - Math.Log(sum));
        }
    }

    // e^x − 1 = tanh(x/2) (e^x + 1), all digits for small x.
    private static double ExpMinusOne(double x) => x > 700 ? double.PositiveInfinity : Math.Tanh(x / 2) * (Math.Exp(x) + 1);

    // log(1 + e) for e > −1 with the classic correction of 1 + e's rounding.
    private static double LogOnePlus(double e)
    {
        var u = 1 + e;
        return u == 1 ? e : Math.Log(u) * e / (u - 1);
    }

    private static void Check(ReadOnlySpan<double> f, ReadOnlySpan<double> y, int outputs, double rho)
    {
        if (y.IsEmpty || f.Length != y.Length * outputs)
            throw new ArgumentException($"{y.Length} targets and {outputs} outputs each need {y.Length * outputs} outputs, at least one; "
                + $"{f.Length} were given", nameof(f));
        if (!(rho > 0) || !double.IsFinite(rho))
            throw new ArgumentOutOfRangeException(nameof(rho), rho, "the norm ρ' must be positive and finite");
    }
}
