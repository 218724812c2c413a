using System.Globalization;
using Rhoflow.Lab.Inspection;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Cli;

/// <summary>`inspect` of one network as tables.</summary>
internal static class InspectionTable
{
    // Of 80 columns: their heads have kind and shape.
    private const int MostAcross = 3;

    /// <summary>A row a layer, and of the columns those that there is room for; the others are named.</summary>
    /// <param name="head">Of the names.</param>
    /// <param name="layers">The rows.</param>
    /// <param name="name">Of a row.</param>
    /// <param name="columns">Measures, the most important first.</param>
    /// <param name="output">Where it is shown.</param>
    public static void ByLayer(string head, IReadOnlyList<InspectedLayer> layers, Func<InspectedLayer, string> name,
        IReadOnlyList<string> columns, TextWriter output)
    {
        var table = new FittedTable();
        table.Add(head, 0, layers.Select(name), isLeft: true);
        table.Add("shape", 1, layers.Select(static l => string.Join("×", l.Shape)));
        for (var i = 0; i < columns.Count; i++)
        {
            var column = columns[i];
            table.Add(column, 2 + i, layers.Select(l => l.Values.TryGetValue(column, out var v) && !double.IsNaN(v)
                ? ObservationTable.Number(v, 5) : ""));
        }
        table.Add("kind", 2 + columns.Count, layers.Select(static l => l.Kind), isLeft: true);
        if (table.Show(output) is { Count: > 0 } leftOut) output.WriteLine($"no room for {string.Join(", ", leftOut)}: --json has all");
    }

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
        // A column a layer as long as there are few, which is read downwards; else a row.
        if (inspection.Layers.Count > MostAcross) ByLayer("layer", inspection.Layers, static l => l.Name, columns, output);
        else
        {
            var layers = Terminal.Table(["layer",
                .. inspection.Layers.Select(static l => $"{l.Name} {l.Kind} {string.Join("×", l.Shape)}")]);
            foreach (var column in columns)
                layers.Add([column, .. inspection.Layers.Select(l => l.Values.TryGetValue(column, out var v) ? ObservationTable.Number(v)
                    : "")]);
            Terminal.On(output).Write(layers);
        }
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
