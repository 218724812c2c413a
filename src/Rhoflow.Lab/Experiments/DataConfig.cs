using Rhoflow.Data;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Datasets;

namespace Rhoflow.Lab.Experiments;

/// <summary>Where the examples come from and what is done to them. Exactly one of Inputs, Set and Path is given.</summary>
public sealed record DataConfig
{
    /// <summary>The named sets: those with examples of their own, and the synthetic ones.</summary>
    public static readonly IReadOnlyList<string> Sets = [.. Catalogue.All.Select(e => e.Name), .. SyntheticSets.All.Select(s => s.Name)];

    private static readonly ConfigKey[] s_inline =
    [
        new("x", ConfigForm.List, "one row an example") { Example = "[[1.0, 0.5], [0.4, 1.2]]" },
        new("y", ConfigForm.List, "one label an example: ±1, or 0 … C−1") { Example = "[1, -1]" },
    ];

    private static readonly ConfigKey[] s_steps =
    [
        new("monomials", ConfigForm.Whole, "the inputs are 1, x, …, x^d of the one input; comes first") { Example = "30" },
        new("normalize", ConfigForm.Map, "of every channel (x − mean)/std; pixels in [0, 1] are those after scale-pixels")
        {
            Keys = ChannelConstants.Described,
            Example = "{mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25]}",
        },
    ];

    /// <summary>The keys of <c>data</c>; exactly one of inline, set and path is given.</summary>
    internal static IReadOnlyList<ConfigKey> Described { get; } =
    [
        new("inline", ConfigForm.Map, "the examples themselves")
        {
            Keys = s_inline,
            Example = "{x: [[1.0, 0.5], [0.4, 1.2]], y: [1, 1]}",
        },
        new("set", ConfigForm.Word, "a set by its name (`rhoflow list data`)") { Words = Sets, Example = "iris" },
        new("path", ConfigForm.Text, "a csv, tsv, npy or npz file (also .gz), a folder of CIFAR-10 or MNIST files, or one "
            + "of PNG and JPEG images with a sub-folder for each class, beside the config")
        {
            Example = "table.csv",
        },
        new("classes", ConfigForm.List, "[a, b] or [a, rest]: a is +1 (or class 0); three and more: the problem of these classes")
        {
            Default = "labels as they are",
            Example = "[setosa, rest]",
        },
        new("train", ConfigForm.Whole, "how many examples to train on") { Default = "all that test leaves", Example = "1000" },
        new("test", ConfigForm.Whole, "how many to test on; 0: none")
        {
            Default = "the authors' test part where there is one, else 0",
            Example = "1000",
        },
        new("labels", ConfigForm.Word, "random: labels drawn uniformly from those present")
        {
            Words = ["true", "random"],
            Default = "true",
            Example = "random",
        },
        new("label-noise", ConfigForm.Number, "the share of training labels that are replaced by another class")
        {
            Default = "0",
            Example = "0.1",
        },
        new("transforms", ConfigForm.List, $"done to the inputs in order: {string.Join(", ", Preparation.TransformNames)}; "
            + "{normalize: {mean: […], std: […]}}; {monomials: d} first")
        {
            Keys = s_steps,
            Words = [.. Preparation.TransformNames],
            Default = "[]",
            Example = "[scale-pixels, center]",
        },
        new("seed", ConfigForm.Whole, "of the choice of examples, drawn sets, random labels and label noise")
        {
            Default = "the config's seed",
            Example = "1",
        },
        .. DataFormatConfig.Described,
        .. DrawnSet.Described,
    ];

    /// <summary>Inline x, one row per example.</summary>
    public IReadOnlyList<IReadOnlyList<double>>? Inputs { get; init; }

    /// <summary>Inline y, one number per example.</summary>
    public IReadOnlyList<double>? Labels { get; init; }

    /// <summary>A named set.</summary>
    public string? Set { get; init; }

    /// <summary>How a synthetic set is drawn; null for others.</summary>
    public DrawnSet? Drawn { get; init; }

