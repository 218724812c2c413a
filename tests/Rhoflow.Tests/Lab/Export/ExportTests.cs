using System.Globalization;
using System.Text.Json.Nodes;
using Parquet;
using Parquet.Schema;
using Rhoflow.Cli;
using Rhoflow.Lab.Files;
using Rhoflow.Lab.Runs;
using Rhoflow.Tests.Lab.Tables;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Export;

/// <summary>What is exported is what the run folders hold: Parquet read back, csv beside it, and metrics.csv beside both.</summary>
public sealed class ExportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _out;

    public ExportTests() => _out = _folder / "runs";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Parquet_csv_and_the_run_folders_agree()
    {
        var random = new Random();
        string[] texts = ["square", "a, b", "say \\\"so\\\"", "42"];
        for (var i = 0; i < 9; i++)
        {
            // Runs with other columns, other keys, no rows at all.
            string[] columns = i % 3 == 0 ? ["step", "t", "log10_loss"] : ["step", "log10_loss", "test_error"];
            double[] Row(int n) => [n, Number(random), Number(random)];
            var keys = new List<(string, string)> { ("seed", $"{i}"), ("init.scale", i % 2 == 0 ? "1" : "2.5"), ("step", "7") };
            if (i % 4 > 0) keys.Add(("loss.name", $"\"{texts[i % 4]}\""));
            if (i % 2 > 0) keys.Add(("network.bias", i > 4 ? "true" : "false"));
            var rows = Enumerable.Range(0, i == 5 ? 0 : random.Next(1, 40)).Select(Row);
            MadeRuns.Add(_out, "made", MadeRuns.Id(i), keys, columns, [.. rows]);
        }
        var document = JsonNode.Parse(Run("export", _out, "--to", "parquet", "--out", _folder / "a.parquet", "--config", "--json").Output)!;
        Run("export", _out, "--out", _folder / "a.csv", "--config").Status.ShouldBe(0);
        Run("export", _out, "--to", "csv", "--config").Output.ShouldBe(File.ReadAllText(_folder / "a.csv"));

        var (fields, parquet) = await Parquet(_folder / "a.parquet");
        string[][] csv = [.. CsvLines(File.ReadAllText(_folder / "a.csv"))];
        string[] head = ["run", "name", "row", "seed", "init.scale", "config.step", "loss.name", "network.bias", "step", "t", "log10_loss",
            "test_error"];
        csv[0].ShouldBe(head, ignoreOrder: true);
        fields.Select(static f => f.Name).ShouldBe(csv[0]);
        document["columns"]!.AsArray().Select(static c => (string)c!).ShouldBe(csv[0]);
        Type(fields, "seed").ShouldBe(typeof(long));
        Type(fields, "init.scale").ShouldBe(typeof(double));
        Type(fields, "loss.name").ShouldBe(new DataField<string>("text").ClrType);
        Type(fields, "network.bias").ShouldBe(typeof(bool));
        parquet.Count.ShouldBe(csv.Length - 1);
        ((int)document["rows"]!).ShouldBe(parquet.Count);
        for (var r = 0; r < parquet.Count; r++) parquet[r].Select(Text).ShouldBe(csv[r + 1].Select(static c => c == "nan" ? "" : c));

        // And the rows of each run are those of its metrics.csv, bit for bit.
        foreach (var run in RunFolder.Under(_out))
        {
            var (columns, rows) = MetricsFile.Read(run.File("metrics.csv"));
            object?[][] here = [.. parquet.Where(p => (string?)p[0] == run.Id)];
            here.Length.ShouldBe(rows.Count);
            for (var i = 0; i < rows.Count; i++)
                foreach (var name in (string[])["t", "log10_loss", "test_error"])
                    (here[i][Array.IndexOf(csv[0], name)] as double? ?? double.NaN)
                        .ShouldBe(Array.IndexOf(columns, name) is >= 0 and var at ? rows[i][at] : double.NaN);
        }
    }

    [Fact]
    public async Task Arrays_are_lists()
    {
        var expected = new List<double[]?>();
        for (var i = 0; i < 4; i++)
        {
            var run = MadeRuns.Add(_out, "made", MadeRuns.Id(i), [("seed", $"{i}")], ["t"], [[0], [1], [2]],
                begun: new DateTime(2026, 11, 28).AddMinutes(i));
            if (i == 1)
            {
                expected.AddRange([null, null, null]);
                continue;
            }
            // Of another width in each run; with i = 2 of none.
            using var margins = Npy.Append(run.File("arrays/margins.npy"), i == 2 ? 0 : i + 1, 0);
            for (var row = 0; row < 3; row++)
            {
                double[] cells = [.. Enumerable.Range(0, i == 2 ? 0 : i + 1).Select(k => k == 0 ? double.NaN : row + k / 10.0)];
                margins.Add(cells);
                expected.Add(cells);
            }
        }
        Run("export", _out, "--to", "parquet", "--arrays", "--out", _folder / "lists.parquet").Status.ShouldBe(0);
        await using var reader = await ParquetReader.CreateAsync(_folder / "lists.parquet");
        var list = reader.Schema.DataFields.Single(static f => f.Path.ToString().StartsWith("margins", StringComparison.Ordinal));
        using var group = reader.OpenRowGroupReader(0);
        using var column = (Parquet.Data.RawColumnData<double>)await group.ReadRawColumnDataBaseAsync(list, default);
        var lists = new List<List<double>?>();
        var (definitions, repetitions) = (column.DefinitionLevels.ToArray(), column.RepetitionLevels.ToArray());
        var values = column.Values.ToArray();
        for (int i = 0, v = 0; i < definitions.Length; i++)
        {
            if (repetitions[i] == 0) lists.Add(definitions[i] == 0 ? null : []);
            if (definitions[i] == 2) lists[^1]!.Add(values[v++]);
        }
        lists.Count.ShouldBe(expected.Count);
        for (var i = 0; i < lists.Count; i++) lists[i]?.ToArray().ShouldBe(expected[i]);
        lists[3].ShouldBeNull();
    }

    [Fact]
    public void What_cannot_be_exported_is_said_and_leaves_nothing()
    {
        MadeRuns.Add(_out, "made", MadeRuns.Id(0), [("seed", "0")], ["t"], [[0]]);
        foreach (var (expected, words) in ((string, string[])[])
            [
                ("--to is missing; allowed: parquet, csv, tensorboard", []),
                ("--to parqet is not known; nearest: parquet", ["--to", "parqet"]),
                ("--out is missing: where the file is to be written", ["--to", "parquet"]),
                ("--out is missing: where the folder is to be written", ["--to", "tensorboard"]),
                ("--arrays: csv has no lists", ["--to", "csv", "--arrays"]),
                ("--columns: there is no column 'sede'; nearest: seed", ["--to", "csv", "--columns", "sede", "--config"]),
                ("no runs in", ["--to", "csv", "--where", "t>5"]),
            ])
        {
            var (status, output, error) = Run(["export", _out, .. words]);
            (status, error.Contains(expected, StringComparison.Ordinal), output).ShouldBe((2, true, ""), error);
        }
        File.WriteAllText(_folder / "file", "");
        Run("export", _out, "--to", "tensorboard", "--out", _folder / "file").Error.ShouldContain("is a file; tensorboard wants a folder");
        var bad = Run("export", _out, "--to", "csv", "--out", Path.Combine(_folder / "file", "a.csv"));
        bad.Status.ShouldBe(1);
        bad.Error.ShouldContain("cannot be written");
        foreach (string[] other in (string[][])[["report", _out], ["plot", _out, "--x", "t", "--y", "t"]])
        {
            var (status, _, error) = Run([.. other, "--out", Path.Combine(_folder / "file", "a.html")]);
            (status, error.Contains("a.html' cannot be written", StringComparison.Ordinal)).ShouldBe((1, true), error);
        }
        Run("export", _out, "--to", "csv", "--columns", "t").Output.ShouldStartWith("run,name,row,t\n");
        // A folder: the file gets a name.
        Run("export", _out, "--to", "parquet", "--out", _folder.Path).Error.ShouldContain("1 run, 1 row, 4 columns: ");
        File.Exists(_folder / "runs.parquet").ShouldBeTrue();
    }

    private static double Number(Random random) => random.Next(6) switch
    {
        0 => double.NaN,
        1 => double.PositiveInfinity,
        2 => -0.0,
        3 => BitConverter.Int64BitsToDouble(random.NextInt64()) is var x && double.IsNaN(x) ? 1 : x,
        _ => random.NextDouble(),
    };

    private static Type Type(IEnumerable<DataField> fields, string name) => fields.Single(f => f.Name == name).ClrType;

    private static string Text(object? cell) => cell switch
    {
        null => "",
        double d => MetricsFile.Format(d),
        bool b => b ? "true" : "false",
        long n => n.ToString(CultureInfo.InvariantCulture),
        _ => (string)cell,
    };

    private static async Task<(DataField[] Fields, List<object?[]> Rows)> Parquet(string file)
    {
        await using var reader = await ParquetReader.CreateAsync(file);
        var fields = reader.Schema.DataFields;
        var rows = new List<object?[]>();
        foreach (var group in Enumerable.Range(0, reader.RowGroupCount).Select(reader.OpenRowGroupReader))
        {
            var first = rows.Count;
            rows.AddRange(Enumerable.Range(0, (int)group.RowCount).Select(_ => new object?[fields.Length]));
            for (var c = 0; c < fields.Length; c++)
            {
                object?[] cells = fields[c].ClrType == typeof(long) ? await Values<long>(group, fields[c])
                    : fields[c].ClrType == typeof(bool) ? await Values<bool>(group, fields[c])
                    : fields[c].ClrType == typeof(double) ? await Values<double>(group, fields[c]) : await Strings(group, fields[c]);
                for (var r = 0; r < cells.Length; r++) rows[first + r][c] = cells[r];
            }
        }
        return (fields, rows);
    }

    private static async Task<object?[]> Values<T>(ParquetRowGroupReader group, DataField field) where T : struct
    {
        var cells = new T?[group.RowCount];
        await group.ReadAsync<T>(field, cells.AsMemory(), null, default);
        return [.. cells.Select(static c => (object?)c)];
    }

    private static async Task<object?[]> Strings(ParquetRowGroupReader group, DataField field)
    {
        var cells = new string?[group.RowCount];
        await group.ReadAsync(field, cells.AsMemory()!, null, default);
        return [.. cells];
    }

    // RFC 4180.
    private static IEnumerable<string[]> CsvLines(string text)
    {
        var (cells, cell, quoted) = (new List<string>(), "", false);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"' && quoted && i + 1 < text.Length && text[i + 1] == '"') cell += text[i++];
            else if (text[i] == '"') quoted = !quoted;
            else if (text[i] is ',' or '\n' && !quoted)
            {
                cells.Add(cell);
                cell = "";
                if (text[i] == ',') continue;
                yield return [.. cells];
                cells.Clear();
            }
            else cell += text[i];
        }
    }

    private static (int Status, string Output, string Error) Run(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var status = CommandLine.Run(arguments, output, error, TestContext.Current.CancellationToken);
        return (status, output.ToString(), error.ToString());
    }
}
