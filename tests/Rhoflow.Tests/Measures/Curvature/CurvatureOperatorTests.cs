using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Data;
using Rhoflow.Kernels;
using Rhoflow.Losses;
using Rhoflow.Measures.Curvature;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Numerics.Eigen;
using Rhoflow.Observations;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Measures.Curvature;

public sealed class CurvatureOperatorTests
{
    private static readonly Team One = new();

    public static TheoryData<string> Names => [.. CurvaturePoints.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_hessian_is_symmetric_and_the_difference_of_gradients(string name)
    {
        using var passes = CurvaturePoints.At(name, 1);
        var hessian = new CurvatureOperator(passes, CurvatureKind.Hessian);
        var p = hessian.Size;
        var expected = CurvaturePoints.Differences(name, 1, hessian.LogScale);
        var scale = 1 + expected.Max(Math.Abs);
        var unit = new double[p];
        var columns = new double[p][];
        for (var i = 0; i < p; i++)
        {
            unit[i] = 1;
            columns[i] = CurvaturePoints.Times(hessian, unit);
            unit[i] = 0;
            columns[i].ShouldBe(expected[(i * p)..((i + 1) * p)], 2e-5 * scale);
        }
        for (var i = 0; i < p; i++)
            for (var j = 0; j < i; j++) columns[i][j].ShouldBe(columns[j][i], 1e-12 * scale);
    }

    // Both ends, the trace, the counts and every layer's largest eigenvalue: by products and from the matrix that is written out.
    [Theory]
    [MemberData(nameof(Names))]
    public void Products_and_matrix_agree(string name)
    {
        using var passes = CurvaturePoints.At(name, 2);
        var hessian = new CurvatureOperator(passes, CurvatureKind.Hessian);
        var dense = DenseOperator.Of(hessian);
        var all = dense.Eigenvalues(One);
        var norm = Math.Max(Math.Abs(all[0]), Math.Abs(all[^1]));
        var ends = Lanczos.Solve(hessian, 4, 3, new EigenOptions { Tolerance = 1e-9 }, One);
        for (var i = 0; i < 7; i++)
        {
            ends.Residuals[i].ShouldBeLessThan(3e-9 * norm);
            if (all.Length >= 7) ends.Values[i].ShouldBe(i < 4 ? all[^(i + 1)] : all[6 - i], 1e-8 * norm);
            if (i + 1 == ends.Values.Length) break;
        }
        TraceEstimate.HutchPlusPlus(hessian, 3 * hessian.Size, 1, One).Value.ShouldBe(all.Sum(), 1e-10 * norm * all.Length);
        foreach (var layer in passes.Network.Layers)
        {
            var block = new LayerBlock(hessian, layer);
            var matrix = DenseMatrix.Create(layer.Count, layer.Count,
                (i, j) => dense.Matrix[(layer.Offset + i) * dense.Size + layer.Offset + j]);
            var largest = matrix.Evd(MathNet.Numerics.LinearAlgebra.Symmetricity.Symmetric).EigenValues.Max(static e => e.Real);
            Lanczos.Solve(block, 1, 0, new EigenOptions { Tolerance = 1e-9 }, One).Values[0].ShouldBe(largest, 1e-8 * norm);
        }
    }

    // G from the gradients of single examples: positive semidefinite for convex ℓ; ∇²L − G is what the network's own curvature adds.
    [Theory]
    [MemberData(nameof(Names))]
    public void Gauss_newton_is_made_of_single_gradients(string name)
    {
        using var passes = CurvaturePoints.At(name, 3);
        var gaussNewton = DenseOperator.Of(new CurvatureOperator(passes, CurvatureKind.GaussNewton));
        var (p, c) = (gaussNewton.Size, passes.Network.Outputs);
        var jacobian = new double[passes.Data.Count * c][];
        passes.EachGradient(Enumerable.Range(0, passes.Data.Count).ToArray(), (n, output, g) => jacobian[n * c + output] = g.ToArray());
        double[] fDot = new double[jacobian.Length], bent = new double[jacobian.Length];
        var value = passes.Loss.Evaluate(passes.Outputs, passes.Data.Y, c, new double[jacobian.Length]);
        var expected = new double[p];
        for (var i = 0; i < p; i++)
        {
            for (var n = 0; n < fDot.Length; n++) fDot[n] = jacobian[n][i];
            passes.Loss.CurvatureTimes(passes.Outputs, passes.Data.Y, c, value, fDot, bent);
            Array.Clear(expected);
            for (var n = 0; n < fDot.Length; n++) Vectors.Add(bent[n], jacobian[n], expected);
            gaussNewton.Matrix[(i * p)..((i + 1) * p)].ShouldBe(expected, 1e-11 * (1 + expected.Max(Math.Abs)));
        }
        var values = gaussNewton.Eigenvalues(One);
        values[0].ShouldBeGreaterThan(-1e-12 * values[^1]);
    }

    // ∇² of mean (y − Wx)² is 2/N XᵀX, of the softmax Σ (diag p − ppᵀ) ⊗ xxᵀ/N, of the logistic loss Σ σ(f)σ(−f) xxᵀ/N.
    [Fact]
    public void Linear_networks_have_closed_forms()
    {
        var random = new Random(4);
        const int N = 12, D = 3, C = 3;
        double[] x = Problems.Normal(random, N * D), w = Problems.Normal(random, D), classWeights = Problems.Normal(random, C * D);
        var binary = new Dataset("random", x, [.. Enumerable.Range(0, N).Select(n => n % 2 * 2 - 1.0)], D);
        var classes = new Dataset("random", x, [.. Enumerable.Range(0, N).Select(n => (double)(n % C))], D);
        double F(int n) => Vectors.Dot(w, x.AsSpan(n * D, D));
        Check(Network.Dense(D, 1), Loss.Square, binary, w, (n, _, _) => 2);
        Check(Network.Dense(D, 1), Loss.Logistic, binary, w, (n, _, _) => 1 / (1 + Math.Exp(-F(n))) / (1 + Math.Exp(F(n))));
        Check(Network.Dense(D, 1), Loss.Exponential, binary, w, (n, _, _) => Math.Exp(-binary.Y[n] * F(n)));
        Check(Network.Dense(D, C), Loss.CrossEntropy, classes, classWeights, (n, a, b) =>
        {
            double[] e = [.. Enumerable.Range(0, C).Select(k => Math.Exp(Vectors.Dot(classWeights.AsSpan(k * D, D), x.AsSpan(n * D, D))))];
            double pa = e[a] / e.Sum(), pb = e[b] / e.Sum();
            return (a == b ? pa : 0) - pa * pb;
        });

        void Check(Network network, Loss loss, Dataset data, double[] theta, Func<int, int, int, double> bend)
        {
            using var passes = Linearization.Of<double>(network, loss, data, Reduction.Mean, theta, default, 1);
            var p = theta.Length;
            foreach (var kind in Enum.GetValues<CurvatureKind>())
            {
                var op = new CurvatureOperator(passes, kind);
                var matrix = DenseOperator.Of(op).Matrix;
                for (var i = 0; i < p; i++)
                    for (var j = 0; j < p; j++)
                    {
                        var expected = Enumerable.Range(0, N).Average(n => bend(n, i / D, j / D) * x[n * D + i % D] * x[n * D + j % D]);
                        (Math.Exp(op.LogScale) * matrix[i * p + j]).ShouldBe(expected, 1e-13 * (1 + Math.Abs(expected)));
                    }
            }
        }
    }

    // C equal outputs at W = 0: (I − 11ᵀ/C)/C ⊗ XᵀX/N, every eigenvalue C − 1 times and XᵀX's number of zeros. A Krylov space alone would
    // see each once.
    [Fact]
    public void Softmax_at_zero_has_its_multiplicities()
    {
        const int N = 15, D = 4, C = 5;
        var x = Problems.Normal(new Random(5), N * D);
        var data = new Dataset("random", x, [.. Enumerable.Range(0, N).Select(n => (double)(n % C))], D);
        using var passes = Linearization.Of<double>(Network.Dense(D, C), Loss.CrossEntropy, data, Reduction.Mean,
            new double[C * D], default, 1);
        var op = new CurvatureOperator(passes, CurvatureKind.Hessian);
        var covariance = new double[D * D];
        for (var n = 0; n < N; n++)
            for (var i = 0; i < D; i++) Vectors.Add(x[n * D + i] / N, x.AsSpan(n * D, D), covariance.AsSpan(i * D, D));
        double[] single = [.. new DenseOperator(covariance, D).Eigenvalues(One).Reverse().Select(l => l / C / Math.Exp(op.LogScale))];
        var found = Lanczos.Solve(op, 10, 4, new EigenOptions { Tolerance = 1e-10 }, One);
        for (var i = 0; i < 10; i++) found.Values[i].ShouldBe(single[i / (C - 1)], 1e-9 * single[0]);
        for (var i = 10; i < 14; i++) found.Values[i].ShouldBe(0, 1e-9 * single[0]);
        Signature.Of(DenseOperator.Of(op).Eigenvalues(One), 1e-9).Zero.ShouldBe(D);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Float32_is_near_float64(string name)
    {
        using var passes = CurvaturePoints.At(name, 6);
        using var single = CurvaturePoints.At<float>(name, 6);
        var options = new EigenOptions { Tolerance = 1e-5 };
        var expected = Lanczos.Solve(new CurvatureOperator(passes, CurvatureKind.Hessian), 3, 1, options, One);
        var found = Lanczos.Solve(new CurvatureOperator(single, CurvatureKind.Hessian), 3, 1, options, One);
        var norm = expected.Values.ToArray().Max(Math.Abs);
        found.Values.ToArray().ShouldBe(expected.Values.ToArray(), 1e-4 * norm);
    }

    [Fact]
    public void A_dead_layer_leaves_zeros()
    {
        // All first-layer units are off on every example: nothing depends on W_1, nor through it on W_2.
        var network = Network.Dense(2, 3, 1);
        var data = new Dataset("positive", [1, 2, 2, 1, 1, 1], [1, -1, 1], 2);
        using var passes = Linearization.Of<double>(network, Loss.Logistic, data, Reduction.Mean,
            new double[] { -1, -1, -2, -1, -1, -3, 1, 1, 1 }, default, 1);
        var ends = Lanczos.Solve(new CurvatureOperator(passes, CurvatureKind.Hessian), 2, 2, new EigenOptions(), One);
        ends.Values.ToArray().ShouldBe([0, 0, 0, 0]);
        ends.Residuals.ToArray().ShouldBe([0, 0, 0, 0]);
        ends.Converged.ShouldBeTrue();
    }
}
