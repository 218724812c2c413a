using System.Globalization;
using Rhoflow.Lab.Inspection;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Cli;

/// <summary>`inspect` of one network as tables.</summary>
internal static class InspectionTable
{
    /// <summary>Layers, measures by family, and what was not measured and why.</summary>
    public static void Show(TrainedNetwork n, NetworkInspection inspection, TextWriter output, bool quiet)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{n.Network}: {n.Network.ParameterCount} parameters, {n.Loss.Name} loss, {n.Train.Count} training examples of "
            + $"{n.Train.Name}{(n.Test is { } test ? $", {test.Count} test examples" : "")}"));
        foreach (var note in n.Notes) output.WriteLine($"note: {note}");
        // What has no value in any layer stands below, among what was not measured.
        var columns = inspection.Layers.SelectMany(static l => l.Values.Where(static v => !double.IsNaN(v.Value)).Select(static v => v.Key))
            .Distinct().ToArray();
        var layers = Terminal.Table(["layer", .. inspection.Layers.Select(static l => $"{l.Name} {l.Kind} {string.Join("×", l.Shape)}")]);
        foreach (var column in columns)
            layers.Add([column, .. inspection.Layers.Select(l => l.Values.TryGetValue(column, out var v) ? ObservationTable.Number(v)
                : "")]);
        Terminal.On(output).Write(layers);
        foreach (var family in inspection.Measures.Where(static m => !double.IsNaN(m.Value)).GroupBy(static m => m.Family))
        {
            var table = Terminal.Table([family.Key, "value"]);
            foreach (var (_, column, value) in family) table.Add([column, ObservationTable.Number(value)]);
            Terminal.On(output).Write(table);
        }
        if (quiet) return;
        foreach (var note in inspection.Notes) output.WriteLine($"note: {note}");
        foreach (var (what, why) in inspection.NotMeasured.Where(static m => m.Why != "interrupted"))
            output.WriteLine($"not measured: {what}: {why}");
        foreach (var left in inspection.NotMeasured.Where(static m => m.Why == "interrupted").GroupBy(static m => m.What.Split('/')[0]))
            output.WriteLine($"interrupted before: {left.Key}: {string.Join(", ", left.Select(static m => m.What.Split('/')[1]))}");
        foreach (var family in inspection.Dear.GroupBy(static d => d.Measure.Family, StringComparer.Ordinal))
            output.WriteLine($"left out, since it takes long: {family.Key}: "
                + string.Join(", ", family.Select(static d => $"{d.Measure.Name} (about {Durations.Text(d.Seconds)})"))
                + $"; --measures {family.Key}, or all");
    }
}
