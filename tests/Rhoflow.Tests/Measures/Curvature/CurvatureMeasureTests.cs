using Rhoflow.Kernels;
using Rhoflow.Losses;
using Rhoflow.Measures;
using Rhoflow.Measures.Curvature;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Numerics.Eigen;
using Rhoflow.Observations;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Measures.Curvature;

public sealed class CurvatureMeasureTests
{
    private static readonly Team One = new();

    public static TheoryData<string> Names => [.. CurvaturePoints.Names];

    // Every column beside the eigenvalues of the matrix that is written out; layers and spheres beside their own matrices.
    [Theory]
    [MemberData(nameof(Names))]
    public void Columns_are_those_of_the_dense_matrix(string name)
    {
        using var passes = CurvaturePoints.At(name, 4);
        var input = Input(passes, learningRate: 0.3);
        var hessian = new CurvatureOperator(passes, CurvatureKind.Hessian);
        var unit = Math.Exp(hessian.LogScale);
        double[] all = [.. DenseOperator.Of(hessian).Eigenvalues(One).Select(e => e * unit)];
        var norm = Math.Max(Math.Abs(all[0]), Math.Abs(all[^1]));
        var row = Row(input);
        row["hessian_log10_scale"].ShouldBe(0);
        row["curvature_log10_loss"].ShouldBe(passes.Value.LogLoss / Math.Log(10), 1e-12);
        foreach (var end in (string[])["hessian_top", "hessian_bottom", "hessian_trace", "tangent_top", "tangent_bottom"])
        {
            row["log10_abs_" + end].ShouldBe(Math.Log10(Math.Abs(row[end])), 1e-9);
            row[end + "_sign"].ShouldBe(Math.Sign(row[end]));
        }
        // Lanczos' eigenvalues are within their residuals.
        Math.Abs(row["hessian_top"] - all[^1]).ShouldBeLessThanOrEqualTo(row["hessian_top_residual"] + 1e-12 * norm);
        Math.Abs(row["hessian_bottom"] - all[0]).ShouldBeLessThanOrEqualTo(row["hessian_bottom_residual"] + 1e-12 * norm);
        row["hessian_top_residual"].ShouldBeLessThan(2e-4 * norm);
        var sharpness = all[^1];
        row["log10_sharpness"].ShouldBe(Math.Log10(sharpness), 1e-6);
        row["sharpness_times_rate_over_2"].ShouldBe(0.3 / 2 * sharpness, 1e-6 * sharpness);
        if (name == "linear, square") row["gauss_newton_share"].ShouldBe(1, 1e-12);
        else row["gauss_newton_share"].ShouldBeInRange(0, double.PositiveInfinity);
        var trace = row["hessian_trace"];
        Math.Abs(trace - all.Sum()).ShouldBeLessThan(6 * row["hessian_trace_error"] + 1e-9 * norm);
        var gaussNewton = DenseOperator.Of(new CurvatureOperator(passes, CurvatureKind.GaussNewton)).Eigenvalues(One).Sum() * unit;
        Math.Abs(row["gauss_newton_trace"] - gaussNewton).ShouldBeLessThan(6 * row["gauss_newton_trace_error"] + 1e-9 * (1 + gaussNewton));
        var signs = Signature.Of(all, 1e-9);
        (row["weights_hessian_negative"], row["weights_hessian_zero"], row["weights_hessian_positive"], row["weights_hessian_error"])
            .ShouldBe((signs.Negative, signs.Zero, signs.Positive, 0));
        row["weights_hessian_threshold"].ShouldBe(1e-9 * norm, 1e-20);
        for (var k = 1; k <= passes.Network.Depth; k++)
        {
            var own = DenseOperator.Of(new LayerBlock(hessian, passes.Network.Layers[k - 1])).Eigenvalues(One);
            row[$"hessian_top_{k}"].ShouldBe(own[^1] * unit, 1e-6 * norm);
        }
        double[] tangent = [.. DenseOperator.Of(new TangentOperator(passes)).Eigenvalues(One).Select(e => e * unit)];
        var size = tangent.Max(Math.Abs);
        row["tangent_top"].ShouldBe(tangent[^1], 2e-4 * size);
        row["tangent_bottom"].ShouldBe(tangent[0], 2e-4 * size);
    }

