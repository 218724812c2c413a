using System.Numerics;
using System.Text.Json.Nodes;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Runs;
using Rhoflow.Measures;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Observations;

namespace Rhoflow.Lab.Inspection;

/// <summary>One layer of an inspected network.</summary>
/// <param name="Name">W1 … WK.</param>
/// <param name="Kind">dense, diagonal or convolution.</param>
/// <param name="Shape">Rows × columns; maps × patch of a convolution.</param>
/// <param name="Values">Its measures by name.</param>
public sealed record InspectedLayer(string Name, string Kind, IReadOnlyList<int> Shape, IReadOnlyDictionary<string, double> Values);

/// <summary>
/// All measures of one trained network: the same that a run takes, of the same network by the same code. What a measure gives for each
/// layer stands
/// with the layer.
/// </summary>
/// <param name="Layers">First to last.</param>
/// <param name="Measures">Family, column and value, in the order of the catalogue.</param>
/// <param name="Arrays">Curves and spectra.</param>
/// <param name="NotMeasured">What does not apply or has no value, and why.</param>
public sealed record NetworkInspection(
    IReadOnlyList<InspectedLayer> Layers, IReadOnlyList<(string Family, string Column, double Value)> Measures,
    IReadOnlyList<(string Name, IReadOnlyList<double> Values)> Arrays, IReadOnlyList<(string What, string Why)> NotMeasured)
{
    /// <summary>The network as it was looked at: ρ_k, V_k, and what it gives on the training examples.</summary>
    internal Snapshot? Point { get; init; }

    /// <summary>By what was measured, where that has to be said.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Left out, since nobody asked for their families and they would take long.</summary>
    public IReadOnlyList<DearMeasure> Dear { get; init; } = [];

    /// <summary>What each family took, in seconds.</summary>
    public IReadOnlyList<(string Family, double Seconds)> Seconds { get; init; } = [];

    /// <summary>Cancelled: what was measured until then is here.</summary>
    public bool IsInterrupted { get; init; }

    /// <param name="network">What to look at.</param>
    /// <param name="families">Families of measures, or all.</param>
    /// <param name="curvatureExamples">Curvature is that of the loss on the first so many examples.</param>
    /// <param name="threads">No influence on results.</param>
    /// <param name="cancellation">Ends the measuring; what was measured before it is given.</param>
    /// <param name="watch">What is told where it stands; null: nothing.</param>
    /// <param name="tailReplicates">Of the bootstrap that tests power laws of spectra.</param>
    /// <param name="everyLayer">Whether features of every layer are looked at, not only what enters the last.</param>
    /// <exception cref="OperationCanceledException">Cancelled before anything was measured.</exception>
    public static NetworkInspection Of(TrainedNetwork network, IReadOnlyList<string> families, int curvatureExamples, int threads,
        CancellationToken cancellation = default, InspectionWatch? watch = null, int tailReplicates = 100, bool everyLayer = false)
    {
        if (network.Graph is { } graph) return RuntimeInspection.Of(network, graph, families, cancellation, watch);
        var setting = new MeasureSetting(network.Network, network.Loss, network.Train, network.Test)
        {
            IsSingle = network.Precision == Precision.Float32,
            WeightDecay = network.WeightDecay,
            TailReplicates = tailReplicates,
        };
        if (everyLayer) setting = setting with { FeatureLayers = [.. Enumerable.Range(1, network.Network.Depth)] };
        return network.Precision == Precision.Float32
            ? Of<float>(network, setting, families, curvatureExamples, threads, cancellation, watch)
            : Of<double>(network, setting, families, curvatureExamples, threads, cancellation, watch);
    }

    /// <summary>The layers, measures and reasons of `inspect --json`.</summary>
    public JsonObject ToJson() => new()
    {
        ["layers"] = new JsonArray([.. Layers.Select(static l => (JsonNode)new JsonObject(
            l.Values.Select(static v => KeyValuePair.Create(v.Key, (JsonNode?)RunDocument.Number(v.Value)))
            .Prepend(KeyValuePair.Create("shape", (JsonNode?)new JsonArray([.. l.Shape.Select(static s => (JsonNode)s)])))
            .Prepend(KeyValuePair.Create("kind", (JsonNode?)l.Kind)).Prepend(KeyValuePair.Create("name", (JsonNode?)l.Name))))]),
        ["measures"] = new JsonObject(Measures.Select(static m => KeyValuePair.Create(m.Column, (JsonNode?)RunDocument.Number(m.Value)))),
        ["notes"] = new JsonArray([.. Notes.Select(static n => (JsonNode)n)]),
        ["seconds"] = new JsonObject(Seconds.Select(static s => KeyValuePair.Create(s.Family, (JsonNode?)Math.Round(s.Seconds, 3)))),
        ["not_measured"] = new JsonArray(
            [.. NotMeasured.Select(static n => (JsonNode)new JsonObject { ["what"] = n.What, ["why"] = n.Why }),
                .. Dear.Select(static d => (JsonNode)new JsonObject
                {
                    ["what"] = $"{d.Measure.Family}/{d.Measure.Name}",
                    ["why"] = $"it takes about {MeasureWatch.Words(d.Seconds)}; --measures {d.Measure.Family}",
                })]),
        ["interrupted"] = IsInterrupted,
    };

    private static NetworkInspection Of<T>(TrainedNetwork n, MeasureSetting setting, IReadOnlyList<string> families, int curvatureExamples,
        int threads, CancellationToken cancellation, InspectionWatch? told) where T : unmanaged, IFloatingPointIeee754<T>
    {
        told?.Progress("preparing");
        var detail = new DetailConfig { Gradients = true, Curvature = true, CurvatureExamples = curvatureExamples };
        var observer = new NetworkObserver<T>(n, setting, curvatureExamples, threads, cancellation);
        var observe = new ObserveConfig { Unit = "epoch", Measures = families.Count == 0 ? ["all"] : families, Detail = detail };
        var table = new MeasureTable(observe, setting) { KeepsPart = true };
        using var watch = new MeasureWatch(told is null ? static _ => { } : told.Progress);
        IReadOnlyList<DearMeasure> dear = [];
        if (told is not null)
        {
            told.Progress("timing some passes");
            watch.Forecast = observer.Forecast(table);
            if (families.Count == 0)
            {
                dear = told.Dear(watch.Forecast, table);
                table = new MeasureTable(observe, setting, dear.Select(static d => d.Measure).ToHashSet()) { KeepsPart = true };
            }
            told.Announce(watch.Forecast.Outputs(n.Train.Count + (n.Test?.Count ?? 0)),
                watch.Forecast.Of(table.Taken.Select(static t => t.Measure)));
            told.Progress($"the outputs of {n.Train.Count + (n.Test?.Count ?? 0)} examples");
        }
        double[] noClocks = [double.NaN, double.NaN, double.NaN, double.NaN, double.NaN];
        var observation = observer.Observe(table, noClocks, watch, out var input);
        return Sorted(n.Network, table, observation, input) with
        {
            Point = observation.Point,
            Dear = dear,
            IsInterrupted = table.NotReached.Count > 0,
            Seconds = [.. watch.Took.GroupBy(static t => t.Measure.Family, StringComparer.Ordinal)
                .Select(static g => (g.Key, g.Sum(static t => t.Seconds)))],
            Notes = [.. observer.Notes(table)],
        };
    }

    // A column NAME_1 … NAME_K belongs to the layers.
    internal static NetworkInspection Sorted(Network network, MeasureTable table, Observation observation, MeasureInput input)
    {
        var values = table.Names.Zip(observation.Row).ToDictionary(static v => v.First, static v => v.Second, StringComparer.Ordinal);
        var layers = Enumerable.Range(0, network.Depth).Select(k => new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["frobenius"] = Math.Abs(observation.Point.RhoK[k]),
        }).ToArray();
        var measures = new List<(string, string, double)>();
        var missing = new List<(string, string)>([.. table.Refused, .. table.Failed,
            .. table.NotReached.Select(static m => ($"{m.Family}/{m.Name}", "interrupted"))]);
        foreach (var (measure, columns) in table.Taken.Where(t => !table.NotReached.Contains(t.Measure)))
        {
            if (missing.TrueForAll(f => f.Item1 != $"{measure.Family}/{measure.Name}") && columns.Length > 0
                && Array.TrueForAll(columns, c => double.IsNaN(values[c])))
                missing.Add(($"{measure.Family}/{measure.Name}", "it has no value for this network on these data"));
            missing.AddRange(measure.Gaps(input).Select(g => ($"{measure.Family}/{measure.Name} of {g.What}", g.Why)));
            foreach (var column in columns)
            {
                if (OfLayer(column, network.Depth, values.Keys) is var (name, k)) layers[k - 1][name] = values[column];
                else measures.Add((measure.Family, column, values[column]));
            }
        }
        return new NetworkInspection(
            [.. network.Layers.Select((l, k) => new InspectedLayer($"W{k + 1}", l.Kind.ToString().ToLowerInvariant(), [l.Rows, l.Columns],
                layers[k]))],
            measures, [.. table.Arrays.Zip(observation.Arrays, static (a, row) => (a.Name, (IReadOnlyList<double>)row))], missing);
    }

    private static (string Name, int K)? OfLayer(string column, int depth, ICollection<string> all)
    {
        var cut = column.LastIndexOf('_');
        if (cut < 1 || !int.TryParse(column.AsSpan(cut + 1), System.Globalization.NumberStyles.None,
            System.Globalization.CultureInfo.InvariantCulture, out var k) || k < 1 || k > depth) return null;
        var name = column[..cut];
        return Enumerable.Range(1, depth).All(i => all.Contains($"{name}_{i}")) ? (name, k) : null;
    }
}
