using System.Globalization;

namespace Rhoflow.Numerics;

/// <summary>
/// An arithmetic expression in one variable (t unless named otherwise): numbers, <c>t</c>, <c>e</c>, <c>pi</c>, + − * / ^, parentheses,
/// log, exp, sqrt. Evaluated in float64, and through signed logarithms where a value (t itself, or e^t) overflows or underflows.
/// </summary>
internal sealed class Expression
{
    private readonly Node _root;

    private Expression(Node root) => _root = root;

    /// <summary>The value at t.</summary>
    public double At(double t) => _root.Value(t);

    /// <summary>The natural logarithm of the value at e^<paramref name="logT"/>; NaN where the value is not positive.</summary>
    public double LogAt(double logT)
    {
        var plain = Math.Log(_root.Value(Math.Exp(logT)));
        if (double.IsFinite(plain)) return plain;
        var (sign, log) = _root.Log(logT);
        return sign > 0 ? log : double.NaN;
    }

    /// <param name="text">The expression.</param>
    /// <param name="variable">What the variable is called in it: letters only.</param>
    /// <exception cref="FormatException">Not an expression; the message names the character's position and what is allowed.</exception>
    public static Expression Parse(string text, string variable = "t")
    {
        var parser = new Parser(text, variable);
        return new Expression(parser.Whole());
    }

    /// <summary>±e^Log; Sign 0 stands for zero, NaN in Log for an undefined value.</summary>
    private readonly record struct SignedLog(int Sign, double Log)
    {
        public static readonly SignedLog Undefined = new(1, double.NaN);
        public static SignedLog Of(double v) => new(Math.Sign(v), Math.Log(Math.Abs(v)));
        public double Value => Sign * Math.Exp(Log);

        public static SignedLog operator -(SignedLog a) => a with { Sign = -a.Sign };

        public static SignedLog operator +(SignedLog a, SignedLog b)
        {
            if (a.Sign == 0) return b;
            if (b.Sign == 0) return a;
            if (a.Log < b.Log) (a, b) = (b, a);
            var ratio = Math.Exp(b.Log - a.Log);
            if (a.Sign == b.Sign) return a with { Log = a.Log + double.LogP1(ratio) };
            return ratio == 1 ? new SignedLog(0, double.NegativeInfinity) : a with { Log = a.Log + double.LogP1(-ratio) };
        }

        public static SignedLog operator *(SignedLog a, SignedLog b) => new(a.Sign * b.Sign, a.Log + b.Log);
        public static SignedLog operator /(SignedLog a, SignedLog b) =>
            b.Sign == 0 ? Undefined : new(a.Sign * b.Sign, a.Log - b.Log);
    }

    private sealed record Node(Func<double, double> Value, Func<double, SignedLog> Log);

    private sealed class Parser(string text, string variable)
    {
        private string Allowed => $"allowed: numbers, {variable}, e, pi, + - * / ^, ( ), log( ), exp( ), sqrt( )";
        private int _at;
        private int _depth;

        public Node Whole()
        {
            var node = Sum();
            if (_at < text.Length) throw Error($"unexpected '{text[_at]}'");
            return node;
        }

        private Node Sum()
        {
            if (++_depth > 64) throw Error("nested too deeply");
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

        private Node Product()
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

        private Node Signed()
        {
            if (!Take('-') && !Take('−')) return Power();
            if (++_depth > 64) throw Error("nested too deeply");
            var a = Signed();
            _depth--;
            return new(t => -a.Value(t), u => -a.Log(u));
        }

        private Node Power()
        {
            var a = Atom();
            if (!Take('^')) return a;
            var b = Signed();                                // right-associative, and 2^-t is allowed
            return new(t => Math.Pow(a.Value(t), b.Value(t)), u => Raise(a.Log(u), b.Log(u)));
        }

        private static SignedLog Raise(SignedLog a, SignedLog b)
        {
            var exponent = b.Value;
            if (exponent == 0) return new(1, 0);
            if (a.Sign == 0) return exponent > 0 ? a : SignedLog.Undefined;
            if (a.Sign < 0 && exponent != Math.Floor(exponent)) return SignedLog.Undefined;
            return new(a.Sign < 0 && exponent % 2 != 0 ? -1 : 1, a.Log * exponent);
        }

        private Node Atom()
        {
            Skip();
            if (Take('('))
            {
                var inner = Sum();
                Close();
                return inner;
            }
            if (_at < text.Length && (char.IsAsciiDigit(text[_at]) || text[_at] == '.')) return Number();
            var start = _at;
            while (_at < text.Length && char.IsAsciiLetterOrDigit(text[_at])) _at++;
            var word = text[start.._at];
            if (word == variable) return new(static t => t, static u => new(1, u));
            switch (word)
            {
                case "e": return Constant(Math.E);
                case "pi": return Constant(Math.PI);
                case "log" or "exp" or "sqrt": return Function(word);
                case "": throw Error(_at < text.Length ? $"unexpected '{text[_at]}'" : "the expression ends where a value is expected");
                default:
                    _at = start;
                    throw Error($"'{word}' is not known");
            }
        }

        private Node Function(string word)
        {
            if (!Take('(')) throw Error($"'{word}' needs its argument in parentheses");
            var a = Sum();
            Close();
            return word switch
            {
                "log" => new(t => Math.Log(a.Value(t)), u => a.Log(u) is { Sign: > 0 } v ? SignedLog.Of(v.Log) : SignedLog.Undefined),
                "exp" => new(t => Math.Exp(a.Value(t)), u => new(1, a.Log(u).Value)),
                _ => new(t => Math.Sqrt(a.Value(t)), u => Raise(a.Log(u), SignedLog.Of(0.5))),
            };
        }

        private Node Number()
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

        private static Node Constant(double c)
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
}
