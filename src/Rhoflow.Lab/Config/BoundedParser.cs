using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Rhoflow.Lab.Config;

/// <summary>
/// YAML's events with a bound on depth and on what aliases repeat, so that a tree can be made of them by recursion and walked. It
/// remembers which lists and maps are open: where a text ends too early, the one that was not closed is to be named.
/// </summary>
internal sealed class BoundedParser(string text, string name) : IParser
{
    private const int MostDeep = 100, MostRepeated = 100_000;

    private sealed record Open(Mark Start, bool IsFlow, string Brackets, AnchorName Anchor)
    {
        public long Size { get; set; } = 1;
    }

    private readonly Parser _inner = new(new StringReader(text));
    private readonly Stack<Open> _open = new();
    private readonly Dictionary<AnchorName, long> _anchored = [];
    private long _repeated;

    public ParsingEvent? Current => _inner.Current;

    /// <summary>Where it has come to.</summary>
    public Mark Reached { get; private set; } = Mark.Empty;

    /// <summary>The innermost list or map in brackets that is open: "the '[' at line 4, column 11"; null where there is none.</summary>
    public string? OpenBracket => _open.FirstOrDefault(static o => o.IsFlow) is { } open
        ? $"the '{open.Brackets[0]}' at line {open.Start.Line}, column {open.Start.Column}" : null;

    /// <summary>Its missing end; null where there is none.</summary>
    public char? MissingEnd => _open.FirstOrDefault(static o => o.IsFlow)?.Brackets[1];

    /// <inheritdoc/>
    /// <exception cref="ConfigException">Beyond the bounds.</exception>
    public bool MoveNext()
    {
        if (!_inner.MoveNext()) return false;
        var e = _inner.Current!;
        Reached = e.End;
        switch (e)
        {
            case SequenceStart list:
                Begin(new Open(e.Start, list.Style == SequenceStyle.Flow, "[]", list.Anchor));
                break;
            case MappingStart map:
                Begin(new Open(e.Start, map.Style == MappingStyle.Flow, "{}", map.Anchor));
                break;
            case SequenceEnd or MappingEnd:
                var ended = _open.Pop();
                if (!ended.Anchor.IsEmpty) _anchored[ended.Anchor] = ended.Size;
                Count(ended.Size);
                break;
            case Scalar scalar:
                if (!scalar.Anchor.IsEmpty) _anchored[scalar.Anchor] = 1;
                Count(1);
                break;
            case AnchorAlias alias:
                Repeat(alias);
                break;
        }
        return true;
    }

    private void Begin(Open open)
    {
        _open.Push(open);
        if (_open.Count > MostDeep)
            throw At(open.Start, $"lists and maps are nested more than {MostDeep} deep here; no config needs that");
    }

    private void Count(long size)
    {
        if (_open.TryPeek(out var parent)) parent.Size = Math.Min(parent.Size + size, int.MaxValue);
    }

    private void Repeat(AnchorAlias alias)
    {
        if (_open.Any(o => o.Anchor == alias.Value)) throw At(alias.Start, $"*{alias.Value} stands within what it refers to");
        // What has no anchor is refused by the tree itself.
        var size = _anchored.GetValueOrDefault(alias.Value);
        _repeated += size;
        if (_repeated > MostRepeated)
            throw At(alias.Start, $"with *{alias.Value} aliases repeat more than {MostRepeated} values; write a smaller config");
        Count(size);
    }

    private ConfigException At(Mark mark, string what) => new($"{name}, line {mark.Line}, column {mark.Column}: {what}");
}
