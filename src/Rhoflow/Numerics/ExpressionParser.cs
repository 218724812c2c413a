using System.Globalization;

namespace Rhoflow.Numerics;

/// <summary>A part of an expression: its value at a point, in float64 and as a signed logarithm.</summary>
internal sealed record ExpressionNode<TPoint>(Func<TPoint, double> Value, Func<TPoint, SignedLog> Log);

/// <summary>
/// Reads arithmetic expressions: numbers, variables, <c>e</c>, <c>pi</c>, + − * / ^ (right-associative), parentheses, log (natural), exp,
/// sqrt. A variable is letters, digits, '_' and '.', or anything in backquotes.
/// </summary>
/// <typeparam name="TPoint">Where expressions are evaluated: what gives the variables their values.</typeparam>
/// <param name="text">The expression.</param>
/// <param name="names">The variables in words, for errors.</param>
/// <param name="variable">The variable of a name; null where there is none.</param>
internal sealed class ExpressionParser<TPoint>(string text, string names, Func<string, ExpressionNode<TPoint>?> variable)
{
    private const int Deepest = 64;

    private int _at;
    private int _depth;

    private string Allowed => $"allowed: numbers, {names}, e, pi, + - * / ^, ( ), log( ), exp( ), sqrt( )";

    /// <summary>The whole text as one expression.</summary>
    /// <exception cref="FormatException">It is none; the message names the character's position and what is allowed.</exception>
    public ExpressionNode<TPoint> Whole()
    {
        var node = Sum();
        if (_at < text.Length) throw Error($"unexpected '{text[_at]}'");
        return node;
    }

    private ExpressionNode<TPoint> Sum()
    {
        if (++_depth > Deepest) throw Error("nested too deeply");
        var left = Product();
        while (true)
        {
            var a = left;
            if (Take('+'))
            {
                var b = Product();
                left = new(t => a.Value(t) + b.Value(t), u => a.Log(u) + b.Log(u));
            }
            else if (Take('-') || Take('−'))
            {
                var b = Product();
                left = new(t => a.Value(t) - b.Value(t), u => a.Log(u) + -b.Log(u));
            }
            else
            {
                _depth--;
                return left;
            }
        }
    }

    private ExpressionNode<TPoint> Product()
    {
        var left = Signed();
        while (true)
        {
            var a = left;
            if (Take('*'))
            {
                var b = Signed();
                left = new(t => a.Value(t) * b.Value(t), u => a.Log(u) * b.Log(u));
            }
            else if (Take('/'))
            {
                var b = Signed();
                left = new(t => a.Value(t) / b.Value(t), u => a.Log(u) / b.Log(u));
            }
            else return left;
        }
    }

    private ExpressionNode<TPoint> Signed()
    {
        if (!Take('-') && !Take('−')) return Power();
        if (++_depth > Deepest) throw Error("nested too deeply");
        var a = Signed();
        _depth--;
        return new(t => -a.Value(t), u => -a.Log(u));
    }

    private ExpressionNode<TPoint> Power()
    {
        var a = Atom();
        if (!Take('^')) return a;
        var b = Signed();                                // right-associative, and 2^-t is allowed
        return new(t => Math.Pow(a.Value(t), b.Value(t)), u => SignedLog.Raise(a.Log(u), b.Log(u)));
    }

    private ExpressionNode<TPoint> Atom()
    {
        Skip();
        if (Take('('))
        {
            var inner = Sum();
            Close();
            return inner;
        }
        if (_at < text.Length && (char.IsAsciiDigit(text[_at]) || text[_at] == '.')) return Number();
        if (_at < text.Length && text[_at] == '`') return Quoted();
        var start = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '_' or '.')) _at++;
        var word = text[start.._at];
        switch (word)
        {
            case "log" or "exp" or "sqrt": return Function(word);
            case "": throw Error(_at < text.Length ? $"unexpected '{text[_at]}'" : "the expression ends where a value is expected");
        }
        if (variable(word) is { } found) return found;
        switch (word)
        {
            case "e": return Constant(Math.E);
            case "pi": return Constant(Math.PI);
            default:
                _at = start;
                throw Error($"'{word}' is not known");
        }
    }

    private ExpressionNode<TPoint> Quoted()
    {
        var end = text.IndexOf('`', _at + 1);
        if (end < 0) throw Error("a closing '`' is missing");
        var word = text[(_at + 1)..end];
        if (variable(word) is not { } found) throw Error($"'{word}' is not known");
        _at = end + 1;
        return found;
    }

    private ExpressionNode<TPoint> Function(string word)
    {
        if (!Take('(')) throw Error($"'{word}' needs its argument in parentheses");
        var a = Sum();
        Close();
        return word switch
        {
            "log" => new(t => Math.Log(a.Value(t)), u => SignedLog.LogOf(a.Log(u))),
            "exp" => new(t => Math.Exp(a.Value(t)), u => new(1, a.Log(u).Value)),
            _ => new(t => Math.Sqrt(a.Value(t)), u => SignedLog.Raise(a.Log(u), SignedLog.Of(0.5))),
        };
    }

    private ExpressionNode<TPoint> Number()
    {
        var start = _at;
        while (_at < text.Length && (char.IsAsciiDigit(text[_at]) || text[_at] == '.')) _at++;
        // 1e3 is a number, while 2*e is e: an exponent needs a digit after it.
        if (_at + 1 < text.Length && text[_at] is 'e' or 'E')
        {
            var next = _at + 1;
            if (next + 1 < text.Length && text[next] is '+' or '-') next++;
            if (next < text.Length && char.IsAsciiDigit(text[next]))
                for (_at = next; _at < text.Length && char.IsAsciiDigit(text[_at]);) _at++;
        }
        if (!double.TryParse(text.AsSpan(start, _at - start), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            || !double.IsFinite(value))
        {
            var given = text[start.._at];
            _at = start;
            throw Error($"'{given}' is not a finite number");
        }
        return Constant(value);
    }

    private static ExpressionNode<TPoint> Constant(double c)
    {
        var log = SignedLog.Of(c);
        return new(_ => c, _ => log);
    }

    private void Close()
    {
        if (!Take(')')) throw Error("a closing ')' is missing");
    }

    private bool Take(char c)
    {
        Skip();
        if (_at >= text.Length || text[_at] != c) return false;
        _at++;
        Skip();
        return true;
    }

    private void Skip()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at])) _at++;
    }

    private FormatException Error(string what) => new($"expression '{text}', character {_at + 1}: {what}; {Allowed}");
}
