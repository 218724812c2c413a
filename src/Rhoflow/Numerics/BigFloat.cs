using System.Numerics;

namespace Rhoflow.Numerics;

/// <summary>
/// m · 2^e with an integer m of at most <see cref="Bits"/> bits: binary floating point of any precision, for linear systems whose condition
/// number is beyond double. Every operation rounds once, to the nearest (ties to even), with the larger <see cref="Bits"/> of its operands;
/// with 53 they are IEEE's operations on doubles, but there are no infinities, no NaN and no smallest number.
/// </summary>
public readonly struct BigFloat : IComparable<BigFloat>, IEquatable<BigFloat>
{
    private readonly BigInteger _mantissa;
    private readonly int _exponent;

    private BigFloat(BigInteger mantissa, int exponent, int bits) => (_mantissa, _exponent, Bits) = (mantissa, exponent, bits);

    /// <summary>The precision: bits of the mantissa at most.</summary>
    public int Bits { get; }

    /// <summary>−1, 0 or 1.</summary>
    public int Sign => _mantissa.Sign;

    /// <summary>⌊log₂|x|⌋ + 1; 0 for 0.</summary>
    public int Magnitude => _mantissa.IsZero ? 0 : _exponent + Length(_mantissa);

    /// <summary>The double as it is, exactly where <paramref name="bits"/> is 53 or more.</summary>
    /// <exception cref="ArgumentException">x is not finite, or fewer than 2 bits are requested.</exception>
    public static BigFloat Of(double x, int bits)
    {
        if (!double.IsFinite(x)) throw new ArgumentException($"{x} is no finite number", nameof(x));
        var raw = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)(raw >> 52) & 0x7FF;
        var mantissa = raw & 0xFFFFFFFFFFFFF;
        if (exponent > 0) mantissa |= 1L << 52;
        return Rounded(x < 0 ? -mantissa : mantissa, Math.Max(exponent, 1) - 1075, bits);
    }

    /// <summary><paramref name="mantissa"/> · 2^<paramref name="exponent"/>, rounded to <paramref name="bits"/>.</summary>
    public static BigFloat Of(BigInteger mantissa, int exponent, int bits) => Rounded(mantissa, exponent, bits);

    /// <summary>The same number with another precision, rounded where that is smaller.</summary>
    public BigFloat WithBits(int bits) => Rounded(_mantissa, _exponent, bits);

    /// <summary>The nearest integer, ties upwards.</summary>
    public BigInteger Nearest()
    {
        if (_exponent >= 0) return _mantissa << _exponent;
        return Magnitude < -1 ? BigInteger.Zero : (_mantissa + (BigInteger.One << (-_exponent - 1))) >> -_exponent;
    }

    /// <summary>The nearest double (0 or infinity beyond its range).</summary>
    public double ToDouble()
    {
        var rounded = WithBits(53);
        return Math.ScaleB((double)rounded._mantissa, rounded._exponent);
    }

    /// <summary>a + b, rounded once.</summary>
    public static BigFloat operator +(BigFloat a, BigFloat b)
    {
        var bits = Math.Max(a.Bits, b.Bits);
        var (high, low) = a._exponent >= b._exponent ? (a, b) : (b, a);
        if (high._mantissa.IsZero) return low.WithBits(bits);
        // What is this far below the last bit of the larger one cannot change the nearest number.
        if (low._mantissa.IsZero || high.Magnitude - low.Magnitude > 2 * bits) return high.WithBits(bits);
        return Rounded((high._mantissa << (high._exponent - low._exponent)) + low._mantissa, low._exponent, bits);
    }

    /// <summary>−a, exactly.</summary>
    public static BigFloat operator -(BigFloat a) => new(-a._mantissa, a._exponent, a.Bits);

    /// <summary>a − b, rounded once.</summary>
    public static BigFloat operator -(BigFloat a, BigFloat b) => a + -b;

    /// <summary>a·b, rounded once.</summary>
    public static BigFloat operator *(BigFloat a, BigFloat b) =>
        Rounded(a._mantissa * b._mantissa, checked(a._exponent + b._exponent), Math.Max(a.Bits, b.Bits));

    /// <summary>a/b, rounded once.</summary>
    /// <exception cref="DivideByZeroException">b is 0.</exception>
    public static BigFloat operator /(BigFloat a, BigFloat b)
    {
        var bits = Math.Max(a.Bits, b.Bits);
        // Two bits more than wanted, and a last one that says whether anything is left.
        var shift = Math.Max(0, bits + 2 + Length(b._mantissa) - Length(a._mantissa));
        var quotient = BigInteger.DivRem(a._mantissa << shift, b._mantissa, out var rest);
        var sticky = rest.IsZero ? 0 : a.Sign * b.Sign;
        return Rounded((quotient << 1) + sticky, a._exponent - b._exponent - shift - 1, bits);
    }

    /// <summary>Whether a is smaller than b; exact, whatever their precisions.</summary>
    public static bool operator <(BigFloat a, BigFloat b) => a.CompareTo(b) < 0;
    /// <summary>Whether a is larger than b; exact, whatever their precisions.</summary>
    public static bool operator >(BigFloat a, BigFloat b) => a.CompareTo(b) > 0;
    /// <summary>Whether a is at most b.</summary>
    public static bool operator <=(BigFloat a, BigFloat b) => a.CompareTo(b) <= 0;
    /// <summary>Whether a is at least b.</summary>
    public static bool operator >=(BigFloat a, BigFloat b) => a.CompareTo(b) >= 0;
    /// <summary>Whether the numbers are the same, whatever their precision.</summary>
    public static bool operator ==(BigFloat a, BigFloat b) => a.Equals(b);
    /// <summary>Whether the numbers differ.</summary>
    public static bool operator !=(BigFloat a, BigFloat b) => !a.Equals(b);

    /// <summary>√x.</summary>
    /// <exception cref="ArgumentException">x is negative.</exception>
    public static BigFloat Sqrt(BigFloat x)
    {
        if (x.Sign < 0) throw new ArgumentException($"there is no square root of {x}", nameof(x));
        if (x.Sign == 0) return x;
        var shift = Math.Max(0, 2 * (x.Bits + 2) - Length(x._mantissa));
        if (((x._exponent - shift) & 1) != 0) shift++;
        var square = x._mantissa << shift;
        var root = Root(square);
        var sticky = root * root == square ? 0 : 1;
        return Rounded((root << 1) + sticky, (x._exponent - shift) / 2 - 1, x.Bits);
    }

    /// <summary>x^n, n ≥ 0, by repeated squaring.</summary>
    public static BigFloat Power(BigFloat x, int n)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        var result = Of(1, x.Bits);
        for (var square = x; n > 0; n >>= 1)
        {
            if ((n & 1) != 0) result *= square;
            if (n > 1) square *= square;
        }
        return result;
    }

    /// <summary>Σ a_i b_i, exact until it is rounded once at the end. At least one term.</summary>
    public static BigFloat Dot(ReadOnlySpan<BigFloat> a, ReadOnlySpan<BigFloat> b)
    {
        var sum = BigInteger.Zero;
        int exponent = 0, bits = a[0].Bits;
        for (var i = 0; i < a.Length; i++)
        {
            bits = Math.Max(bits, Math.Max(a[i].Bits, b[i].Bits));
            var product = a[i]._mantissa * b[i]._mantissa;
            if (product.IsZero) continue;
            var e = a[i]._exponent + b[i]._exponent;
            if (sum.IsZero) (sum, exponent) = (product, e);
            else if (e >= exponent) sum += product << (e - exponent);
            else (sum, exponent) = ((sum << (exponent - e)) + product, e);
        }
        return Rounded(sum, exponent, bits);
    }

    /// <summary>
    /// −1, 0 or 1 as this number is smaller than, the same as or larger than the other; exact, whatever their precisions.
    /// </summary>
    public int CompareTo(BigFloat other)
    {
        if (Sign != other.Sign) return Sign.CompareTo(other.Sign);
        if (Sign == 0) return 0;
        if (Magnitude != other.Magnitude) return Sign * Magnitude.CompareTo(other.Magnitude);
        var shift = _exponent - other._exponent;
        return shift >= 0 ? (_mantissa << shift).CompareTo(other._mantissa) : _mantissa.CompareTo(other._mantissa << -shift);
    }

    /// <summary>Whether the numbers are the same, whatever their precision.</summary>
    public bool Equals(BigFloat other) => CompareTo(other) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is BigFloat other && Equals(other);

    /// <summary>The same for equal numbers, whatever their precision.</summary>
    public override int GetHashCode()
    {
        if (_mantissa.IsZero) return 0;
        var zeros = (int)BigInteger.TrailingZeroCount(_mantissa);
        return HashCode.Combine(_mantissa >> zeros, _exponent + zeros);
    }

    /// <summary>The nearest double, in invariant culture.</summary>
    public override string ToString() => ToDouble().ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static BigFloat Rounded(BigInteger mantissa, int exponent, int bits)
    {
        if (bits < 2) throw new ArgumentException($"a precision of {bits} bits was asked for; at least 2 are needed", nameof(bits));
        var excess = Length(mantissa) - bits;
        if (excess <= 0) return new BigFloat(mantissa, exponent, bits);
        // A carry to one bit more is a power of two and harmless.
        var size = BigInteger.Abs(mantissa);
        var rounded = size >> (excess - 1);
        var up = !rounded.IsEven && (!(rounded >> 1).IsEven || BigInteger.TrailingZeroCount(size) < excess - 1);
        rounded >>= 1;
        if (up) rounded += 1;
        return new BigFloat(mantissa.Sign < 0 ? -rounded : rounded, exponent + excess, bits);
    }

    private static int Length(BigInteger m) => (int)BigInteger.Abs(m).GetBitLength();

    // ⌊√n⌋ by Newton's method from above.
    private static BigInteger Root(BigInteger n)
    {
        var root = BigInteger.One << ((Length(n) + 1) / 2);
        while (true)
        {
            var next = (root + n / root) >> 1;
            if (next >= root) return root;
            root = next;
        }
    }
}
