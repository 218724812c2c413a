using System.Globalization;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Lab.Tables;

/// <summary>
/// Which runs a person wants: <c>init.scale &lt; 2 and (loss = square or not status = finished)</c>. A comparison has a column on the left
/// and on the right a number, a text, null, or another quantity; <c>seed in (1, 2, 3)</c> is one of several. <c>not</c> binds closer than
/// <c>and</c>, and that closer than <c>or</c>. What a run does not have is null: it equals null only, and is neither smaller nor larger
/// than anything.
/// </summary>
public sealed class RunFilter
{
    private readonly Func<RunRecord, bool> _holds;

    private RunFilter(string text, Func<RunRecord, bool> holds, IReadOnlyList<Comparison> comparisons) =>
        (Text, _holds, Comparisons) = (text, holds, comparisons);

    /// <summary>As typed.</summary>
    public string Text { get; }

    /// <summary>What is compared in it.</summary>
    public IReadOnlyList<Comparison> Comparisons { get; }

    /// <summary>Whether a run is wanted.</summary>
    public bool Holds(RunRecord run) => _holds(run);

    /// <summary>A filter.</summary>
    /// <param name="text">As typed.</param>
    /// <param name="columns">Of the runs that it is for.</param>
    /// <param name="option">Where it was typed, for errors.</param>
    /// <exception cref="ConfigException">
    /// It is none, or names a column that no run has, or orders numbers against a text; the place is named.
    /// </exception>
    public static RunFilter Parse(string text, RunColumns columns, string option = "--where")
    {
        var parser = new Parser(text, columns, option);
        return new RunFilter(text, parser.All(), parser.Comparisons);
    }

