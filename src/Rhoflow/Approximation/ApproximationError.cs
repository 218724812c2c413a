using Rhoflow.Numerics;

namespace Rhoflow.Approximation;

/// <summary>How far two functions are apart on points drawn from [−1, 1]^n.</summary>
/// <param name="Sup">The largest |f − g|: from below towards PNAS's sup norm.</param>
/// <param name="L2">√ mean (f − g)².</param>
public readonly record struct ApproximationError(double Sup, double L2)
{
    /// <summary>From errors f − g, one per point.</summary>
    public static ApproximationError Of(ReadOnlySpan<double> differences)
    {
        double sup = 0, sum = 0;
        foreach (var e in differences)
        {
            sup = Math.Max(sup, Math.Abs(e));
            sum += e * e;
        }
        return new ApproximationError(sup, Math.Sqrt(sum / differences.Length));
    }

    /// <summary>Of two functions on points, row-major M × n.</summary>
    public static ApproximationError Of(LocalFunction f, LocalFunction g, ReadOnlySpan<double> points, int variables)
    {
        var differences = new double[points.Length / variables];
        for (var i = 0; i < differences.Length; i++)
            differences[i] = f(points.Slice(i * variables, variables)) - g(points.Slice(i * variables, variables));
        return Of(differences);
    }

    /// <summary>M points uniform on [−1, 1]^n, row-major.</summary>
    public static double[] Points(int count, int variables, RandomStream random)
    {
        var x = new double[count * variables];
        foreach (ref var v in x.AsSpan()) v = 2 * random.NextDouble() - 1;
        return x;
    }

    /// <summary>The exponent p of error ≈ c·N^p by least squares in logarithms: −m/n or −m/2 in PNAS Theorems 1 and 2.</summary>
    /// <param name="parameters">N, at least two different positive numbers.</param>
    /// <param name="errors">Positive, one for each.</param>
    public static double Exponent(IReadOnlyList<double> parameters, IReadOnlyList<double> errors)
    {
        if (parameters.Count != errors.Count || parameters.Distinct().Count() < 2)
            throw new ArgumentException($"an exponent needs two different numbers of parameters and an error for each; {parameters.Count} "
                + $"and {errors.Count} were given");
        if (parameters.Concat(errors).Any(v => !(v > 0)))
            throw new ArgumentException("an exponent needs positive numbers of parameters and errors");
        double x = parameters.Average(Math.Log), y = errors.Average(Math.Log), xy = 0, xx = 0;
        for (var i = 0; i < errors.Count; i++)
        {
            var d = Math.Log(parameters[i]) - x;
            xy += d * (Math.Log(errors[i]) - y);
            xx += d * d;
        }
        return xy / xx;
    }
}
