namespace Rhoflow.Numerics;

/// <summary>±e^Log, for values whose size no double holds; Sign 0 stands for zero, NaN in Log for an undefined value.</summary>
internal readonly record struct SignedLog(int Sign, double Log)
{
    /// <summary>No value: the logarithm of a negative number, a quotient by zero.</summary>
    public static readonly SignedLog Undefined = new(1, double.NaN);

    /// <summary>A double in this form.</summary>
    public static SignedLog Of(double v) => double.IsNaN(v) ? Undefined : new(Math.Sign(v), Math.Log(Math.Abs(v)));

    /// <summary>As a double: ±∞ or 0 where it is none.</summary>
    public double Value => Sign == 0 ? 0 : Sign * Math.Exp(Log);

    public static SignedLog operator -(SignedLog a) => a with { Sign = -a.Sign };

    public static SignedLog operator +(SignedLog a, SignedLog b)
    {
        if (double.IsNaN(a.Log) || double.IsNaN(b.Log)) return Undefined;
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

    /// <summary>a^b; undefined for a negative a and a b that is not whole.</summary>
    public static SignedLog Raise(SignedLog a, SignedLog b)
    {
        var exponent = b.Value;
        if (exponent == 0) return new(1, 0);
        if (a.Sign == 0) return exponent > 0 ? a : Undefined;
        if (a.Sign < 0 && exponent != Math.Floor(exponent)) return Undefined;
        return new(a.Sign < 0 && exponent % 2 != 0 ? -1 : 1, a.Log * exponent);
    }

    /// <summary>The natural logarithm.</summary>
    public static SignedLog LogOf(SignedLog a) => a.Sign > 0 ? Of(a.Log) : Undefined;
}
