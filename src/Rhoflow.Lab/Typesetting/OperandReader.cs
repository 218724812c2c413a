using System.Globalization;
using System.Text.RegularExpressions;

namespace Rhoflow.Lab.Typesetting;

/// <summary>A letter, number or function of a formula with its accents, indices and exponents.</summary>
/// <param name="Tex">In TeX.</param>
/// <param name="IsNumber">Digits only.</param>
/// <param name="IsStrong">Cannot be prose: a Greek letter, an index, an accent.</param>
/// <param name="IsFunction">The name of a function.</param>
/// <param name="IsWhole">A function that needs nothing after it: max_V.</param>
internal readonly record struct Operand(string Tex, bool IsNumber, bool IsStrong, bool IsFunction = false, bool IsWhole = false);

/// <summary>Reads the operands of formulas.</summary>
internal sealed partial class OperandReader(string text)
{
    private static readonly string[] s_words =
        ["is", "of", "to", "in", "at", "by", "or", "on", "no", "an", "as", "it", "we", "if", "so", "be", "up", "do", "us", "he", "th", "nd",
         "rd", "st", "px", "ms", "MB", "GB", "kB", "KB",
         "II", "IV", "VI", "SQ", "GD", "WN", "NC", "BN", "T3"];

    /// <summary>Reads one at <paramref name="at"/>. False where there is none.</summary>
    /// <param name="at">Where; moved behind it.</param>
    /// <param name="attached">
    /// After an operation, beside another operand or in brackets, where a plain letter or two must be formulas.
    /// </param>
    /// <param name="operand">What was read.</param>
    public bool TryRead(ref int at, bool attached, out Operand operand)
    {
        operand = default;
        if (at >= text.Length) return false;
        var c = text[at];
        if (Number().Match(text, at) is { Success: true } number) return TryNumber(ref at, number, out operand);
        if (c is '½' or '¼' or '¾' or '⅓' or '⅔')
        {
            at++;
            var (top, bottom) = c switch { '½' => (1, 2), '¼' => (1, 4), '¾' => (3, 4), '⅓' => (1, 3), _ => (2, 3) };
            operand = new Operand($@"\tfrac{{{top}}}{{{bottom}}}", IsNumber: true, IsStrong: false);
            return true;
        }
        if (c == '√')
        {
            at++;
            if (!TryRead(ref at, attached: true, out var under)) return Group(ref at, out operand);
            operand = new Operand($@"\sqrt{{{under.Tex}}}", IsNumber: false, IsStrong: true);
            return true;
        }
        if ("∞∇∂Σ∏∫∠ℓ∅∀∃".Contains(c) || (char.IsLetter(c) && c is >= 'Ͱ' and <= 'Ͽ')) return TryLetter(ref at, strong: true, out operand);
        return char.IsLetter(c) && TryWord(ref at, attached, out operand);
    }

    /// <summary>Accents are read with their letter; here what follows it: primes, indices, exponents, a star.</summary>
    public string Scripts(ref int at)
    {
        string below = "", above = "";
        while (at < text.Length)
        {
            var c = text[at];
            if (c is '\'' or '′' && (at + 1 >= text.Length || !char.IsLetter(text[at + 1]) || c == '′'))
            {
                above += @"\prime ";
                at++;
            }
            else if (Letters.Lifted.TryGetValue(c, out var lifted))
            {
                above += lifted == '−' ? "-" : lifted.ToString();
                at++;
            }
            else if (Letters.Sunk.TryGetValue(c, out var sunk))
            {
                below += sunk == '−' ? "-" : sunk.ToString();
                at++;
            }
            else if ((c is '⊥' or '∥') && below.Length == 0 && at > 0 && char.IsLetter(text[at - 1]))
            {
                below = Sign(c);
                at++;
            }
            else if (c == '*' && (at + 1 >= text.Length || !(char.IsLetterOrDigit(text[at + 1]) || text[at + 1] is '*' or ' ' or '.')
                || IsStar(at + 1)))
            {
                above += @"\ast ";
                at++;
            }
            else if (c == '_' && Script(at + 1, above: false) is var (end, tex))
            {
                below += tex;
                at = end;
            }
            else if (c == '^' && Script(at + 1, above: true) is var (end2, tex2))
            {
                above += tex2;
                at = end2;
            }
            else
            {
                break;
            }
        }
        return (below.Length > 0 ? $"_{{{below}}}" : "") + (above.Length > 0 ? $"^{{{above}}}" : "");
    }

