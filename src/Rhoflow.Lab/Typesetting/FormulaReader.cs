using System.Text;

namespace Rhoflow.Lab.Typesetting;

/// <summary>
/// Reads one formula out of a text by the grammar of formulas: operands (letters with accents and indices, numbers, brackets, functions)
/// between operations. What does not fit the grammar is prose.
/// </summary>
internal sealed class FormulaReader
{
    private const string Relations = "=≠≤≥<>≈∝→↦∼≪≫∈∉⊂⊥⇒⇔≡≃";

    private const string Operations = "+−±×·⊗⊕∘/…∪∩⊙∖";

    private static readonly Dictionary<char, (char Close, string Left, string Right)> s_brackets = new()
    {
        ['('] = (')', "(", ")"),
        ['['] = (']', "[", "]"),
        ['{'] = ('}', @"\{", @"\}"),
        ['⟨'] = ('⟩', @"\langle ", @"\rangle "),
        ['‖'] = ('‖', @"\|", @"\|"),
        ['|'] = ('|', @"\lvert ", @"\rvert "),
    };

    private readonly string _text;
    private readonly OperandReader _operands;
    private bool _hasLetter;

    private FormulaReader(string text)
    {
        _text = text;
        _operands = new OperandReader(text);
    }

    /// <summary>The formula that begins at <paramref name="start"/>, as TeX. False where none does.</summary>
    public static bool TryRead(string text, int start, out int end, out string tex)
    {
        var reader = new FormulaReader(text);
        var read = new StringBuilder();
        end = start;
        var isOne = reader.Expression(ref end, read, close: null) && reader._hasLetter;
        tex = read.ToString();
        return isOne;
    }

    /// <summary>A whole text as a formula; null where it is none.</summary>
    public static string? Whole(string text)
    {
        var reader = new FormulaReader(text);
        var read = new StringBuilder();
        var end = 0;
        return reader.Expression(ref end, read, close: '\0') && end == text.Length ? read.ToString() : null;
    }

    // Operands and what stands between them. In brackets (close is not null) commas and single letters count too.
    private bool Expression(ref int at, StringBuilder tex, char? close)
    {
        Sign(ref at, tex, close);
        var strong = false;
        if (!Operand(ref at, tex, close, attached: close is not null, ref strong)) return false;
        while (at < _text.Length)
        {
            var (next, more) = (at, new StringBuilder());
            if (Between(ref next, more, close))
            {
                // A comma may end a list of what is in brackets, an operation may not.
                Sign(ref next, more, close);
                var right = false;
                if (!Operand(ref next, more, close, attached: true, ref right)) return true;
                strong = right;
            }
            else
            {
                next = at;
                var space = _text[next] == ' ';
                if (space) next++;
                // “at t = 1000, 9.75 (K = 2) and with K² 10.5”: two things.
                if (space && close is null && next < _text.Length && (char.IsAsciiDigit(_text[next]) || _text[next] == '(')) return true;
                var right = false;
                if (next >= _text.Length || !Operand(ref next, more, close, attached: !space || close is not null, ref right)) return true;
                if (space && close is null && !right && !strong) return true;
                if (space) tex.Append(@"\,");
                strong = right;
            }
            tex.Append(more);
            at = next;
        }
        return true;
    }

    private void Sign(ref int at, StringBuilder tex, char? close)
    {
        if (at >= _text.Length) return;
        if (_text[at] is '−' or '±' or '∼' or '≈' or '≥' or '≤' or '→' || (_text[at] is '-' or '+' && close is not null))
        {
            // Two relations in a row are none; a sign in front of an operand is.
            tex.Append(_text[at] is '-' or '−' ? "-" : Letters.NameOf(_text[at]) ?? _text[at].ToString());
            at++;
        }
    }

    private bool Between(ref int at, StringBuilder tex, char? close)
    {
        var i = at;
        while (i < _text.Length && _text[i] == ' ') i++;
        if (i >= _text.Length) return false;
        var sign = _text[i];
        var isList = close is not null && (sign is ',' or ';' or ':');
        var isMinus = sign == '-' && close is not null;
        if (!isList && !isMinus && !Relations.Contains(sign) && !Operations.Contains(sign)) return false;
        i++;
        var spaced = i < _text.Length && _text[i] == ' ';
        while (i < _text.Length && _text[i] == ' ') i++;
        tex.Append(sign switch
        {
            '-' or '−' => spaced ? " - " : "-",
            ':' => @"\colon ",
            ',' or ';' => spaced ? sign + @"\ " : sign.ToString(),
            '<' => @"\lt ",
            '>' => @"\gt ",
            '·' when !spaced => "⋅",
            _ => Letters.NameOf(sign) ?? (spaced ? $" {sign} " : sign.ToString()),
        });
        at = i;
        return true;
    }

    private bool Operand(ref int at, StringBuilder tex, char? close, bool attached, ref bool strong)
    {
        if (at >= _text.Length || _text[at] == close) return false;
        var start = at;
        if (s_brackets.TryGetValue(_text[at], out var bracket))
        {
            var (i, inner, before) = (at + 1, new StringBuilder(), _hasLetter);
            while (i < _text.Length && _text[i] == ' ') i++;
            if (!Expression(ref i, inner, bracket.Close)) return Undo(before);
            while (i < _text.Length && _text[i] == ' ') i++;
            if (i >= _text.Length || _text[i] != bracket.Close) return Undo(before);
            // “(b)” alone is a label.
            if (!attached && (_text[at] is '(' or '[') && _text[(at + 1)..i].All(char.IsAsciiLetter)) return Undo(before);
            at = i + 1;
            var scripts = _operands.Scripts(ref at);
            tex.Append(bracket.Left).Append(inner).Append(bracket.Right).Append(scripts);
            _hasLetter |= scripts.Length > 0;
            strong |= _text[start] is '‖' or '⟨' or '|' || _hasLetter;
            return true;
        }
        if (!_operands.TryRead(ref at, attached, out var operand)) return false;
        if (operand.IsFunction && !operand.IsWhole)
        {
            // “max” and “log” are words unless something follows that they are of.
            var (next, argument, right) = (at, new StringBuilder(), false);
            if (next < _text.Length && _text[next] == ' ') next++;
            if (!Operand(ref next, argument, close, attached: true, ref right)) return Undo(_hasLetter);
            if (next - at > 0 && _text[at] == ' ') argument.Insert(0, ' ');
            tex.Append(operand.Tex).Append(argument);
            at = next;
            _hasLetter = strong = true;
            return true;
        }
        tex.Append(operand.Tex);
        _hasLetter |= !operand.IsNumber;
        strong |= operand.IsStrong;
        return true;

        bool Undo(bool letter)
        {
            _hasLetter = letter;
            return false;
        }
    }
}
