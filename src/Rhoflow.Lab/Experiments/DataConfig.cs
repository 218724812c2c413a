using Rhoflow.Data;
using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Experiments;

/// <summary>Where the examples come from and what is done to them. Exactly one of Inputs, Set and Path is given.</summary>
/// <param name="Inputs">Inline x, one row an example.</param>
/// <param name="Labels">Inline y.</param>
/// <param name="Set">A named set.</param>
/// <param name="Drawn">How a synthetic set is drawn; null for others.</param>
/// <param name="Path">A csv, npy or npz file, or a folder of CIFAR-10 or MNIST files; absolute.</param>
/// <param name="Classes">[a, b] or [a, rest]: the binary problem a = +1; three and more: the problem of these classes, y = 0 … k−1; null: labels as they are.</param>
/// <param name="Transforms">In order.</param>
/// <param name="Train">How many examples to train on; null: all, or all that <paramref name="Test"/> leaves.</param>
/// <param name="Test">How many to test on; 0: none; null: the authors' whole test part, if there is one.</param>
/// <param name="Seed">For the choice of examples, drawn sets, random labels and label noise.</param>
/// <param name="RandomLabels">Labels drawn uniformly from those present.</param>
/// <param name="LabelNoise">The share of training labels that are replaced by another class.</param>
public sealed record DataConfig(
    double[][]? Inputs, double[]? Labels, string? Set, DrawnSet? Drawn, string? Path, IReadOnlyList<string>? Classes,
    IReadOnlyList<string> Transforms, int? Train, int? Test, long Seed, bool RandomLabels, double LabelNoise)
{
    private static readonly string[] OwnKeys = ["inline", "set", "path", "classes", "train", "test", "labels", "label-noise", "transforms", "seed"];
    private static readonly string[] Keys = [.. OwnKeys, .. DrawnSet.Keys];

    /// <summary>The named sets: those with examples of their own, and the synthetic ones.</summary>
    public static readonly string[] Sets = [.. Catalogue.All.Select(e => e.Name), .. SyntheticSets.All.Select(s => s.Name)];

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
                set = map["set"]!.Word(Sets);
                break;
            default:
                path = ReadPath(map["path"]!);
                break;
        }
        var (train, test) = (map["train"]?.Count(1), map["test"]?.Count(0));
        var mayHaveTestPart = set is not null ? Catalogue.Find(set)?.HasTestPart == true : path is not null && !IsTable(path);
        return new DataConfig(x, y, set, DrawnSet.Read(map, set, train, test), path,
            map["classes"] is { } c ? ReadClasses(c) : null,
            map["transforms"] is { } t ? [.. t.List("transforms").Select(w => w.Word(Preparation.TransformNames))] : [],
            train, test ?? (mayHaveTestPart ? null : 0), map["seed"]?.Integer() ?? seed,
            map["labels"] is { } l && l.Word("true", "random") == "random",
            map["label-noise"] is { } noise ? ReadShare(noise) : 0);
    }

    internal void Write(ConfigWriter writer) => writer.Section("data", () =>
    {
        if (Inputs is not null) writer.Section("inline", () => { writer.Entry("x", Inputs); writer.Entry("y", Labels!); });
        if (Set is not null) writer.Entry("set", Set);
        Drawn?.Write(writer);
        if (Path is not null) writer.Entry("path", Path);
        if (Classes is not null) writer.Entry("classes", Classes);
        if (Transforms.Count > 0) writer.Entry("transforms", Transforms);
        if (Train is { } train) writer.Entry("train", train);
        if (Test is { } test) writer.Entry("test", test);
        writer.Entry("seed", Seed);
        writer.Raw("labels", RandomLabels ? "random" : "true");
        if (LabelNoise > 0) writer.Entry("label-noise", LabelNoise);
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
        var full = System.IO.Path.GetFullPath(given, node.Folder);
        if (IsTable(full) || Ends(full, ".npz") || Directory.Exists(full) || System.IO.Path.GetExtension(full).Length == 0) return full;
        throw node.Error($"'{given}' is not a .csv, .csv.gz, .npy or .npz file, nor a folder of CIFAR-10 or MNIST files; these can be read "
            + "(csv: the label in the last column, or in one named label, class, species, target or y; npy: y in FILE_y.npy beside it, or in the last column; npz: arrays x and y)");
    }

    // Files of one table, which has no test part of its own.
    private static bool IsTable(string path) => Ends(path, ".csv") || Ends(path, ".csv.gz") || Ends(path, ".npy");

    private static bool Ends(string path, string extension) => path.EndsWith(extension, StringComparison.OrdinalIgnoreCase);

    private static double ReadShare(ConfigNode node) =>
        node.Number() is >= 0 and <= 1 and var share ? share : throw node.Error($"a share between 0 and 1 was expected; {node.Given} was given");

    private static string[] ReadClasses(ConfigNode node)
    {
        var names = node.List("class names").Select(n => n.Text()).ToArray();
        if (names.Length < 2)
            throw node.Error($"two names are needed, [a, b] or [a, rest]: a is +1, the other −1; or three and more for a problem of as many classes; {node.Given} was given");
        if (names.Length > 2 && names.Contains("rest")) throw node.Error("'rest' can stand in a list of two only: [a, rest]");
        return names.Distinct(StringComparer.OrdinalIgnoreCase).Count() == names.Length ? names : throw node.Error("a class is named twice");
    }
}
