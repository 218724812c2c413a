using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Kernels;

namespace Rhoflow.Numerics.Eigen;

/// <summary>
/// The largest eigenpairs by LOBPCG (Knyazev 2001): a block X of k vectors, their residuals R and the last directions P; the next X is the
/// best of span{X, P, R}. P is made orthogonal to X in the coefficients (Hetmaniuk and Lehoucq 2006), so a step costs one product per
/// vector of R. A block sees multiple eigenvalues up to its width; without a preconditioner it needs more products than
/// <see cref="Lanczos"/>, with which it shares nothing but vectors.
/// </summary>
internal static class Lobpcg
{
    /// <summary>The largest eigenvalues, descending, with their vectors.</summary>
    /// <param name="a">A.</param>
    /// <param name="count">k, at most n.</param>
    /// <param name="options">Tolerance, most products and seed; residuals are always computed from products.</param>
    /// <param name="team">The threads that work on vectors; no influence on results.</param>
    /// <param name="cancellation">Looked at between products.</param>
    public static EigenPairs Solve(ISymmetricOperator a, int count, EigenOptions options, Team team,
        CancellationToken cancellation = default)
    {
        var n = a.Size;
        if (count < 1) throw new ArgumentException($"{count} eigenvalues are wanted; at least one is needed", nameof(count));
        count = Math.Min(count, n);
        // Guard vectors: the last of a block converges as the gap after it allows.
        var block = Math.Min(n, count + Math.Max(2, count / 4));
        var random = new RandomStream(options.Seed, stream: 31);
        var s = new OrthonormalBasis(n, Math.Min(n, 3 * block), team);
        var images = new VectorSet(n, Math.Min(n, 3 * block), team);
        double[] w = new double[n];
        var products = 0;
        for (var i = 0; i < block; i++) s.AppendRandom(random);
        AddImages();
        var norm = 0.0;
        while (true)
        {
            var (theta, c) = RayleighRitz(s, images, block);
            var directions = s.Count > block ? Directions(c, block) : new double[s.Count, 0];
            Rotate(s, images, c, directions, block);
            norm = Math.Max(norm, theta.Max(Math.Abs));
            var residuals = new double[block];
            var open = new List<double[]>();
            for (var i = 0; i < block; i++)
            {
                var r = (double[])images[i].Clone();
                Vectors.Add(-theta[i], s[i], r);
                residuals[i] = Vectors.Norm(r);
                if (residuals[i] > 1e-14 * norm) open.Add(r);
            }
            double Allowed(double value) =>
                Math.Max(1e-12 * norm, options.Tolerance * (options.Scale == ResidualScale.Norm ? norm : Math.Abs(value)));
            var converged = Enumerable.Range(0, count).All(i => residuals[i] <= Allowed(theta[i]));
            foreach (var r in open) s.TryAppend(r, 1e-10);
            if (converged || products >= options.MostProducts || s.Count == images.Count)
                return new EigenPairs(theta[..count], [.. Enumerable.Range(0, count).Select(i => (double[])s[i].Clone())],
                    residuals[..count])
                {
                    Top = count,
                    Converged = converged,
                    Products = products,
                };
            AddImages();
        }

        void AddImages()
        {
            for (var i = images.Count; i < s.Count; i++)
            {
                cancellation.Look();
                a.Apply(s[i], w);
                products++;
                images.Append(w, 1);
            }
        }
    }

    private static (double[] Theta, double[,] Coefficients) RayleighRitz(OrthonormalBasis s, VectorSet images, int block)
    {
        var m = s.Count;
        var h = new double[s.Vectors.Capacity];
        var t = new DenseMatrix(m, m);
        for (var j = 0; j < m; j++)
        {
            s.Vectors.Dots(images[j], h);
            for (var i = 0; i < m; i++) t[i, j] = h[i];
        }
        var evd = ((t + t.Transpose()) / 2).Evd(Symmetricity.Symmetric);
        int[] order = [.. Enumerable.Range(0, m).OrderByDescending(i => evd.EigenValues[i].Real).Take(block)];
        var c = new double[m, block];
        for (var i = 0; i < m; i++)
            for (var j = 0; j < block; j++) c[i, j] = evd.EigenVectors[i, order[j]];
        return ([.. order.Select(i => evd.EigenValues[i].Real)], c);
    }

    // What the new X has of P and R, orthogonal to the new X.
    private static double[,] Directions(double[,] c, int block)
    {
        var m = c.GetLength(0);
        var columns = new List<double[]>();
        for (var j = 0; j < block; j++) columns.Add([.. Enumerable.Range(0, m).Select(i => c[i, j])]);
        for (var j = 0; j < block; j++)
        {
            double[] p = [.. Enumerable.Range(0, m).Select(i => i < block ? 0 : c[i, j])];
            var before = Vectors.Norm(p);
            for (var twice = 0; twice < 2; twice++)
                foreach (var column in columns) Vectors.Add(-Vectors.Dot(column, p), column, p);
            var left = Vectors.Norm(p);
            if (left <= 1e-8 * before || left == 0) continue;
            Vectors.Scale(1 / left, p, p);
            foreach (var column in columns) Vectors.Add(-Vectors.Dot(column, p), column, p);
            Vectors.Scale(1 / Vectors.Norm(p), p, p);
            columns.Add(p);
        }
        var directions = new double[m, columns.Count - block];
        for (var j = block; j < columns.Count; j++)
            for (var i = 0; i < m; i++) directions[i, j - block] = columns[j][i];
        return directions;
    }

    private static void Rotate(OrthonormalBasis s, VectorSet images, double[,] c, double[,] p, int block)
    {
        int m = s.Count, kept = block + p.GetLength(1);
        var rotation = new double[m * kept];
        for (var i = 0; i < m; i++)
            for (var j = 0; j < kept; j++) rotation[i * kept + j] = j < block ? c[i, j] : p[i, j - block];
        s.Vectors.Rotate(rotation, kept);
        images.Rotate(rotation, kept);
    }
}
