using System.Globalization;
using Rhoflow.Data;
using Rhoflow.Numerics;

namespace Rhoflow.Papers.SetUps;

/// <summary>Small things that claims share.</summary>
internal static class Wording
{
    /// <summary>A number in a sentence: three or four significant digits.</summary>
    public static string Text(double value, int digits = 3) =>
        value.ToString($"G{digits}", CultureInfo.InvariantCulture).Replace("E-0", "e-", StringComparison.Ordinal)
            .Replace("E+", "e", StringComparison.Ordinal).Replace("E", "e", StringComparison.Ordinal);

    /// <summary><c>(.3, −.2, .1, .4)</c>: a vector in a sentence.</summary>
    /// <param name="values">Its entries, to their last digit.</param>
    /// <param name="zeros">Write 0.3 for .3.</param>
    public static string Row(IReadOnlyList<double> values, bool zeros = false) =>
        $"({string.Join(", ", values.Select(v => Short(v, zeros)))})";

    /// <summary><c>−.2</c>: a number to its last digit, without a zero before the point unless <paramref name="zero"/> wants it.</summary>
    public static string Short(double value, bool zero = false)
    {
        var digits = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        return (value < 0 ? "−" : "") + (!zero && digits.StartsWith("0.", StringComparison.Ordinal) ? digits[1..] : digits);
    }

    /// <summary><c>120,000</c>.</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary><c>5·10⁶</c>, of a number with one digit before its zeros.</summary>
    public static string Power(long value)
    {
        var exponent = (int)Math.Log10(value);
        var first = value / (long)Math.Pow(10, exponent);
        var raised = string.Concat($"{exponent}".Select(c => "⁰¹²³⁴⁵⁶⁷⁸⁹"[c - '0']));
        return $"{(first == 1 ? "" : $"{first}·")}10{raised}";
    }

    /// <summary><c>1e300</c>.</summary>
    public static string Decade(double log10T) => $"1e{log10T.ToString("R", CultureInfo.InvariantCulture)}";

    /// <summary><c>t = 1e300</c>: where a run ends.</summary>
    public static string End(FlowRun run) => $"t = {Decade(run.Experiment.Flow.Until!.T!.Value.Log10T)}";

    /// <summary><c>0.34 (0.31 … 0.38)</c>: the median with its extremes.</summary>
    public static string Text(Spread spread) => $"{Text(spread.Median)} ({Text(spread.Min)} … {Text(spread.Max)})";

    /// <summary>The same inputs labelled by the sign of their first input: separable by a linear network.</summary>
    public static Dataset WithLinearLabels(this Dataset data) =>
        new(data.Name + ", labelled by the sign of x_1", data.X.ToArray(),
            [.. Enumerable.Range(0, data.Count).Select(n => data.Example(n)[0] > 0 ? 1.0 : -1.0)], data.Inputs);

    /// <summary>A Gaussian start of unit norm, one per seed.</summary>
    public static double[] UnitStart(int seed, int inputs)
    {
        var random = new RandomStream(seed);
        var w = new double[inputs];
        foreach (ref var value in w.AsSpan()) value = random.NextNormal();
        var norm = Vectors.Norm(w);
        foreach (ref var value in w.AsSpan()) value /= norm;
        return w;
    }
}