    // “v* is”: a star, since no product has a space on one side.
    private bool IsStar(int next) => next < text.Length && text[next] is ' ' or '.';

    private (int End, string Tex)? Script(int start, bool above)
    {
        if (start >= text.Length) return null;
        if ((text[start] == '{' || (above && text[start] == '(')) && Closing(start) is { } close)
        {
            var inner = text[(start + 1)..close];
            return (close + 1, FormulaReader.Whole(inner) ?? $@"\text{{{inner}}}");
        }
        var match = (above ? Exponent() : Index()).Match(text, start);
        if (!match.Success) return null;
        var (end, written) = (start + match.Length, match.Value);
        if (!above && char.IsAsciiLetter(written[0]))
        {
            // “ρ_kV_k”: the index ends where the next letter has one, or where capitals begin.
            if (written.Length > 1 && end < text.Length && (text[end] is '_' or '^')) written = written[..^1];
            if (char.IsAsciiLetterLower(written[0]) && written.FirstOrDefault(char.IsAsciiLetterUpper) is var capital and not '\0')
                written = written[..written.IndexOf(capital, StringComparison.Ordinal)];
            // “y_nf(x_n)”.
            if (written.Length == 2 && "ijkn".Contains(written[0]) && !"ijklmnpq".Contains(written[1])) written = written[..1];
            end = start + written.Length;
            if (end < text.Length && text[end] == '\'' && written.Length == 2)
            {
                end++;
                written += @"\prime ";
            }
        }
        var isName = written.Length > 1 && written.All(char.IsAsciiLetter) && !written.All(static c => "ijklmnpq".Contains(c));
        return (end, isName ? $@"\mathrm{{{written}}}" : string.Concat(written.Select(Sign)));
    }

    private static bool IsMark(char c) => CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark;

    private static string Sign(char c) => c switch
    {
        '−' or '-' => "-",
        '*' => @"\ast ",
        '½' => @"\frac{1}{2}",
        _ => Letters.NameOf(c) ?? c.ToString(),
    };

    private int? Closing(int open)
    {
        var depth = 0;
        for (var i = open; i < text.Length; i++)
        {
            if (text[i] is '{' or '(') depth++;
            else if (text[i] is '}' or ')' && --depth == 0) return i;
        }
        return null;
    }

    private bool TryNumber(ref int at, Match number, out Operand operand)
    {
        at += number.Length;
        var digits = number.Groups["digits"].Value.Replace(",", "{,}", StringComparison.Ordinal);
        var tex = number.Groups["power"] is { Success: true } power
            ? (digits == "1" ? "" : digits + @" \times ") + $"10^{{{power.Value.Replace('−', '-').TrimStart('+')}}}"
            : digits;
        var scripts = number.Groups["power"].Success ? "" : Scripts(ref at);
        operand = new Operand(tex + scripts, IsNumber: scripts.Length == 0, IsStrong: scripts.Length > 0);
        return true;
    }

    private bool Group(ref int at, out Operand operand)
    {
        operand = default;
        if (at >= text.Length || text[at] != '(' || Closing(at) is not { } close) return false;
        if (FormulaReader.Whole(text[(at + 1)..close]) is not { } inner) return false;
        at = close + 1;
        operand = new Operand($@"\sqrt{{{inner}}}", IsNumber: false, IsStrong: true);
        return true;
    }

