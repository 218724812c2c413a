using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Measures.Catalog;
using Rhoflow.Measures.Limits;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Observations;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Measures.Limits;

public class LimitTests
{
    [Fact]
    public void A_linear_network_at_the_hard_margin_is_a_kkt_point_with_its_dual_weights()
    {
        var data = Problems.Setosa;
        var solution = HardMargin.Solve(data);
        var input = Observations.At(Network.Dense(4, 1), Loss.Exponential, data,
            [.. solution.Direction.ToArray().Select(static w => 5 * w)]);
        input.Column("kkt_epsilon").ShouldBeLessThan(1e-12);
        input.Column("kkt_slackness").ShouldBeLessThan(1e-12);
        input.Column("kkt_support").ShouldBe(3);
        var (weights, examples) = (Row("dual_weights"), Row("dual_examples"));
        weights.Sum().ShouldBe(1, 1e-9);
        for (var i = 0; i < 3; i++) weights[i].ShouldBe(solution.Dual[(int)examples[i]] / solution.Dual.ToArray().Sum(), 1e-9);
        examples[..3].Order().ShouldBe([24.0, 41, 98]);
        weights[3..].ShouldAllBe(static w => w == 0);

        double[] Row(string name) => MeasureCatalog.All.SelectMany(static m => m.Arrays).Single(a => a.Name == name).Values(input);
    }

