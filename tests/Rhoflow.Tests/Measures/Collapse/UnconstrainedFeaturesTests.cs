using Rhoflow.Measures.Collapse;
using Rhoflow.Numerics;
using Rhoflow.Observations;
using Rhoflow.Papers.Since;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Measures.Collapse;

/// <summary>
/// A model whose collapse is exact, solved from random starts: all measures of collapse must be 0 on it, and not 0 beside it.
/// </summary>
public class UnconstrainedFeaturesTests
{
    private static UnconstrainedFeatures Model(int classes, int width, int examples, long seed) =>
        new(classes, width, examples, .01, new RandomStream(seed, 3));

    private static long Fresh => Environment.TickCount64;

    [Fact]
    public void The_slope_is_that_of_differences()
    {
        var model = Model(3, 5, 2, Fresh);
        double[] descent = new double[model.Parameters.Length], scratch = new double[descent.Length];
        model.Evaluate(model.Parameters, descent);
        for (var i = 0; i < descent.Length; i++)
        {
            double[] up = [.. model.Parameters], down = [.. model.Parameters];
            up[i] += 1e-5;
            down[i] -= 1e-5;
            (-(model.Evaluate(up, scratch) - model.Evaluate(down, scratch)) / 2e-5).ShouldBe(descent[i], 1e-8);
        }
    }

    // The frame written down, e_c − 1/K in the first K coordinates, is stationary and has the loss of the closed form.
    [Theory]
    [InlineData(2, 4, 3)]
    [InlineData(5, 7, 4)]
    public void The_closed_form_is_a_minimum(int classes, int width, int examples)
    {
        var model = Model(classes, width, examples, Fresh);
        Array.Clear(model.Parameters);
        var length = Math.Sqrt(model.LeastSquare / (classes - 1));
        for (var c = 0; c < classes; c++)
            for (var j = 0; j < classes; j++)
            {
                var entry = length * ((c == j ? 1 : 0) - 1.0 / classes);
                model.W[c * width + j] = entry;
                for (var i = 0; i < examples; i++) model.H[(c * examples + i) * width + j] = entry / Math.Sqrt(examples);
            }
        var (loss, slope) = model.At();
        loss.ShouldBe(model.LeastLoss, 1e-12);
        slope.ShouldBeLessThan(1e-12);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(6)]
    public void Every_measure_of_collapse_is_0_where_descent_ends(int classes)
    {
        var model = Model(classes, classes + 3, 3, Fresh);
        model.Descend(8000);
        model.At().Loss.ShouldBe(model.LeastLoss, 1e-10);
        var collapse = model.Collapse();
        collapse.Within.TraceRatio.ShouldBe(0, 1e-10);
        collapse.Within.PapyanHanDonoho.ShouldBe(0, 1e-10);
        collapse.Within.ClassDistance.ShouldBe(0, 1e-10);
        collapse.Means.Equinorm.ShouldBe(0, 1e-6);
        collapse.Means.Equiangularity.ShouldBe(0, 1e-6);
        collapse.Means.Distance.ShouldBe(0, 1e-6);
        collapse.Classifier!.Distance.ShouldBe(0, 1e-6);
        collapse.Duality!.Distance.ShouldBe(0, 1e-6);
        collapse.Duality.FrameDistance.ShouldBe(0, 1e-6);
        collapse.Centers.Disagreement.ShouldBe(0);
        if (classes == 2) collapse.MeanCosine.ShouldBe(-1, 1e-10);
    }

    // Each part of collapse undone by itself shows in its own measure.
    [Fact]
    public void What_is_not_collapsed_shows()
    {
        const int classes = 4, width = 7, examples = 3;
        var model = Model(classes, width, examples, 11);
        model.Descend(8000);
        var random = new RandomStream(Fresh, 4);
        double[] h = [.. model.H], w = [.. model.W];
        var labels = ClassLabels.Of([.. Enumerable.Range(0, classes * examples).Select(static n => n / examples)], classes);
        double[] spread = [.. h], longer = [.. h], turned = [.. w];
        foreach (ref var v in spread.AsSpan()) v += .1 * random.NextNormal();
        Vectors.Scale(2, longer.AsSpan(0, examples * width), longer.AsSpan(0, examples * width));
        foreach (ref var v in turned.AsSpan()) v += .5 * random.NextNormal();
        NeuralCollapse.Of(FeatureMatrix.Of(spread, width), labels, w).Within.TraceRatio.ShouldBeGreaterThan(1e-4);
        var unequal = NeuralCollapse.Of(FeatureMatrix.Of(longer, width), labels, w);
        unequal.Within.TraceRatio.ShouldBe(0, 1e-10);
        unequal.Means.Equinorm.ShouldBeGreaterThan(.01);
        NeuralCollapse.Of(FeatureMatrix.Of(h, width), labels, turned).Duality!.Distance.ShouldBeGreaterThan(.01);
    }

    [Fact]
    public void Classes_kept_alike_end_at_a_saddle()
    {
        var model = Model(4, 6, 3, Fresh);
        model.Descend(8000, merged: true);
        var (loss, slope) = model.At();
        slope.ShouldBeLessThan(1e-8);
        loss.ShouldBeGreaterThan(1.1 * model.LeastLoss);
        var direction = model.Parting();
        var scratch = new double[direction.Length];
        double[] up = [.. model.Parameters], down = [.. model.Parameters];
        Vectors.Add(1e-2, direction, up);
        Vectors.Add(-1e-2, direction, down);
        model.Evaluate(up, scratch).ShouldBeLessThan(loss);
        model.Evaluate(down, scratch).ShouldBeLessThan(loss);
    }
}
