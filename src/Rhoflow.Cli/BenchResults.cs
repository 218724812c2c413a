using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Rhoflow.Benchmarks;
using Rhoflow.Lab.Files;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Cli;

/// <summary>
/// What a run of the benchmarks has given so far, and the file that holds it: written anew, in full, after every row, so that whatever ends
/// the program leaves the finished rows.
/// </summary>
/// <param name="file">.csv: the rows of times alone; else the document of --json. null: none.</param>
internal sealed class BenchResults(string? file)
{
    private static readonly (string Name, Func<Row, object?> Of)[] s_columns =
    [
        ("name", static r => r.Name),
        ("threads", static r => r.Threads),
        ("ours", static r => r.Ours ?? double.NaN),
        ("peer", static r => r.Peer ?? double.NaN),
        ("peer_name", static r => r.PeerName),
        ("unit", static r => r.Unit),
        ("ratio", static r => r.Ratio ?? double.NaN),
        ("ratio_min", static r => r.RatioMin ?? double.NaN),
        ("ratio_max", static r => r.RatioMax ?? double.NaN),
        ("cpu_ratio", static r => r.CpuRatio ?? double.NaN),
        ("pairs", static r => r.Pairs),
        ("peak_share", static r => r.PeakShare ?? double.NaN),
        ("cpu_share", static r => r.CpuShare ?? double.NaN),
        ("cost", static r => r.Cost ?? double.NaN),
        ("cost_of", static r => r.CostOf),
        ("target", static r => r.Target),
        ("reached", static r => r.Reached),
        ("bound", static r => r.Bound),
        ("note", static r => r.Note),
    ];

    private readonly JsonObject _environment = RunEnvironment.Describe(Environment.GetCommandLineArgs()[1..]);
    private bool _failed;

    /// <summary>The rows of times.</summary>
    public List<Row> Rows { get; } = [];

    /// <summary>The comparisons of derivatives; null where PyTorch is not installed or none was asked for.</summary>
    public List<GradientRow>? Gradients { get; set; }

    /// <summary>The peers that were looked at.</summary>
    public List<PeerReport> Peers { get; } = [];

    /// <summary>Rows that were left out.</summary>
    public IReadOnlyList<string> LeftOut { get; set; } = [];

    /// <summary>Where it is written; null: nowhere.</summary>
    public string? File => _failed ? null : file;

    /// <summary>Whether all that was asked for is there.</summary>
    public bool IsInterrupted { get; set; }

    /// <summary>Writes the file.</summary>
    /// <param name="complain">Told once where it cannot be written, and then it is not tried again; null: that is an error.</param>
    /// <exception cref="RunFolderException">It cannot be written.</exception>
    public void Save(Action<string>? complain)
    {
        if (File is null) return;
        try
        {
            Places.Writing(File, () =>
            {
                if (Path.GetDirectoryName(Path.GetFullPath(File)) is { } folder) Directory.CreateDirectory(folder);
                AtomicFile.Write(File, IsCsv ? Csv() : Document().ToJsonString(Json.Options) + "\n");
                return 0;
            });
        }
        catch (RunFolderException e) when (complain is not null)
        {
            _failed = true;
            complain($"note: {e.Message}; the rows are shown only");
        }
    }

    /// <summary>For --json.</summary>
    public JsonObject Document()
    {
        var environment = _environment.DeepClone().AsObject();
        environment["peers"] = new JsonArray([.. Peers.Select(static p => (JsonNode)p.ToJson())]);
        return new JsonObject
        {
            ["environment"] = environment,
            ["interrupted"] = IsInterrupted,
            ["rows"] = new JsonArray([.. Rows.Select(static r => (JsonNode)new JsonObject(s_columns
                .Select(c => KeyValuePair.Create(c.Name, Node(c.Of(r))))))]),
            ["gradients"] = GradientTable.Document(Gradients),
            ["left_out"] = new JsonArray([.. LeftOut.Select(static n => (JsonNode)n)]),
        };
    }

    private bool IsCsv => Path.GetExtension(file!).Equals(".csv", StringComparison.OrdinalIgnoreCase);

    // As in the csv of runs: nan where a number was not measured.
    private string Csv()
    {
        var text = new StringBuilder();
        text.AppendJoin(',', s_columns.Select(static c => c.Name)).Append('\n');
        foreach (var row in Rows) text.AppendJoin(',', s_columns.Select(c => Cell(c.Of(row)))).Append('\n');
        return text.ToString();
    }

    private static JsonNode? Node(object? value) => value switch
    {
        null or double.NaN => null,
        double number => number,
        int number => number,
        bool truth => truth,
        _ => (string)value,
    };

    private static string Cell(object? value) => value switch
    {
        null => "",
        double.NaN => "nan",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        bool truth => truth ? "true" : "false",
        string text when text.AsSpan().IndexOfAny(",\"\n\r") >= 0 => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
