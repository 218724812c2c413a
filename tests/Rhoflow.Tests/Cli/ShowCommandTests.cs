using System.Globalization;
using System.Text.Json.Nodes;
using Rhoflow.Cli;
using Rhoflow.Lab.Runs;
using Rhoflow.Tests.Lab;
using Rhoflow.Tests.Lab.Tables;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Cli;

/// <summary>Tables of runs as a person asks for them: chosen, ordered, grouped, found by ids, and as wide as the terminal.</summary>
public sealed class ShowCommandTests : IDisposable
{
    private static readonly string[] s_columns = ["epoch", "log10_loss", "train_error", "test_error"];

    private readonly TemporaryFolder _folder = new();
    private readonly string _out;
    private readonly Dictionary<(string Scale, int Seed), double> _errors = [];

    public ShowCommandTests()
    {
        _out = _folder / "runs";
        var random = new Random();
        var n = 0;
        foreach (var scale in (string[])["0.1", "1", "5"])
            for (var seed = 0; seed < 4; seed++)
            {
                var error = _errors[(scale, seed)] = random.NextDouble();
                MadeRuns.Add(_out, "sweep", MadeRuns.Id(n++), [("seed", $"{seed}"), ("init.scale", scale), ("loss.name", "square")],
                    s_columns, [[0, 1, 1, 1], [10, -1.25, error / 2, error]], begun: new DateTime(2026, 11, 28).AddMinutes(n));
            }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Runs_are_chosen_and_ordered()
    {
        var rows = Csv("show", _out, "--where", "init.scale<2 and loss=square", "--where", "not seed in (0, 1)", "--sort", "-test_error",
            "--columns", "scale,seed,test_error");
        rows[0].ShouldBe(["init.scale", "seed", "test_error"]);
        var expected = _errors.Where(static e => e.Key.Scale != "5" && e.Key.Seed > 1).OrderByDescending(static e => e.Value);
        rows.Skip(1).Select(static r => (r[0], r[1], double.Parse(r[2], CultureInfo.InvariantCulture)))
            .ShouldBe(expected.Select(static e => (e.Key.Scale, $"{e.Key.Seed}", e.Value)));
        Run("show", _out, "--where", "seed>7").Output.ShouldBe($"no runs in {_out} with seed>7" + Environment.NewLine);
        Run("show", _out, "--where", "test_error>train_error").Output.Split('\n').Length.ShouldBeGreaterThan(12);

        // What some runs do not have is said.
        MadeRuns.Add(_out, "other", MadeRuns.Id(99), [("seed", "0")], s_columns, [[0, 0, 0, 0]]);
        Run("show", _out, "--where", "init.scale<2").Error.ShouldBe("rhoflow: note: 1 of 13 runs have no init.scale" + Environment.NewLine);
        Run("show", _out, "--where", "init.scale<2", "--quiet").Error.ShouldBe("");
        // The newest is the last, whatever its name.
        MadeRuns.Add(_out, "aaa", MadeRuns.Id(98), [("seed", "0")], s_columns, [[0, 0, 0, 0]], begun: new DateTime(2026, 11, 29));
        Csv("show", _out, "--columns", "name")[^1].ShouldBe(["aaa"]);
        var wrong = Run("show", _out, "--where", "init.scale<2 and sede=1");
        wrong.Status.ShouldBe(2);
        wrong.Error.ShouldContain("--where 'init.scale<2 and sede=1', place 18: 'sede' is neither a key of these runs' configs nor one of "
            + "their quantities; nearest: seed");
    }

    [Fact]
    public void Groups_have_the_same_numbers_in_every_form()
    {
        string[] show = ["show", _out, "--group", "init.scale", "--agg", "mean,sd,median,min,max,n,q25", "--columns", "test_error"];
        var rows = Csv(show);
        rows[0].ShouldBe(["init.scale", "n", .. "mean sd median min max n q25".Split(' ').Select(static a => $"test_error_{a}")]);
        var json = JsonNode.Parse(Run([.. show, "--json"]).Output)!["groups"]!.AsArray();
        rows.Skip(1).Select(static r => r[0]).ShouldBe(["0.1", "1", "5"]);
        for (var g = 0; g < 3; g++)
        {
            double[] here = [.. _errors.Where(e => e.Key.Scale == rows[g + 1][0]).Select(static e => e.Value).Order()];
            double[] numbers = [.. rows[g + 1].Skip(1).Select(static c => double.Parse(c, CultureInfo.InvariantCulture))];
            var mean = here.Average();
            double[] expected = [4, mean, Math.Sqrt(here.Sum(x => (x - mean) * (x - mean)) / 3), (here[1] + here[2]) / 2, here[0], here[3],
                4, here[0] + 0.75 * (here[1] - here[0])];
            for (var i = 0; i < expected.Length; i++)
            {
                numbers[i].ShouldBe(expected[i], 1e-12);
                ((double)json[g]![rows[0][i + 1]]!).ShouldBe(numbers[i]);
            }
            ((double)json[g]!["init.scale"]!).ShouldBe(double.Parse(rows[g + 1][0], CultureInfo.InvariantCulture));
            json[g]!["runs"]!.AsArray().Count.ShouldBe(4);
        }
        Run("show", _out, "--agg", "mean").Output.ShouldContain("test_error");
        Csv("show", _out, "--group", "seed,init.scale", "--sort", "-test_error").Length.ShouldBe(13);
        Run("show", _out, "--group", "init.sclae").Error.ShouldContain("--group: 'init.sclae' is neither");
        Run("show", _out, "--group", "seed", "--agg", "avg").Status.ShouldBe(2);
        Run("show", _out, "--group", "seed", "--columns", "loss").Error.ShouldContain("loss.name is a number in none of these runs");
    }

    [Fact]
    public void Runs_are_found_by_the_beginning_of_their_id()
    {
        string[] ids = [.. RunFolder.Under(_out).Select(static f => f.Id)];
        var unique = Enumerable.Range(1, 8).Select(n => ids[3][..n])
            .First(p => ids.Count(i => i.StartsWith(p, StringComparison.Ordinal)) == 1);
        Run("show", unique, "--runs", _out).Output.ShouldContain($"sweep {ids[3]} finished");
        Run("show", "sweep", "--runs", _out).Output.Split('\n').Length.ShouldBeGreaterThan(12);
        Csv("show", ids[3], ids[5], "--runs", _out, "--columns", "id").Skip(1).Select(static r => r[0]).ShouldBe([ids[3], ids[5]]);

        var many = Run("show", "2026-11-28", "--runs", _out);
        many.Status.ShouldBe(2);
        many.Error.ShouldContain("'2026-11-28' may be 12 runs: ");
        many.Error.ShouldContain($"{ids[0]} (sweep, 2026-11-28 00:01)");
        Run("show", "swep", "--runs", _out).Error.ShouldContain("there is no run 'swep' in");
        Run("show", "swep", "--runs", _out).Error.ShouldContain("nearest: sweep");

        // The same run in two folders: the finished one is meant, and that is said.
        MadeRuns.Add(_out, "sweep", ids[3], [("seed", "3")], s_columns, [], "failed", new DateTime(2026, 11, 30));
        var twice = Run("show", unique, "--runs", _out);
        twice.Output.ShouldContain($"sweep {ids[3]} finished");
        twice.Error.ShouldContain($"note: {ids[3]} has 2 folders; this is ");
    }

    [Theory]
    [InlineData(80)]
    [InlineData(200)]
    public void Tables_fit_the_terminal_and_split_no_number(int width)
    {
        foreach (var words in (string[][])[[], ["--group", "init.scale", "--agg", "mean,sd,median,q25,q75"]])
        {
            using var process = RealProcess.Under("env", [$"COLUMNS={width}"], ["show", _out, .. words]);
            process.Wait().ShouldBe(0, process.Error);
            string[] lines = process.Output.Split('\n');
            // What is below the table is a sentence.
            var table = lines.TakeWhile(static l => !l.StartsWith("no room", StringComparison.Ordinal)).ToArray();
            table.Length.ShouldBeGreaterThan(5);
            table.ShouldAllBe(l => l.TrimEnd().Length <= width);
            table.ShouldNotContain(static l => l.Contains('…'));
            // 200 columns are enough, with heads of several lines, even for 5 aggregates of 4 quantities.
            lines.Any(static l => l.StartsWith("no room for ", StringComparison.Ordinal)).ShouldBe(width == 80);
        }
    }

    private static string[][] Csv(params string[] words) =>
        [.. Run([.. words, "--csv"]).Output.TrimEnd().Split('\n').Select(static l => l.Split(','))];

    private static (int Status, string Output, string Error) Run(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var status = CommandLine.Run(arguments, output, error, TestContext.Current.CancellationToken);
        return (status, output.ToString(), error.ToString());
    }
}