    private bool TryLetter(ref int at, bool strong, out Operand operand)
    {
        var (c, marks) = Letters.Accented.TryGetValue(text[at], out var apart) ? (apart.Letter, apart.Mark.ToString()) : (text[at], "");
        at++;
        while (at < text.Length && IsMark(text[at])) marks += text[at++];
        var scripts = Scripts(ref at);
        var isSum = c == 'Σ' && !(scripts.Length > 2 && char.IsAsciiLetterUpper(scripts[2]));
        var letter = c switch
        {
            'Σ' => isSum ? @"\sum " : @"\Sigma ",
            '∏' => @"\prod ",
            _ => Letters.NameOf(c) ?? c.ToString(),
        };
        foreach (var mark in marks)
        {
            var name = Letters.Accents.FirstOrDefault(p => p.Value == mark).Key;
            if (name is not null) letter = $@"\{(name == "widetilde" ? "tilde" : name == "widehat" ? "hat" : name)}{{{letter.Trim()}}}";
        }
        operand = new Operand(letter + scripts, IsNumber: false, strong || marks.Length > 0 || scripts.Length > 0);
        return true;
    }

    private bool TryWord(ref int at, bool attached, out Operand operand)
    {
        operand = default;
        var end = at;
        while (end < text.Length && char.IsLetter(text[end]) && text[end] is not (>= 'Ͱ' and <= 'Ͽ' or 'ℓ')
            && !Letters.Lifted.ContainsKey(text[end]) && !Letters.Sunk.ContainsKey(text[end])) end++;
        var word = text[at..end];
        var next = end < text.Length ? text[end] : ' ';
        var isIndexed = next is '_' or '^' || IsMark(next);
        if (word.Length > 1 && (Letters.Functions.Contains(word) || Letters.OtherFunctions.Contains(word)))
        {
            at = end;
            var scripts = Scripts(ref at);
            var name = Letters.Functions.Contains(word) ? $@"\{word}" : $@"\operatorname{{{word}}}";
            operand = new Operand(name + scripts, IsNumber: false, IsStrong: true, IsFunction: true, IsWhole: scripts.StartsWith('_'));
            return true;
        }
        // A word with an exponent: parameters^{−m/n}.
        if (word.Length > 3 && next == '^')
        {
            at = end;
            operand = new Operand($@"\text{{{word}}}{Scripts(ref at)}", IsNumber: false, IsStrong: true);
            return true;
        }
        if (word.Length > 3 || (word.Length > 1 && s_words.Contains(word) && !isIndexed)) return false;
        if (word.Length > 1)
        {
            // Products: “yf” in e^{−yf}, “dt”, “Kt” after an operation; “x_0e^{…}”.
            var greek = next is >= 'Ͱ' and <= 'Ͽ';
            var differential = word[0] == 'd' && word.Length == 2;
            if (!(isIndexed || (greek && word.Length == 2) || (attached && (word.Length == 2 || next == '(' || differential))))
                return false;
            if (word.All(char.IsAsciiLetterUpper) && word.Length == 3) return false;
            return TryLetter(ref at, strong: isIndexed || greek, out operand);
        }
        if (next is '.' && end + 1 < text.Length && char.IsLetterOrDigit(text[end + 1])) return false;
        if (next is '&' or '#' or '’' || (next == '\'' && end + 1 < text.Length && char.IsLetter(text[end + 1]))) return false;
        if (char.IsAsciiDigit(next) && !attached) return false;
        var i = at;
        if (!TryLetter(ref i, strong: false, out operand)) return false;
        if (word is "a" or "A" or "I" && !attached && !operand.IsStrong && next is not ('(' or '·')) return false;
        at = i;
        return true;
    }

    [GeneratedRegex(@"\G(?<digits>\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:\.\d+)?|(?<!\d)\.\d+)(?:e(?<power>[+−-]?\d+))?(?![\d]*-\d)",
        RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Number();

    [GeneratedRegex(@"\G(?:\d+|[⊥∥∞*+−±]|[\u0370-\u03ff]|[A-Za-z]{1,5}(?![A-Za-z]))", RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Index();

    [GeneratedRegex(@"\G(?:[-−+]?\d+(?:\.\d+)?(?:/\d+)?|[-−+]?[\u0370-\u03ff½]|[-−+]?[A-Za-z]{1,3}(?![A-Za-z])|[*+∞])",
        RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Exponent();
}
