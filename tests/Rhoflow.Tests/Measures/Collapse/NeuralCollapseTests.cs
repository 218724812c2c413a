using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Kernels;
using Rhoflow.Measures.Collapse;
using Rhoflow.Numerics;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Measures.Collapse;

public class NeuralCollapseTests
{
    private static void Random(Action<Random, Cloud> test, int draws = 100) =>
        FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(draws), Prop.ForAll(Gen.Choose(0, 1_000_000).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var (classes, p) = (random.Next(2, 6), random.Next(2, 9));
            Cloud cloud;
            do cloud = Cloud.Draw(random, classes, p, random.Next(0, 40), Math.Pow(10, random.Next(-3, 2)));
            while (IllConditioned(cloud));
            test(random, cloud);
        }));

    // Means that are nearly dependent: the pseudo-inverse amplifies rounding.
    private static bool IllConditioned(Cloud cloud)
    {
        var eigenvalues = cloud.SigmaB(cloud.MeansMean).Evd(Symmetricity.Symmetric).EigenValues.Select(static e => e.Real).OrderDescending()
            .ToArray();
        return eigenvalues[Math.Min(cloud.ClassCount - 1, cloud.Width) - 1] < 1e-4 * eigenvalues[0];
    }

    [Fact]
    public void All_four_NC1_are_those_of_dense_covariances() => Random(static (_, cloud) =>
    {
        var within = NeuralCollapse.Of(cloud.Features, cloud.Labels).Within;
        var (sw, byClasses, byExamples, c) =
            (cloud.SigmaW, cloud.SigmaB(cloud.MeansMean), cloud.SigmaB(cloud.ExamplesMean), cloud.ClassCount);
        within.PapyanHanDonoho.ShouldBe((sw * Cloud.PseudoInverse(byClasses)).Trace() / c, 1e-9 * within.PapyanHanDonoho + 1e-25);
        within.Zhu.ShouldBe((sw * Cloud.PseudoInverse(byExamples)).Trace() / c, 1e-9 * within.Zhu + 1e-25);
        within.TraceRatio.ShouldBe(sw.Trace() / byClasses.Trace(), 1e-11 * within.TraceRatio + 1e-25);
        within.ClassDistance.ShouldBe(cloud.ClassDistance(), 1e-11 * within.ClassDistance + 1e-25);
    });

    [Fact]
    public void NC2_and_NC3_are_those_of_their_formulas() => Random((random, cloud) =>
    {
        var c = cloud.ClassCount;
        var w = Problems.Normal(random, c * cloud.Width);
        var collapse = NeuralCollapse.Of(cloud.Features, cloud.Labels, w);
        var m = Matrix<double>.Build.DenseOfRowVectors(Enumerable.Range(0, c).Select(k => cloud.Mean(k) - cloud.MeansMean));
        var matrixW = Matrix<double>.Build.DenseOfRowMajor(c, cloud.Width, w);
        Compare(collapse.Means, m);
        Compare(collapse.Classifier!, matrixW);
        collapse.Duality!.Distance.ShouldBe((matrixW / matrixW.FrobeniusNorm() - m / m.FrobeniusNorm()).FrobeniusNorm(), 1e-12);
        collapse.Duality.Cosine.ShouldBe(1 - Math.Pow(collapse.Duality.Distance, 2) / 2, 1e-12);
        var byExamples = Matrix<double>.Build.DenseOfRowVectors(Enumerable.Range(0, c).Select(k => cloud.Mean(k) - cloud.ExamplesMean));
        collapse.Duality.FrameDistance.ShouldBe(ToFrame(matrixW * byExamples.Transpose()), 1e-10);
    });

    private static double ToFrame(Matrix<double> a)
    {
        var c = a.RowCount;
        return (a / a.FrobeniusNorm() - (DenseMatrix.CreateIdentity(c) - DenseMatrix.Create(c, c, 1.0 / c)) / Math.Sqrt(c - 1))
            .FrobeniusNorm();
    }

    private static void Compare(SimplexFrame frame, Matrix<double> m)
    {
        var c = m.RowCount;
        double[] norms = [.. m.EnumerateRows().Select(static r => r.L2Norm())];
        double[] cosines = [.. from i in Enumerable.Range(0, c) from j in Enumerable.Range(0, c) where i != j select m.Row(i) * m.Row(j)
            / norms[i] / norms[j]];
        frame.Equinorm.ShouldBe(MathNet.Numerics.Statistics.Statistics.PopulationStandardDeviation(norms) / norms.Average(), 1e-10);
        frame.CosineSpread.ShouldBe(MathNet.Numerics.Statistics.Statistics.PopulationStandardDeviation(cosines), 1e-7);
        frame.Equiangularity.ShouldBe(cosines.Average(x => Math.Abs(x + 1.0 / (c - 1))), 1e-10);
        frame.Distance.ShouldBe(ToFrame(m * m.Transpose()), 1e-10);
    }

    [Fact]
    public void NC4_is_the_nearest_centre_one_example_at_a_time() => Random(static (random, cloud) =>
    {
        var c = cloud.ClassCount;
        var w = Problems.Normal(random, c * cloud.Width);
        var test = cloud.Map(r => [.. r.Zip(Problems.Normal(random, cloud.Width), static (a, e) => a + 0.7 * e)]);
        foreach (var (of, features) in new[] { (cloud, cloud.Features), (test, test.Features) })
        {
            var collapse = NeuralCollapse.Of(features, cloud.Labels, w,
                training: NeuralCollapse.Of(cloud.Features, cloud.Labels).ClassMeans);
            int[] nearest = [.. of.Rows.Select(h => of.Nearest(h, cloud))];
            int[] decided = [.. of.Rows.Select(h => Enumerable.Range(0, c)
                .MaxBy(k => Vectors.Dot(w.AsSpan(k * cloud.Width, cloud.Width), h)))];
            collapse.Centers.Error.ShouldBe(nearest.Zip(cloud.Classes).Count(static x => x.First != x.Second) / (double)nearest.Length,
                1e-12);
            collapse.Centers.Disagreement.ShouldBe(nearest.Zip(decided).Count(static x => x.First != x.Second) / (double)nearest.Length,
                1e-12);
        }
    });

    [Fact]
    public void Permuted_classes_rotations_shifts_and_scales_change_nothing() => Random(static (random, cloud) =>
    {
        var (c, p) = (cloud.ClassCount, cloud.Width);
        var w = Problems.Normal(random, c * p);
        var before = NeuralCollapse.Of(cloud.Features, cloud.Labels, w);
        int[] order = [.. Enumerable.Range(0, c)];
        random.Shuffle(order);
        var rotation = Matrix<double>.Build.Dense(p, p, (_, _) => random.NextDouble() - 0.5).QR().Q;
        var shift = Problems.Normal(random, p);
        double[] Rotated(ReadOnlySpan<double> r) => (rotation * DenseVector.OfArray(r.ToArray()) * 3.5).ToArray();
        double[] moved = new double[c * p];
        for (var k = 0; k < c; k++) Rotated(w.AsSpan(k * p, p)).CopyTo(moved, order[k] * p);
        var image = cloud.Map(r => [.. Rotated(r).Zip(shift, static (a, s) => a + s)])
            with
        { Classes = [.. cloud.Classes.Select(k => order[k])] };
        var after = NeuralCollapse.Of(image.Features, image.Labels, moved);
        after.Within.PapyanHanDonoho.ShouldBe(before.Within.PapyanHanDonoho, 1e-8 * before.Within.PapyanHanDonoho + 1e-25);
        after.Within.Zhu.ShouldBe(before.Within.Zhu, 1e-8 * before.Within.Zhu + 1e-25);
        after.Within.ClassDistance.ShouldBe(before.Within.ClassDistance, 1e-8 * before.Within.ClassDistance + 1e-25);
        after.Means.Distance.ShouldBe(before.Means.Distance, 1e-10);
        after.Classifier!.Equiangularity.ShouldBe(before.Classifier!.Equiangularity, 1e-10);
        after.Duality!.Distance.ShouldBe(before.Duality!.Distance, 1e-10);
        after.Duality.FrameDistance.ShouldBe(before.Duality.FrameDistance, 1e-9);
        after.Centers.Error.ShouldBe(before.Centers.Error, 1e-12);
    });

    // C vectors of a simplex frame in p dimensions, row-major: √(C/(C−1)) (I − 11ᵀ/C), padded with zeros.
    private static double[][] Frame(int classes, int p) =>
        [.. Enumerable.Range(0, classes).Select(c => Enumerable.Range(0, p)
            .Select(i => i >= classes ? 0 : ((i == c ? 1 : 0) - 1.0 / classes) * Math.Sqrt(classes / (classes - 1.0))).ToArray())];

    [Theory]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    [InlineData(10, 12)]
    public void Collapsed_features_on_a_frame_are_zero_everywhere(int classes, int p)
    {
        var frame = Frame(classes, p);
        var cloud = new Cloud([.. Enumerable.Range(0, 4 * classes)
            .Select(n => frame[n % classes].Select(static v => 2.5 * v + 1).ToArray())],
            [.. Enumerable.Range(0, 4 * classes).Select(n => n % classes)], classes);
        // The solution of unconstrained features is self-dual: W proportional to the centred means.
        var collapse = NeuralCollapse.Of(cloud.Features, cloud.Labels, [.. frame.SelectMany(static r => r).Select(static v => 7 * v)]);
        collapse.Within.ShouldBe(new WithinVariability { PapyanHanDonoho = 0, Zhu = 0, TraceRatio = 0, ClassDistance = 0 });
        foreach (var f in new[] { collapse.Means, collapse.Classifier! })
        {
            f.Equinorm.ShouldBe(0, 1e-15);
            f.CosineSpread.ShouldBe(0, 1e-15);
            f.Equiangularity.ShouldBe(0, 1e-15);
            f.Distance.ShouldBe(0, 1e-15);
        }
        collapse.Duality!.Distance.ShouldBe(0, 1e-15);
        collapse.Duality.Cosine.ShouldBe(1, 1e-15);
        collapse.Duality.FrameDistance.ShouldBe(0, 1e-15);
        collapse.Centers.ShouldBe(new NearestCenters { Error = 0, Disagreement = 0 });
    }

    // Two classes, means ±(1, 0), within-class deviations ±(a, 0) and ±(0, b): Σ_W = diag(a²/2, b²/2), Σ_B = diag(1, 0).
    [Fact]
    public void Two_classes_by_hand()
    {
        const double a = 0.25, b = 0.5;
        double[][] rows = [[1 + a, 0], [1 - a, 0], [1, b], [1, -b], [-1 + a, 0], [-1 - a, 0], [-1, b], [-1, -b]];
        var cloud = new Cloud(rows, [1, 1, 1, 1, 0, 0, 0, 0], 2);
        var collapse = NeuralCollapse.Of(cloud.Features, cloud.Labels, [3, 4]);
        collapse.Within.PapyanHanDonoho.ShouldBe(a * a / 4, 1e-15);
        collapse.Within.Zhu.ShouldBe(a * a / 4, 1e-15);
        collapse.Within.TraceRatio.ShouldBe((a * a + b * b) / 2, 1e-15);
        collapse.Within.ClassDistance.ShouldBe((a * a + b * b) / 2 / 4, 1e-15);
        collapse.Duality!.Cosine.ShouldBe(0.6, 1e-15);
        collapse.Duality.FrameDistance.ShouldBe(double.NaN);
        collapse.Classifier.ShouldBeNull();
        collapse.MeanCosine.ShouldBe(-1, 1e-15);
        // Outputs 3 h_1 + 4 h_2: (1, −½) gives 1, (−1, ½) gives −1; both centres agree everywhere.
        collapse.Centers.ShouldBe(new NearestCenters { Error = 0, Disagreement = 0 });
        // A frame of two centred vectors is exact whatever they are; their cosine uncentred is not −1.
        var shifted = cloud.Map(static r => [r[0] + 2, r[1] + 1]);
        var uncentred = NeuralCollapse.Of(shifted.Features, shifted.Labels);
        uncentred.Means.Distance.ShouldBe(0, 1e-15);
        uncentred.MeanCosine.ShouldBe((3 * 1 + 1) / Math.Sqrt(10 * 2), 1e-15);
        double.IsNaN(uncentred.Centers.Disagreement).ShouldBeTrue();
    }

    // In float32 the covariance of such features by E[hhᵀ] − μμᵀ has no correct digit. The offset is a power of two, so the features
    // themselves are exact.
    [Fact]
    public void A_common_offset_of_a_million_spreads_costs_no_digits()
    {
        var random = new Random(5);
        var grid = Cloud.Draw(random, 4, 6, 60, 0.25).Map(static r => [.. r.Select(static v => Math.Round(v * 64) / 64)]);
        var far = grid.Map(static r => [.. r.Select(static v => v + 131072)]);
        var here = NeuralCollapse.Of(grid.Features, grid.Labels);
        foreach (var there in new[] { NeuralCollapse.Of(far.Single, far.Labels), NeuralCollapse.Of(far.Features, far.Labels) })
        {
            there.Within.PapyanHanDonoho.ShouldBe(here.Within.PapyanHanDonoho, 1e-12 * here.Within.PapyanHanDonoho);
            there.Within.ClassDistance.ShouldBe(here.Within.ClassDistance, 1e-12 * here.Within.ClassDistance);
            there.Means.Distance.ShouldBe(here.Means.Distance, 1e-13);
            there.Centers.Error.ShouldBe(here.Centers.Error);
        }
        double[] naive = new double[far.Width];
        for (var i = 0; i < naive.Length; i++)
        {
            float mean = 0, square = 0;
            foreach (var row in far.Rows)
                (mean, square) = (mean + (float)row[i] / far.Rows.Length, square + (float)row[i] * (float)row[i] / far.Rows.Length);
            naive[i] = square - mean * mean;
        }
        naive.ShouldContain(static v => v < 0 || v > 100);
    }

    [Fact]
    public void Duplicated_examples_change_nothing()
    {
        var cloud = Cloud.Draw(new Random(11), 3, 5, 20, 0.5);
        var twice = new Cloud([.. cloud.Rows, .. cloud.Rows], [.. cloud.Classes, .. cloud.Classes], 3);
        var (once, again) = (NeuralCollapse.Of(cloud.Features, cloud.Labels).Within,
            NeuralCollapse.Of(twice.Features, twice.Labels).Within);
        again.PapyanHanDonoho.ShouldBe(once.PapyanHanDonoho, 1e-13);
        again.Zhu.ShouldBe(once.Zhu, 1e-13);
        again.ClassDistance.ShouldBe(once.ClassDistance, 1e-13);
    }

    [Fact]
    public void One_example_a_class_does_not_vary()
    {
        var cloud = Cloud.Draw(new Random(3), 4, 5, 0, 1);
        var collapse = NeuralCollapse.Of(cloud.Features, cloud.Labels);
        collapse.Within.ShouldBe(new WithinVariability { PapyanHanDonoho = 0, Zhu = 0, TraceRatio = 0, ClassDistance = 0 });
        collapse.Centers.Error.ShouldBe(0);
    }

    [Fact]
    public void Zero_features_have_no_numbers_and_decide_nothing()
    {
        var cloud = Cloud.Draw(new Random(3), 3, 4, 6, 1).Map(static r => new double[r.Length]);
        var collapse = NeuralCollapse.Of(cloud.Features, cloud.Labels, new double[12]);
        double[] numbers = [collapse.Within.PapyanHanDonoho, collapse.Within.Zhu, collapse.Within.TraceRatio, collapse.Within.ClassDistance,
            collapse.Means.Equinorm,
            collapse.Means.CosineSpread, collapse.Means.Equiangularity, collapse.Means.Distance, collapse.Duality!.Distance,
                collapse.Duality.Cosine, collapse.Duality.FrameDistance];
        numbers.ShouldAllBe(static v => double.IsNaN(v));
        collapse.Centers.ShouldBe(new NearestCenters { Error = 1, Disagreement = 1 });
    }

    // An example halfway between two centres, and an output of two equal numbers.
    [Fact]
    public void Ties_are_nobodys_decision()
    {
        var cloud = new Cloud([[0, 0], [2, 0], [1, 1], [1, -1]], [0, 0, 1, 1], 2).Map(static r => [r[0], r[1] + r[0] / 8]);
        double[][] rows = [[1, 0], [3, 0], [-1, 0], [-3, 0], [0, 7]];
        var tied = new Cloud(rows, [0, 0, 1, 1, 0], 2);
        var centers = NeuralCollapse.Of(new Cloud(rows[..4], [0, 0, 1, 1], 2).Features, ClassLabels.Of([0, 0, 1, 1], 2)).ClassMeans;
        using var team = new Team();
        NearestCenters.Of(centers, tied.Features, tied.Labels, [0, 0, 1, -1, 0], team)
            .ShouldBe(new NearestCenters { Error = 0.2, Disagreement = 0.4 });
        NearestCenters.Decisions([1, 2, 2, 1, 5, 5], 2).ShouldBe([1, 0, -1]);
        NearestCenters.Decisions([0.5, -3, 0, double.NaN], 1).ShouldBe([1, 0, -1, -1]);
        // Both classes with the same mean: every example is as near to both.
        NeuralCollapse.Of(cloud.Features, cloud.Labels).Centers.Error.ShouldBe(1);
    }

    [Fact]
    public void The_bits_do_not_depend_on_the_threads()
    {
        var cloud = Cloud.Draw(new Random(8), 7, 300, 2500, 0.4);
        var w = Problems.Normal(new Random(9), 7 * 300);
        var one = NeuralCollapse.Of(cloud.Features, cloud.Labels, w);
        using var team = new Team(3);
        var three = NeuralCollapse.Of(cloud.Features, cloud.Labels, w, team: team);
        three.Within.ShouldBe(one.Within);
        three.Means.ShouldBe(one.Means);
        three.Duality.ShouldBe(one.Duality);
        three.Centers.ShouldBe(one.Centers);
    }

    [Fact]
    public void What_does_not_fit_is_said()
    {
        var cloud = Cloud.Draw(new Random(3), 3, 4, 6, 1);
        Message(() => NeuralCollapse.Of(cloud.Features, ClassLabels.Of(cloud.Classes, 4)))
            .ShouldBe("class 3 has no example; neural collapse compares the means of all 4 classes");
        Message(() => NeuralCollapse.Of(cloud.Features, cloud.Labels, new double[7]))
            .ShouldBe("the last layer has 7 weights; 3 classes of 4 features need 3 × 4");
        Message(() => ClassLabels.Of([0, 3], 3)).ShouldBe("label 1 is 3; classes are 0 … 2");
        Message(() => ClassLabels.Of([0, 0], 1)).ShouldBe("1 class: class means can be compared where there are at least 2");
        Message(() => ClassLabels.OfTargets([1, 0.5], 1)).ShouldBe("target 1 is 0.5; one output has classes where targets are +1 and −1");
        Message(() => NeuralCollapse.Of(cloud.Features, ClassLabels.Of([0, 1, 2], 3)))
            .ShouldBe("9 examples have features, but 3 have labels");
        ClassLabels.OfTargets([1, -1, 1], 1).Counts.ShouldBe([1, 2]);
        static string Message(Action action) => Should.Throw<ArgumentException>(action).Message;
    }
}
