using System.Globalization;
using Rhoflow.Lab.Config;
using Rhoflow.Measures;
using Rhoflow.Measures.Catalog;

namespace Rhoflow.Lab.Experiments;

/// <summary>When a run is looked at, and what is written down.</summary>
public sealed record ObserveConfig
{
    private static readonly string[] s_order =
    [
        "loss", "norms", "margins", "direction", "normalized-loss", "equilibrium", "collapse", "structure", "spectra", "curvature",
        "bounds", "limits",
    ];

    /// <summary>All families that configs may name: the library's in their order, then those of extensions.</summary>
    public static IReadOnlyList<string> Families => [.. s_order, .. MeasureCatalog.Families.Except(s_order, StringComparer.Ordinal)];

    /// <summary>
    /// How the times were written: t, log10-t or both (instants), log-spaced (so many, filled in between start and end), every or epoch (of
    /// descents), each (of checkpoints: whenever one appears).
    /// </summary>
    public required string Unit { get; init; }

    /// <summary>Flows: the observed instants, increasing.</summary>
    public IReadOnlyList<TimeValue> Instants { get; init; } = [];

    /// <summary>Those of <see cref="Instants"/> that were written as t; the others were written as log₁₀ t.</summary>
    public IReadOnlyList<TimeValue> InT { get; init; } = [];

    /// <summary>Descents: the observed epochs, increasing, from 0 (the start) to the last.</summary>
    public IReadOnlyList<int> Epochs { get; init; } = [];

    /// <summary>Descents: the distance of the epochs; 0 where they are log-spaced or listed.</summary>
    public int Every { get; init; }

    /// <summary>n of log-spaced; 0 otherwise.</summary>
    public int LogSpaced { get; init; }

    /// <summary>
    /// Families and single measures (family/name, none of a family that is there whole), or the single word default (what costs next to
    /// nothing and applies) or all.
    /// </summary>
    public IReadOnlyList<string> Measures { get; init; } = ["default"];

    /// <summary>Keep W_k (ρ_k, V_k) of every observation.</summary>
    public bool Weights { get; init; }

    /// <summary>How far measures go that cost more than outputs.</summary>
    public DetailConfig Detail { get; init; } = new();

    private static readonly ConfigKey[] s_flowTimes =
    [
        .. InstantList.Described,
        new("log-spaced", ConfigForm.Whole, "so many at equal distances of log t (epochs for descents)") { Example = "50" },
        new("every", ConfigForm.Text | ConfigForm.Whole, "descents: a distance in epochs") { Example = "10 epochs" },
    ];

    private static readonly ConfigKey[] s_descentTimes =
        [s_flowTimes[^1], new("epoch", ConfigForm.List, "descents: these epochs") { Example = "[0, 1, 10]" }, .. s_flowTimes[..^1]];

    /// <summary>The keys of <c>observe</c>.</summary>
    internal static IReadOnlyList<ConfigKey> Described =>
    [
        new("at", ConfigForm.Map, "when; start and end are observed always in descents")
        {
            Keys = s_descentTimes,
            Default = "50 log-spaced instants, or every fiftieth of the epochs",
            Example = "{log-spaced: 50}",
        },
        new("measures", ConfigForm.List | ConfigForm.Word, "families of measures, or single ones as family/name (`rhoflow list measures`)")
        {
            Words = [.. Words, .. MeasureCatalog.All.Select(Single)],
            Default = "default: what costs no more than outputs",
            Example = "[loss, norms, margins]",
        },
        new("weights", ConfigForm.Flag, "keep W_k (ρ_k, V_k) of every observation") { Default = "false", Example = "true" },
        .. DetailConfig.Described,
    ];

    private static string[] Words => ["default", "all", .. Families];

    private static string Single(Measure measure) => $"{measure.Family}/{measure.Name}";

    private const int Most = 1_000_000;

    private const string Each = "each";

    /// <summary>Where log-spaced instants begin when the run starts at 0.</summary>
    private const double FirstLog10T = -2;

