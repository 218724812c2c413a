using System.Globalization;
using System.Text.Json.Nodes;
using Rhoflow.Cli;
using Rhoflow.Data;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Inspection;
using Rhoflow.Lab.Launching;
using Rhoflow.Lab.Runs;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Inspection;

/// <summary>Other data than those that a network was trained on are prepared by what its run learned, never from scratch.</summary>
public sealed class OtherDataTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Random _random = new();

    public void Dispose() => _folder.Dispose();

    private const string Descent = """
        name: classes
        precision: float64
        data: {path: train.csv}
        network: {layers: [ {dense: 3} ]}
        init: {kind: normal, scale: 0.1}
        loss: cross-entropy
        descent: {kind: gd, learning-rate: 1, epochs: 50}
        observe: {at: {every: 50}, measures: [loss]}
        """;

    private sealed record Row(double[] X, string Label);

    // Three classes around three corners, far from the origin.
    private Row[] Draw(int count) => [.. Enumerable.Range(0, count).Select(n =>
        new Row([.. new double[] { 5, -3 }.Select((c, i) => c + (n % 3 == i ? 2 : 0) + _random.NextDouble())], $"c{n % 3}"))];

    private string Write(string name, IEnumerable<Row> rows, string header = "")
    {
        File.WriteAllText(_folder / name, header + string.Concat(rows.Select(static r =>
            string.Join(',', r.X.Select(static v => v.ToString("R", CultureInfo.InvariantCulture))) + $",{r.Label}\n")));
        return _folder / name;
    }

    private RunFolder Launch(string yaml)
    {
        File.WriteAllText(_folder / "config.yaml", yaml);
        return new RunLauncher(_folder / "runs", false, []).Launch(Experiment.Load(_folder / "config.yaml", []),
            cancellation: TestContext.Current.CancellationToken).Folder;
    }

    private static JsonNode Inspect(RunFolder run, string data)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        CommandLine.Run(["inspect", run.Path, "--data", data, "--measures", "loss", "--json"], output, error,
            TestContext.Current.CancellationToken).ShouldBe(0, error.ToString());
        return JsonNode.Parse(output.ToString())!;
    }

    private static (double Loss, double Error) Loss(JsonNode inspected) =>
        ((double)inspected["measures"]!["log10_loss"]!, (double)inspected["measures"]!["train_error"]!);

    private static string Refused(RunFolder run, string data) => Should.Throw<DataException>(() =>
        TrainedNetworks.OfRun(run, data)).Message;

    // log10 of the mean cross-entropy and the error, from W in plain loops.
    private static (double Loss, double Error) Naive(RunFolder run, double[] mean, IReadOnlyList<Row> rows)
    {
        var network = TrainedNetworks.OfRun(run, null);
        var (w, sum, wrong) = (network.Theta.ToArray(), 0.0, 0);
        foreach (var (x, label) in rows)
        {
            var f = new double[3];
            for (var c = 0; c < 3; c++)
                for (var i = 0; i < x.Length; i++) f[c] += w[c * x.Length + i] * (x[i] - mean[i]);
            var y = label[1] - '0';
            sum += Math.Log(f.Sum(Math.Exp)) - f[y];
            if (f[y] < f.Max()) wrong++;
        }
        return (Math.Log10(sum / rows.Count), (double)wrong / rows.Count);
    }

    [Fact]
    public void Classes_are_matched_by_name_whatever_their_order_in_the_file()
    {
        var rows = Draw(24);
        Write("train.csv", rows);
        var run = Launch(Descent);
        var trained = Loss(Inspect(run, _folder / "train.csv"));
        var naive = Naive(run, [0, 0], rows);
        trained.Loss.ShouldBe(naive.Loss, 1e-9);
        trained.Error.ShouldBe(naive.Error);
        var turned = Loss(Inspect(run, Write("turned.csv", rows.Reverse())));
        turned.Loss.ShouldBe(trained.Loss, 1e-12);
        turned.Error.ShouldBe(trained.Error);
        _random.Shuffle(rows);
        Loss(Inspect(run, Write("shuffled.csv", rows))).Loss.ShouldBe(trained.Loss, 1e-12);
    }

    [Fact]
    public void A_class_may_be_missing_but_none_may_be_added()
    {
        var rows = Draw(24);
        Write("train.csv", rows);
        var run = Launch(Descent);
        Row[] two = [.. rows.Where(static r => r.Label != "c0").Reverse()];
        var inspected = Inspect(run, Write("two.csv", two));
        Loss(inspected).Loss.ShouldBe(Naive(run, [0, 0], two).Loss, 1e-9);
        inspected["model"]!["notes"]!.AsArray().ShouldContain(static n => ((string)n!).Contains("has no example of c0"));
        Refused(run, Write("four.csv", [.. rows, new Row([1, 1], "c7")])).ShouldContain(
            "has the classes c0, c1, c2, c7, but the network was trained on c0, c1, c2; c7 is none of these");
        Refused(run, "iris").ShouldContain("setosa, versicolor, virginica, but the network was trained on c0, c1, c2");
    }

    [Fact]
    public void Columns_are_matched_by_name_where_files_name_them()
    {
        var rows = Draw(24);
        Write("train.csv", rows, "width,height,kind\n");
        var run = Launch(Descent);
        var trained = Loss(Inspect(run, _folder / "train.csv"));
        trained.Loss.ShouldBe(Naive(run, [0, 0], rows).Loss, 1e-9);
        string Number(double v) => v.ToString("R", CultureInfo.InvariantCulture);
        File.WriteAllText(_folder / "turned.csv", "kind,height,id,width\n" + string.Concat(rows.Reverse().Select((r, n) =>
            $"{r.Label},{Number(r.X[1])},{n * 7 % 5}.5,{Number(r.X[0])}\n")));
        var turned = Inspect(run, _folder / "turned.csv");
        Loss(turned).Loss.ShouldBe(trained.Loss, 1e-12);
        turned["model"]!["notes"]!.AsArray().ShouldContain(static n => ((string)n!).Contains("matched by name; id left out"));
        Refused(run, Write("other.csv", rows, "width,depth,kind\n")).ShouldContain(
            "has the columns width, depth; the network was trained on width, height; height is missing");
        Refused(run, Write("label.csv", rows, "width,height,sort\n")).ShouldContain("kind");
        Inspect(run, Write("bare.csv", rows))["model"]!["notes"]!.AsArray().ShouldContain(static n =>
            ((string)n!).Contains("has no names of columns"));
    }

    [Fact]
    public void Classes_chosen_in_the_run_are_chosen_in_other_data_and_the_rest_is_said()
    {
        var rows = Draw(24);
        Write("train.csv", rows);
        var run = Launch(Descent.Replace("train.csv}", "train.csv, classes: [c2, c0]}", StringComparison.Ordinal)
            .Replace("dense: 3", "dense: 1", StringComparison.Ordinal).Replace("cross-entropy", "logistic", StringComparison.Ordinal));
        Row[] other = [new Row([1, 1], "new"), .. rows.Reverse()];
        var network = TrainedNetworks.OfRun(run, Write("other.csv", other));
        network.Train.Y.ToArray().ShouldBe([.. other.Where(static r => r.Label is "c2" or "c0").Select(static r =>
            r.Label == "c2" ? 1.0 : -1)]);
        network.Notes.ShouldContain(static n => n.StartsWith("1 examples of new are left out"));
        var rest = Launch(Descent.Replace("train.csv}", "train.csv, classes: [c2, rest]}", StringComparison.Ordinal)
            .Replace("dense: 3", "dense: 1", StringComparison.Ordinal).Replace("cross-entropy", "logistic", StringComparison.Ordinal));
        Refused(rest, _folder / "other.csv").ShouldContain("new is none of these");
    }

    // Centring by the other file's own mean would make both files look alike.
    [Theory]
    [InlineData("[center]", "float64")]
    [InlineData("[center]", "float32")]
    [InlineData("[center, unit-norm, constant-input]", "float64")]
    [InlineData("[unit-norm, constant-input, center]", "float32")]
    public void Means_are_those_of_the_training_examples(string transforms, string precision)
    {
        var rows = Draw(30);
        Write("train.csv", rows[..20]);
        var run = Launch(Descent.Replace("train.csv}", $"train.csv, transforms: {transforms}}}", StringComparison.Ordinal)
            .Replace("float64", precision, StringComparison.Ordinal));
        var other = TrainedNetworks.OfRun(run, Write("other.csv", rows[20..])).Train;
        // The same rows as test examples of a run that trains on the first twenty, in the formulas of one transform after another.
        double[][] x = [.. rows.Select(static r => r.X)];
        foreach (var step in transforms.Trim('[', ']').Split(", "))
        {
            var now = x;
            double[] mean = [.. Enumerable.Range(0, x[0].Length).Select(i => now[..20].Average(r => r[i]))];
            x = [.. x.Select(r => step switch
            {
                "center" => r.Select((v, i) => v - mean[i]).ToArray(),
                "unit-norm" => [.. r.Select(v => v / Math.Sqrt(r.Sum(static u => u * u)))],
                _ => [.. r, 1],
            })];
        }
        for (var n = 0; n < 10; n++)
            for (var i = 0; i < x[0].Length; i++) other.Example(n)[i].ShouldBe(x[20 + n][i], precision == "float64" ? 1e-12 : 1e-5);
    }

    [Fact]
    public void The_scale_of_pixels_is_that_of_the_training_images_and_a_table_of_them_is_read_as_images()
    {
        var run = Launch(Descent.Replace("path: train.csv", "set: digits, train: 40, transforms: [scale-pixels]", StringComparison.Ordinal)
            .Replace("{dense: 3}", "{conv: {maps: 2, stride: 4}}, relu, {dense: 10}", StringComparison.Ordinal));
        var digits = Digits.Load();
        Row[] table = [.. Enumerable.Range(0, 30).Select(n => new Row(digits.Example(n).ToArray(), $"{digits.Y[n]}"))];
        var other = TrainedNetworks.OfRun(run, Write("table.csv", table.Reverse()));
        (other.Train.Shape, other.Train.Count).ShouldBe((digits.Shape, 30));
        for (var i = 0; i < 64; i++) other.Train.Example(29)[i].ShouldBe(digits.Example(0)[i] / 16, 1e-15);
        other.Train.Y[29].ShouldBe(digits.Y[0]);
        other.Notes.ShouldContain(static n => n.Contains("are read as images of 8×8×1"));
    }

    [Fact]
    public void Noise_and_random_labels_are_not_drawn_for_other_data()
    {
        var rows = Draw(24);
        Write("train.csv", rows);
        foreach (var (key, said) in new[] { ("label-noise: 0.5", "with label noise"), ("labels: random", "random labels") })
        {
            var run = Launch(Descent.Replace("train.csv}", $"train.csv, {key}}}", StringComparison.Ordinal));
            var network = TrainedNetworks.OfRun(run, _folder / "train.csv");
            network.Train.Y.ToArray().ShouldBe([.. rows.Select(static r => (double)(r.Label[1] - '0'))]);
            network.Notes.ShouldContain(n => n.Contains(said));
            // The run's own data are those that it was trained on, noise and all.
            TrainedNetworks.OfRun(run, null).Train.Y.ToArray().ShouldNotBe(network.Train.Y.ToArray());
        }
    }

    [Fact]
    public void Flows_keep_what_they_learned_and_signs_are_not_classes()
    {
        const string flow = """
            name: flow
            data: {path: signs.csv, transforms: [center]}
            network: {layers: [{dense: 1}]}
            loss: exponential
            flow: {kind: unconstrained}
            observe: {at: {t: [1, 10]}, weights: true}
            """;
        Write("signs.csv", [new([1, 4], "1"), new([3, 1], "-1"), new([2, 6], "1")]);
        var run = Launch(flow);
        var other = TrainedNetworks.OfRun(run, Write("one.csv", [new([2.5, 7], "-1"), new([2, 5], "1.0")])).Train;
        other.Y.ToArray().ShouldBe([-1, 1]);
        other.Example(0)[0].ShouldBe(.5, 1e-15);
        other.Example(0)[1].ShouldBe(7 - 11.0 / 3, 1e-14);
        Refused(run, Write("two.csv", [new([2.5, 7], "0"), new([2, 5], "1")]))
            .ShouldContain("0, 1, but the network was trained on -1 and 1");
        Refused(run, Write("three.csv", [new([2.5, 7], "a"), new([2, 5], "b")])).ShouldContain("a, b");
        Refused(run, Write("wide.csv", [new([2.5, 7, 1], "1"), new([2, 5, 1], "-1")])).ShouldContain(
            "'wide' has 3 inputs, but the training examples have 2 inputs");
    }

    [Fact]
    public void Folders_of_older_versions_derive_what_was_learned_from_the_runs_own_data()
    {
        var rows = Draw(24);
        Write("train.csv", rows);
        var run = Launch(Descent.Replace("train.csv}", "train.csv, transforms: [center]}", StringComparison.Ordinal));
        Write("other.csv", rows[..9].Reverse());
        var kept = TrainedNetworks.OfRun(run, _folder / "other.csv");
        File.Delete(run.File(FittedPreparation.FileName));
        var derived = TrainedNetworks.OfRun(run, _folder / "other.csv");
        derived.Train.X.SequenceEqual(kept.Train.X).ShouldBeTrue();
        derived.Train.Y.SequenceEqual(kept.Train.Y).ShouldBeTrue();
        derived.Notes.ShouldContain(static n => n.Contains("kept no preparation.json"));
        File.Delete(_folder / "train.csv");
        Refused(run, _folder / "other.csv").ShouldContain("there is no data file");
    }

    [Fact]
    public void Data_that_have_changed_since_are_said_and_prepared_as_they_were()
    {
        var rows = Draw(24);
        Write("train.csv", rows);
        var run = Launch(Descent.Replace("train.csv}", "train.csv, transforms: [center]}", StringComparison.Ordinal));
        var before = TrainedNetworks.OfRun(run, null).Train;
        Write("train.csv", rows.Reverse().Take(12));
        var after = TrainedNetworks.OfRun(run, null);
        after.Notes.ShouldContain(static n => n.Contains("has changed since the run was made"));
        after.Train.Example(0).SequenceEqual(before.Example(23)).ShouldBeTrue();
        after.Train.Y[0].ShouldBe(before.Y[23]);
    }

    // Whatever stands in the file, a sentence that names it.
    [Fact]
    public void A_damaged_preparation_is_refused_with_a_sentence()
    {
        Write("train.csv", Draw(12));
        var run = Launch(Descent.Replace("train.csv}", "train.csv, transforms: [center]}", StringComparison.Ordinal));
        var path = run.File(FittedPreparation.FileName);
        var whole = File.ReadAllText(path);
        foreach (var (from, to) in new[]
        {
            ("preparation 1", "preparation 9"), ("\"inputs\":2", "\"inputs\":3"), ("\"means\":[[", "\"means\":[[1,"),
                ("\"center\"", "\"centre\""),
            ("[\"c0\"", "[\"c1\""), ("{", "["), ("\"inputs\":2", "\"inputs\":null"), ("\"signs\":false", "\"signs\":3"),
            ("\"pixel_maximum\":255", "\"pixel_maximum\":-1"), ("\"shape\":null", "\"shape\":[2]"),
        })
        {
            File.WriteAllText(path, whole.Replace(from, to, StringComparison.Ordinal));
            Refused(run, _folder / "train.csv").ShouldContain(path);
        }
        for (var i = 0; i < 300; i++)
        {
            var bytes = System.Text.Encoding.UTF8.GetBytes(whole);
            bytes[_random.Next(bytes.Length)] = (byte)_random.Next(256);
            File.WriteAllBytes(path, bytes[..(_random.Next(4) == 0 ? _random.Next(bytes.Length) : bytes.Length)]);
            try
            {
                _ = FittedPreparation.Read(path);
            }
            catch (DataException)
            {
                // A sentence, which is what is wanted.
            }
        }
    }
}
