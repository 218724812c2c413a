using System.Globalization;
using System.Text.Json.Nodes;
using Rhoflow.Cli;
using Rhoflow.Tests.Lab.Weights;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Inspection;

/// <summary>`inspect A B …`: models side by side, and as a trajectory.</summary>
public sealed class ManyModelsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Random _random;

    public ManyModelsTests()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        _random = new Random(seed);
    }

    public void Dispose() => _folder.Dispose();

    private double[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => _random.NextDouble() * 2 - 1)];

    private double[] Model(string name, int hidden = 5)
    {
        var w = Draw(hidden * 4);
        File.Move(WeightFiles.Safetensors(_folder, new("fc1.weight", w, hidden, 4), new("fc2.weight", Draw(3 * hidden), 3, hidden)),
            _folder / name);
        return w;
    }

    private (int Status, string Output, string Error) Run(params string[] words)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        return (CommandLine.Run(["inspect", .. words], output, error), output.ToString(), error.ToString());
    }

    private JsonNode Json(params string[] words)
    {
        var (status, output, error) = Run([.. words, "--json", "-q"]);
        status.ShouldBe(0, error);
        return JsonNode.Parse(output)!;
    }

    private static double Norm(double[] w) => Math.Sqrt(w.Sum(static v => v * v));

    [Fact]
    public void Each_model_of_several_is_what_it_is_alone()
    {
        var (a, b) = (Model("a.safetensors"), Model("b.safetensors", hidden: 7));
        var models = Json(_folder / "a.safetensors", _folder / "b.safetensors")["models"]!.AsArray();
        models.Count.ShouldBe(2);
        foreach (var (name, i) in new[] { ("a", 0), ("b", 1) })
            models[i]!.ToJsonString().ShouldBe(Json(_folder / $"{name}.safetensors").ToJsonString());
        ((double)models[1]!["layers"]![0]!["frobenius"]!).ShouldBe(Norm(b), 1e-12);
        var (status, output, _) = Run(_folder / "a.safetensors", _folder / "b.safetensors");
        status.ShouldBe(0);
        var row = output.Split('\n').First(static l => l.Contains("fc1.weight frobenius", StringComparison.Ordinal));
        row.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2..].Select(static c => double.Parse(c, CultureInfo.InvariantCulture))
            .Zip([Norm(a), Norm(b)]).ShouldAllBe(static p => Math.Abs(p.First - p.Second) < 1e-3);
    }

    [Fact]
    public void Many_are_a_trajectory_by_the_numbers_in_their_names()
    {
        int[] steps = [100, 20, 3, 1000];
        var weights = steps.ToDictionary(static s => s, s => Model($"ckpt-{s}.safetensors"));
        string[] files = [.. steps.Select(s => _folder / $"ckpt-{s}.safetensors")];
        var document = Json([.. files, "--out", _folder / "t.csv"]);
        document["order"]!.ToString().ShouldBe("step");
        document["steps"]!.AsArray().Select(static s => (double)s!).ShouldBe([3, 20, 100, 1000]);
        var table = File.ReadAllLines(_folder / "t.csv").Select(static l => l.Split(',')).ToArray();
        table.Length.ShouldBe(5);
        var column = Array.IndexOf(table[0], "frobenius_1");
        foreach (var row in table[1..])
            double.Parse(row[column], CultureInfo.InvariantCulture).ShouldBe(Norm(weights[int.Parse(row[0], CultureInfo.InvariantCulture)]),
                1e-12);
        var (status, output, _) = Run([.. files, "--out", _folder / "t.html"]);
        status.ShouldBe(0);
        output.ShouldContain("ordered by the numbers in their names");
        File.ReadAllText(_folder / "t.html").ShouldContain("frobenius of layers");
    }

    [Fact]
    public void Without_numbers_of_their_own_time_orders_them()
    {
        string[] names = ["d", "b", "a", "c"];
        foreach (var (name, i) in names.Select(static (n, i) => (n, i)))
        {
            Model($"{name}7.safetensors");
            File.SetLastWriteTimeUtc(_folder / $"{name}7.safetensors", DateTime.UtcNow.AddMinutes(i));
        }
        var document = Json([.. names.Order().Select(n => _folder / $"{n}7.safetensors")]);
        document["order"]!.ToString().ShouldBe("time");
        document["models"]!.AsArray().Select(static m => Path.GetFileName((string)m!["model"]!["source"]!)[..1]).ShouldBe(names);
    }

    [Fact]
    public void One_of_many_that_cannot_be_read_is_named_and_the_others_are_shown()
    {
        string[] files = [.. Enumerable.Range(1, 4).Select(i => _folder / $"{i}.safetensors")];
        for (var i = 1; i <= 3; i++) Model($"{i}.safetensors");
        File.WriteAllText(files[3], "none");
        var (status, output, error) = Run([.. files, "--json"]);
        status.ShouldBe(ExitStatus.BadData);
        error.ShouldContain("4.safetensors is left out: ");
        var document = JsonNode.Parse(output)!;
        document["models"]!.AsArray().Count.ShouldBe(3);
        document["not_measured"]!.AsArray().ShouldHaveSingleItem();
    }

    [Fact]
    public void With_data_margins_stand_side_by_side()
    {
        Model("a.safetensors");
        Model("b.safetensors");
        File.WriteAllLines(_folder / "d.csv", Enumerable.Range(0, 9).Select(n => string.Join(',',
            Draw(4).Select(static v => v.ToString("R", CultureInfo.InvariantCulture)).Append($"{n % 3}"))).Prepend("a,b,c,d,class"));
        string[] more = ["--data", _folder / "d.csv", "data.transforms=[]", "network.layers=[{dense: 5}, relu, {dense: 3}]", "--measures",
            "loss,margins"];
        var models = Json([_folder / "a.safetensors", _folder / "b.safetensors", .. more])["models"]!.AsArray();
        foreach (var (name, i) in new[] { ("a", 0), ("b", 1) })
            models[i]!["measures"]!.ToJsonString().ShouldBe(Json([_folder / $"{name}.safetensors", .. more])["measures"]!.ToJsonString());
        Run([_folder / "a.safetensors", _folder / "b.safetensors", .. more]).Output.ShouldContain("margin_min");
    }
}
