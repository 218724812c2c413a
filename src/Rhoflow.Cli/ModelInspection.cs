using System.Globalization;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Inspection;

namespace Rhoflow.Cli;

/// <summary>`inspect FILE`: what the weights of a model that was trained elsewhere say by themselves.</summary>
internal static class ModelInspection
{
    /// <summary>Families that weights alone have; those that need more are refused with what they need.</summary>
    public static IReadOnlyList<string> Families(string model, IReadOnlyList<string> wanted)
    {
        if (wanted.Contains("all")) return WeightInspection.Families;
        foreach (var family in wanted)
            if (!WeightInspection.Families.Contains(family))
                throw new ConfigException($"--measures {family}: needs a network and data; {model} is a file of weights, which "
                    + $"have {string.Join(", ", WeightInspection.Families)}. With --data D the others are measured too");
        return wanted;
    }

    /// <summary>Matrices and convolutions, the whole, and which arrays were not measured and why.</summary>
    public static void Show(InspectedModel model, TextWriter output, bool quiet)
    {
        var inspection = model.Weights!;
        output.WriteLine(PlainWriter.Plain(string.Create(CultureInfo.InvariantCulture,
            $"{model.Source} ({(string?)model.About["format"]}): {inspection.Tensors.Count} "
            + $"array{(inspection.Tensors.Count == 1 ? "" : "s")}, {inspection.Parameters} parameters, "
            + $"{inspection.Layers.Count} matrices and convolutions measured")));
        foreach (var note in model.About["notes"]!.AsArray()) output.WriteLine($"note: {PlainWriter.Plain((string?)note ?? "")}");
        if (inspection.Layers.Count > 0)
        {
            string[] columns = [.. inspection.Layers[0].Values.Keys.Except(SpectraOfWeights.Columns)];
            if (columns.Length > 0)
                InspectionTable.ByLayer("weights", inspection.Layers, static l => l.Name, columns, output);
            SpectraTables.Show(inspection.Layers, output);
            var together = Terminal.Table(["model", "value"]);
            foreach (var (column, value) in inspection.Measures.Where(static m => !double.IsNaN(m.Value)))
                together.Add(column, ObservationTable.Number(value));
            Terminal.On(output).Write(together);
        }
        if (quiet) return;
        foreach (var t in inspection.Tensors.Where(static t => t.WhyNot is not null))
            output.WriteLine($"not measured: {PlainWriter.Plain($"{t.Name} ({t.Form}, {t.Type}): {t.WhyNot}")}");
        foreach (var (what, why) in inspection.LeftOut) output.WriteLine($"left out: {PlainWriter.Plain($"{what}: {why}")}");
    }
}
