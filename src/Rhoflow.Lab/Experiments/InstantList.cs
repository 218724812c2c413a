using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Experiments;

/// <summary>
/// The instants of <c>observe.at</c> as they are written: numbers and ranges <c>{from: 0, to: 10, count: 101}</c> of evenly spaced ones,
/// under <c>t</c>, under <c>log10-t</c>, or under both. Plain numbers under one key must increase. Where a range stands among them, or both
/// keys are given, they are put in order, and an instant that is given twice is observed once.
/// </summary>
internal static class InstantList
{
    /// <summary>The keys that it reads.</summary>
    public static readonly string[] Keys = ["t", "log10-t"];

    private static readonly ConfigKey[] s_range =
    [
        new("from", ConfigForm.Number, "the first") { Example = "0" },
        new("to", ConfigForm.Number, "the last") { Example = "10" },
        new("count", ConfigForm.Whole, "how many, both ends included") { Example = "101" },
    ];

    /// <summary>The two as keys of <c>observe.at</c>.</summary>
    internal static IReadOnlyList<ConfigKey> Described { get; } =
    [
        new("t", ConfigForm.Number | ConfigForm.List | ConfigForm.Map, "instants of a flow; among them ranges {from, to, count}")
        {
            Keys = s_range,
            Example = "[1, 10, 1e300]",
        },
        new("log10-t", ConfigForm.Number | ConfigForm.List | ConfigForm.Map,
            "instants of a flow by their exponents; among them ranges {from, to, count}")
        {
            Keys = s_range,
            Example = "[1, {from: 2, to: 1000, count: 50}]",
        },
    ];

    private const int Most = 100_000, MostInAll = 1_000_000;

    private sealed record Entry(TimeValue Time, bool InT, ConfigNode Place);

    /// <summary>The instants, and those of them that were written as t, both increasing.</summary>
    /// <param name="when">observe.at, with one of the keys or both.</param>
    /// <param name="flow">Its beginning and end bound them.</param>
    /// <exception cref="ConfigException">Not such a list, one that does not increase, or instants outside the flow.</exception>
    public static (IReadOnlyList<TimeValue> All, IReadOnlyList<TimeValue> InT) Read(ConfigMap when, FlowConfig flow)
    {
        var present = Keys.Where(when.Has).ToArray();
        var entries = new List<Entry>();
        var ranges = false;
        foreach (var key in present)
        {
            var list = when[key]!;
            var items = list.IsList ? list.List("instants") : [list];
            if (items.Count == 0) throw list.Error("at least one instant is needed");
            foreach (var item in items)
            {
                if (item.IsMap) ranges = true;
                entries.AddRange(item.IsMap ? Range(item, key == "t") : [One(item, key == "t")]);
                if (entries.Count > MostInAll) throw item.Error($"at most {MostInAll} instants in all");
            }
        }
        if (ranges || present.Length > 1) entries = [.. entries.OrderBy(e => e.Time.Log10T).DistinctBy(e => e.Time.Log10T)];
        for (var i = 0; i < entries.Count; i++) Check(entries[i], i > 0 ? entries[i - 1] : null, flow);
        return ([.. entries.Select(e => e.Time)], [.. entries.Where(e => e.InT).Select(e => e.Time)]);
    }

    private static void Check(Entry entry, Entry? previous, FlowConfig flow)
    {
        var (t, _, place) = entry;
        if (previous is not null && t.Log10T <= previous.Time.Log10T)
            throw place.Error($"instants must increase; {t} follows {previous.Time}");
        if (t.Log10T < flow.From.Log10T) throw place.Error($"lies before the start (t = {flow.From})");
        if (flow.Until?.T is { } end && t.Log10T > end.Log10T) throw place.Error($"lies after flow.until (t = {end})");
    }

    private static Entry One(ConfigNode node, bool inT) => new(inT ? node.Time() : TimeValue.FromLog10(node.Number()), inT, node);

    // from + (to − from) i/(count − 1), in t or in log₁₀ t: the last is the end exactly.
    private static IEnumerable<Entry> Range(ConfigNode node, bool inT)
    {
        var map = node.Map(s_range);
        double End(string key)
        {
            var at = map.Required(key, "an end of the range");
            return inT ? at.NonNegative() : at.Number();
        }
        var (from, to, count) = (End("from"), End("to"), map.Required("count", "how many instants, both ends included").Count(2));
        if (to <= from)
            throw map["to"]!.Error($"a number > {ConfigWriter.Number(from)}, the beginning of the range, was expected; {map["to"]!.Given} "
                + "was given");
        if (count > Most) throw map["count"]!.Error($"at most {Most} instants");
        return Enumerable.Range(0, count).Select(i => from + (to - from) * i / (count - 1))
            .Select(x => new Entry(inT ? TimeValue.FromT(x) : TimeValue.FromLog10(x), inT, node));
    }
}