    /// <summary>A csv, npy or npz file, or a folder of CIFAR-10 or MNIST files, or of images by class; absolute.</summary>
    public string? Path { get; init; }

    /// <summary>How the file is to be read, where that is not to be guessed.</summary>
    public DataFormat Format { get; init; } = DataFormat.Guessed;

    /// <summary>
    /// [a, b] or [a, rest]: the binary problem a = +1; three and more: the problem of these classes, y = 0 … k−1; null: labels as they are.
    /// </summary>
    public IReadOnlyList<string>? Classes { get; init; }

    /// <summary>d of the transform {monomials: d}: the inputs are 1, x, …, x^d of the one input; null: as they are.</summary>
    public int? Monomials { get; init; }

    /// <summary>
    /// What is done to inputs, in order, after <see cref="Monomials"/>: words, and {normalize: {mean: […], std: […]}} as it is written.
    /// </summary>
    public IReadOnlyList<string> Transforms { get; init; } = [];

    /// <summary>How many examples to train on; null: all, or all that <see cref="Test"/> leaves.</summary>
    public int? Train { get; init; }

    /// <summary>How many to test on; 0: none; null: the authors' whole test part, if there is one.</summary>
    public int? Test { get; init; }

    /// <summary>For the choice of examples, drawn sets, random labels and label noise.</summary>
    public long Seed { get; init; }

    /// <summary>Labels drawn uniformly from those present.</summary>
    public bool RandomLabels { get; init; }

    /// <summary>The share of training labels that are replaced by another class.</summary>
    public double LabelNoise { get; init; }

    internal static DataConfig Read(ConfigNode node, long seed)
    {
        var map = node.Map(Described);
        var (train, test) = (map["train"]?.Count(1), map["test"]?.Count(0));
        var origin = ReadOrigin(map);
        var transforms = map["transforms"] is { } steps ? ReadTransforms(steps) : (null, []);
        var mayHaveTestPart = origin.Set is { } set ? Catalogue.Find(set)?.HasTestPart == true : origin.Path is { } path
            && !DataFiles.IsTable(path);
        return origin with
        {
            Format = DataFormatConfig.Read(map, origin.Path),
            Drawn = DrawnSet.Read(map, origin.Set, train, test),
            Classes = map["classes"] is { } c ? ReadClasses(c) : null,
            Monomials = transforms.Degree,
            Transforms = transforms.Names,
            Train = train,
            Test = test ?? (mayHaveTestPart ? null : 0),
            Seed = map["seed"]?.Integer() ?? seed,
            RandomLabels = map["labels"] is { } l && l.Word("true", "random") == "random",
            LabelNoise = map["label-noise"] is { } noise ? ReadShare(noise) : 0,
        };
    }

    private static (int? Degree, IReadOnlyList<string> Names) ReadTransforms(ConfigNode node)
    {
        int? degree = null;
        var names = new List<string>();
        foreach (var (step, n) in node.List("transforms").Select(static (step, n) => (step, n)))
        {
            if (!step.IsMap)
            {
                names.Add(step.Word([.. Preparation.TransformNames], static word => word switch
                {
                    "monomials" => "needs a degree, as in {monomials: 30}",
                    "normalize" => "needs constants, as in {normalize: {mean: [0.5], std: [0.25]}}",
                    _ => null,
                }));
                continue;
            }
            var map = step.Map(s_steps);
            if (map.OneOf("monomials", "normalize") == "normalize")
            {
                names.Add(ChannelConstants.Read(map["normalize"]!).ToString());
                continue;
            }
            degree = map["monomials"]!.Count(1);
            if (n > 0) throw step.Error("monomials come first; what follows is done to them");
        }
        return (degree, names);
    }

    private static DataConfig ReadOrigin(ConfigMap map)
    {
        switch (map.OneOf("inline", "set", "path"))
        {
            case "inline":
                var (x, y) = ReadInline(map["inline"]!);
                return new DataConfig { Inputs = x, Labels = y };
            case "set":
                return new DataConfig { Set = map["set"]!.Word(Sets) };
            default:
                return new DataConfig { Path = ReadPath(map["path"]!) };
        }
    }

