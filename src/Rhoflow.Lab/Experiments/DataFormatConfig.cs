using Rhoflow.Data;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Datasets;

namespace Rhoflow.Lab.Experiments;

/// <summary>The keys of <c>data</c> that overrule what a reader guesses of a file. Those that are not given are not written.</summary>
internal static class DataFormatConfig
{
    private static readonly ConfigKey[] s_arrays =
    [
        new("x", ConfigForm.Text, "the array of the inputs") { Example = "images" },
        new("y", ConfigForm.Text, "the array of the labels") { Example = "labels" },
        new("x-test", ConfigForm.Text, "the array of the test inputs") { Example = "test_images" },
        new("y-test", ConfigForm.Text, "the array of the test labels") { Example = "test_labels" },
    ];

    private static readonly string[] Examples =
        ["utf-8", "utf-16", "utf-16BE", "latin1", "iso-8859-15", "windows-1250", "windows-1251", "windows-1252", "shift_jis", "gb18030"];

    /// <summary>The keys.</summary>
    internal static IReadOnlyList<ConfigKey> Described { get; } =
    [
        new("label", ConfigForm.Text | ConfigForm.Whole, "csv: the column of the label, by name or by number from 1 (−1 is the last)")
        {
            Default = "the column named label, class, species, target or y; else the last",
            Example = "diagnosis",
        },
        new("header", ConfigForm.Flag, "csv: whether the first line has names") { Default = "by what stands there", Example = "true" },
        new("drop", ConfigForm.List | ConfigForm.Text, "csv: columns that are no inputs, by name or number")
        {
            Default = "a nameless first column that numbers the lines",
            Example = "[id, 3]",
        },
        new("encoding", ConfigForm.Text, "csv: of the text") { Default = "by the byte order mark, else utf-8", Example = "latin1" },
        new("decimal", ConfigForm.Text, "csv: the decimal mark, '.' or ',' (also: comma)") { Default = "'.'", Example = "comma" },
        new("arrays", ConfigForm.Map, "npz: which array is what") { Keys = s_arrays, Default = "by their names", Example = "{x: X, y: Y}" },
        new("layout", ConfigForm.Word, "npy, npz: where images have their channels")
        {
            Words = ["nchw", "nhwc"],
            Default = "the axis of 1 or 3",
            Example = "nchw",
        },
        new("max-bytes", ConfigForm.Whole, "what a packed file may hold")
        {
            Default = "256 MiB, or a hundred times its size",
            Example = "1000000000",
        },
    ];

    private static IEnumerable<string> Keys => Described.Select(static k => k.Name);

    /// <summary>Reads the keys.</summary>
    /// <exception cref="ConfigException">One that has no meaning for this file, or a wrong value.</exception>
    public static DataFormat Read(ConfigMap map, string? path)
    {
        var text = path is not null && DataFiles.IsText(path);
        var numpy = path is not null && DataFiles.IsNumpy(path);
        foreach (var key in Keys.Where(map.Has))
        {
            var (fits, files) = key switch
            {
                "arrays" => (numpy && !DataFiles.IsTable(path!), ".npz files"),
                "layout" => (numpy, ".npy and .npz files"),
                "max-bytes" => (text || numpy, "files that data.path names"),
                _ => (text, ".csv and .tsv files"),
            };
            if (!fits) throw map[key]!.Error($"is for {files}{(path is null ? "" : $"; data.path is {path}")}");
        }
        return new DataFormat
        {
            Label = map["label"]?.Text(),
            Header = map["header"]?.Flag(),
            Drop = map["drop"] is { } drop ? drop.IsScalar ? [drop.Text()] : [.. drop.List("columns").Select(n => n.Text())] : null,
            Encoding = map["encoding"] is { } encoding ? ReadEncoding(encoding) : null,
            Decimal = map["decimal"] is { } mark ? ReadDecimal(mark) : null,
            Arrays = map["arrays"] is { } arrays ? ReadArrays(arrays) : null,
            Layout = map["layout"]?.Word("nchw", "nhwc"),
            MaxBytes = map["max-bytes"]?.Integer(1),
        };
    }

    /// <summary>Writes what is given.</summary>
    public static void Write(DataFormat format, ConfigWriter writer)
    {
        if (format.Label is { } label) writer.Entry("label", label);
        if (format.Header is { } header) writer.Entry("header", header);
        if (format.Drop is { } drop) writer.Entry("drop", drop);
        if (format.Encoding is { } encoding) writer.Entry("encoding", encoding);
        if (format.Decimal is { } mark) writer.Entry("decimal", mark.ToString());
        if (format.Arrays is { } arrays)
            writer.Section("arrays", () =>
            {
                foreach (var key in s_arrays.Select(static k => k.Name).Where(arrays.ContainsKey)) writer.Entry(key, arrays[key]);
            });
        if (format.Layout is { } layout) writer.Entry("layout", layout);
        if (format.MaxBytes is { } most) writer.Entry("max-bytes", most);
    }

    // On a command line a comma separates the values of a sweep, so there is a word for it.
    private static char ReadDecimal(ConfigNode node) => node.Text() switch
    {
        "," or "comma" => ',',
        "." or "point" => '.',
        _ => throw node.Error($"\",\" (or comma) or \".\" (or point) was expected; {node.Given} was given"),
    };

    private static string ReadEncoding(ConfigNode node) => CsvText.Find(node.Text()) is not null ? node.Text()
        : throw node.Error($"{node.Given} is no encoding that .NET knows{Nearest.Hint(node.Text(), Examples, "for example")}");

    private static Dictionary<string, string> ReadArrays(ConfigNode node)
    {
        var map = node.Map(s_arrays);
        var names = s_arrays.Select(static k => k.Name).Where(map.Has).ToDictionary(k => k, k => map[k]!.Text(), StringComparer.Ordinal);
        return names.Count > 0 ? names : throw node.Error("names of arrays were expected, as {x: X, y: Y}");
    }
}
