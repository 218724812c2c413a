using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;
using Rhoflow.Measures.Overlap;
using Rhoflow.Observations;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Measures.Overlap;

/// <summary>Overlaps of subspaces and kernels against rotations by known angles, projections and sums by hand.</summary>
public class OverlapTests
{
    private readonly int _seed = Environment.TickCount;
    private readonly Random _random;

    public OverlapTests()
    {
        _random = new Random(_seed);
        TestContext.Current.SendDiagnosticMessage("seed {0}", _seed);
    }

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    private Matrix<double> Gaussian(int rows, int columns) => Matrix<double>.Build.Dense(rows, columns, (_, _) => Normal());

    private double[][] Basis(int d, int r) =>
        [.. Gaussian(d, r).QR(QRMethod.Thin).Q.EnumerateColumns().Select(static c => c.ToArray())];

    [Fact]
    public void Angles_are_those_that_the_subspace_was_turned_by()
    {
        double[] turned = [0, 1e-9, 0.3, 1.2, Math.PI / 2];
        var all = Basis(30, 10);
        double[][] u = all[..5], other =
            [.. turned.Select((t, i) => all[i].Zip(all[i + 5], (x, y) => Math.Cos(t) * x + Math.Sin(t) * y).ToArray())];
        // Mixed within the subspace, which changes none of it.
        var mix = Basis(5, 5);
        double[][] mixed = [.. mix.Select(m => Enumerable.Range(0, 30).Select(j => m.Select((c, i) => c * other[i][j]).Sum()).ToArray())];
        var overlap = SubspaceOverlap.Of(u, mixed);
        for (var i = 0; i < 5; i++) overlap.Angles[i].ShouldBe(turned[i], 1e-14, $"seed {_seed}");
        overlap.Share.ShouldBe(turned.Average(static t => Math.Cos(t) * Math.Cos(t)), 1e-14);
        overlap.Random.ShouldBe(5.0 / 30);
        Should.Throw<ArgumentException>(() => SubspaceOverlap.Of(u, mixed[..4]));
    }

    // trace(PP')/r with projections written out; subspaces of more than half of the space meet in all directions but d − r.
    [Theory]
    [InlineData(12, 4)]
    [InlineData(12, 9)]
    public void The_share_is_the_trace_of_the_projections(int d, int r)
    {
        double[][] u = Basis(d, r), v = Basis(d, r);
        Matrix<double> Projection(double[][] of) => Matrix<double>.Build.DenseOfColumnArrays(of) is var m ? m * m.Transpose() : null!;
        var overlap = SubspaceOverlap.Of(u, v);
        overlap.Share.ShouldBe((Projection(u) * Projection(v)).Trace() / r, 1e-12, $"seed {_seed}");
        overlap.Angles.ShouldBe(overlap.Angles.Order());
        overlap.Angles.Sum(static t => Math.Cos(t) * Math.Cos(t)).ShouldBe(r * overlap.Share, 1e-12);
        if (2 * r > d) overlap.Angles.Count(static t => t < 1e-7).ShouldBe(2 * r - d);
    }

    [Fact]
    public void Random_subspaces_overlap_as_expected()
    {
        var shares = Enumerable.Range(0, 200).Select(_ => SubspaceOverlap.Of(Basis(20, 3), Basis(20, 3)).Share).ToArray();
        // One share has a standard deviation below 0.08.
        shares.Average().ShouldBe(3.0 / 20, 6 * 0.08 / Math.Sqrt(200), $"seed {_seed}");
    }

    [Fact]
    public void Alignment_is_that_of_the_covariances_of_features()
    {
        Matrix<double> x = Gaussian(25, 6), y = x.SubMatrix(0, 25, 0, 3) * Gaussian(3, 4) + 0.5 * Gaussian(25, 4) + 100;
        FeatureMatrix Features(Matrix<double> of) => FeatureMatrix.Of(of.ToRowMajorArray(), of.ColumnCount);
        double[] k = KernelAlignment.Linear(Features(x)), l = KernelAlignment.Linear(Features(y));
        Matrix<double> Centered(Matrix<double> of) => of - Matrix<double>.Build.Dense(25, 1, 1) * (of.ColumnSums() / 25).ToRowMatrix();
        Matrix<double> a = Centered(x), b = Centered(y);
        double Squared(Matrix<double> of) => of.FrobeniusNorm() * of.FrobeniusNorm();
        var expected = Squared(b.Transpose() * a) / (a.Transpose() * a).FrobeniusNorm() / (b.Transpose() * b).FrobeniusNorm();
        KernelAlignment.Of(k, l).ShouldBe(expected, 1e-12, $"seed {_seed}");
        // The same for rotated and scaled features, and 1 with itself.
        var rotated = x * (3 * Matrix<double>.Build.DenseOfColumnArrays(Basis(6, 6)));
        KernelAlignment.Of(k, KernelAlignment.Linear(Features(rotated))).ShouldBe(1, 1e-12);
        KernelAlignment.Of(k, KernelAlignment.Linear(Features(Matrix<double>.Build.Dense(25, 2, 7)))).ShouldBe(double.NaN);
        Should.Throw<ArgumentException>(() => KernelAlignment.Of(k, l[..16]));
    }
}
