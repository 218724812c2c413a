namespace Rhoflow.Numerics;

/// <summary>
/// The least-squares line y = Intercept + Slope·x through a cloud of points: normalized test losses against training losses (T3 Fig 1, 8).
/// </summary>
/// <param name="Count">Points.</param>
/// <param name="Slope">Σ(x − x̄)(y − ȳ)/Σ(x − x̄)².</param>
/// <param name="Intercept">ȳ − Slope·x̄.</param>
/// <param name="R">Pearson's correlation; NaN where all y are equal.</param>
/// <param name="Deviation">The root mean square of y − Intercept − Slope·x.</param>
internal sealed record LinearRegression(int Count, double Slope, double Intercept, double R, double Deviation)
{
    /// <summary>The line through (x_i, y_i), from centred sums.</summary>
    /// <exception cref="ArgumentException">Fewer than two points, different lengths, a number that is not finite, or all x
    /// equal.</exception>
    public static LinearRegression Of(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var (meanX, meanY) = Check(x, y);
        double xx = 0, xy = 0, yy = 0;
        for (var i = 0; i < x.Length; i++)
        {
            double dx = x[i] - meanX, dy = y[i] - meanY;
            xx += dx * dx;
            xy += dx * dy;
            yy += dy * dy;
        }
        if (AllEqual(x))
            throw new ArgumentException($"all {x.Length} values of x are {x[0]}: no line goes through points above each other", nameof(x));
        var slope = xy / xx;
        var rest = 0.0;
        for (var i = 0; i < x.Length; i++)
        {
            var error = y[i] - meanY - slope * (x[i] - meanX);
            rest += error * error;
        }
        return new LinearRegression(x.Length, slope, meanY - slope * meanX, AllEqual(y) ? double.NaN
            : Math.Clamp(xy / Math.Sqrt(xx) / Math.Sqrt(yy), -1, 1), Math.Sqrt(rest / x.Length));
    }

    /// <summary>Pearson's correlation; NaN where all x or all y are equal.</summary>
    /// <exception cref="ArgumentException">Fewer than two points, different lengths, or a number that is not finite.</exception>
    public static double Correlation(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        Check(x, y);
        return AllEqual(x) ? double.NaN : Of(x, y).R;
    }

    private static bool AllEqual(ReadOnlySpan<double> a) => a.IndexOfAnyExcept(a[0]) < 0;

    private static (double X, double Y) Check(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        if (x.Length != y.Length)
            throw new ArgumentException($"{x.Length} values of x and {y.Length} of y were given; points have one of each");
        if (x.Length < 2) throw new ArgumentException($"{x.Length} point was given; at least two are needed");
        double sumX = 0, sumY = 0;
        for (var i = 0; i < x.Length; i++)
        {
            if (!double.IsFinite(x[i]) || !double.IsFinite(y[i]))
                throw new ArgumentException($"point {i} is ({x[i]}, {y[i]}); both numbers must be finite");
            sumX += x[i];
            sumY += y[i];
        }
        return (sumX / x.Length, sumY / x.Length);
    }
}
