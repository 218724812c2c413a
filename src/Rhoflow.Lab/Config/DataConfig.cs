using Rhoflow.Data;

namespace Rhoflow.Lab.Config;

/// <summary>Where the examples come from and what is done to them. Exactly one of Inline, Set and Path is given.</summary>
/// <param name="Inputs">Inline x, one row an example.</param>
/// <param name="Labels">Inline y.</param>
/// <param name="Set">A built-in set's name.</param>
/// <param name="Path">A csv file, absolute.</param>
/// <param name="Classes">[a, b] or [a, rest]: the binary problem a = +1; null: labels as they are.</param>
/// <param name="Transforms">In order.</param>
/// <param name="Train">How many examples to train on; null: all, or all that <paramref name="Test"/> leaves.</param>
/// <param name="Test">How many to test on; 0: none.</param>
/// <param name="Seed">For the choice of examples and random labels.</param>
/// <param name="RandomLabels">Labels drawn uniformly from those present.</param>
public sealed record DataConfig(
    double[][]? Inputs, double[]? Labels, string? Set, string? Path, IReadOnlyList<string>? Classes,
    IReadOnlyList<string> Transforms, int? Train, int Test, long Seed, bool RandomLabels)
{
    private static readonly string[] Keys = ["inline", "set", "path", "classes", "train", "test", "labels", "transforms", "seed"];

    /// <summary>The built-in sets of this version.</summary>
    public static readonly string[] Sets = ["iris"];

    internal static DataConfig Read(ConfigNode node, long seed)
    {
        var map = node.Map(Keys);
        double[][]? x = null;
        double[]? y = null;
        string? set = null, path = null;
        switch (map.OneOf("inline", "set", "path"))
        {
            case "inline":
                (x, y) = ReadInline(map["inline"]!);
                break;
            case "set":
                set = map["set"]!.Word(Sets, static w => w is "digits" or "mnist" or "cifar10" ? "is not available in this version" : null);
                break;
            default:
                path = ReadPath(map["path"]!);
                break;
        }
        return new DataConfig(x, y, set, path,
            map["classes"] is { } c ? ReadClasses(c) : null,
            map["transforms"] is { } t ? [.. t.List("transforms").Select(w => w.Word(Preparation.TransformNames))] : [],
            map["train"]?.Count(1), map["test"]?.Count(0) ?? 0, map["seed"]?.Integer() ?? seed,
            map["labels"] is { } l && l.Word("true", "random") == "random");
    }

    internal void Write(ConfigWriter writer) => writer.Section("data", () =>
    {
        if (Inputs is not null) writer.Section("inline", () => { writer.Entry("x", Inputs); writer.Entry("y", Labels!); });
        if (Set is not null) writer.Entry("set", Set);
        if (Path is not null) writer.Entry("path", Path);
        if (Classes is not null) writer.Entry("classes", Classes);
        if (Transforms.Count > 0) writer.Entry("transforms", Transforms);
        if (Train is { } train) writer.Entry("train", train);
        writer.Entry("test", Test);
        writer.Entry("seed", Seed);
        writer.Raw("labels", RandomLabels ? "random" : "true");
    });

    private static (double[][] X, double[] Y) ReadInline(ConfigNode node)
    {
        var map = node.Map("x", "y");
        var rows = map.Required("x", "the inputs, one list an example").List("examples");
        var labels = map.Required("y", "the labels, one an example").List("labels");
        DataException Bad(ConfigNode at, string what) => new(at.Error(what).Message);
        if (rows.Count == 0) throw Bad(map["x"]!, "there is no example; at least one is needed");
        if (labels.Count != rows.Count) throw Bad(map["y"]!, $"{labels.Count} labels were given for {rows.Count} examples");
        double Finite(ConfigNode cell) => cell.AnyNumber() is var v && double.IsFinite(v) ? v : throw Bad(cell, $"is {cell.Given}; every entry of the data must be a finite number");
        var x = rows.Select(r => r.List("numbers").Select(Finite).ToArray()).ToArray();
        for (var n = 0; n < x.Length; n++)
        {
            if (x[n].Length == 0) throw Bad(rows[n], "an example needs at least one input");
            if (x[n].Length != x[0].Length) throw Bad(rows[n], $"has {x[n].Length} inputs, but data.inline.x[0] has {x[0].Length}; every example needs as many");
        }
        return (x, [.. labels.Select(Finite)]);
    }

    private static string ReadPath(ConfigNode node)
    {
        var given = node.Text();
        if (!given.EndsWith(".csv", StringComparison.OrdinalIgnoreCase))
            throw node.Error($"'{given}' is not a .csv file; this version reads csv (label in the last column, or in one named label, class, species, target or y)");
        return System.IO.Path.GetFullPath(given, node.Folder);
    }

    private static string[] ReadClasses(ConfigNode node)
    {
        var names = node.List("two class names").Select(n => n.Text()).ToArray();
        return names.Length == 2 ? names : throw node.Error($"two names are needed, [a, b] or [a, rest]: a is +1, the other −1; {node.Given} was given");
    }
}
