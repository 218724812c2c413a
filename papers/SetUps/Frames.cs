using Rhoflow.Numerics;

namespace Rhoflow.Papers.SetUps;

/// <summary>Orthonormal vectors and small square matrices (row-major p × p) for the constraint equations.</summary>
internal static class Frames
{
    /// <summary>Orthonormal rows, uniformly distributed; where <paramref name="first"/> is given the first is its direction.</summary>
    public static double[][] Orthonormal(int p, int count, RandomStream random, ReadOnlySpan<double> first = default)
    {
        var rows = new double[count][];
        for (var i = 0; i < count; i++)
        {
            var row = rows[i] = new double[p];
            if (i == 0 && !first.IsEmpty) first.CopyTo(row);
            else
                foreach (ref var value in row.AsSpan()) value = random.NextNormal();
            // Twice is enough for orthogonality to rounding.
            for (var pass = 0; pass < 2; pass++)
                for (var j = 0; j < i; j++) Vectors.Add(-Vectors.Dot(row, rows[j]), rows[j], row);
            Vectors.Scale(1 / Vectors.Norm(row), row, row);
        }
        return rows;
    }

    /// <summary>The orthogonal projection on the span of orthonormal rows.</summary>
    public static double[][] Projection(double[][] rows)
    {
        var p = rows[0].Length;
        var matrix = new double[p][];
        for (var i = 0; i < p; i++)
        {
            matrix[i] = new double[p];
            foreach (var row in rows) Vectors.Add(row[i], row, matrix[i]);
        }
        return matrix;
    }

    /// <summary>A B.</summary>
    public static double[][] Times(double[][] a, double[][] b)
    {
        var product = new double[a.Length][];
        for (var i = 0; i < a.Length; i++)
        {
            product[i] = new double[b[0].Length];
            for (var j = 0; j < b.Length; j++) Vectors.Add(a[i][j], b[j], product[i]);
        }
        return product;
    }

    /// <summary>A x.</summary>
    public static double[] Times(double[][] a, double[] x) => [.. a.Select(row => Vectors.Dot(row, x))];

    /// <summary>Aᵀ.</summary>
    public static double[][] Transpose(double[][] a) =>
        [.. Enumerable.Range(0, a[0].Length).Select(j => a.Select(row => row[j]).ToArray())];

    /// <summary>⟨A, B⟩/(‖A‖‖B‖).</summary>
    public static double Cosine(double[][] a, double[][] b)
    {
        double[] u = [.. a.SelectMany(row => row)], v = [.. b.SelectMany(row => row)];
        return Vectors.Dot(u, v) / (Vectors.Norm(u) * Vectors.Norm(v));
    }
}
