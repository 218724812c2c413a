using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using Rhoflow.Data;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Launching;
using Rhoflow.Tests.Data;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Experiments;

/// <summary>The same twenty examples in every form in which people have them give the same run.</summary>
public sealed class DataFileRunTests : IDisposable
{
    // a, b, c, label; the loss after one step is that of the table with labels 0 and 1.
    private const string Table = """
        0.126,-0.132,0.64,0
        0.105,-0.536,0.362,0
        1.304,0.947,-0.704,1
        -1.265,-0.623,0.041,0
        -2.325,-0.219,-1.246,0
        -0.732,-0.544,-0.316,0
        0.412,1.043,-0.129,1
        1.366,-0.665,0.352,0
        0.903,0.094,-0.743,1
        -0.922,-0.458,0.22,0
        -1.01,-0.209,-0.159,0
        0.541,0.215,0.355,1
        -0.654,-0.13,0.784,0
        1.493,-1.259,1.514,0
        1.346,0.781,0.264,1
        -0.314,1.458,1.96,1
        1.802,1.315,0.357,1
        -1.208,-0.004,0.656,0
        -1.288,0.395,0.43,0
        0.696,-1.184,-0.662,0
        """;

    private const string Config = """
        name: table
        data: {path: data.csv}
        network: {layers: [ {dense: 2} ]}
        init: {kind: normal, scale: 0.1}
        loss: cross-entropy
        descent: {kind: gd, learning-rate: 0.1, epochs: 1}
        observe: {at: {every: 1}, measures: [loss]}
        """;

    private static readonly string[] Lines = Table.Split('\n', StringSplitOptions.TrimEntries);

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _said = [];

    public void Dispose() => _folder.Dispose();

    private Experiment Read(params string[] overrides)
    {
        File.WriteAllText(_folder / "config.yaml", Config);
        return Experiment.Load(_folder / "config.yaml", [.. overrides.Select(o => (o[..o.IndexOf('=')], o[(o.IndexOf('=') + 1)..]))]);
    }

    private JsonObject Run(params string[] overrides)
    {
        _said.Clear();
        var outcome = new RunLauncher(_folder / "runs", false, []) { Said = _said.Add }.Launch(Read(overrides));
        outcome.Error.ShouldBeNull();
        return outcome.Folder.Summary!;
    }

    private static double Loss(JsonObject summary) => (double)summary["last"]!["log10_loss"]!;

    private void Write(string name, string text, Encoding? encoding = null) =>
        File.WriteAllText(_folder / name, text, encoding ?? new UTF8Encoding(false));

    private static string Csv(Func<string[], string[]> change, string header = "a,b,c,label\n", char separator = ',') =>
        header + string.Join('\n', Lines.Select(l => string.Join(separator, change(l.Split(','))))) + "\n";

    [Fact]
    public void Every_form_of_a_table_gives_the_same_run()
    {
        Write("data.csv", Csv(c => c));
        var expected = Loss(Run());
        expected.ShouldBe(-0.180073, 1e-6);
        void Same(string note, params string[] overrides)
        {
            var summary = Run(overrides);
            Loss(summary).ShouldBe(expected, note);
            string.Join('\n', _said).ShouldContain(note);
            ((JsonArray)summary["data_notes"]!).Select(n => (string)n!).ShouldBe(_said);
        }
        string[] Labelled(string[] c, string zero, string one) => [.. c[..3], c[3] == "0" ? zero : one];
        Write("commas.csv", Csv(c => Array.ConvertAll(c, v => v.Replace('.', ',')), "a;b;c;label\n", ';'));
        Same("separator: semicolon; decimal: comma", "data.path=commas.csv");
        Write("bare.csv", Csv(c => Array.ConvertAll(c, v => v.Replace('.', ',')), "", '\t'));
        Same("header: no; separator: tab; decimal: comma", "data.path=bare.csv");
        Write("numbered.csv", Csv(c => c, "0,1,2,3\n"));
        Same("('0', '1', '2', '3') is taken for a header", "data.path=numbered.csv");
        Write("index.csv", ",a,b,c,label\n" + string.Join('\n', Lines.Select((l, i) => $"{i},{l}")) + "\n");
        Same("header: yes; 1 column dropped (column 1)", "data.path=index.csv");
        Write("two.csv", "id,diagnosis,r1,r2,r3\n" + string.Join('\n', Lines.Select((l, i) => l.Split(',') is var c
            ? $"{1000 + i},{(c[3] == "0" ? "B" : "M")},{c[0]},{c[1]},{c[2]}" : "")));
        Same("label: column 'diagnosis' (2 classes, in order of appearance: B, M); header: yes; 1 column dropped (column 'id')",
            "data.path=two.csv", "data.label=diagnosis", "data.drop=[id]");
        Write("latin.csv", Csv(c => Labelled(c, "Män", "Mön")), Encoding.Latin1);
        Same("encoding: latin1", "data.path=latin.csv", "data.encoding=latin1");
        foreach (var (zero, one) in new[] { ("1", "2"), ("0", "2"), ("-1", "1"), ("1.0", "2.0"), ("7", "40") })
        {
            Write("coded.csv", Csv(c => Labelled(c, zero, one)));
            Same("2 classes in order of value, ", "data.path=coded.csv");
            Same("2 classes, ", "data.path=coded.csv", $"data.classes=[{zero}, {one}]");
            // As weights of the two outputs: the first class named is output 0.
            Loss(Run("data.path=coded.csv", $"data.classes=[{one}, rest]")).ShouldNotBe(expected);
        }
        byte[] Doubles(int from, int to) => MemoryMarshal.AsBytes<double>(
            [.. Lines.SelectMany(l => l.Split(',')[from..to]).Select(v => double.Parse(v, CultureInfo.InvariantCulture))]).ToArray();
        byte[] labels = [.. Lines.Select(l => (byte)(l[^1] - '0'))];
        foreach (var (descr, y) in new (string, byte[])[]
        {
            ("|b1", labels), ("<u2", [.. labels.SelectMany(l => new byte[] { l, 0 })]), ("<U3", [.. labels.SelectMany(l =>
                Encoding.UTF32.GetBytes(l == 0 ? "neg" : "pos"))]),
                    ("|S3", [.. labels.SelectMany(l => Encoding.ASCII.GetBytes(l == 0 ? "neg" : "pos"))]),
        })
        {
            SampleFiles.WriteNpz(_folder / "a.npz", ("X", SampleFiles.Npy("<f8", "(20, 3)", Doubles(0, 3))),
                ("y", SampleFiles.Npy(descr, "(20,)", y)));
            Same("label: array 'y' (2 classes", "data.path=a.npz");
        }
    }

