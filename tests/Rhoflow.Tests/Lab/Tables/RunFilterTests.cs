using System.Globalization;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Runs;
using Rhoflow.Lab.Tables;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Tables;

/// <summary>Filters, against an evaluator that knows trees only; and what is said of those that are none.</summary>
public sealed class RunFilterTests : IDisposable
{
    private static readonly string[] s_numbers = ["0.1", "1", "1e-1", "2", "-3", "10", "0.5", "1e3"];
    private static readonly string[] s_texts = ["square", "logistic", "two words", "a=b", "and", "12", "it's"];

    private readonly TemporaryFolder _folder = new();
    private readonly RunColumns _columns;

    public RunFilterTests()
    {
        var random = new Random(5);
        for (var i = 0; i < 40; i++)
        {
            var keys = new List<(string, string)> { ("seed", i.ToString(CultureInfo.InvariantCulture)) };
            if (random.Next(4) > 0) keys.Add(("init.scale", s_numbers[random.Next(s_numbers.Length)]));
            if (random.Next(4) > 0) keys.Add(("loss.name", $"\"{s_texts[random.Next(s_texts.Length)]}\""));
            if (random.Next(4) > 0) keys.Add(("descent.schedule", random.Next(2) > 0 ? "constant" : s_numbers[random.Next(3)]));
            double[] row = [random.Next(3) > 0 ? random.Next(5) / 4.0 : double.NaN, random.Next(5) / 4.0];
            MadeRuns.Add(_folder.Path, "made", MadeRuns.Id(i), keys, ["train_error", "test_error"], [row],
                random.Next(5) > 0 ? "finished" : "failed");
        }
        _columns = new RunColumns(RunRecord.Read(RunFolder.Under(_folder.Path)));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Random_filters_choose_what_a_straightforward_evaluator_chooses()
    {
        var random = new Random();
        var (some, chosen) = (0, 0);
        for (var i = 0; i < 3000; i++)
        {
            var tree = Tree.Random(random, depth: random.Next(5));
            var text = tree.Text(random, level: 0);
            var filter = RunFilter.Parse(text, _columns);
            foreach (var run in _columns.Runs)
                filter.Holds(run).ShouldBe(tree.Holds(run), $"{text} of {File.ReadAllText(run.Folder.File("config.yaml"))}");
            var holds = _columns.Runs.Count(filter.Holds);
            (some, chosen) = (some + (holds > 0 && holds < _columns.Runs.Count ? 1 : 0), chosen + holds);
        }
        // The comparison means something: most filters divide the runs.
        some.ShouldBeGreaterThan(1500);
    }

    [Theory]
    [InlineData("init.scale<2 and loss=square")]
    [InlineData("scale < 2 AND loss.name = 'square'")]
    [InlineData("not (scale>=2 or scale=null) and loss=square")]
    public void The_same_choice_in_several_words(string text)
    {
        string[] expected = [.. _columns.Runs.Where(static r => r.Keys.TryGetValue("init.scale", out var s)
            && double.Parse(s, CultureInfo.InvariantCulture) < 2 && r.Keys.GetValueOrDefault("loss.name") == "\"square\"")
            .Select(static r => r.Folder.Id)];
        expected.ShouldNotBeEmpty();
        _columns.Runs.Where(RunFilter.Parse(text, _columns).Holds).Select(static r => r.Folder.Id).ShouldBe(expected);
    }

    [Theory]
    [InlineData("init.scale<2 andd loss=square", "place 14: 'andd' was not expected after the value '2'")]
    [InlineData("init.scale<2 and", "place 17: a column, not or ( was expected, not the end")]
    [InlineData("(init.scale<2", "place 1: this ( is not closed")]
    [InlineData("init.scale<2)", "place 13: this ) closes nothing")]
    [InlineData("loss='square", "place 6: the quote ' is not closed")]
    [InlineData("seed", "place 1: 'seed' is not a condition; write seed=VALUE")]
    [InlineData("init.scale<", "place 12: a value for init.scale was expected, not the end")]
    [InlineData("init.scael<2",
        "place 1: 'init.scael' is neither a key of these runs' configs nor one of their quantities; nearest: init.scale")]
    [InlineData("seed=1 and tset_error<1", "place 12: 'tset_error' is neither")]
    [InlineData("init.scale<abc", "place 12: init.scale is a number in these runs, and 'abc' is none")]
    [InlineData("loss<3", "place 6: loss.name is a text in these runs")]
    [InlineData("seed<null", "place 6: null is neither smaller nor larger than anything; write seed=null or !=null")]
    [InlineData("seed=1 && loss=square", "place 8: '&' is no operator; write and, or, not")]
    [InlineData("seed in 1,2", "place 9: ( and the values after in was expected, not '1'")]
    [InlineData("seed in (1,2", "place 13: , or ) was expected, not the end")]
    [InlineData("seed=two words", "place 10: 'words' was not expected after the value 'two'; a text with blanks stands in quotes")]
    [InlineData("", "place 1: a condition was expected, not the end")]
    [InlineData("seed ! 3", "place 6: '!' is no operator")]
    [InlineData("loss=[a, b", "place 6: the bracket [ is not closed")]
    [InlineData("1<seed", "place 1: '1' is neither")]
    public void What_is_no_filter_is_answered_with_the_place(string text, string expected) =>
        Should.Throw<ConfigException>(() => RunFilter.Parse(text, _columns)).Message.ShouldStartWith($"--where '{text}', {expected}");

    [Fact]
    public void Any_text_is_a_filter_or_is_refused_in_a_sentence()
    {
        var random = new Random();
        var parts = "( ) and or not in = < >= != seed init.scale 1 'a ' \" , [ null".Split(' ');
        for (var i = 0; i < 5000; i++)
        {
            var words = Enumerable.Range(0, random.Next(12)).Select(_ => parts[random.Next(parts.Length)]);
            var text = string.Join(random.Next(2) > 0 ? " " : "", words);
            try
            {
                foreach (var run in _columns.Runs.Take(2)) RunFilter.Parse(text, _columns).Holds(run);
            }
            catch (ConfigException e)
            {
                e.Message.ShouldContain(", place ");
            }
        }
        Should.Throw<ConfigException>(() => RunFilter.Parse(new string('(', 100_000), _columns)).Message.ShouldContain("within each other");
    }

    [Fact]
    public void Runs_without_a_column_are_counted()
    {
        var without = _columns.Runs.Count(static r => !r.Keys.ContainsKey("init.scale"));
        RunFilter.Parse("init.scale<2 or init.scale=5", _columns).Missing(_columns.Runs)
            .ShouldBe([$"{without} of 40 runs have no init.scale"]);
        RunFilter.Parse("init.scale=null", _columns).Missing(_columns.Runs).ShouldBeEmpty();
    }

    // A condition as a tree: of the runs' values it knows a double or a string, or null.
    private abstract record Tree
    {
        public abstract bool Holds(RunRecord run);

        /// <summary>With as few parentheses as needed, or more; level: 0 within or, 1 within and, 2 within not.</summary>
        public abstract string Text(Random random, int level);

        public static Tree Random(Random random, int depth) => depth == 0 ? Compare.Any(random) : random.Next(4) switch
        {
            0 => new Negation(Random(random, depth - 1)),
            1 => new Both(Random(random, depth - 1), Random(random, depth - 1)),
            2 => new Either(Random(random, depth - 1), Random(random, depth - 1)),
            _ => Compare.Any(random),
        };

        protected static string Wrapped(Random random, string text, bool needed) =>
            needed || random.Next(4) == 0 ? $"({(random.Next(2) > 0 ? " " : "")}{text})" : text;
    }

    private sealed record Negation(Tree Of) : Tree
    {
        public override bool Holds(RunRecord run) => !Of.Holds(run);

        public override string Text(Random random, int level) => Wrapped(random, "not " + Of.Text(random, 2), needed: false);
    }

    private sealed record Both(Tree A, Tree B) : Tree
    {
        public override bool Holds(RunRecord run) => A.Holds(run) && B.Holds(run);

        public override string Text(Random random, int level) =>
            Wrapped(random, $"{A.Text(random, 1)} {(random.Next(2) > 0 ? "and" : "AND")} {B.Text(random, 1)}", needed: level > 1);
    }

    private sealed record Either(Tree A, Tree B) : Tree
    {
        public override bool Holds(RunRecord run) => A.Holds(run) || B.Holds(run);

        public override string Text(Random random, int level) =>
            Wrapped(random, $"{A.Text(random, 0)} or  {B.Text(random, 0)}", needed: level > 0);
    }

    private sealed record Compare(string Column, string Sign, string Written, object? Value) : Tree
    {
        public static Compare Any(Random random)
        {
            var signs = new[] { "=", "==", "!=", "<", "<=", ">", ">=" };
            var sign = signs[random.Next(signs.Length)];
            if (random.Next(6) == 0)
                return new Compare(random.Next(2) > 0 ? "init.scale" : "test_error", random.Next(2) > 0 ? "=" : "!=", "null", null);
            switch (random.Next(5))
            {
                case 0:
                    return Number("scale", sign, s_numbers[random.Next(s_numbers.Length)]);
                case 1:
                    var text = s_texts[random.Next(s_texts.Length)];
                    return new Compare("loss", sign, text.Contains('\'') ? $"\"{text}\"" : $"'{text}'", text);
                case 2:
                    return Number("train_error", sign, s_numbers[random.Next(s_numbers.Length)]);
                case 3:
                    return new Compare("train_error", sign, "test_error", "test_error");
                default:
                    return new Compare("status", random.Next(2) > 0 ? "=" : "!=", "failed", "failed");
            }
        }

        public override string Text(Random random, int level) =>
            Wrapped(random, random.Next(2) > 0 ? $"{Column}{Sign}{Written}" : $"{Column}  {Sign} {Written}", needed: false);

        public override bool Holds(RunRecord run)
        {
            string? Key(string name) => run.Keys.GetValueOrDefault(name);
            double? Last(string name) => double.IsNaN(run.Last(name)) ? null : run.Last(name);
            object? left = Column switch
            {
                "scale" or "init.scale" => Key("init.scale") is { } s ? double.Parse(s, CultureInfo.InvariantCulture) : null,
                "loss" => Key("loss.name")?.Trim('"'),
                "status" => run.Status == RunStatus.Finished ? "finished" : "failed",
                _ => Last(Column),
            };
            var right = Value is "test_error" ? Last("test_error") : Value;
            if (left is null || right is null)
                return Sign == "!=" ? left is not null || right is not null : Sign is "=" or "==" && left is null && right is null;
            var order = left is double x ? x.CompareTo((double)right) : string.CompareOrdinal((string)left, (string)right);
            return Sign switch
            {
                "=" or "==" => order == 0,
                "!=" => order != 0,
                "<" => order < 0,
                "<=" => order <= 0,
                ">" => order > 0,
                _ => order >= 0,
            };
        }

        private static Compare Number(string column, string sign, string written) =>
            new(column, sign, written, double.Parse(written, CultureInfo.InvariantCulture));
    }
}