    [Fact]
    public void Arrays_have_their_length_and_densities_integrate_to_one()
    {
        using var passes = CurvaturePoints.At("three classes, cross-entropy", 5);
        var arrays = Arrays(Input(passes));
        double[] at = arrays["hessian_density_at"], density = arrays["hessian_density"];
        at.Length.ShouldBe(CurvatureMeasures.DensityPoints);
        var step = at[1] - at[0];
        (density.Sum() * step).ShouldBe(1, 5e-3);
        arrays["hessian_density_error"].ShouldAllBe(static e => e == 0);
        var p = passes.Network.ParameterCount;
        arrays["hessian_eigenvalues"].Length.ShouldBe(25);
        var unit = Math.Exp(passes.Value.LogScale);
        var hessian = new CurvatureOperator(passes, CurvatureKind.Hessian);
        double[] expected = [.. DenseOperator.Of(hessian).Eigenvalues(One).Select(e => e * unit)];
        // Positions are eigenvalues: three widths beyond both ends.
        at[0].ShouldBe(expected[0] - 3 * (expected[^1] - expected[0]) / 100, 1e-6 * expected[^1]);
        for (var i = 0; i < 20; i++) arrays["hessian_eigenvalues"][i].ShouldBe(expected[^(i + 1)], 1e-4 * expected[^1]);
        for (var i = 0; i < 5; i++) arrays["hessian_eigenvalues"][20 + i].ShouldBe(expected[4 - i], 1e-4 * expected[^1]);

        using var few = CurvaturePoints.At("linear, square", 5);
        var padded = Arrays(Input(few))["hessian_eigenvalues"];
        padded.Count(double.IsNaN).ShouldBe(25 - few.Network.ParameterCount);
    }

    // (2/N) XᵀX of 5,100 inputs and 20 examples: above the size that is written out, estimated, and known from the 20 × 20 matrix XXᵀ.
    [Fact]
    public void Large_networks_are_estimated_with_their_errors()
    {
        const int N = 20, D = 5100;
        var x = Problems.Normal(new Random(7), N * D);
        var data = new Rhoflow.Data.Dataset("wide", x, [.. Enumerable.Range(0, N).Select(static n => n % 2 * 2 - 1.0)], D);
        using var passes = Linearization.Of<double>(Network.Dense(D, 1), Loss.Square, data, Reduction.Mean, new double[D], default, 1);
        var gram = new double[N * N];
        for (var i = 0; i < N; i++)
            for (var j = 0; j < N; j++)
                gram[i * N + j] = 2.0 / N * Vectors.Dot(x.AsSpan(i * D, D), x.AsSpan(j * D, D));
        double[] expected = [.. new DenseOperator(gram, N).Eigenvalues(One).Reverse()];
        var (row, arrays) = (Row(Input(passes)), Arrays(Input(passes)));
        for (var i = 0; i < N; i++) arrays["hessian_eigenvalues"][i].ShouldBe(expected[i], 1e-4 * expected[0]);
        for (var i = N; i < 25; i++) arrays["hessian_eigenvalues"][i].ShouldBe(0, 1e-4 * expected[0]);
        row["hessian_trace"].ShouldBe(expected.Sum(), 1e-9 * expected[0]);
        row["hessian_trace_error"].ShouldBeLessThan(1e-9 * expected[0]);
        var error = row["weights_hessian_error"];
        error.ShouldBeInRange(0.1, 10);
        row["weights_hessian_positive"].ShouldBe(N, 5 * error);
        row["weights_hessian_zero"].ShouldBe(D - N, 5 * error);
        row["weights_hessian_negative"].ShouldBe(0, 1e-9);
        row["weights_hessian_threshold"].ShouldBe(1e-3 * expected[0], 1e-6 * expected[0]);
        arrays["hessian_density_error"].Max().ShouldBeGreaterThan(0);
    }

