using Rhoflow.Data;
using Rhoflow.Losses;
using Rhoflow.Measures;
using Rhoflow.Measures.Catalog;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Cli;

/// <summary>The measures as `list measures` shows them: formula, source, variant, what they need, cost, columns and arrays.</summary>
internal static class MeasureList
{
    public static IReadOnlyList<ListEntry> Entries() =>
    [
        new("clocks", "what every table begins with", ("columns", string.Join(", ", ColumnUnits.Clocks.Select(static c => c.Column))),
            ("units", Units([.. ColumnUnits.Clocks.Select(static c => c.Column)]))),
        .. MeasureCatalog.All.Select(Entry),
    ];

    /// <summary>Networks of K layers that between them have every column: classes, one output, linear, normalized, images, wide.</summary>
    internal static IReadOnlyList<MeasureSetting> Settings { get; } = MakeSettings();

    private static MeasureSetting[] MakeSettings()
    {
        var data = new Dataset("any", [1, 0, 0, 1, 1, 1, 0, 0], [0, 1, 0, 1], 2, ["0", "1"]);
        double[] pixels = [.. Enumerable.Range(0, 64).Select(static i => i % 7.0)];
        var images = Dataset.Of("images", pixels, [0, 1, 0, 1], 16, ["0", "1"], new TensorShape(4, 4, 1));
        var normalized = new NetworkBuilder(2).Dense(3).BatchNorm().Then(Activation.ReLU)
            .Dense(3).BatchNorm().Then(Activation.ReLU).Dense(2);
        var convolutions = new NetworkBuilder(images.Shape!.Value).Convolution(2, 3, 1, 1).Then(Activation.ReLU)
            .Convolution(2, 3, 1, 1).Then(Activation.ReLU).Dense(2);
        // Homogeneous only nearly.
        var biased = new NetworkBuilder(2).Dense(3).Bias().Then(Activation.ReLU).Dense(3).Bias().Then(Activation.ReLU).Dense(2).Bias();
        var binary = data.Binary("1");
        // Laws of spectra need matrices of twenty singular values.
        var wide = new Dataset("wide", [.. Enumerable.Range(0, 96).Select(static i => i % 5.0)], [0, 1, 0, 1], 24, ["0", "1"]);
        MeasureSetting[] settings =
        [
            new(Network.Dense(2, 3, 3, 2), Loss.CrossEntropy, data, data), new(Network.Dense(2, 3, 3, 1), Loss.Exponential, binary, binary),
            new(Network.Dense(2, 3, 3, 2), Loss.Square, data, data), new(Network.Linear(2, 3, 3, 2), Loss.Square, data, data),
            new(normalized.Build(), Loss.CrossEntropy, data, data), new(convolutions.Build(), Loss.CrossEntropy, images, images),
            new(Network.Dense(24, 22, 21, 2), Loss.CrossEntropy, wide, wide), new(biased.Build(), Loss.CrossEntropy, data, data),
        ];
        return [.. settings.Select(static s => s with { FeatureLayers = [1, 2, 3] })];
    }

    private static ListEntry Entry(Measure m)
    {
        string[] columns = [.. ByLayer([.. Settings.Where(s => m.Refuse(s) is null).SelectMany(m.Columns).Distinct()])];
        string[] arrays = [.. ByLayer([.. m.Arrays.Select(static a => a.Name)])];
        var details = new List<(string, string)> { ("source", m.Reference) };
        if (m.Variant.Length > 0) details.Add(("variant", m.Variant));
        details.Add(("needs", Need(m.Need)));
        details.Add(("cost", m.Cost));
        details.Add(("columns", string.Join(", ", columns)));
        if (arrays.Length > 0) details.Add(("arrays", string.Join(", ", arrays)));
        details.Add(("units", Units([.. columns, .. arrays], m)));
        return new ListEntry($"{m.Family}/{m.Name}", m.Formula, [.. details]);
    }

    // "radians: step_angle_k; …": columns of one unit together, in their order.
    private static string Units(string[] columns, Measure? own = null) => string.Join("; ",
        columns.GroupBy(c => own?.Units.GetValueOrDefault(c) ?? ColumnUnits.Of(c) ?? "unknown")
        .Select(static g => $"{string.Join(", ", g)}: {g.Key}"));

    private static string Need(MeasureNeed need) => need switch
    {
        MeasureNeed.Outputs => "outputs",
        MeasureNeed.TestOutputs => "outputs on test data",
        MeasureNeed.Features => "features",
        MeasureNeed.Gradients => "gradients",
        _ => "many Hessian products",
    };

    // rho_1, rho_2, rho_3 → rho_k
    private static IEnumerable<string> ByLayer(string[] columns) =>
        columns.GroupBy(static c => c.TrimEnd([.. "0123456789"])).SelectMany(static g =>
            g.Key.EndsWith('_') && g.All(static c => char.IsDigit(c[^1])) && (g.Count() > 1 || ColumnUnits.Known.Contains(g.Key + "k"))
                ? [g.Key + "k"] : g.AsEnumerable());
}
