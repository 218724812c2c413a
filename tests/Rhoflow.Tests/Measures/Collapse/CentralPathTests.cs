using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Measures.Collapse;
using Rhoflow.Numerics;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Measures.Collapse;

public class CentralPathTests
{
    private static double[] Outputs(Cloud cloud, double[] w, int outputs) =>
        [.. cloud.Rows.SelectMany(h => Enumerable.Range(0, outputs).Select(o => Vectors.Dot(w.AsSpan(o * cloud.Width, cloud.Width), h)))];

    // (1/N) Σ ‖t − f‖² + λ‖W‖² by the loss that networks are trained with.
    private static double Loss(Cloud cloud, double[] w, bool signs, double lambda)
    {
        var outputs = w.Length / cloud.Width;
        double[] y = [.. cloud.Classes.Select(c => outputs == 1 ? 2.0 * c - 1 : c)], f = Outputs(cloud, w, outputs);
        var value = (signs ? Rhoflow.Losses.Loss.SquareSigns : Rhoflow.Losses.Loss.Square).Evaluate(f, y, outputs, new double[f.Length]);
        return Math.Exp(value.LogLoss) / y.Length + lambda * Vectors.Dot(w, w);
    }

    [Fact]
    public void Three_parts_add_up_to_the_loss_and_the_best_classifier_is_that_of_least_squares() =>
        FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(100), Prop.ForAll(Gen.Choose(0, 1_000_000).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var (classes, p) = (random.Next(2, 5), random.Next(2, 8));
            // More examples than features, so that least squares has one answer, or far fewer, so that the minimum norm decides.
            var cloud = Cloud.Draw(random, classes, p, random.Next(2) == 0 ? 4 * p + 10 : 0, 0.8);
            var (one, signs, lambda) = (classes == 2 && random.Next(2) == 0, random.Next(2) == 0, random.Next(2) * 0.03);
            var w = Problems.Normal(random, (one ? 1 : classes) * p);
            var path = CentralPath.Of(cloud.Features, cloud.Labels, w, signs ? -1 : 0, lambda);
            path.Loss.ShouldBe(Loss(cloud, w, signs, lambda), 1e-12 * path.Loss);
            // Without decay W_LS divides by s²: where a direction is there but small, few digits are left of it.
            var (n, outputs) = (cloud.Rows.Length, w.Length / p);
            var h = DenseMatrix.OfRowArrays(cloud.Rows) / Math.Sqrt(n);
            if (lambda == 0 && h.Svd().S is var s && s.Where(x => x > 1e-12 * s[0]).Min() < 1e-2 * s[0]) return;
            Math.Abs(path.Residual).ShouldBeLessThan(1e-9 * path.Loss);
            path.Off.ShouldBeGreaterThan(0);
            path.Variability.ShouldBeGreaterThanOrEqualTo(-1e-12);

            // W_LS by QR of the stacked problem [H/√N; √λ I].
            var t = DenseMatrix.Create(n, outputs,
                (i, o) => (outputs == 1 ? 2.0 * cloud.Classes[i] - 1 : cloud.Classes[i] == o ? 1 : signs ? -1 : 0) / Math.Sqrt(n));
            var best = lambda > 0
                ? h.Stack(DenseMatrix.CreateIdentity(p) * Math.Sqrt(lambda)).QR().Solve(t.Stack(DenseMatrix.Create(p, outputs, 0)))
                : h.PseudoInverse() * t;
            Vectors.Distance(path.LeastSquares, best.ToColumnMajorArray()).ShouldBeLessThan(1e-9 * Vectors.Norm(path.LeastSquares));
            var onPath = CentralPath.Of(cloud.Features, cloud.Labels, path.LeastSquares, signs ? -1 : 0, lambda);
            onPath.Off.ShouldBe(0, 1e-12);
            onPath.Loss.ShouldBe(path.Variability + path.Frame, 1e-9 * path.Loss);
            onPath.Loss.ShouldBe(Loss(cloud, path.LeastSquares, signs, lambda), 1e-9 * path.Loss);
        }));

    // Features e_c without variation, W = s I: W_LS = I/(1 + Cλ) brings every mean to 1/(1 + Cλ), and S = I/C.
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 0.5)]
    [InlineData(0.02, 0.7)]
    public void Collapsed_features_in_closed_form(double lambda, double s)
    {
        const int c = 4;
        var cloud = new Cloud([.. Enumerable.Range(0, 3 * c).Select(n => Enumerable.Range(0, c).Select(i => i == n % c ? 1.0 : 0)
            .ToArray())], [.. Enumerable.Range(0, 3 * c).Select(static n => n % c)], c);
        double[] w = [.. Enumerable.Range(0, c * c).Select(i => i % (c + 1) == 0 ? s : 0)];
        var path = CentralPath.Of(cloud.Features, cloud.Labels, w, lambda: lambda);
        var best = 1 / (1 + c * lambda);
        path.Variability.ShouldBe(lambda * c * best * best, 1e-15);
        path.Frame.ShouldBe((best - 1) * (best - 1), 1e-15);
        path.Off.ShouldBe((s - best) * (s - best) * (1 + c * lambda), 1e-14);
        path.Loss.ShouldBe((s - 1) * (s - 1) + lambda * c * s * s, 1e-14);
        path.Residual.ShouldBe(0, 1e-14);
    }

    [Fact]
    public void Zero_features_leave_the_targets()
    {
        var cloud = Cloud.Draw(new Random(3), 3, 4, 6, 1).Map(static r => new double[r.Length]);
        var path = CentralPath.Of(cloud.Features, cloud.Labels, Problems.Normal(new Random(1), 12));
        path.LeastSquares.ShouldAllBe(static v => v == 0);
        (path.Loss, path.Variability, path.Frame, path.Off).ShouldBe((1, 0, 1, 0));
    }
}