    // At L = 1e-868 a double holds no eigenvalue: their logarithms and signs are there, and the arrays are over 10^hessian_log10_scale.
    [Fact]
    public void Numbers_stay_finite_where_the_loss_leaves_the_range_of_a_double()
    {
        var data = new Rhoflow.Data.Dataset("two", [1, .5, .4, 1.2], [1, 1], 2);
        double[] w = [2000, 1000];
        using var passes = Linearization.Of<double>(Network.Dense(2, 1), Loss.Exponential, data, Reduction.Sum, w, default, 1);
        var (row, arrays) = (Row(Input(passes)), Arrays(Input(passes)));
        // One example decides: z zᵀ with z = (.4, 1.2), e^{−2000} of it.
        foreach (var name in (string[])["hessian_top", "hessian_trace", "hessian_top_1", "gauss_newton_trace"])
            row[name].ShouldBe(double.NaN);
        var log10 = (Math.Log(1.6) - 2000) / Math.Log(10);
        row["log10_sharpness"].ShouldBe(log10, 1e-9);
        row["log10_abs_hessian_top"].ShouldBe(log10, 1e-9);
        row["hessian_top_sign"].ShouldBe(1);
        row["log10_hessian_top_1"].ShouldBe(log10, 1e-9);
        row["log10_abs_hessian_trace"].ShouldBe(log10, 1e-9);
        row["log10_gauss_newton_trace"].ShouldBe(log10, 1e-9);
        row["log10_weights_hessian_threshold"].ShouldBe(log10 - 9, 1e-9);
        row["hessian_log10_scale"].ShouldBe(-2000 / Math.Log(10), 1e-9);
        arrays["hessian_eigenvalues"][0].ShouldBe(1.6, 1e-9);
        var at = arrays["hessian_density_at"];
        (arrays["hessian_density"].Sum() * (at[1] - at[0])).ShouldBe(1, 5e-3);
        row.Values.Count(double.IsInfinity).ShouldBe(0);
    }

    [Theory]
    [InlineData(1.6, -2000.0, double.NaN)]
    [InlineData(-3, 2000.0, double.NaN)]
    [InlineData(-1e-200, 800.0, -2.7263745721125666e147)]      // e^800 alone is no double
    [InlineData(1e200, -800.0, 3.6678745841776872e-148)]
    [InlineData(0, -2000.0, 0.0)]
    [InlineData(7, 0.0, 7.0)]
    public void A_number_is_itself_wherever_a_double_holds_it(double v, double s, double expected)
    {
        var value = Sizes.Times(v, s);
        if (double.IsNaN(expected)) value.ShouldBe(double.NaN);
        else if (expected == 0) value.ShouldBe(0);
        else value.ShouldBe(expected, 1e-12 * Math.Abs(expected));
        var (own, log, sign) = (Sizes.Of(v, s)[0], Sizes.Of(v, s)[1], Sizes.Of(v, s)[2]);
        own.Equals(value).ShouldBeTrue();
        sign.ShouldBe(Math.Sign(v));
        if (v == 0) log.ShouldBe(double.NaN);
        else log.ShouldBe(Math.Log10(Math.Abs(v)) + s / Math.Log(10), 1e-12 * Math.Abs(s) + 1e-12);
    }

    // (2/N) XᵀX ⊗ I: known from the data alone. The sum over examples has N times the curvature of the mean.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Eigenvalues_of_a_linear_network_are_those_of_the_second_moments(int seed)
    {
        const int N = 40, D = 3, C = 2;
        var random = new Random(seed);
        var x = Problems.Normal(random, N * D);
        var data = new Rhoflow.Data.Dataset("random", x, [.. Enumerable.Range(0, N).Select(_ => (double)random.Next(C))], D);
        var moments = new double[D * D];
        for (var n = 0; n < N; n++)
            for (var i = 0; i < D; i++)
                for (var j = 0; j < D; j++) moments[i * D + j] += 2 * x[n * D + i] * x[n * D + j];
        var expected = new DenseOperator(moments, D).Eigenvalues(One);
        foreach (var (reduction, factor) in (ReadOnlySpan<(Reduction, double)>)[(Reduction.Sum, 1), (Reduction.Mean, 1.0 / N)])
        {
            using var passes = Linearization.Of<double>(Network.Dense(D, C), Loss.Square, data, reduction, Problems.Normal(random, D * C),
                default, 1);
            var (row, arrays) = (Row(Input(passes)), Arrays(Input(passes)));
            row["hessian_top"].ShouldBe(factor * expected[^1], 1e-9 * expected[^1]);
            row["hessian_bottom"].ShouldBe(factor * expected[0], 1e-9 * expected[^1]);
            row["hessian_trace"].ShouldBe(factor * C * expected.Sum(), 1e-9 * expected[^1]);
            row["gauss_newton_trace"].ShouldBe(factor * C * expected.Sum(), 1e-9 * expected[^1]);
            row["hessian_top_1"].ShouldBe(factor * expected[^1], 1e-9 * expected[^1]);
            for (var i = 0; i < D * C; i++)
                arrays["hessian_eigenvalues"][i].ShouldBe(factor * expected[^(i / C + 1)], 1e-6 * expected[^1]);
        }
    }