    /// <summary>What a flow's config says.</summary>
    internal static ObserveConfig Read(ConfigNode? node, ConfigNode root, FlowConfig flow)
    {
        var (map, what) = ReadWhat(node, always: true);
        if (map?["batch-norm"] is { } by) throw by.Error("has a meaning for descents only: networks of flows have no batch normalization");
        if (map?["at"] is not { } at)
        {
            if (flow.Until is null)
                throw (node ?? root).Error(
                    "neither flow.until nor observe.at says how far to go; give one of them, for example flow: {until: {t: 1e4}}");
            return what with { Unit = "log-spaced", Instants = Spaced(50, flow), LogSpaced = 50 };
        }
        var when = at.Map(s_flowTimes);
        if (when["every"] is { } every)
            throw every.Error("counts the steps of a descent; a flow is observed at {t: […]}, {log10-t: […]} or {log-spaced: 50}");
        if (when["log-spaced"] is { } count)
        {
            when.OneOf("t", "log10-t", "log-spaced");
            if (flow.Until is null) throw count.Error("needs flow.until, the end of the instants");
            var n = count.Count(1);
            return n <= 100_000
                ? what with { Unit = "log-spaced", Instants = Spaced(n, flow), LogSpaced = n }
                : throw count.Error("at most 100000 observations");
        }
        if (!when.Has("t") || !when.Has("log10-t")) when.OneOf("t", "log10-t", "log-spaced");
        var (instants, inT) = InstantList.Read(when, flow);
        var unit = inT.Count == instants.Count ? "t" : inT.Count == 0 ? "log10-t" : "both";
        return what with { Unit = unit, Instants = instants, InT = inT };
    }

    /// <summary>What a descent's config says; the start and the last epoch are always observed.</summary>
    internal static ObserveConfig Read(ConfigNode? node, DescentConfig descent)
    {
        var (map, what) = ReadWhat(node, always: false);
        ObserveConfig At(string unit, IEnumerable<int> epochs, int every = 0, int logSpaced = 0) => what with
        {
            Unit = unit,
            Epochs = [.. epochs.Append(0).Append(descent.Epochs).Where(e => e <= descent.Epochs).Distinct().Order()],
            Every = every,
            LogSpaced = logSpaced,
        };
        IEnumerable<int> Multiples(int every) => Enumerable.Range(0, descent.Epochs / every + 1).Select(i => i * every);
        ConfigException TooMany(ConfigNode place, long count) => place.Error($"these are {count} observations; at most {Most} are written: "
            + $"give {{every: {descent.Epochs / 1000} epochs}} or {{log-spaced: 50}}");
        if (map?["at"] is not { } at)
        {
            var every = Math.Max(1, descent.Epochs / 50);
            return At("every", Multiples(every), every);
        }
        var when = at.Map(s_descentTimes);
        foreach (var key in at.Keys.Where(static k => k is "t" or "log10-t"))
            throw when[key]!.Error(
                "are instants of a flow; a descent is observed at {every: 10 epochs}, {epoch: [0, 1, 10]} or {log-spaced: 50}");
        switch (when.OneOf("every", "epoch", "log-spaced"))
        {
            case "every":
                var distance = ReadEvery(when["every"]!);
                if (descent.Epochs / distance + 1 > Most) throw TooMany(when["every"]!, descent.Epochs / distance + 1);
                return At("every", Multiples(distance), distance);
            case "epoch":
                var listed = RateConfig.Epochs(when["epoch"]!);
                if (listed.Length > 0 && listed[^1] > descent.Epochs)
                    throw when["epoch"]!.Error($"epoch {listed[^1]} lies after the last, descent.epochs: {descent.Epochs}");
                return At("epoch", listed);
            default:
                var n = when["log-spaced"]!.Count(2);
                if (n > Most) throw TooMany(when["log-spaced"]!, n);
                var last = Math.Max(1, descent.Epochs);
                return At("log-spaced", Enumerable.Range(0, n).Select(i => (int)Math.Round(Math.Pow(last, i / (n - 1.0)))), logSpaced: n);
        }
    }

    /// <summary>What the config of something that is looked at whenever it appears says: there are no times.</summary>
    internal static ObserveConfig ReadEach(ConfigNode? node)
    {
        var (map, what) = ReadWhat(node, always: true);
        if (map?["at"] is { } at) throw at.NoMeaning("has no meaning beside 'watch': every checkpoint is looked at");
        foreach (var key in new[] { "gradients", "curvature" })
            if (map?[key] is { } when && when.Text() == "ends")
                throw when.NoMeaning("has no meaning beside 'watch': checkpoints have no end");
        return what with { Unit = Each };
    }

    // Everything but the times.
    private static (ConfigMap? Map, ObserveConfig What) ReadWhat(ConfigNode? node, bool always)
    {
        var map = node?.Map(Described);
        return (map, new ObserveConfig
        {
            Unit = "",
            Measures = ReadMeasures(map?["measures"]),
            Weights = map?["weights"]?.Flag() ?? false,
            Detail = DetailConfig.Read(map, always),
        });
    }

