using System.Text;

namespace Rhoflow.Lab.Typesetting;

/// <summary>
/// TeX as readable Unicode text, for terminals, for titles, and for pages that are made without Node: ρ̇ₖ = (ρ/ρₖ) Σₙ e^(−ρf).
/// </summary>
internal sealed class PlainTex
{
    // Before a closing bracket.
    private const char NoSpace = '\ue000';

    private readonly string _tex;
    private int _at;

    private PlainTex(string tex) => _tex = tex;

    /// <summary>The formula as text.</summary>
    public static string Of(string tex)
    {
        var reader = new PlainTex(tex);
        var plain = new StringBuilder();
        while (reader._at < tex.Length) plain.Append(reader.Until('}'));
        return Spaced(plain.ToString());
    }

    // One space between words and signs, three where TeX has a \quad.
    private static string Spaced(string text)
    {
        var spaced = new StringBuilder();
        foreach (var c in text)
        {
            if (c == NoSpace)
            {
                if (spaced.Length > 0 && spaced[^1] == ' ') spaced.Length--;
                continue;
            }
            if (c == ' ' && (spaced.Length == 0 || spaced[^1] is ' ' or '\u2003' or '(' or '[')) continue;
            if (c is '\u2003' or ')' or ']' or ',' && spaced.Length > 0 && spaced[^1] == ' ') spaced.Length--;
            spaced.Append(c);
        }
        return spaced.ToString().Trim().Replace("\u2003", "   ", StringComparison.Ordinal);
    }

    private string Until(char end)
    {
        var text = new StringBuilder();
        while (_at < _tex.Length && _tex[_at] != end) text.Append(Atom());
        _at++;
        return text.ToString();
    }

    private string Atom()
    {
        var c = _tex[_at++];
        switch (c)
        {
            case '{':
                return Until('}');
            case '_':
                return Script(Argument(), Letters.Lowered, '_');
            case '^':
                return Script(Argument(), Letters.Raised, '^');
            case '\\':
                return Command();
            case '\'':
                return "′";
            case '-':
                return "−";
            case '~':
                return " ";
            case '⋅':
                return "·";
            default:
                return c.ToString();
        }
    }

    private string Argument()
    {
        while (_at < _tex.Length && _tex[_at] == ' ') _at++;
        return _at < _tex.Length ? Atom() : "";
    }

    private string Command()
    {
        var start = _at;
        while (_at < _tex.Length && char.IsAsciiLetter(_tex[_at])) _at++;
        if (_at == start) _at++;
        var name = _tex[start.._at];
        if (char.IsAsciiLetter(name[0]))
            while (_at < _tex.Length && _tex[_at] == ' ') _at++;
        switch (name)
        {
            case "frac" or "tfrac" or "dfrac":
                var (top, bottom) = (Spaced(Argument()), Spaced(Argument()));
                return (top, bottom) switch
                {
                    ("1", "2") => "½",
                    ("1", "4") => "¼",
                    _ => $"{Over(top)}/{Under(bottom)} ",
                };
            case "sqrt":
                var under = Spaced(Argument());
                return under.Length > 1 ? $"√({under})" : $"√{under}";
            case "text" or "mathrm" or "operatorname" or "textrm":
                return Words();
            case "mathbf" or "boldsymbol" or "mathit":
                return Argument();
            case "mathcal" or "mathbb" or "mathscr":
                return Argument() is var letter && letter == "R" && name == "mathbb" ? "ℝ" : letter;
            case "left":
                var open = Atom();
                while (_at < _tex.Length && _tex[_at] == ' ') _at++;
                return open;
            case "right":
                return NoSpace + Atom();
            case "big" or "Big" or "bigg" or "Bigg" or "bigl" or "bigr" or "displaystyle" or "limits" or "nolimits":
                return "";
            case "quad" or "qquad":
                return "\u2003";
            case "," or ";" or ":" or " ":
                return " ";
            case "!":
                return "";
            case "lt":
                return " < ";
            case "gt":
                return " > ";
            case "colon":
                return ": ";
            case "pmod" or "bmod":
                return " mod ";
        }
        if (Letters.Accents.TryGetValue(name, out var mark)) return Accented(Argument(), mark);
        if (Letters.Between.TryGetValue(name, out var between)) return $" {between} ";
        if (Letters.Functions.Contains(name)) return NextIsScriptOrBracket() ? name : name + " ";
        if (!Letters.ByName.TryGetValue(name, out var sign)) return name;
        return sign == "…" ? " … "
            : _at < _tex.Length && (_tex[_at] is '=' or '<' or '>' or '+' or '-') && _tex[_at - 1] == ' ' ? sign + " " : sign;
    }

    private bool NextIsScriptOrBracket() => _at < _tex.Length && _tex[_at] is '_' or '^' or '(';

    private string Words()
    {
        if (_at >= _tex.Length || _tex[_at] != '{') return Argument();
        var close = _tex.IndexOf('}', _at);
        var words = _tex[(_at + 1)..close];
        _at = close + 1;
        return words;
    }

    // ẇ; the rate of something longer is written out.
    private static string Accented(string of, char mark)
    {
        of = Spaced(of);
        if (of.Length == 0) return of;
        if (of.Length == 1 || (mark != '\u0307' && !of.Contains(' ', StringComparison.Ordinal)))
        {
            var whole = Letters.Accented.FirstOrDefault(p => p.Value == (of[0], mark)).Key;
            return (whole == default ? of[..1] + mark : whole.ToString()) + of[1..];
        }
        return mark == '\u0307' ? $"d{Over(of)}/dt" : of;
    }

    private static string Over(string text) => text.Skip(1).Any(static c => c is ' ' or '+' or '−') && !Enclosed(text) ? $"({text})" : text;

    private static string Under(string text) =>
        Enclosed(text) || text.Length == 1 || text[0] is '∂'
            || text.Skip(1).All(static c => !char.IsLetterOrDigit(c) && c is not (' ' or '/' or '('))
            || text.All(char.IsAsciiDigit) || text[1..].All(static c => Letters.Sunk.ContainsKey(c) || Letters.Lifted.ContainsKey(c)
                || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.NonSpacingMark)
            ? text : $"({text})";

    // In one pair of brackets.
    private static bool Enclosed(string text)
    {
        if (text.Length < 2 || (text[0], text[^1]) is not (('(', ')') or ('[', ']') or ('‖', '‖'))) return false;
        if (text[0] == '‖') return !text[1..^1].Contains('‖', StringComparison.Ordinal);
        var depth = 0;
        for (var i = 0; i < text.Length - 1; i++)
        {
            if (text[i] is '(' or '[') depth++;
            else if (text[i] is ')' or ']') depth--;
            if (depth == 0) return false;
        }
        return true;
    }

    private static string Script(string of, IReadOnlyDictionary<char, char> letters, char sign)
    {
        var bare = Spaced(of).Replace(" ", "", StringComparison.Ordinal);
        if (bare is "*" or "′" or "′′") return bare;
        if (bare.Length > 0 && bare.All(letters.ContainsKey)) return string.Concat(bare.Select(c => letters[c]));
        var text = Spaced(of);
        return text.Length <= 1 || Enclosed(text) || text.All(static c => char.IsAsciiLetter(c) || c == '′')
            ? sign + text : $"{sign}({text})";
    }
}