    /// <summary>
    /// Of which columns that are compared with a value some runs have none, in sentences: they are left out, or kept by <c>!=</c>, for want
    /// of it. And which texts no run has.
    /// </summary>
    public IReadOnlyList<string> Missing(IReadOnlyList<RunRecord> runs) =>
    [
        .. Comparisons.Where(static c => !c.AsksForNull).SelectMany(static c => c.Right is { } r ? [c.Left, r] : (RunColumn[])[c.Left])
            .DistinctBy(static c => c.Name, StringComparer.Ordinal)
            .Select(c => (c.Name, Count: runs.Count(r => c.Value(r).IsNothing))).Where(static p => p.Count > 0)
            .Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Count} of {runs.Count} runs have no {p.Name}")),
        .. Comparisons.Where(c => runs.Count > 0 && c is { Sign: "=" or "!=", Right: null, Value: { IsNothing: false, Number: null } }
            && !runs.Any(r => (c with { Sign = "=" }).Holds(r))).Select(c => $"no run has {c.Left.Name}={c.Value}" + Others(c, runs)),
    ];

    // The values that there are, the nearest first; many only by the nearest.
    private static string Others(Comparison c, IReadOnlyList<RunRecord> runs)
    {
        string[] there = [.. runs.Select(c.Left.Value).Where(static v => !v.IsNothing).Select(static v => $"{v}").Distinct()];
        return there.Length is > 0 and <= 8 ? Nearest.Hint($"{c.Value}", there, "there are")
            : Nearest.Words($"{c.Value}", there) is { Length: > 0 } near ? $"; nearest: {string.Join(", ", near)}" : "";
    }

    private sealed class Parser(string text, RunColumns columns, string option)
    {
        // Parentheses and nots within each other; a terminal's line has no more.
        private const int Deepest = 200;

        private readonly IReadOnlyList<FilterToken> _tokens = FilterToken.Read(text, (why, place) => Wrong(text, option, why, place));
        private int _at;
        private int _depth;

        public List<Comparison> Comparisons { get; } = [];

        private FilterToken Next => _tokens[_at];

        public Func<RunRecord, bool> All()
        {
            if (Next.Kind == FilterTokenKind.End) throw Expected("a condition");
            var all = Or();
            if (Next.IsMark(")")) throw Wrong(text, option, "this ) closes nothing", Next.Place);
            return Next.Kind == FilterTokenKind.End ? all : throw Expected("and, or, or the end");
        }

        private Func<RunRecord, bool> Or()
        {
            var left = And();
            while (Take("or"))
            {
                var (a, b) = (left, And());
                left = r => a(r) || b(r);
            }
            return left;
        }

        private Func<RunRecord, bool> And()
        {
            var left = Not();
            while (Take("and"))
            {
                var (a, b) = (left, Not());
                left = r => a(r) && b(r);
            }
            return left;
        }

        private Func<RunRecord, bool> Not()
        {
            if (_depth > Deepest) throw Wrong(text, option, $"more than {Deepest} conditions stand within each other", Next.Place);
            _depth++;
            var condition = Inner();
            _depth--;
            return condition;
        }

        private Func<RunRecord, bool> Inner()
        {
            if (Take("not"))
            {
                var what = Not();
                return r => !what(r);
            }
            if (!Next.IsMark("(")) return Compared();
            var open = Next;
            _at++;
            var inner = Or();
            if (Next.Kind == FilterTokenKind.End) throw Wrong(text, option, "this ( is not closed", open.Place);
            if (!Next.IsMark(")")) throw Expected("and, or, or )");
            _at++;
            return inner;
        }

        private Func<RunRecord, bool> Compared()
        {
            var name = Next;
            if (name.Kind != FilterTokenKind.Word) throw Expected("a column, not or (");
            _at++;
            if (Next.Kind == FilterTokenKind.Word && !Next.Is("in") && !Next.Is("and") && !Next.Is("or"))
                throw Expected($"=, !=, <, <=, >, >= or in after '{name.Text}'");
            var isIn = Next.Is("in");
            if (!isIn && Next.Kind != FilterTokenKind.Comparison)
                throw Wrong(text, option, $"'{name.Text}' is not a condition; write {name.Text}=VALUE, or with !=, <, <=, >, >= or in (…)",
                    name.Place);
            var column = columns.Find(name.Text, $"{option} '{text}', place {name.Place}");
            var sign = Next.Text;
            _at++;
            return isIn ? OneOf(column) : Made(column, sign);
        }

        private Func<RunRecord, bool> OneOf(RunColumn column)
        {
            if (!Next.IsMark("(")) throw Expected("( and the values after in");
            var any = new List<Func<RunRecord, bool>>();
            do
            {
                _at++;
                any.Add(Made(column, "="));
            } while (Next.IsMark(","));
            if (!Next.IsMark(")")) throw Expected(", or )");
            _at++;
            return r => any.Exists(a => a(r));
        }

        private Func<RunRecord, bool> Made(RunColumn column, string sign)
        {
            var value = Next;
            if (value.Kind is not (FilterTokenKind.Word or FilterTokenKind.Quoted)) throw Expected($"a value for {column.Name}");
            _at++;
            // A text with blanks is the likeliest mistake of all.
            if (Next.Kind is FilterTokenKind.Word or FilterTokenKind.Quoted && !Next.Is("and") && !Next.Is("or"))
                throw Wrong(text, option, $"{Next.Shown} was not expected after the value {value.Shown}; a text with blanks stands in "
                    + "quotes, and conditions are joined by and, or", Next.Place);
            var right = value.Kind == FilterTokenKind.Word && columns.Quantities.Contains(value.Text)
                ? RunColumn.Quantity(value.Text) : null;
            var wanted = value.Kind == FilterTokenKind.Quoted ? Cell.OfText(value.Text) : Word(value);
            if (sign is not ("=" or "!=") && right is null) RequireOrder(column, sign, wanted, value);
            var comparison = new Comparison(column, sign, wanted, right);
            Comparisons.Add(comparison);
            return comparison.Holds;
        }

        private static Cell Word(FilterToken value) =>
            value.Is("null") || value.Is("nan") ? Cell.Nothing : new Cell(Cell.NumberOf(value.Text), value.Text);

        // No run would ever satisfy it, which is hardly what was meant.
        private void RequireOrder(RunColumn column, string sign, Cell wanted, FilterToken value)
        {
            if (wanted.IsNothing)
                throw Wrong(text, option, $"null is neither smaller nor larger than anything; write {column.Name}=null or !=null",
                    value.Place);
            Cell[] there = [.. columns.Runs.Select(column.Value).Where(static c => !c.IsNothing)];
            if (there.Length == 0 || column.Kind == ColumnKind.Field && wanted.Number is not null
                || there.Any(c => (c.Number is null) == (wanted.Number is null))) return;
            throw Wrong(text, option, wanted.Number is null
                ? $"{column.Name} is a number in these runs, and {value.Shown} is none"
                : $"{column.Name} is a text in these runs, such as '{there[0]}', and {sign} {value.Text} orders numbers", value.Place);
        }

        private bool Take(string word)
        {
            if (!Next.Is(word)) return false;
            _at++;
            return true;
        }

        private ConfigException Expected(string what) => Wrong(text, option, $"{what} was expected, not {Next.Shown}", Next.Place);

        private static ConfigException Wrong(string text, string option, string why, int place) =>
            new(string.Create(CultureInfo.InvariantCulture, $"{option} '{text}', place {place}: {why}"));
    }
}
