namespace Rhoflow.Numerics.Eigen;

/// <summary>Symmetric tridiagonal matrices: d on the diagonal (n numbers), e next to it (n − 1).</summary>
internal static class Tridiagonal
{
    private const int MostSweeps = 60;

    /// <summary>All eigenvalues, ascending, by implicit QL with Wilkinson's shift: O(n²).</summary>
    public static double[] Eigenvalues(ReadOnlySpan<double> d, ReadOnlySpan<double> e)
    {
        double[] values = d.ToArray(), offDiagonal = Extended(d.Length, e);
        Diagonalize(values, offDiagonal, []);
        Array.Sort(values);
        return values;
    }

    /// <summary>
    /// Eigenvalues, ascending, and the squares of the first components of their eigenvectors: nodes and weights of the Gauss quadrature
    /// that belongs to a Lanczos process (Golub and Welsch 1969). The weights add up to 1.
    /// </summary>
    public static (double[] Nodes, double[] Weights) Quadrature(ReadOnlySpan<double> d, ReadOnlySpan<double> e)
    {
        double[] nodes = d.ToArray(), offDiagonal = Extended(d.Length, e), first = new double[d.Length];
        if (first.Length > 0) first[0] = 1;
        Diagonalize(nodes, offDiagonal, first);
        Array.Sort(nodes, first);
        for (var i = 0; i < first.Length; i++) first[i] *= first[i];
        return (nodes, first);
    }

    /// <summary>
    /// How many eigenvalues lie below x, by Sturm's sequence of pivots of A − x (Sylvester's inertia): no eigenvalue is computed.
    /// </summary>
    public static int CountBelow(ReadOnlySpan<double> d, ReadOnlySpan<double> e, double x)
    {
        var (count, pivot) = (0, 1.0);
        for (var i = 0; i < d.Length; i++)
        {
            var square = i > 0 ? e[i - 1] * e[i - 1] : 0;
            // A pivot of zero counts as the smallest number that can be divided by.
            if (pivot == 0) pivot = 1e-300;
            pivot = d[i] - x - (square == 0 ? 0 : square / pivot);
            if (pivot < 0) count++;
        }
        return count;
    }

    private static double[] Extended(int n, ReadOnlySpan<double> e)
    {
        if (n > 0 && e.Length < n - 1)
            throw new ArgumentException($"{n} numbers on the diagonal need {n - 1} next to it; {e.Length} were given", nameof(e));
        var extended = new double[n];
        if (n > 1) e[..(n - 1)].CopyTo(extended);
        return extended;
    }

    // d becomes the eigenvalues; a row z of the identity becomes that row of the eigenvectors.
    private static void Diagonalize(double[] d, double[] e, double[] z)
    {
        var n = d.Length;
        // Rounding of ‖A‖, which is as much as the off-diagonal numbers may be taken for zero.
        var negligible = 0.0;
        for (var i = 0; i < n; i++) negligible = Math.Max(negligible, Math.Max(Math.Abs(d[i]), Math.Abs(e[i])));
        negligible *= 1.1e-16;
        for (var l = 0; l < n; l++)
            for (var sweep = 0; ; sweep++)
            {
                var end = l;
                while (end < n - 1 && !(Math.Abs(e[end]) <= negligible)) end++;
                if (end == l) break;
                if (sweep == MostSweeps)
                    throw new ArithmeticException(
                        $"eigenvalue {l + 1} of {n} of a tridiagonal matrix was not found in {MostSweeps} sweeps: are its numbers finite?");
                Sweep(d, e, z, l, end);
            }
    }

    // One implicit QL step on rows l … end, from the bottom up.
    private static void Sweep(double[] d, double[] e, double[] z, int l, int end)
    {
        var g = (d[l + 1] - d[l]) / (2 * e[l]);
        var r = double.Hypot(g, 1);
        g = d[end] - d[l] + e[l] / (g + Math.CopySign(r, g));
        double sine = 1, cosine = 1, p = 0;
        for (var i = end - 1; i >= l; i--)
        {
            double f = sine * e[i], b = cosine * e[i];
            e[i + 1] = r = double.Hypot(f, g);
            if (r == 0)
            {
                // The matrix has come apart here.
                d[i + 1] -= p;
                e[end] = 0;
                return;
            }
            (sine, cosine) = (f / r, g / r);
            g = d[i + 1] - p;
            r = (d[i] - g) * sine + 2 * cosine * b;
            p = sine * r;
            d[i + 1] = g + p;
            g = cosine * r - b;
            if (z.Length == 0) continue;
            (z[i + 1], z[i]) = (sine * z[i] + cosine * z[i + 1], cosine * z[i] - sine * z[i + 1]);
        }
        d[l] -= p;
        e[l] = g;
        e[end] = 0;
    }
}