    // θ = (a, b v), v the separator: gradients are (bγ, a Σλz), so that ε = |a² − b²|/(a² + b²): unequal layers are no point of the joint
    // problem.
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(.2, 2)]
    public void Unequal_layers_leave_a_known_residual(double a, double b)
    {
        var data = Problems.Separable(5, 20, 3, .4);
        var v = HardMargin.Solve(data).Direction.ToArray();
        var input = Observations.At(Network.Linear(3, 1, 1), Loss.Exponential, data, [.. v.Select(w => b * w), a]);
        input.Column("kkt_epsilon").ShouldBe(Math.Abs(a * a - b * b) / (a * a + b * b), 1e-12);
        input.Column("kkt_slackness").ShouldBeLessThan(1e-11);
    }

    // Optimality of the weights by its own conditions: no candidate's gradient has a positive product with what is left over.
    [Fact]
    public void The_weights_are_the_best_ones_on_a_convolutional_network()
    {
        var network = Observations.Convolutional(3);
        // Positive inputs: no ReLU starts off for an example in all its units, which no descent would change.
        var data = Observations.Classes(1, 6, network.Inputs, 3);
        data = data.WithInputs([.. data.X.ToArray().Select(Math.Abs)], network.Inputs);
        var theta = Initialization.Kaiming(network, new RandomStream(2));
        // Descent until all six examples are separated.
        for (var step = 0; step < 10_000; step++)
        {
            using var at = Observations.Passes(network, Loss.CrossEntropy, data, theta);
            var g = new double[theta.Length];
            var value = at.Gradient(g);
            if (Margin.All(at.Outputs, data.Y, 3).Min() > .5) break;
            Vectors.Add(.1 * Math.Exp(value.LogScale), g, theta);
        }
        using var passes = Observations.Passes(network, Loss.CrossEntropy, data, theta);
        var kkt = MaxMarginKkt.Of(passes).ShouldNotBeNull();
        var margins = Margin.All(passes.Outputs, data.Y, 3);
        var gradients = new double[6][];
        passes.EachGradient(Enumerable.Range(0, 6).ToArray(), (n, c, gradient) =>
        {
            gradients[n] ??= new double[theta.Length];
            Margin.Of(passes.Outputs.Slice(n * 3, 3), (int)data.Y[n], out var rival);
            if (c == (int)data.Y[n]) Vectors.Add(1, gradient, gradients[n]);
            if (c == rival) Vectors.Add(-1, gradient, gradients[n]);
        });
        // θ scaled to q_min = 1 (three layers: degree 3), the slackness as one more coordinate; then the best common factor of the
        // normalized weights.
        var smallest = margins.Min();
        var size = Vectors.Norm(theta) * Math.Pow(smallest, -1 / 3.0);
        var columns = gradients.Select((g, n) => (double[])[.. g.Select(x => x * Math.Pow(smallest, -2 / 3.0) / size), 3
            * (margins[n] / smallest - 1) / (size * size)]).ToArray();
        double[] sum = new double[theta.Length + 1], rest = [.. theta.Select(w => w / Vectors.Norm(theta)), 0];
        foreach (var (n, weight) in kkt.Candidates.Zip(kkt.Weights)) Vectors.Add(weight, columns[n], sum);
        var factor = Vectors.Dot(sum, rest) / Vectors.Dot(sum, sum);
        Vectors.Add(-factor, sum, rest);
        kkt.Epsilon.ShouldBe(Vectors.Norm(rest.AsSpan(0, theta.Length)), 1e-10);
        kkt.Epsilon.ShouldBeInRange(0.01, 0.99);
        foreach (var (n, weight) in kkt.Candidates.Zip(kkt.Weights))
        {
            var product = Vectors.Dot(columns[n], rest) / Vectors.Norm(columns[n]);
            product.ShouldBeLessThan(1e-9);
            if (weight > 0) product.ShouldBe(0, 1e-9);
        }
        kkt.Slackness.ShouldBe(kkt.Candidates.Zip(kkt.Weights).Sum(p => p.Second * (margins[p.First] / smallest - 1)), 1e-12);
    }

    [Fact]
    public void Duplicated_examples_share_a_point()
    {
        var data = Problems.Separable(6, 10, 3, .3);
        var v = HardMargin.Solve(data).Direction.ToArray();
        var twice = data.Choose([.. Enumerable.Range(0, 10), .. Enumerable.Range(0, 10)]);
        var input = Observations.At(Network.Dense(3, 1), Loss.Exponential, twice, v);
        input.Column("kkt_epsilon").ShouldBeLessThan(1e-12);
        input.Column("ntk_condition").ShouldBe(double.PositiveInfinity);
        input.Column("support_multiplicity").ShouldBe(2 * HardMargin.Solve(data).SupportVectors.Count);
    }

    [Fact]
    public void The_residual_of_the_losss_own_weights_is_the_same_from_risk_and_passes()
    {
        var network = Network.Dense(3, 5, 4, 1);
        var data = Problems.Separable(7, 15, 3, .2);
        var input = Observations.At(network, Loss.Exponential, data, Initialization.Kaiming(network, new RandomStream(3)));
        var byRisk = input with { Passes = null, Risk = new EmpiricalRisk(network, Loss.Exponential, data) };
        byRisk.Column("kkt_residual").ShouldBe(input.Column("kkt_residual"), 1e-12);
        input.Column("kkt_residual").ShouldBe(Enumerable.Range(1, 3).Max(k => input.Column($"v_residual_{k}")), 1e-14);
    }

    // Of a linear network the kernel is XXᵀ, whatever the weights and the number of outputs.
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void The_kernel_of_a_linear_network_is_that_of_the_data(int outputs)
    {
        var data = outputs == 1 ? Problems.Separable(8, 6, 9, .1) : Observations.Classes(8, 6, 9, 3);
        var network = Network.Dense(9, outputs);
        var input = Observations.At(network, Loss.Square, data, Initialization.Kaiming(network, new RandomStream(1)));
        var sigma = DenseMatrix.OfColumnMajor(9, 6, data.X.ToArray()).Svd(false).S;
        input.Column("ntk_largest").ShouldBe(sigma[0] * sigma[0], 1e-11);
        input.Column("ntk_smallest").ShouldBe(sigma[5] * sigma[5], 1e-11);
        input.Column("ntk_condition").ShouldBe(Math.Pow(sigma[0] / sigma[5], 2), 1e-9 * Math.Pow(sigma[0] / sigma[5], 2));
        input.Column("data_condition").ShouldBe(sigma[0] / sigma[5], 1e-10 * sigma[0] / sigma[5]);
        input.Column("data_rank").ShouldBe(6);
    }

    [Fact]
    public void The_kernel_is_the_mean_over_outputs_of_products_of_gradients()
    {
        var network = Observations.Normalized(3);
        var data = Observations.Classes(9, 5, network.Inputs, 3);
        using var passes = Observations.Passes(network, Loss.CrossEntropy, data, Initialization.Kaiming(network, new RandomStream(2)),
            Observations.Statistics(network, 3));
        var gradients = new double[15][];
        passes.EachGradient(Enumerable.Range(0, 5).ToArray(), (n, c, gradient) => gradients[n * 3 + c] = gradient.ToArray());
        var kernel = TangentKernel.Of(passes);
        double[] codes = new double[15];
        for (var n = 0; n < 5; n++) codes[n * 3 + (int)data.Y[n]] = 1;
        for (var centred = 0; centred < 2; centred++)
        {
            double[,] theta = new double[5, 5], labels = new double[5, 5];
            for (var n = 0; n < 5; n++)
                for (var m = 0; m < 5; m++)
                {
                    theta[n, m] = Enumerable.Range(0, 3).Average(c => Vectors.Dot(gradients[n * 3 + c], gradients[m * 3 + c]));
                    labels[n, m] = data.Y[n] == data.Y[m] ? 1 : 0;
                    if (centred == 0) kernel.Gram[n * 5 + m].ShouldBe(theta[n, m], 1e-11 * (1 + Math.Abs(theta[n, m])));
                }
            var h = DenseMatrix.Create(5, 5, (i, j) => (i == j ? 1 : 0) - (centred == 1 ? 0.2 : 0));
            var (a, b) = (h * DenseMatrix.OfArray(theta) * h, h * DenseMatrix.OfArray(labels) * h);
            var expected = a.PointwiseMultiply(b).ColumnSums().Sum() / a.FrobeniusNorm() / b.FrobeniusNorm();
            kernel.Alignment(data.Y, 3, centred == 1).ShouldBe(expected, 1e-12);
        }
        kernel.Eigenvalues.Sum().ShouldBe(Enumerable.Range(0, 5).Sum(n => kernel.Gram[n * 6]), 1e-10);
    }

    // One class alone: nothing is left of the labels when they are centred.
    [Fact]
    public void Labels_without_a_difference_have_no_centred_alignment()
    {
        var data = Problems.Separable(1, 6, 3, .1).WithTargets([1, 1, 1, 1, 1, 1]);
        var input = Observations.At(Network.Dense(3, 4, 1), Loss.Logistic, data,
            Initialization.Kaiming(Network.Dense(3, 4, 1), new RandomStream(1)));
        input.Column("ntk_alignment_centred").ShouldBe(double.NaN);
        input.Column("ntk_alignment").ShouldBeInRange(0, 1);
    }

    // X = Q S Rᵀ with chosen singular values, small enough to decompose and large enough to go through its Gram matrix.
    [Theory]
    [InlineData(30, 8)]
    [InlineData(8, 30)]
    [InlineData(2100, 100)]
    [InlineData(100, 2100)]
    public void Condition_numbers_of_matrices_with_chosen_singular_values(int rows, int columns)
    {
        double[] q = Problems.Normal(new Random(1), rows), r = Problems.Normal(new Random(2), columns), x = new double[rows * columns];
        Vectors.Scale(1 / Vectors.Norm(q), q, q);
        Vectors.Scale(1 / Vectors.Norm(r), r, r);
        var side = Math.Min(rows, columns);
        for (var k = 0; k < side; k++)
        {
            // From 3 down to 3/400; the last one is 0.
            var sigma = k == side - 1 ? 0 : 3 * Math.Pow(400, -k / (side - 2.0));
            for (var i = 0; i < rows; i++)
                for (var j = 0; j < columns; j++)
                    x[i * columns + j] += sigma * ((i == k ? 1 : 0) - 2 * q[i] * q[k]) * ((j == k ? 1 : 0) - 2 * r[j] * r[k]);
        }
        var condition = ConditionNumber.Of(FeatureMatrix.Of(x, columns));
        condition.Rank.ShouldBe(side - 1);
        condition.Value.ShouldBe(400, 1e-7 * 400);
    }

    // T3 footnote 5: random data are worst conditioned at N = D, and no better for N ≪ D than for N ≫ D.
    [Fact]
    public void Square_random_data_are_worst_conditioned()
    {
        double Median(int n) => Enumerable.Range(0, 21)
            .Select(s => ConditionNumber.Of(FeatureMatrix.Of(Problems.Normal(new Random(s), n * 20), 20)).Value).Order().ElementAt(10);
        var (few, square, many) = (Median(5), Median(20), Median(80));
        square.ShouldBeGreaterThan(5 * few);
        square.ShouldBeGreaterThan(5 * many);
        (few / many).ShouldBeInRange(.7, 1.4);
        ConditionNumber.Of(FeatureMatrix.Of(new double[6], 3)).ShouldBe(new ConditionNumber(double.NaN, 0));
        ConditionNumber.Of(FeatureMatrix.Of([1, 2, 3], 3)).Value.ShouldBe(1);
    }
}
