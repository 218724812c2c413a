namespace Rhoflow.Measures.Margins;

/// <summary>
/// The shares of examples by margin, in units of the mean absolute margin of the moment: with edges fixed in those units the shape of the
/// distribution can be compared over a whole run, while its scale changes by orders of magnitude (SQ Fig 9).
/// </summary>
internal static class MarginHistogram
{
    /// <summary>The lowest inner edge, in units of mean |m|.</summary>
    public const double Lowest = -2;

    /// <summary>The highest inner edge, in units of mean |m|.</summary>
    public const double Highest = 4;

    /// <summary>The width of a bin, in units of mean |m|.</summary>
    public const double Width = 0.1;

    /// <summary>Bins, with the open ones below <see cref="Lowest"/> and from <see cref="Highest"/> on.</summary>
    public const int Bins = 62;

    /// <summary>mean |m_n|.</summary>
    public static double Unit(ReadOnlySpan<double> margins)
    {
        var sum = 0.0;
        foreach (var m in margins) sum += Math.Abs(m);
        return sum / margins.Length;
    }

    /// <summary>
    /// Shares that sum to 1: bin i holds Lowest + (i − 1)·Width ≤ m/unit &lt; Lowest + i·Width. NaN where all margins are 0: there is no
    /// unit.
    /// </summary>
    public static double[] Shares(ReadOnlySpan<double> margins)
    {
        var shares = new double[Bins];
        var unit = Unit(margins);
        if (!(unit > 0) || !double.IsFinite(unit))
        {
            Array.Fill(shares, double.NaN);
            return shares;
        }
        var counts = new int[Bins];
        foreach (var m in margins) counts[Bin(m / unit)]++;
        for (var i = 0; i < Bins; i++) shares[i] = (double)counts[i] / margins.Length;
        return shares;
    }

    // Tenths of the unit, so that every edge is the double nearest to its decimal number.
    private static int Bin(double m)
    {
        if (!(m >= Lowest)) return 0;
        if (m >= Highest) return Bins - 1;
        var i = (int)Math.Floor(m * 10) + 20;
        if (m < (i - 20) / 10.0) i--;
        else if (m >= (i - 19) / 10.0) i++;
        return i + 1;
    }
}
