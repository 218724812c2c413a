using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Measures.Collapse;
using Rhoflow.Observations;
using Rhoflow.Tests.Limits;

namespace Rhoflow.Tests.Measures.Collapse;

/// <summary>Labelled features, and everything about them a second time by dense matrices, one example at a time.</summary>
internal sealed record Cloud(double[][] Rows, int[] Classes, int ClassCount)
{
    public int Width => Rows[0].Length;
    public ClassLabels Labels => ClassLabels.Of(Classes, ClassCount);
    public FeatureMatrix Features => FeatureMatrix.Of([.. Rows.SelectMany(static r => r)], Width);
    public FeatureMatrix Single => FeatureMatrix.Of([.. Rows.SelectMany(static r => r).Select(static v => (float)v)], Width);

    /// <summary>Classes of different sizes, every one with an example, around means of order one.</summary>
    public static Cloud Draw(Random random, int classes, int p, int extra, double spread)
    {
        int[] labels = [.. Enumerable.Range(0, classes), .. Enumerable.Range(0, extra).Select(_ => random.Next(classes))];
        random.Shuffle(labels);
        double[][] means = [.. Enumerable.Range(0, classes).Select(_ => Problems.Normal(random, p))];
        return new([.. labels.Select(c => means[c].Zip(Problems.Normal(random, p), (m, e) => m + spread * e).ToArray())], labels, classes);
    }

    public Cloud Map(Func<double[], double[]> move) => this with { Rows = [.. Rows.Select(move)] };

    public Vector<double> Mean(int c) => Average(Rows.Where((_, n) => Classes[n] == c));

    public Vector<double> ExamplesMean => Average(Rows);

    public Vector<double> MeansMean => Average(Enumerable.Range(0, ClassCount).Select(c => Mean(c).ToArray()));

    public Matrix<double> SigmaW
    {
        get
        {
            var sigma = Matrix<double>.Build.Dense(Width, Width);
            for (var n = 0; n < Rows.Length; n++)
            {
                var d = DenseVector.OfArray(Rows[n]) - Mean(Classes[n]);
                sigma += d.OuterProduct(d) / Rows.Length;
            }
            return sigma;
        }
    }

    public Matrix<double> SigmaB(Vector<double> global)
    {
        var sigma = Matrix<double>.Build.Dense(Width, Width);
        for (var c = 0; c < ClassCount; c++) sigma += (Mean(c) - global).OuterProduct(Mean(c) - global) / ClassCount;
        return sigma;
    }

    public double ClassDistance()
    {
        var pairs = new List<double>();
        for (var c = 0; c < ClassCount; c++)
            for (var d = 0; d < ClassCount; d++)
                if (c != d) pairs.Add((Variance(c) + Variance(d)) / (2 * Math.Pow((Mean(c) - Mean(d)).L2Norm(), 2)));
        return pairs.Average();
    }

    public int Nearest(double[] h, Cloud centers) =>
        Enumerable.Range(0, ClassCount).MinBy(c => (DenseVector.OfArray(h) - centers.Mean(c)).L2Norm());

    private double Variance(int c) =>
        Rows.Where((_, n) => Classes[n] == c).Average(r => Math.Pow((DenseVector.OfArray(r) - Mean(c)).L2Norm(), 2));

    private static Vector<double> Average(IEnumerable<double[]> rows)
    {
        double[][] all = [.. rows];
        return all.Aggregate(Vector<double>.Build.Dense(all[0].Length), static (sum, r) => sum + DenseVector.OfArray(r)) / all.Length;
    }

    /// <summary>Σ⁺ by eigenvalues above 1e-12 of the largest.</summary>
    public static Matrix<double> PseudoInverse(Matrix<double> sigma)
    {
        var evd = sigma.Evd(Symmetricity.Symmetric);
        var largest = evd.EigenValues.Max(static e => e.Real);
        var inverse = Vector<double>.Build.Dense(evd.EigenValues.Count,
            i => evd.EigenValues[i].Real > 1e-12 * largest ? 1 / evd.EigenValues[i].Real : 0);
        return evd.EigenVectors * Matrix<double>.Build.DenseOfDiagonalVector(inverse) * evd.EigenVectors.Transpose();
    }
}