    [Fact]
    public void Targets_of_one_output_stay_numbers_and_what_does_not_fit_is_said_with_the_remedy()
    {
        Write("data.csv", Csv(c => [.. c[..3], c[3] == "0" ? "1" : "2"]));
        Run("network.layers=[{dense: 1}]", "loss=square");
        _said.ShouldBe(["data.csv: label: column 'label' (numbers); header: yes"]);
        string Error(params string[] overrides) => Should.Throw<DataException>(() => Run(overrides)).Message;
        Error("network.layers=[{dense: 1}]", "loss=logistic")
            .ShouldContain("needs labels −1 and +1; y[2] = 2. Its labels are 1, 2: data.classes: "
            + "[2, 1] makes the first +1 and the second −1; or give the network 2 outputs");
        Run("network.layers=[{dense: 1}]", "loss=logistic", "data.classes=[2, 1]");
        _said.ShouldBe(["data.csv: label: column 'label' (2 = +1, 1 = −1); header: yes"]);
        Error("network.layers=[{dense: 3}]", "data.classes=[1, 2, 3]").ShouldContain("has no class '3'; its classes are 1, 2 (and 'rest')");
        Write("data.csv", Csv(c => [.. c[..3], c[0]]));
        Error("network.layers=[{dense: 2}]")
            .ShouldContain("Its labels are numbers such as -2.325, not classes: one output and loss: square fit");
        Write("data.csv", Csv(c => [.. c[..3], c[3] == "0" ? "B" : "M"]));
        Error("network.layers=[{dense: 1}]", "loss=square")
            .ShouldContain("data.csv: the labels are the names B, M, and the square loss of one output "
            + "needs numbers: data.classes: [B, M] makes them +1 and −1, or give the network 2 outputs");
        Write("data.csv", Csv(c => [.. c[..3], c[3] == "0" ? "1" : c[0][0] == '0' ? "2" : "5"]));
        Error("network.layers=[{dense: 2}]").ShouldContain("Its labels have 3 values (1, 2, 5): give the network 3 outputs, or choose with "
            + "data.classes: [1, 2]");
        Run("network.layers=[{dense: 3}]")["data_notes"]![0]!.ToString().ShouldContain("3 classes in order of value, 1 → 0, 2 → 1, 5 → 2");
        Run("network.layers=[{dense: 6}]");
        _said[1].ShouldContain("no example has the label 0, 3, 4, though the network has 6 outputs");
    }

    [Fact]
    public void The_keys_are_read_written_and_refused_where_they_have_no_meaning()
    {
        Write("data.csv", Csv(c => c));
        string[] given = ["data.label=label", "data.header=true", "data.drop=[a]", "data.encoding=utf-8", "data.decimal=point",
            "data.max-bytes=5000"];
        var experiment = Read(given);
        var yaml = experiment.ToYaml();
        yaml.ShouldContain("  label: label\n  header: true\n  drop: [a]\n  encoding: utf-8\n  decimal: \".\"\n  max-bytes: 5000\n");
        Experiment.Read(ConfigSource.Parse(yaml, "again.yaml")).ToYaml().ShouldBe(yaml);
        RunIdentity.Id(experiment).ShouldNotBe(RunIdentity.Id(Read()));
        Read().ToYaml().ShouldNotContain("header");
        string Error(params string[] overrides) => Should.Throw<ConfigException>(() => Read(overrides)).Message;
        Error("data.arrays={x: X}").ShouldContain("data.arrays: is for .npz files; data.path is ");
        Error("data.layout=nchw").ShouldContain("is for .npy and .npz files");
        Error("data={set: iris}", "data.label=a").ShouldContain("data.label: is for .csv and .tsv files");
        Error("data.encoding=latin-one")
            .ShouldContain("'latin-one' is no encoding that .NET knows; for example: utf-8, utf-16, utf-16BE, latin1");
        Error("data.decimal=;").ShouldContain("\",\" (or comma) or \".\" (or point) was expected");
        Error("data.path=a.npz", "data.layout=chw").ShouldContain("nearest: nchw");
        Read("data.path=a.npz", "data.arrays={x: A, y-test: B}").Data!.Format.Arrays!["y-test"].ShouldBe("B");
    }
}
