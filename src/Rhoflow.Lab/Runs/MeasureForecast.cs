using System.Diagnostics;
using Rhoflow.Measures;
using Rhoflow.Measures.Curvature;
using Rhoflow.Observations;

namespace Rhoflow.Lab.Runs;

/// <summary>
/// About how long measures take, known before they start: operations by the measures' own counts, at speeds that a few passes over some of
/// the examples show. Good to a factor of two; close eigenvalues take longer.
/// </summary>
internal sealed class MeasureForecast
{
    /// <summary>Examples that speeds are taken from.</summary>
    public const int Trial = 128;

    // Of a product with the Hessian, which takes a second or two; networks of few operations show their speed on more examples.
    private const double TrialFlops = 2e10;

    // Seen on two threads with AVX2 and more: matrix products, and decompositions by MathNet, on the n·m·min(n, m) that they count.
    private const double Operations = 2e10, Decomposed = 1.2e8;

    // Of a backward pass, and of a product with the Hessian.
    private const double Forward = 0.5, ForwardOfProduct = 1.0 / 6;

    private readonly MeasureSetting _setting;
    private readonly int _curved;
    private readonly double _product, _gradient, _pass, _output;

    private MeasureForecast(MeasureSetting setting, int curved, double product, double gradient, double pass, double output) =>
        (_setting, _curved, _product, _gradient, _pass, _output) = (setting, curved, product, gradient, pass, output);

    /// <summary>The examples that speeds are taken from: at most <see cref="Trial"/>, fewer where one of them takes long.</summary>
    /// <param name="setting">What is measured of what.</param>
    /// <param name="curved">Examples that curvature is taken on.</param>
    public static int[] Some(MeasureSetting setting, int curved) =>
        [.. Enumerable.Range(0, Math.Min(curved, (int)Math.Clamp(TrialFlops / Flops(setting, 1), 2, Trial)))];

    /// <summary>Examples that outputs show their speed on: more than derivatives, which take longer.</summary>
    /// <param name="setting">What is measured of what.</param>
    /// <param name="examples">That there are.</param>
    public static int[] SomeOutputs(MeasureSetting setting, int examples) =>
        [.. Enumerable.Range(0, Math.Min(examples, (int)Math.Clamp(TrialFlops / (ForwardOfProduct * Flops(setting, 1)), 2, Trial)))];

    /// <summary>Takes the speeds that are asked for: of a large network each of them costs seconds.</summary>
    /// <param name="setting">What is measured of what.</param>
    /// <param name="curved">Examples that curvature is taken on.</param>
    /// <param name="some">Makes the derivatives on at most <see cref="Trial"/> examples; null where there are none.</param>
    /// <param name="measures">What the forecast will be of; null: anything.</param>
    /// <param name="output">Takes the seconds that the outputs of one example take; null: half a backward pass in float64.</param>
    public static MeasureForecast Of(MeasureSetting setting, int curved, Func<Linearization?> some,
        IReadOnlyCollection<Measure>? measures = null, Func<double>? output = null)
    {
        var products = measures?.Any(static m => m.Need == MeasureNeed.Curvature) ?? true;
        var gradients = measures?.Any(m => m.Work(setting).Gradients > 0) ?? true;
        var back = output is null || (measures?.Any(static m => m.Need == MeasureNeed.Gradients) ?? true);
        var forward = output?.Invoke();
        using var passes = products || gradients || back ? some() : null;
        if (passes is null) return new MeasureForecast(setting, curved, 0, 0, 0, forward ?? 0);
        double[] direction = [.. passes.Theta], result = new double[direction.Length];
        // The first of everything compiles.
        var product = products ? Time(() => passes.HessianVectorProduct(direction, result)) : 0;
        var gradient = gradients ? Time(() => passes.EachVectorJacobianProduct([0, passes.Data.Count - 1],
            new double[2 * setting.Network.Outputs], static (_, _, _) => { })) / 2 : 0;
        var pass = back ? Time(() => passes.VectorJacobianProduct(passes.Weights, result)) / passes.Data.Count : 0;
        return new MeasureForecast(setting, curved, product / Flops(setting, passes.Data.Count), gradient, pass, forward ?? Forward * pass);
    }

    /// <summary>Seconds of the outputs of so many examples.</summary>
    public double Outputs(int examples) => _output * examples;

    /// <summary>Seconds of some work, done a second time: the first compiles.</summary>
    public static double Time(Action work)
    {
        work();
        var clock = Stopwatch.StartNew();
        work();
        return clock.Elapsed.TotalSeconds;
    }

    /// <summary>
    /// Seconds of each of some measures, in their order: what several of them share is counted with the first.
    /// </summary>
    public IReadOnlyList<(Measure Measure, double Seconds)> Of(IEnumerable<Measure> measures)
    {
        var seconds = new List<(Measure, double)>();
        var names = new List<string>();
        var shared = new HashSet<string>(StringComparer.Ordinal) { "" };
        var before = 0.0;
        // Derivatives by the same statistics share a forward pass; where activations do not fit, each backward pass has one of its own.
        var (examples, linearized) = (_setting.Train?.Count ?? 0, new HashSet<bool>());
        var kept = BlockLinearization<double>.Keeps(_setting.Network, Math.Max(1, examples), sizeof(double)).All;
        foreach (var measure in measures)
        {
            var work = measure.Work(_setting);
            if (work.Shared.Length > 0 && !shared.Add(work.Shared)) work = MeasureWork.Little;
            names.Add(measure.Name);
            var curvature = measure.Need == MeasureNeed.Curvature ? Curvature(names) : before;
            var whole = work.Passes * (kept ? 1 : 1 + Forward);
            var through = measure.GoesThroughStatistics && _setting.Network.StatisticsCount > 0;
            // What looks at some examples alone needs no outputs of the others.
            if (measure.Need == MeasureNeed.Gradients && work.Examples == 0 && linearized.Add(through)) whole += Forward;
            seconds.Add((measure, whole * _pass * examples + work.Gradients * _gradient + work.Examples * _pass
                + work.Operations / Operations + work.Decomposed / Decomposed
                + Math.Max(0, curvature - before)));
            before = curvature;
        }
        return seconds;
    }

    /// <summary>The products with the Hessian that a measure takes by itself; 0: none.</summary>
    public long Products(Measure measure) => CurvatureForecast.Of(_setting, [measure.Name], _curved).Products;

    private double Curvature(IReadOnlyCollection<string> names)
    {
        var forecast = CurvatureForecast.Of(_setting, names, _curved);
        return forecast.Products * forecast.LayerFlops.Sum() * _product + forecast.DenseFlops / Operations;
    }

    private static double Flops(MeasureSetting setting, int examples) =>
        Math.Max(1, CurvatureForecast.Of(setting, ["hessian_ends"], examples).LayerFlops.Sum());
}