    // "10 epochs", "1 epoch" or 10.
    private static int ReadEvery(ConfigNode node)
    {
        var words = node.Text().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words is [_, "step" or "steps"])
            throw node.Error("observations lie between epochs; give epochs, for example {every: 10 epochs} (an epoch is N / batch steps)");
        if (words is [_] or [_, "epoch" or "epochs"] && int.TryParse(words[0], CultureInfo.InvariantCulture, out var every) && every >= 1)
            return every;
        throw node.Error($"a number of epochs was expected, for example {{every: 10 epochs}}; {node.Given} was given");
    }

    internal void Write(ConfigWriter writer) => writer.Section("observe", () =>
    {
        if (Unit != Each) writer.Section("at", () =>
        {
            if (Unit == "log-spaced") writer.Entry(Unit, LogSpaced);
            else if (Unit == "every") writer.Raw(Unit, $"{Every} epochs");
            else if (Unit == "epoch") writer.Raw(Unit, RateConfig.Text(Epochs));
            else
            {
                if (InT.Count > 0) writer.Raw("t", ConfigWriter.List(InT.Select(t => t.ToString())));
                var inLog = Instants.Except(InT).Select(t => ConfigWriter.Number(t.Log10T)).ToArray();
                if (inLog.Length > 0) writer.Raw("log10-t", ConfigWriter.List(inLog));
            }
        });
        if (IsLenient) writer.Entry("measures", Measures[0]);
        else writer.Entry("measures", Measures);
        writer.Entry("weights", Weights);
        Detail.Write(writer);
    });

    // n instants at equal distances of log t; the last is the end exactly. Where a loss or τ ends the run, t is not known before:
    // the instants then reach as far as an exponential-type loss (L ~ 1/t, τ ~ log t) could need, and those after the end fall away.
    private static TimeValue[] Spaced(int n, FlowConfig flow)
    {
        var end = flow.Until!.T
            ?? TimeValue.FromLog10(Math.Max(4, (flow.Until.Key == "tau" ? flow.Until.Value : -flow.Until.Value) + 2));
        var last = end.Log10T;
        var first = flow.From.T > 0 ? flow.From.Log10T : Math.Min(FirstLog10T, last - 2);
        return [.. Enumerable.Range(0, n).Select(i =>
            i == n - 1 ? end : i == 0 && flow.From.T > 0 ? flow.From : TimeValue.FromLog10(first + (last - first) * i / (n - 1)))];
    }

    /// <summary>Whether a family, or a measure of it, is to be measured.</summary>
    public bool Wants(string family) => IsLenient
        ? Measures[0] == "all" || MeasureCatalog.Default.Contains(family)
        : Measures.Any(m => m == family || m.StartsWith($"{family}/", StringComparison.Ordinal));

    /// <summary>Whether a measure is to be taken; by default those that need no more than outputs.</summary>
    public bool Wants(Measure measure)
    {
        ArgumentNullException.ThrowIfNull(measure);
        return IsLenient ? Wants(measure.Family) && (Measures is not ["default"] || measure.Need <= MeasureNeed.TestOutputs)
            : Measures.Contains(measure.Family) || Measures.Contains(Single(measure));
    }

    /// <summary>True for default and all: what does not apply is left out. What is named must apply.</summary>
    public bool IsLenient => Measures is ["all"] or ["default"];

    private static string[] ReadMeasures(ConfigNode? node)
    {
        if (node is null) return ["default"];
        string[] words = [.. node.IsScalar ? [ReadMeasure(node)] : node.List("families of measures").Select(ReadMeasure)];
        if (words.Contains("all")) return ["all"];
        if (words.Contains("default")) words = words.Length == 1 ? words : [.. words, .. MeasureCatalog.Default];
        return words is ["default"] ? words : [.. Families.Where(f => words.Contains(f)),
            .. MeasureCatalog.All.Where(m => !words.Contains(m.Family)).Select(Single).Where(m => words.Contains(m))];
    }

    // What is wrong with family/name is said of the family, or of the names in it.
    private static string ReadMeasure(ConfigNode node)
    {
        if (!node.IsScalar || node.Text().Split('/') is not [var family, _]) return node.Word(Words);
        return Families.Contains(family) ? node.Word([.. MeasureCatalog.All.Where(m => m.Family == family).Select(Single)])
            : throw node.Error($"'{family}' is no family of measures{Nearest.Hint(family, Families)}");
    }
}
