using YamlDotNet.Core;

namespace Rhoflow.Lab.Config;

/// <summary>What is wrong with a text that is not YAML, and where a person has to look for it.</summary>
internal static class YamlComplaint
{
    /// <summary>The place and the reason.</summary>
    /// <param name="e">What the parser threw.</param>
    /// <param name="parser">How far it had come.</param>
    /// <param name="text">The whole text.</param>
    public static ((long Line, long Column) At, string Why) Of(Exception e, BoundedParser parser, string text)
    {
        var known = e as YamlException is { Start.Line: > 0 } yaml ? yaml.Start : (Mark?)null;
        var at = known ?? parser.Reached;
        var message = (e.InnerException ?? e).Message;
        if (e is not YamlException) message = "the text ends or goes on where a value, a comma or a bracket was expected";
        if (message.Contains("uplicate", StringComparison.Ordinal))
            return ((at.Line, at.Column), $"a key is given twice ({message})");
        // The parser names where the value before it began, or stumbles over the line after it.
        var (from, saysTab) = ((int)Math.Max(1, Math.Min(at.Line, parser.Reached.Line)), message.Contains("tab", StringComparison.Ordinal));
        var tab = TabAfter(text, from, saysTab);
        if (tab is null || !(e is not YamlException || saysTab || tab.Value.Line <= at.Line + 1)) tab = TabBefore(text, (int)at.Line);
        if (tab is { } here) return (here, "a tab stands in the indentation; YAML is indented with blanks only");
        if (parser.OpenBracket is { } open)
            return ((at.Line, at.Column), $"not YAML: a '{parser.MissingEnd}' or a comma is missing {(known is null ? "after" : "before")} "
                + $"this place ({open} is open)");
        return ((at.Line, at.Column), $"not YAML: {message}");
    }

    // The first tab before the first other character of a line, from that line on. Within a value that goes on over lines, one in an
    // empty line is wrong too.
    private static (long Line, long Column)? TabAfter(string text, int from, bool orInEmptyLines)
    {
        var number = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
            if (++number >= from && TabIn(line, orInEmptyLines) is { } column) return (number, column);
        return null;
    }

    // That of the last line above that is not empty.
    private static (long Line, long Column)? TabBefore(string text, int line)
    {
        var (number, found) = (0, ((long, long)?)null);
        foreach (var above in text.AsSpan().EnumerateLines())
        {
            if (++number >= line) break;
            if (!above.Trim(" \t").IsEmpty) found = TabIn(above, false) is { } column ? (number, column) : null;
        }
        return found;
    }

    private static long? TabIn(ReadOnlySpan<char> line, bool isEmptyToo)
    {
        var indentation = line[..(line.Length - line.TrimStart(" \t").Length)];
        return (isEmptyToo || indentation.Length < line.Length) && indentation.IndexOf('\t') is >= 0 and var tab ? tab + 1 : null;
    }
}
