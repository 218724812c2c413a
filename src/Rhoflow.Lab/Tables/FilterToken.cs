using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Tables;

/// <summary>A word of a filter.</summary>
internal enum FilterTokenKind
{
    /// <summary>A name, a number or a text without quotes.</summary>
    Word,

    /// <summary>A text in quotes, given without them.</summary>
    Quoted,

    /// <summary>= != &lt; &lt;= &gt; &gt;=</summary>
    Comparison,

    /// <summary>( ) and the comma of a list.</summary>
    Mark,

    /// <summary>After the last word.</summary>
    End,
}

/// <summary>A word of a filter, and where it stands.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The word.</param>
/// <param name="Place">Counted from 1.</param>
internal readonly record struct FilterToken(FilterTokenKind Kind, string Text, int Place)
{
    private static readonly (string Written, string Meant)[] s_comparisons =
    [
        ("!=", "!="), ("<>", "!="), ("<=", "<="), ("=<", "<="), (">=", ">="), ("=>", ">="), ("==", "="), ("=", "="), ("<", "<"), (">", ">"),
    ];

    /// <summary>Whether it is this word, in small or capital letters.</summary>
    public bool Is(string word) => Kind == FilterTokenKind.Word && string.Equals(Text, word, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it is this parenthesis or comma.</summary>
    public bool IsMark(string mark) => Kind == FilterTokenKind.Mark && Text == mark;

    /// <summary>As errors name it.</summary>
    public string Shown => Kind == FilterTokenKind.End ? "the end" : $"'{Text}'";

    /// <summary>The words of a filter, and the end after them.</summary>
    /// <exception cref="ConfigException">A quote or a bracket is not closed, or an operator is none.</exception>
    public static IReadOnlyList<FilterToken> Read(string text, Func<string, int, ConfigException> wrong)
    {
        var tokens = new List<FilterToken>();
        for (var i = 0; i < text.Length;)
        {
            var begin = i;
            if (char.IsWhiteSpace(text[i]))
            {
                i++;
            }
            else if (text[i] is '(' or ')' or ',')
            {
                tokens.Add(new FilterToken(FilterTokenKind.Mark, text[i++].ToString(), begin + 1));
            }
            else if (text[i] is '\'' or '"')
            {
                var close = text.IndexOf(text[i], i + 1);
                if (close < 0) throw wrong($"the quote {text[i]} is not closed", begin + 1);
                i = close + 1;
                tokens.Add(new FilterToken(FilterTokenKind.Quoted, text[(begin + 1)..close], begin + 1));
            }
            else if (IsOperator(text[i]))
            {
                var (written, meant) = s_comparisons.FirstOrDefault(c => text.AsSpan(i).StartsWith(c.Written, StringComparison.Ordinal));
                if (written is null) throw wrong($"'{text[i]}' is no operator; write and, or, not, =, !=, <, <=, > or >=", begin + 1);
                i += written.Length;
                tokens.Add(new FilterToken(FilterTokenKind.Comparison, meant, begin + 1));
            }
            else
            {
                i = EndOfWord(text, i);
                if (i < 0) throw wrong("the bracket [ is not closed", begin + 1);
                tokens.Add(new FilterToken(FilterTokenKind.Word, text[begin..i], begin + 1));
            }
        }
        tokens.Add(new FilterToken(FilterTokenKind.End, "", text.Length + 1));
        return tokens;
    }

    private static bool IsOperator(char c) => c is '=' or '<' or '>' or '!' or '&' or '|';

    // A list of a config, [setosa, rest], is one word with its blanks and commas; -1 where it does not end.
    private static int EndOfWord(string text, int i)
    {
        var depth = 0;
        for (; i < text.Length; i++)
        {
            if (text[i] is '[' or '{') depth++;
            if (text[i] is ']' or '}') depth--;
            if (depth <= 0 && (char.IsWhiteSpace(text[i]) || text[i] is '(' or ')' or ',' || IsOperator(text[i]))) break;
        }
        return depth > 0 ? -1 : i;
    }
}