    internal void Write(ConfigWriter writer) => writer.Section("data", () =>
    {
        if (Inputs is not null) writer.Section("inline", () => { writer.Entry("x", Inputs); writer.Entry("y", Labels!); });
        if (Set is not null) writer.Entry("set", Set);
        Drawn?.Write(writer);
        if (Path is not null) writer.Entry("path", Path);
        DataFormatConfig.Write(Format, writer);
        if (Classes is not null) writer.Entry("classes", Classes);
        if (Monomials is { } degree) writer.Raw("transforms", ConfigWriter.List([$"{{monomials: {degree}}}", .. Transforms]));
        else if (Transforms.Count > 0) writer.Raw("transforms", ConfigWriter.List(Transforms));
        if (Train is { } train) writer.Entry("train", train);
        if (Test is { } test) writer.Entry("test", test);
        writer.Entry("seed", Seed);
        writer.Raw("labels", RandomLabels ? "random" : "true");
        if (LabelNoise > 0) writer.Entry("label-noise", LabelNoise);
    });

    private static (double[][] X, double[] Y) ReadInline(ConfigNode node)
    {
        var map = node.Map(s_inline);
        var rows = map.Required("x", "the inputs, one list per example").List("examples");
        var labels = map.Required("y", "the labels, one per example").List("labels");
        DataException Bad(ConfigNode at, string what) => new(at.Error(what).Message);
        if (rows.Count == 0) throw Bad(map["x"]!, "there is no example; at least one is needed");
        if (labels.Count != rows.Count) throw Bad(map["y"]!, $"{labels.Count} labels were given for {rows.Count} examples");
        double Finite(ConfigNode cell) => cell.AnyNumber() is var v
            && double.IsFinite(v) ? v : throw Bad(cell, $"is {cell.Given}; every entry of the data must be a finite number");
        var x = rows.Select(r => r.List("numbers").Select(Finite).ToArray()).ToArray();
        for (var n = 0; n < x.Length; n++)
        {
            if (x[n].Length == 0) throw Bad(rows[n], "an example needs at least one input");
            if (x[n].Length != x[0].Length)
                throw Bad(rows[n], $"has {x[n].Length} inputs, but data.inline.x[0] has {x[0].Length}; every example needs as many");
        }
        return (x, [.. labels.Select(Finite)]);
    }

    private static string ReadPath(ConfigNode node)
    {
        var given = node.Text();
        var full = System.IO.Path.GetFullPath(given, node.Folder);
        if (!DataFiles.IsFolder(full) || Directory.Exists(full) || System.IO.Path.GetExtension(full).Length == 0) return full;
        throw node.Error($"'{given}' is not a .csv, .csv.gz, .npy or .npz file, nor a folder of CIFAR-10 or MNIST files or of images, one "
            + "sub-folder a class; these (and "
            + ".tsv, .tsv.gz, .npy.gz) can be read (csv: the label where data.label says, or in the column named label, class, species, "
            + "target or y, or in the last; npy: y in FILE_y.npy beside it, or in the last column; npz: arrays x and y, or where "
            + "data.arrays says)");
    }

    private static double ReadShare(ConfigNode node) =>
        node.Number() is >= 0 and <= 1 and var share ? share
            : throw node.Error($"a share between 0 and 1 was expected; {node.Given} was given");

    private static string[] ReadClasses(ConfigNode node)
    {
        var names = node.List("class names").Select(n => n.Text()).ToArray();
        if (names.Length < 2)
            throw node.Error("two names are needed, [a, b] or [a, rest]: a is +1, the other −1; or three and more for a problem of as "
                + $"many classes; {node.Given} was given");
        if (names.Length > 2 && names.Contains("rest")) throw node.Error("'rest' can stand in a list of two only: [a, rest]");
        return names.Distinct(StringComparer.OrdinalIgnoreCase).Count() == names.Length ? names
            : throw node.Error("a class is named twice");
    }
}
