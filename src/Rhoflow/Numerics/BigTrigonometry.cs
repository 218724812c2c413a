using System.Numerics;

namespace Rhoflow.Numerics;

/// <summary>π, sin πx and cos πx with a given number of bits. The argument is reduced exactly, so that large ones lose nothing.</summary>
internal sealed class BigTrigonometry
{
    // Bits that rounding in series of a few hundred terms may use up.
    private const int Guard = 32;

    private readonly int _bits;
    private readonly BigFloat _pi;

    /// <param name="bits">The precision of results.</param>
    public BigTrigonometry(int bits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 2);
        _bits = bits;
        _pi = Machin(bits + Guard);
    }

    /// <summary>π.</summary>
    public BigFloat Pi => _pi.WithBits(_bits);

    /// <summary>sin πx.</summary>
    public BigFloat SinPi(BigFloat x)
    {
        var (quarters, rest) = Reduce(x);
        var angle = rest * _pi;
        var value = (quarters & 1) == 0 ? Series(angle, angle, 1) : Series(One, angle, 0);
        return ((quarters & 2) == 0 ? value : -value).WithBits(_bits);
    }

    /// <summary>cos πx.</summary>
    public BigFloat CosPi(BigFloat x) => SinPi(x.WithBits(x.Bits + Guard + Math.Abs(x.Magnitude)) + BigFloat.Of(0.5, 2));

    private BigFloat One => BigFloat.Of(1, _bits + Guard);

    // x = 2k + quarters/2 + rest with |rest| ≤ 1/4, quarters mod 4; exact.
    private (int Quarters, BigFloat Remainder) Reduce(BigFloat x)
    {
        var doubled = x + x;
        var whole = doubled.Nearest();
        var rest = (doubled - BigFloat.Of(whole, 0, Math.Max(x.Bits, doubled.Magnitude + 1))) * BigFloat.Of(0.5, 2);
        return ((int)(((whole % 4) + 4) % 4), rest);
    }

    // first · (1 − z²/((k+1)(k+2)) + …): the sine from k = 1, the cosine from k = 0.
    private BigFloat Series(BigFloat first, BigFloat z, int k)
    {
        var square = -(z * z);
        BigFloat term = first, sum = first;
        while (true)
        {
            k += 2;
            term = term * square / BigFloat.Of((double)(k - 1) * k, 53);
            if (term.Sign == 0 || term.Magnitude < sum.Magnitude - _bits - Guard) return sum;
            sum += term;
        }
    }

    // π = 16 arctan(1/5) − 4 arctan(1/239), in integers on the scale 2^(bits + Guard).
    private static BigFloat Machin(int bits)
    {
        var scale = bits + Guard;
        return BigFloat.Of(16 * InverseTangent(5, scale) - 4 * InverseTangent(239, scale), -scale, bits);
    }

    private static BigInteger InverseTangent(int n, int scale)
    {
        var power = (BigInteger.One << scale) / n;
        var sum = power;
        for (var k = 3; !power.IsZero; k += 2)
        {
            power /= -(n * n);
            sum += power / k;
        }
        return sum;
    }
}
