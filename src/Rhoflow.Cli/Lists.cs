using System.Globalization;
using Rhoflow.Data;
using Rhoflow.Descents;
using Rhoflow.Flows;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Papers.Equations;

namespace Rhoflow.Cli;

/// <summary>An entry of a list: its name in configs or on the command line, one line about it, and what else there is to say.</summary>
internal sealed record ListEntry(string Name, string Text, params (string Label, string Value)[] Details);

/// <summary>A list that `rhoflow list` shows.</summary>
internal sealed record NamedList(string Name, string About, Func<IReadOnlyList<ListEntry>> Entries)
{
    /// <summary>
    /// Writes the list, or the entry of a name, in a form of its own (output, --json, name or null); null for the common form.
    /// </summary>
    public Action<TextWriter, bool, string?>? Write { get; init; }
}

/// <summary>All lists: each read off the place that the program itself uses.</summary>
internal static class Lists
{
    private static ListEntry FlowEntry(FlowKind k)
    {
        (string, string)[] keys = k.Keys.Count > 0 ? [("keys", string.Join(", ", k.Keys.Select(static key => key.Name)))] : [];
        return new ListEntry(k.Name, k.Equations, [("source", k.Source), .. keys]);
    }

    private static string Parts(CatalogueEntry set) =>
        $"{set.Train} examples{(set.HasTestPart ? $", {set.Test} test examples" : "")}, inputs {set.Shape?.ToString() ?? $"{set.Inputs}"}";

    private static string Keys(SyntheticSet set) => string.Join(", ", set.Parameters.Select(static p => p.Name).Prepend("examples"));

    public static readonly IReadOnlyList<NamedList> All =
    [
        new("figures", "figures of the papers that `reproduce` draws", static () =>
            [.. Studies.Figures.Select(f => new ListEntry(f.Id, f.Title, ("paper", $"{f.Paper.Name}, figure {f.Number}")))]),
        new("claims", "claims of the papers that `reproduce` checks", static () =>
            [.. Studies.Claims.Select(c => new ListEntry(c.Id, c.Statement, ("paper", $"{c.Paper.Name}, {c.Place}")))]),
        new("measures", "families for observe.measures, and what is in them", MeasureList.Entries),
        new("data", "data sets for data.set; files by data.path", static () =>
        [
            .. Catalogue.All.Select(static s =>
            new ListEntry(s.Name, $"{Parts(s)}: {s.Source}", ("classes", string.Join(", ", s.Classes)))),
            .. SyntheticSets.All.Select(static s => new ListEntry(s.Name, s.Formula, ("keys", Keys(s)))),
            new("path: FILE.csv",
                "a csv file (or .csv.gz), the label in its last column or in one named label, class, species, target or y"),
            new("path: FILE.npz", "NumPy arrays x (N × d, N × H × W or N × H × W × C) and y, and perhaps x_test and y_test"),
            new("path: FILE.npy", "one NumPy array x, y in FILE_y.npy next to it or in the last column"),
            new("path: FOLDER", "a folder of CIFAR-10 (binary version) or MNIST files, plain or .gz"),
            new("inline: {x, y}", "examples written in the config"),
        ]),
        new("losses", "losses for `loss`", static () => [.. Loss.All.Select(l => new ListEntry(l.Name, l.Summary))]),
        new("flows", "flows for flow.kind, with their equations", static () =>
            [.. FlowKind.All.Select(FlowEntry)]),
        new("descents", "descents: kinds, techniques that keep norms, and what else they can be told", static () =>
        [
            .. DescentKind.All.Select(static k => new ListEntry($"kind: {k.Name}", k.Summary)),
            .. OptimizerKind.All.Select(OptimizerEntry),
            .. NormalizationKind.All.Select(static n => new ListEntry($"normalization: {n.Name}", n.Summary)),
            .. DescentSettings.Select(static k => new ListEntry($"{k.Name}:", $"{k.Meaning}: {k.Example}")),
        ]),
        new("networks", "layers for network.layers", static () =>
            [.. NodeSyntax.All.Where(static s => s.Word != "average-pool").Select(static s => new ListEntry(s.Example, s.Summary))]),
        new("equations", "numbered equations of the papers: print, correction, source, claims", static () =>
            [.. EquationTable.All.Select(static e => new ListEntry(e.Id, e.Says, ("paper", $"{e.Paper.Name}, §{e.Section}")))])
        {
            Write = EquationList.Write,
        },
    ];

    // What else a descent can be told, beside its kind, its rule with the rule's own keys, and its normalization.
    private static IEnumerable<ConfigKey> DescentSettings => ConfigGuide.Find("descent")[0].Key.Keys.Where(static k =>
        k.Name is not ("kind" or "rule" or "normalization" or "per")
        && !OptimizerKind.All.Any(rule => rule.Keys.Any(own => own.Name == k.Name)));

    // A rule with its keys, each with its default.
    private static ListEntry OptimizerEntry(OptimizerKind kind) => new($"rule: {kind.Name}", kind.Formula,
    [
        ("source", kind.Source),
        ("keys", string.Join("; ", kind.Keys.Select(static k =>
            string.Create(CultureInfo.InvariantCulture, $"{k.Name}: {Default(k)} ({k.About})")))),
    ]);

    private static string Default(OptimizerKey key) => key.Type == OptimizerKeyType.Flag
        ? key.Default != 0 ? "true" : "false"
        : key.Default.ToString(CultureInfo.InvariantCulture);
}
