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
        // The parser names where the value before it began.
        if (TabAfter(text, (int)Math.Max(1, Math.Min(at.Line, parser.Reached.Line))) is { } tab
            && (e is not YamlException || message.Contains("tab", StringComparison.Ordinal) || tab.Line <= at.Line + 1))
            return (tab, "a tab stands in the indentation; YAML is indented with blanks only");
        if (parser.OpenBracket is { } open)
            return ((at.Line, at.Column), $"not YAML: a '{parser.MissingEnd}' or a comma is missing {(known is null ? "after" : "before")} "
                + $"this place ({open} is open)");
        return ((at.Line, at.Column), $"not YAML: {message}");
    }

    // The first tab before the first other character of a line, from that line on.
    private static (long Line, long Column)? TabAfter(string text, int from)
    {
        var number = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (++number < from) continue;
            var indentation = line[..(line.Length - line.TrimStart(" \t").Length)];
            if (indentation.Length < line.Length && indentation.IndexOf('\t') is >= 0 and var tab) return (number, tab + 1);
        }
        return null;
    }
}
