using System.Numerics;
using MathNet.Numerics.LinearAlgebra;
using Rhoflow.Data;
using Rhoflow.Descents;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Descents;

public class MuonTests
{
    [Fact]
    public void Polished_iterations_end_at_the_polar_factor_of_every_matrix_in_both_precisions()
    {
        Ends<double>(1e-12, 1);
        Ends<double>(1e-12, 3);
        Ends<float>(2e-5, 2);
    }

    private static void Ends<T>(double tolerance, int threads) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var random = new Random(11);
        foreach (var (rows, columns) in (ReadOnlySpan<(int, int)>)[(1, 1), (1, 9), (6, 1), (4, 4), (3, 17), (40, 7), (33, 65)])
        {
            var net = Network.Dense(columns, rows);
            foreach (var size in (double[])[1, 1e-35, 1e15])
            {
                double[] m = [.. Problems.Normal(random, rows * columns)
                    .Select(v => double.CreateTruncating(T.CreateTruncating(size * v)))];
                var polar = RuleRun.Of<T>(new Orthogonalize(16, 8), net.Layers, m, [m], threads: threads)[0];
                Vectors.Distance(polar, NaiveRules.Polar(m, rows, columns))
                    .ShouldBeLessThan(tolerance * Math.Sqrt(rows * columns), $"{rows} × {columns}, size {size}");
            }
        }
    }

    // Jordan's five iterations: the same singular vectors, and singular values near 1.
    [Fact]
    public void Five_iterations_bring_singular_values_near_one_and_keep_their_vectors()
    {
        var random = new Random(12);
        for (var trial = 0; trial < 20; trial++)
        {
            int rows = random.Next(2, 12), columns = random.Next(2, 12);
            double[] m = Problems.Normal(random, rows * columns);
            var before = Matrix<double>.Build.Dense(rows, columns, (i, j) => m[i * columns + j]).Svd();
            var after = RuleRun.Of<double>(new Orthogonalize(), Network.Dense(columns, rows).Layers, m, [m])[0];
            var inside = before.U.Transpose() * Matrix<double>.Build.Dense(rows, columns, (i, j) => after[i * columns + j])
                * before.VT.Transpose();
            var norm = before.S.L2Norm();
            for (var i = 0; i < rows; i++)
                for (var j = 0; j < columns; j++)
                {
                    if (i != j) inside[i, j].ShouldBe(0, 1e-12);
                    else if (before.S[i] > 0.003 * norm) inside[i, i].ShouldBeInRange(0.67, 1.21);
                }
        }
    }

    [Fact]
    public void Weights_of_one_coordinate_each_get_signs_and_zero_stays()
    {
        double[] m = [2, -0.1, 0, 1e-9];
        RuleRun.Of<double>(new Orthogonalize(), [Network.Diagonal(4, 2).Layers[0]], m, [m])[0].ShouldBe([1, -1, 0, 1]);
        RuleRun.Of<float>(new Orthogonalize(), Network.Dense(2, 2).Layers, m, [new double[4]])[0].ShouldBe(new double[4]);
    }

    // A convolution is its matrix of maps × patch: the step of every layer is a multiple of an orthogonal matrix.
    [Fact]
    public void Steps_of_convolutions_are_orthogonal_matrices()
    {
        var risk = TrainingTests.Images<double>();
        var theta = TrainingTests.Start(risk.Network, 3);
        using var training = Descent.Of(risk, new Muon(0.5, batch: 8) { Polar = new Orthogonalize(16, 8) }).From(theta);
        training.Train(1, default, t =>
        {
            if (t.Replicas[0].State.Step != 1) return;
            foreach (var layer in risk.Network.Layers)
            {
                double[] step = [.. layer.Of(t.Replicas[0].Theta()).ToArray()
                    .Zip(layer.Of(theta).ToArray(), static (a, b) => (a - b) / 0.5)];
                var s = Matrix<double>.Build.Dense(layer.Rows, layer.Columns, (i, j) => step[i * layer.Columns + j]).Svd().S;
                s.Where(static v => v > 1e-6).ShouldAllBe(static v => Math.Abs(v - 1) < 1e-9);
            }
        });
    }

    // Spectral descent on a linear network of three classes: the maximum margin in the spectral norm (Fan, Schmidt, Thrampoulidis 2025).
    [Fact]
    public void On_separable_classes_its_direction_goes_to_the_maximum_margin_in_the_spectral_norm()
    {
        const int Classes = 3, D = 4;
        var random = new Random(6);
        double[] y = [.. Enumerable.Range(0, 9).Select(static n => (double)(n % Classes))];
        double[] x = [.. y.SelectMany(c => Enumerable.Range(0, D)
            .Select(i => (i == (int)c ? 1.0 + 2 * c : 0) + 0.4 * Problems.Normal(random, 1)[0]))];
        var data = Dataset.Of("classes", x, y, D, ["a", "b", "c"]);
        var (lower, upper) = MarginPrograms.Spectral(data, Classes);
        upper.ShouldBeInRange(lower, lower * 1.003);
        double End(Optimizer rule, int epochs)
        {
            using var training = Descent.Of(new DataRisk<double>(Network.Dense(D, Classes), Loss.CrossEntropy, data),
                rule with { Scale = StepScale.LossBased })
                .From([.. Problems.Normal(new Random(1), Classes * D).Select(static v => 0.01 * v)]);
            training.Train(epochs);
            return MarginPrograms.SpectralMargin(data, Classes, training.Replicas[0].Theta());
        }
        var rate = LearningRate.Steps(0.02, 0.1, 2000);
        var early = End(new Muon(rate, 0, false) { Polar = new Orthogonalize(12, 6) }, 300);
        var late = End(new Muon(rate, 0, false) { Polar = new Orthogonalize(12, 6) }, 12_000);
        late.ShouldBeInRange(early, upper);
        (late / lower).ShouldBeGreaterThan(0.98);
        // Gradient descent goes to the margin in the Frobenius norm, whose spectral margin is smaller.
        (End(new Sgd(0.5), 12_000) / lower).ShouldBeLessThan(0.95);
    }
}
