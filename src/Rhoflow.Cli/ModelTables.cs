using System.Globalization;
using Rhoflow.Lab.Inspection;

namespace Rhoflow.Cli;

/// <summary>Several models in one table: two or three side by side, many as rows.</summary>
internal static class ModelTables
{
    private const int MostRows = 40;

    private static readonly string[] s_preferred =
    [
        "log10_loss", "train_error", "test_error", "margin_min", "rho", "log10_rho", "margin_mean", "nc1_cdnv", "log10_frobenius_product",
        "log10_spectral_product", "spectral_1", "rank_stable_1",
    ];

    /// <summary>A column a model: what is measured of the whole, then layer by layer.</summary>
    public static void Beside(IReadOnlyList<InspectedModel> models, TextWriter output, bool quiet)
    {
        string[] names = Names(models);
        foreach (var (model, name) in models.Zip(names))
            output.WriteLine(PlainWriter.Plain(string.Create(CultureInfo.InvariantCulture, $"{name}: {model.Source}, ")
                + (model.Network is { } n ? $"{n.Network}, {n.Network.ParameterCount} parameters, {n.Loss.Name} loss, {n.Train.Count} "
                + $"training examples of {n.Train.Name}" : $"{(string?)model.About["format"]}, {model.Weights!.Parameters} parameters")));
        string[] columns = [.. models.SelectMany(static m => m.Measures.Where(static v => !double.IsNaN(v.Value))
            .Select(static v => v.Column)).Distinct(StringComparer.Ordinal)];
        var rows = new List<(string Name, Func<InspectedModel, double> Of)>([.. columns.Select(c =>
            (c, (Func<InspectedModel, double>)(m => m[c])))]);
        // Layers of networks are W1 … WK; of files they have the names of their arrays.
        string[] layers = [.. models.SelectMany(static m => m.Layers.Select(static l => l.Name)).Distinct(StringComparer.Ordinal)];
        foreach (var layer in layers)
            foreach (var value in models.SelectMany(m => Layer(m, layer)?.Values.Keys ?? []).Distinct(StringComparer.Ordinal).ToArray())
                rows.Add(($"{layer} {value}", m => Layer(m, layer)?.Values.GetValueOrDefault(value, double.NaN) ?? double.NaN));
        rows = [.. rows.Where(r => models.Any(m => !double.IsNaN(r.Of(m))))];
        var table = new FittedTable();
        table.Add("measure", 0, rows.Select(static r => r.Name), isLeft: true);
        for (var i = 0; i < models.Count; i++) table.Add(names[i], 1 + i, rows.Select(r => ObservationTable.Number(r.Of(models[i]), 5)));
        if (table.Show(output) is { Count: > 0 } leftOut) output.WriteLine($"no room for {string.Join(", ", leftOut)}: --json has all");
        if (quiet) return;
        foreach (var (model, name) in models.Zip(names))
        {
            foreach (var note in model.About["notes"]!.AsArray())
                output.WriteLine($"note: {name}: {PlainWriter.Plain((string?)note ?? "")}");
            if (model.NotMeasured.Count > 0)
                output.WriteLine($"{name}: {model.NotMeasured.Count} not measured (`rhoflow inspect` of it alone says why, and --json)");
        }
    }

    /// <summary>A row a model.</summary>
    public static void Trajectory(ModelTrajectory trajectory, TextWriter output)
    {
        output.WriteLine($"{trajectory.Models.Count} models, {trajectory.Order}");
        var all = trajectory.Columns;
        int[] shown = trajectory.Models.Count <= MostRows ? [.. Enumerable.Range(0, trajectory.Models.Count)]
            : [.. Enumerable.Range(0, MostRows).Select(i => (int)((long)i * (trajectory.Models.Count - 1) / (MostRows - 1)))];
        var table = new FittedTable();
        table.Add("step", 0, shown.Select(i => ObservationTable.Number(trajectory.Steps[i], 12)));
        string[] chosen = [.. s_preferred.Where(c => all.Contains(c) && (c != "log10_rho" || !all.Contains("rho")))];
        for (var c = 0; c < chosen.Length; c++)
            table.Add(chosen[c], 1 + c, shown.Select(i => ObservationTable.Number(trajectory.Models[i][chosen[c]], 5)));
        table.Add("model", 20, shown.Select(i => Path.GetFileName(trajectory.Models[i].Source)), isLeft: true);
        var leftOut = table.Show(output);
        if (shown.Length < trajectory.Models.Count) output.WriteLine($"{shown.Length} of {trajectory.Models.Count} models are shown");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{all.Count} measures of each: --out FILE.csv or --json")
            + (leftOut.Count > 0 ? $"; no room for {string.Join(", ", leftOut)}" : ""));
    }

    private static InspectedLayer? Layer(InspectedModel model, string name) =>
        model.Layers.FirstOrDefault(l => l.Name == name);

    // As short as tells them apart.
    private static string[] Names(IReadOnlyList<InspectedModel> models)
    {
        string[] files = [.. models.Select(static m => Path.GetFileName(Path.TrimEndingDirectorySeparator(m.Source)))];
        if (files.All(static f => f.Length == 28 && f[19] == '_')) files = [.. files.Select(static f => f[^8..])];
        return files.Distinct(StringComparer.Ordinal).Count() == files.Length ? files
            : [.. files.Select(static (f, i) => string.Create(CultureInfo.InvariantCulture, $"{(char)('A' + i)} {f}"))];
    }
}
