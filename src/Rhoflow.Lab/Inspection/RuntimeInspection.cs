using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Models.Onnx;
using Rhoflow.Lab.Runs;
using Rhoflow.Losses;
using Rhoflow.Measures;
using Rhoflow.Measures.Catalog;
using Rhoflow.Networks;
using Rhoflow.Observations;

namespace Rhoflow.Lab.Inspection;

/// <summary>
/// The measures of a graph that another program computes: of its outputs, of what enters every layer, of the matrices of its layers. ρ is
/// the product of their Frobenius norms, whatever stands between them. What needs derivatives is not measured.
/// </summary>
internal static class RuntimeInspection
{
    /// <summary>Measures.</summary>
    /// <param name="n">Its data, loss and notes.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="families">Families of measures; none: all, without what takes long.</param>
    /// <param name="cancellation">Ends the measuring; what was measured before it is given.</param>
    /// <param name="told">What is told where it stands; null: nothing.</param>
    public static NetworkInspection Of(TrainedNetwork n, RuntimeGraph graph, IReadOnlyList<string> families,
        CancellationToken cancellation, InspectionWatch? told)
    {
        var observe = new ObserveConfig
        {
            Unit = "epoch",
            Measures = families.Count == 0 ? ["all"] : families,
            Detail = new DetailConfig(),
        };
        var (kept, left) = graph.Features(n.Train.Count + (n.Test?.Count ?? 0));
        var setting = new MeasureSetting(n.Network, n.Loss, n.Train, n.Test) { FeatureLayers = kept };
        var without = MeasureCatalog.All.Where(static m => m.Need is MeasureNeed.Gradients or MeasureNeed.Curvature).ToHashSet();
        var table = new MeasureTable(observe, setting, without) { KeepsPart = true };
        using var watch = new MeasureWatch(told is null ? static _ => { } : told.Progress);
        IReadOnlyList<DearMeasure> dear = [];
        if (told is not null)
        {
            watch.Forecast = MeasureForecast.Of(setting, curved: 0, static () => null);
            if (families.Count == 0)
            {
                dear = told.Dear(watch.Forecast, table);
                table = new MeasureTable(observe, setting, without.Concat(dear.Select(static d => d.Measure)).ToHashSet())
                {
                    KeepsPart = true,
                };
            }
        }
        var (f, features) = Run(n.Train);
        var point = TrainedPoint.Of(n.Network, n.Theta.ToArray(), [], f, n.Train.Y.ToArray(), LogLoss(n, n.Train, f), n.Reduction);
        var (testF, testFeatures) = n.Test is null ? ([], null) : Run(n.Test);
        var input = new MeasureInput(setting, point)
        {
            Test = n.Test is null ? null : OnTest(n, testF, point.LogRho),
            Features = features.GetValueOrDefault,
            TestFeatures = k => testFeatures?.GetValueOrDefault(k),
        };
        double[] noClocks = [double.NaN, double.NaN, double.NaN, double.NaN, double.NaN];
        var observation = table.Read(noClocks, input, isDue: static _ => true, static (_, _) => null, cancellation, watch);
        var inspection = NetworkInspection.Sorted(n.Network, table, observation, input);
        return inspection with
        {
            NotMeasured =
            [
                .. inspection.NotMeasured,
                .. without.Where(observe.Wants).OrderBy(static m => m.Family, StringComparer.Ordinal)
                    .Select(m => ($"{m.Family}/{m.Name}", $"it needs derivatives, which {graph.Runtime} does not give of this graph")),
                .. left.Select(static l => ($"collapse/features of W{l.K}", l.Why)),
            ],
            Point = observation.Point,
            Dear = dear,
            IsInterrupted = table.NotReached.Count > 0,
            Seconds = [.. watch.Took.GroupBy(static t => t.Measure.Family, StringComparer.Ordinal)
                .Select(static g => (g.Key, g.Sum(static t => t.Seconds)))],
        };

        (double[], IReadOnlyDictionary<int, FeatureMatrix>) Run(Data.Dataset data) =>
            graph.Run(data, kept, done => told?.Progress($"the outputs of {done} of {data.Count} examples"), cancellation);
    }

    private static TestResult OnTest(TrainedNetwork n, double[] f, double logRho)
    {
        var logLoss = LogLoss(n, n.Test!, f);
        NormsAndDirections.DivideByRho(f, logRho);
        return new TestResult(f, n.Test!.Y.ToArray(), n.Network.Outputs, logLoss);
    }

    private static double LogLoss(TrainedNetwork n, Data.Dataset data, double[] f) =>
        n.Loss.Evaluate(f, data.Y, n.Network.Outputs, new double[f.Length]).LogLoss
            - (n.Reduction == Reduction.Mean ? Math.Log(data.Count) : 0);
}
