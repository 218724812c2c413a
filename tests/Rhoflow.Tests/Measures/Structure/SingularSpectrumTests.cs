using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra;
using Rhoflow.Measures.Structure;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Measures.Structure;

public class SingularSpectrumTests
{
    private static void Random(Action<Random> test) =>
        FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(100),
            Prop.ForAll(Gen.Choose(0, 1_000_000).ToArbitrary(), seed => test(new Random(seed))));

    private static double[] Rows(Matrix<double> m) => m.ToRowMajorArray();

    private static Layer Square(int n) => new(LayerKind.Dense, n, n, 0);

    // Against eigenvalues of WᵀW, and distances against explicit nearest matrices.
    [Fact]
    public void Numbers_are_those_of_eigenvalues_and_explicit_nearest_matrices() => Random(static random =>
    {
        var (m, n) = (random.Next(1, 8), random.Next(1, 8));
        var w = Matrix<double>.Build.DenseOfRowMajor(m, n, Problems.Normal(random, m * n));
        var s = SingularSpectrum.Of(Rows(w), m, n);
        double[] squares = [.. (w.Transpose() * w).Evd(Symmetricity.Symmetric).EigenValues.Select(static e => e.Real).OrderDescending()
            .Take(Math.Min(m, n))];
        for (var i = 0; i < squares.Length; i++) (s.Values[i] * s.Values[i]).ShouldBe(squares[i], 1e-12 * squares[0]);
        s.SpectralNorm.ShouldBe(w.L2Norm(), 1e-12 * s.SpectralNorm);
        s.StableRank.ShouldBe(Math.Pow(w.FrobeniusNorm() / w.L2Norm(), 2), 1e-11);
        double[] p = [.. s.Values.Select(v => v / s.Values.Sum())];
        s.EffectiveRank.ShouldBe(p.Aggregate(1.0, static (product, x) => product * Math.Pow(x, -x)), 1e-11);
        s.Rank(1e-9).ShouldBe(Math.Min(m, n));

        var svd = w.Svd();
        var unit = w / w.FrobeniusNorm();
        var one = svd.U.Column(0).OuterProduct(svd.VT.Row(0)) * svd.S[0];
        s.RankOneDistance.ShouldBe((unit - one / w.FrobeniusNorm()).FrobeniusNorm(), 1e-12);
        // The nearest multiple c Q of Q = U Vᵀ has c = ⟨W, Q⟩/‖Q‖².
        var q = svd.U.SubMatrix(0, m, 0, Math.Min(m, n)) * svd.VT.SubMatrix(0, Math.Min(m, n), 0, n);
        s.OrthogonalDistance.ShouldBe((unit - q * (unit.PointwiseMultiply(q).RowSums().Sum() / Math.Min(m, n))).FrobeniusNorm(), 1e-12);
        SingularSpectrum.Of(Rows(w.Transpose()), n, m).OrthogonalDistance.ShouldBe(s.OrthogonalDistance, 1e-12);
    });

    // No multiple of any projection, whatever its rank and place, is nearer; and the one that the formula means is as near.
    [Fact]
    public void The_nearest_projection_is_nearest() => Random(static random =>
    {
        var n = random.Next(1, 6);
        var w = Matrix<double>.Build.DenseOfRowMajor(n, n, Problems.Normal(random, n * n));
        var distance = SingularSpectrum.ProjectionDistance(Square(n), Rows(w));
        double To(Matrix<double> basis)
        {
            var p = basis * basis.Transpose();
            var cosine = w.PointwiseMultiply(p).RowSums().Sum() / w.FrobeniusNorm() / p.FrobeniusNorm();
            return Math.Sqrt(Math.Max(0, 1 - cosine * cosine));
        }
        var vectors = ((w + w.Transpose()) / 2).Evd(Symmetricity.Symmetric).EigenVectors;
        var explicitly = Enumerable.Range(1, n)
            .Min(r => Math.Min(To(vectors.SubMatrix(0, n, 0, r)), To(vectors.SubMatrix(0, n, n - r, r))));
        distance.ShouldBe(explicitly, 1e-7);
        for (var i = 0; i < 20; i++)
        {
            var r = random.Next(1, n + 1);
            To(Matrix<double>.Build.DenseOfRowMajor(n, r, Problems.Normal(random, n * r))
                .QR(MathNet.Numerics.LinearAlgebra.Factorization.QRMethod.Thin).Q).ShouldBeGreaterThanOrEqualTo(distance - 1e-9);
        }
    });

    [Fact]
    public void Projections_orthogonal_and_rank_one_matrices_are_at_distance_zero() => Random(static random =>
    {
        var n = random.Next(2, 7);
        var q = Matrix<double>.Build.DenseOfRowMajor(n, n, Problems.Normal(random, n * n)).QR().Q;
        var r = random.Next(1, n);
        var orthogonal = SingularSpectrum.Of(Rows(-3.5 * q), n, n);
        orthogonal.OrthogonalDistance.ShouldBe(0, 1e-14);
        orthogonal.StableRank.ShouldBe(n, 1e-12);
        orthogonal.EffectiveRank.ShouldBe(n, 1e-12);
        orthogonal.RankOneDistance.ShouldBe(Math.Sqrt(1 - 1.0 / n), 1e-13);
        var basis = q.SubMatrix(0, n, 0, r);
        var projection = SingularSpectrum.Of(Rows(-2 * basis * basis.Transpose()), n, n);
        SingularSpectrum.ProjectionDistance(Square(n), Rows(-2 * basis * basis.Transpose())).ShouldBe(0, 1e-7);
        projection.Rank(1e-6).ShouldBe(r);
        projection.StableRank.ShouldBe(r, 1e-12);
        projection.OrthogonalDistance.ShouldBe(Math.Sqrt(1 - r / (double)n), 1e-13);
        var one = SingularSpectrum.Of(Rows(q.Column(0).OuterProduct(q.Row(0)) * 7), n, n);
        one.RankOneDistance.ShouldBe(0, 1e-14);
        one.EffectiveRank.ShouldBe(1, 1e-12);
    });

    [Fact]
    public void Diagonal_dead_and_single_weights()
    {
        var diagonal = SingularSpectrum.OfDiagonal([1, -3, 2]);
        diagonal.Values.ShouldBe([3, 2, 1]);
        diagonal.StableRank.ShouldBe(14 / 9.0, 1e-15);
        var layer = new Layer(LayerKind.Diagonal, 3, 3, 1);
        SingularSpectrum.Of(layer, [9, 1, -3, 2]).Values.ShouldBe([3, 2, 1]);
        // Of the projections: −e₂e₂ᵀ has cosine 3/√14, I on 1 and 3 has 3/√28.
        SingularSpectrum.ProjectionDistance(layer, [9, 1, -3, 2]).ShouldBe(Math.Sqrt(1 - 9.0 / 14), 1e-15);
        var dead = SingularSpectrum.Of(new double[6], 2, 3);
        (dead.SpectralNorm, dead.Rank(1e-6)).ShouldBe((0, 0));
        double[] ratios = [dead.StableRank, dead.EffectiveRank, dead.RankOneDistance, dead.OrthogonalDistance,
            SingularSpectrum.ProjectionDistance(Square(2), new double[4])];
        ratios.ShouldAllBe(static v => double.IsNaN(v));
        var single = SingularSpectrum.Of([-4], 1, 1);
        (single.SpectralNorm, single.StableRank, single.EffectiveRank, single.RankOneDistance, single.OrthogonalDistance)
            .ShouldBe((4, 1, 1, 0, 0));
        foreach (var scale in new[] { 1e-300, 1e300 })
            (SingularSpectrum.Of([3 * scale, 0, 0, 4 * scale], 2, 2).SpectralNorm / scale).ShouldBe(4, 1e-14);
        SingularSpectrum.Of([3e-300, 0, 0, 4e-300], 2, 2).StableRank.ShouldBe(25 / 16.0, 1e-14);
        Should.Throw<ArgumentException>(static () =>
            SingularSpectrum.Of([1, 2, 3], 2, 2)).Message.ShouldBe("3 weights are no matrix of 2 × 2");
        Should.Throw<ArgumentException>(static () =>
            SingularSpectrum.Of([1, double.NaN], 1, 2)).Message.ShouldContain("not a finite number");
    }

    [Fact]
    public void Alignment_is_that_of_the_singular_vectors() => Random(static random =>
    {
        int d = random.Next(1, 5), h = random.Next(1, 5), o = random.Next(1, 5);
        var network = Network.Dense(d, h, o);
        var theta = Problems.Normal(random, network.ParameterCount);
        var (below, above) = (Matrix<double>.Build.DenseOfRowMajor(h, d, network.Layers[0].Of(theta).ToArray()),
            Matrix<double>.Build.DenseOfRowMajor(o, h, network.Layers[1].Of(theta).ToArray()));
        var (lower, upper) = (below.Svd(), above.Svd());
        if (Gap(lower.S) < 0.05 || Gap(upper.S) < 0.05) return;
        LayerAlignment.Below(network, 1).ShouldBe(0);
        LayerAlignment.Below(network, 0).ShouldBeNull();
        var alignment = LayerAlignment.Of(network, theta, 1, 0);
        alignment.Leading.ShouldBe(Math.Abs(lower.U.Column(0) * upper.VT.Row(0)), 1e-10);
        alignment.Product.ShouldBe((above * below).FrobeniusNorm() / above.FrobeniusNorm() / below.FrobeniusNorm(), 1e-12);

        // Aligned layers of rank one.
        double[] u = Problems.Normal(random, h), a = Problems.Normal(random, o), b = Problems.Normal(random, d);
        double[] aligned = [.. from i in u from j in b select i * j, .. from i in a from j in u select i * j];
        LayerAlignment.Of(network, aligned, 1, 0).Leading.ShouldBe(1, 1e-12);
        LayerAlignment.Of(network, aligned, 1, 0).Product.ShouldBe(1, 1e-12);
        static double Gap(Vector<double> s) => s.Count == 1 ? 1 : (s[0] - s[1]) / s[0];
    });

    // The columns of a dense layer after a flattened image, and those of a convolution, are positions × channels of the layer below.
    [Fact]
    public void Alignment_across_images_reads_columns_as_positions_and_channels()
    {
        var network = new NetworkBuilder(new TensorShape(4, 4, 2)).Convolution(3, 3, 1, 1).BatchNorm().Then(Activation.ReLU)
            .Convolution(5, 3, 1, 1)
            .Then(Activation.ReLU).Flatten().Dense(2).Build();
        var theta = Problems.Normal(new Random(4), network.ParameterCount);
        LayerAlignment.Below(network, 1).ShouldBe(0);
        LayerAlignment.Below(network, 2).ShouldBe(1);
        var w = network.Unpack(theta);
        var left = Matrix<double>.Build.DenseOfRowArrays(w[0]).Svd().U.Column(0);
        // One row a map and tap, one column a channel.
        var unfolded = Matrix<double>.Build.DenseOfRowArrays(
            [.. from row in w[1] from tap in Enumerable.Range(0, 9) select row[(tap * 3)..(tap * 3 + 3)]]);
        LayerAlignment.Of(network, theta, 1, 0).Leading.ShouldBe(Math.Abs(left * unfolded.Svd().VT.Row(0)), 1e-10);

        var residual = new NetworkBuilder(4).Dense(4).Residual(static b => b.Dense(4).Then(Activation.ReLU)).Dense(2).Build();
        LayerAlignment.Below(residual, 1).ShouldBe(0);
        LayerAlignment.Below(residual, 2).ShouldBeNull();
        var diagonal = new NetworkBuilder(3).Diagonal().Diagonal().Dense(1).Build();
        // Diagonals (1, 2, 0) and (0, 1, 5): leading directions e₂ and e₃; the product has the entry 2.
        var apart = LayerAlignment.Of(diagonal, [1, 2, 0, 0, 1, 5, 0, 0, 1], 1, 0);
        apart.Leading.ShouldBe(0, 1e-15);
        apart.Product.ShouldBe(2 / Math.Sqrt(5 * 26), 1e-15);
        double.IsNaN(LayerAlignment.Of(diagonal, new double[9], 1, 0).Leading).ShouldBeTrue();
    }
}
