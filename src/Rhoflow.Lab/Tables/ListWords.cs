namespace Rhoflow.Lab.Tables;

/// <summary>
/// The values of one key among some runs, in few words where they are lists: <c>[{dense: 64}, {batch-norm: {affine: false}}, relu]</c> is
/// “dense 64, batch-norm, relu” (<see cref="Whole"/>), or, beside a list without it, “… + batch-norm” (<see cref="Difference"/>). Different
/// values keep different words; values that are no lists stay as they are.
/// </summary>
public sealed class ListWords
{
    private readonly Dictionary<string, string[]> _words;
    private readonly string[] _common;

    /// <param name="values">Of all runs that are shown together.</param>
    public ListWords(IEnumerable<string> values)
    {
        string[] lists = [.. values.Distinct(StringComparer.Ordinal).Where(IsList)];
        var items = lists.ToDictionary(static l => l, static l => Split(l[1..^1]), StringComparer.Ordinal);
        // A word stands for its settings where no item has others.
        var plain = items.Values.SelectMany(static i => i).Distinct(StringComparer.Ordinal).GroupBy(Head, StringComparer.Ordinal)
            .Where(static g => g.Count() == 1).Select(static g => g.First()).ToHashSet(StringComparer.Ordinal);
        _words = items.ToDictionary(static p => p.Key, p => p.Value.Select(i => Word(i, plain.Contains(i))).ToArray(),
            StringComparer.Ordinal);
        _common = _words.Count == 0 ? [] : _words.Values.Aggregate(static (a, b) => [.. Without(a, Without(a, b))]);
    }

    /// <summary>All items of a list in words.</summary>
    public string Whole(string value) => _words.TryGetValue(value, out var words) ? string.Join(", ", words) : value;

    /// <summary>What “…” of <see cref="Difference"/> stands for: the items that all lists have; null where it is not written.</summary>
    public string? Common => _words.Keys.Any(l => Difference(l).StartsWith('…')) ? string.Join(", ", _common) : null;

    /// <summary>
    /// What a list has that not all have: “… + 2 batch-norm”, “…” where that is nothing. Lists whose items differ in their order alone, or
    /// that have nothing in common, are whole.
    /// </summary>
    public string Difference(string value)
    {
        if (!_words.TryGetValue(value, out var words)) return value;
        if (_common.Length == 0 || _words.Keys.Select(Own).Distinct(StringComparer.Ordinal).Count() < _words.Count) return Whole(value);
        var own = Own(value);
        return own.Length == 0 ? "…" : $"… + {own}";
    }

    private string Own(string value) => string.Join(", ", Without(_words[value], _common).GroupBy(static w => w, StringComparer.Ordinal)
        .Select(static g => g.Count() == 1 ? g.Key : $"{g.Count()} {g.Key}"));

    // The first without one item for each of the second's, in the first's order.
    private static List<string> Without(IEnumerable<string> of, IEnumerable<string> items)
    {
        var left = items.CountBy(static i => i, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var kept = new List<string>();
        foreach (var word in of)
        {
            if (left.TryGetValue(word, out var count) && count > 0) left[word] = count - 1;
            else kept.Add(word);
        }
        return kept;
    }

    private static bool IsList(string value) => value is ['[', .., ']'];

    // {dense: 64} → dense
    private static string Head(string item) => item is ['{', .., '}'] && item.IndexOf(':') is > 0 and var colon ? item[1..colon] : item;

    private static string Word(string item, bool isPlain)
    {
        var head = Head(item);
        if (head == item) return item;
        var settings = item[(head.Length + 2)..^1].Trim();
        return settings is not ['{', ..] ? $"{head} {settings}" : isPlain ? head : $"{head} {settings}";
    }

    // At the commas that stand in no bracket and no quotes.
    private static string[] Split(string text)
    {
        var (items, depth, begin, quoted) = (new List<string>(), 0, 0, false);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"') quoted = !quoted;
            if (quoted) continue;
            depth += text[i] is '[' or '{' ? 1 : text[i] is ']' or '}' ? -1 : 0;
            if (text[i] != ',' || depth > 0) continue;
            items.Add(text[begin..i].Trim());
            begin = i + 1;
        }
        if (text[begin..].Trim() is { Length: > 0 } last) items.Add(last);
        return [.. items];
    }
}
