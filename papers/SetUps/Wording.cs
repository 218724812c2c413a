using System.Globalization;
using Rhoflow.Data;
using Rhoflow.Numerics;

namespace Rhoflow.Papers.SetUps;

/// <summary>Small things that claims share.</summary>
internal static class Wording
{
    /// <summary>A number in a sentence: three or four significant digits.</summary>
    public static string Text(double value, int digits = 3) =>
        value.ToString($"G{digits}", CultureInfo.InvariantCulture).Replace("E-0", "e-", StringComparison.Ordinal).Replace("E+", "e", StringComparison.Ordinal).Replace("E", "e", StringComparison.Ordinal);

    /// <summary><c>0.34 (0.31 … 0.38)</c>: the median with its extremes.</summary>
    public static string Text(Spread spread) => $"{Text(spread.Median)} ({Text(spread.Min)} … {Text(spread.Max)})";

    /// <summary>The same inputs labelled by the sign of their first input: separable by a linear network.</summary>
    public static Dataset WithLinearLabels(this Dataset data) =>
        new(data.Name + ", labelled by the sign of x_1", data.X.ToArray(), [.. Enumerable.Range(0, data.Count).Select(n => data.Example(n)[0] > 0 ? 1.0 : -1.0)], data.Inputs);

    /// <summary>A Gaussian start of unit norm, one a seed.</summary>
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