    [Fact]
    public void Without_derivatives_there_are_no_numbers_and_scalar_equations_are_refused()
    {
        var network = Network.Dense(2, 1);
        var setting = new MeasureSetting(network, Loss.Exponential);
        var input = new MeasureInput(setting, new Snapshot(network, [1], [.6, .8], 0, [], [], 0, 0));
        foreach (var measure in CurvatureMeasures.All)
        {
            measure.Values(input).ShouldAllBe(static v => double.IsNaN(v));
            measure.Values(input).Length.ShouldBe(measure.Columns(setting).Length);
            foreach (var array in measure.Arrays) array.Values(input).Length.ShouldBe(array.Length(setting));
        }
        CurvatureMeasures.All[1].Refuse(new MeasureSetting(network))!.ShouldContain("scalar equations");
    }

    // The sum of the layers' multiply-adds, counted by hand: 4·5 + 5·3 weights, 10 examples; W_1's input does not move.
    [Fact]
    public void The_forecast_counts_products_and_operations()
    {
        var network = Network.Dense(4, 5, 3);
        var setting = new MeasureSetting(network, Loss.CrossEntropy);
        var forecast = CurvatureForecast.Of(setting, ["hessian_signs", "hessian_density", "norms"], 10);
        forecast.Products.ShouldBe(35);
        forecast.LayerFlops.ShouldBe([2 * 2.0 * 10 * 20, 6 * 2.0 * 10 * 15]);
        forecast.Flops.ShouldBe(35 * 2600 + 4.0 / 3 * 35 * 35 * 35, 1e-6);
        forecast.Seconds(2).ShouldBe(forecast.Flops / 2e9, 1e-15);
        forecast.Bytes.ShouldBe(2 * 8 * 35 * 35 + 4 * 10 * (4 + 5 + 5 + 3) * 8);
        CurvatureForecast.Of(setting, ["hessian_trace"], 10).Products.ShouldBe(120);
        CurvatureForecast.Of(setting, ["margin_min"], 10).Flops.ShouldBe(0);
        // Lanczos on small matrices ends with them.
        CurvatureForecast.Of(setting, ["hessian_ends"], 10).Products.ShouldBe(35);
        // Too many activations to keep: outputs and deltas are computed again for every product.
        CurvatureForecast.Of(setting, ["hessian_trace"], 10_000_000).LayerFlops.ShouldBe([3 * 2e7 * 20, 8 * 2e7 * 15]);
    }

    private static MeasureInput Input(Linearization passes, double learningRate = double.NaN)
    {
        var snapshot = new Snapshot(passes.Network, [.. Enumerable.Repeat(1.0, passes.Network.Depth)], passes.Theta.ToArray(), 0,
            passes.Outputs.ToArray(), passes.Data.Y.ToArray(), passes.Value.LogLoss, 0);
        return new MeasureInput(new MeasureSetting(passes.Network, passes.Loss, passes.Data), snapshot)
        {
            Passes = passes,
            LearningRate = learningRate
        };
    }

    private static Dictionary<string, double> Row(MeasureInput input) => CurvatureMeasures.All
        .SelectMany(m => m.Columns(input.Setting).Zip(m.Values(input), static (column, value) => (column, value)))
        .ToDictionary(static c => c.column, static c => c.value, StringComparer.Ordinal);

    private static Dictionary<string, double[]> Arrays(MeasureInput input) => CurvatureMeasures.All
        .SelectMany(static m => m.Arrays).ToDictionary(static a => a.Name, a => a.Values(input), StringComparer.Ordinal);
}
