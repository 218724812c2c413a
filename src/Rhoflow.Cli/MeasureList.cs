using Rhoflow.Data;
using Rhoflow.Losses;
using Rhoflow.Measures;
using Rhoflow.Measures.Catalog;
using Rhoflow.Networks;

namespace Rhoflow.Cli;

/// <summary>The measures as `list measures` shows them: formula, source, variant, what they need, cost, columns and arrays.</summary>
internal static class MeasureList
{
    // Columns depend on the network; these layers stand for layers 1 … K.
    private const int Depth = 3;

    public static IReadOnlyList<ListEntry> Entries()
    {
        var data = new Dataset("any", [1, 0, 0, 1, 1, 1, 0, 0], [0, 1, 0, 1], 2, ["0", "1"]);
        var setting = new MeasureSetting(Network.Dense(2, 3, 3, 2), Loss.CrossEntropy, data, data);
        var binary = new MeasureSetting(Network.Dense(2, 3, 3, 1), Loss.Exponential, data.Binary("1"), data.Binary("1"));
        return [.. MeasureCatalog.All.Select(m => Entry(m, m.Refuse(setting) is null ? setting : binary))];
    }

    private static ListEntry Entry(Measure m, MeasureSetting setting)
    {
        var details = new List<(string, string)> { ("source", m.Reference) };
        if (m.Variant.Length > 0) details.Add(("variant", m.Variant));
        details.Add(("needs", Need(m.Need)));
        details.Add(("cost", m.Cost));
        details.Add(("columns", string.Join(", ", ByLayer(m.Columns(setting)))));
        if (m.Arrays.Count > 0) details.Add(("arrays", string.Join(", ", ByLayer([.. m.Arrays.Select(static a => a.Name)]))));
        return new ListEntry($"{m.Family}/{m.Name}", m.Formula, [.. details]);
    }

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
            g.Key.EndsWith('_') && g.Count() is Depth or Depth - 1
                && g.All(static c => c.Length > 0 && char.IsDigit(c[^1])) ? [g.Key + "k"] : g.AsEnumerable());
}
