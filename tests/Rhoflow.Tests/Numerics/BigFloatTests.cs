using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Rhoflow.Numerics;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Numerics;

public sealed class BigFloatTests
{
    private const int Bits = 400;

    // Doubles of all signs and of sizes that stay in range, some with few bits so that ties come up.
    private static readonly Gen<double> Doubles = Gen.Choose(0, int.MaxValue).Select(static seed =>
    {
        var random = new Random(seed);
        var mantissa = random.Next(3) == 0 ? random.Next(-9, 10) : random.NextInt64(-(1L << 53), 1L << 53);
        return Math.ScaleB(mantissa, random.Next(-120, 60));
    });

    [Fact]
    public void Operations_with_53_bits_are_those_of_doubles()
    {
        Prop.ForAll(Doubles.Two().ToArbitrary(), pair =>
        {
            var (a, b) = pair;
            BigFloat x = BigFloat.Of(a, 53), y = BigFloat.Of(b, 53);
            x.ToDouble().ShouldBe(a);
            (x + y).ToDouble().ShouldBe(a + b);
            (x - y).ToDouble().ShouldBe(a - b);
            (x * y).ToDouble().ShouldBe(a * b);
            if (b != 0) (x / y).ToDouble().ShouldBe(a / b);
            BigFloat.Sqrt(a < 0 ? -x : x).ToDouble().ShouldBe(Math.Sqrt(Math.Abs(a)));
            x.CompareTo(y).ShouldBe(a.CompareTo(b));
            (x == y).ShouldBe(a == b);
            x.Nearest().ShouldBe(new BigInteger(Math.Floor(a)) + (a - Math.Floor(a) >= 0.5 ? 1 : 0));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void Operations_with_many_bits_round_the_exact_result_to_the_nearest()
    {
        var random = new Random(1);
        for (var trial = 0; trial < 300; trial++)
        {
            var (m, n) = (Mantissa(random), Mantissa(random));
            BigFloat a = BigFloat.Of(m, -Bits, Bits), b = BigFloat.Of(n, -Bits, Bits);
            // m·2^−B times n·2^−B, as integers on the scale 2^−2B
            IsNearest(a * b, m * n, 1, 2 * Bits);
            IsNearest(a / b, m, n, 0);
            IsNearest(a + b, m + n, 1, Bits);
            var root = BigFloat.Sqrt(a);
            // |r − √a| ≤ ½ ulp  ⇔  (r − ½ulp)² ≤ a ≤ (r + ½ulp)², exactly with twice the bits
            var half = BigFloat.Of(1, root.Magnitude - Bits - 1, 2 * Bits + 4);
            var wide = root.WithBits(2 * Bits + 4);
            ((wide - half) * (wide - half)).CompareTo(a).ShouldBeLessThanOrEqualTo(0);
            ((wide + half) * (wide + half)).CompareTo(a).ShouldBeGreaterThanOrEqualTo(0);
        }
    }

    [Fact]
    public void A_dot_product_is_rounded_once()
    {
        BigFloat[] Of(params double[] x) => [.. x.Select(static v => BigFloat.Of(v, 53))];
        BigFloat.Dot(Of(1e300, 1, -1e300, 1e-200), Of(1, 3, 1, 1e-90)).ToDouble().ShouldBe(3);
        BigFloat.Dot(Of(1e17, 0.5, -1e17), Of(1e17, 1e-30, 1e17)).ToDouble().ShouldBe(5e-31);
        BigFloat.Dot(Of(0, 0), Of(1, 2)).Sign.ShouldBe(0);

        // Against integers, near together and far apart, with words full of ones.
        var random = new Random(3);
        for (var trial = 0; trial < 400; trial++)
        {
            int count = random.Next(1, 9), spread = trial % 4 == 0 ? 3000 : 200;
            var sum = BigInteger.Zero;
            var (a, b) = (new BigFloat[count], new BigFloat[count]);
            for (var i = 0; i < count; i++)
            {
                BigInteger p = Mantissa(random), q =
                    random.Next(3) == 0 ? (BigInteger.One << random.Next(1, Bits + 1)) - 1 : Mantissa(random);
                if (random.Next(2) == 0) p = -p;
                var (e, f) = (random.Next(spread), random.Next(spread));
                (a[i], b[i]) = (BigFloat.Of(p, e, Bits), BigFloat.Of(q, f, Bits));
                sum += (p << e) * (q << f);
            }
            BigFloat.Dot(a, b).ShouldBe(BigFloat.Of(sum, 0, Bits));
        }
    }

    [Fact]
    public void Equal_numbers_have_equal_hashes_whatever_their_bits()
    {
        BigFloat a = BigFloat.Of(0.75, 53), b = BigFloat.Of(96, -7, 500);
        a.Equals(b).ShouldBeTrue();
        a.GetHashCode().ShouldBe(b.GetHashCode());
        BigFloat.Of(double.Epsilon, 53).ToDouble().ShouldBe(double.Epsilon);
        (a * BigFloat.Of(double.Epsilon, 53)).ShouldNotBe(BigFloat.Of(0, 53));
    }

    [Fact]
    public void Pi_and_sines_are_right_to_their_last_bits()
    {
        var circle = new BigTrigonometry(Bits);
        // The first 120 decimals.
        const string Digits =
            "3141592653589793238462643383279502884197169399375105820974944592307816406286208998628034825342117067982148086513282306647";
        var decimals = BigInteger.Pow(10, 120);
        (circle.Pi * BigFloat.Of(decimals, 0, 500)).Nearest().ShouldBe(BigInteger.Parse(Digits));

        var random = new Random(2);
        for (var trial = 0; trial < 60; trial++)
        {
            var x = BigFloat.Of(random.NextDouble() * 8 - 4, Bits);
            Close(circle.SinPi(x) * circle.SinPi(x) + circle.CosPi(x) * circle.CosPi(x), BigFloat.Of(1, Bits));
            Close(circle.SinPi(x + x), BigFloat.Of(2, 2) * circle.SinPi(x) * circle.CosPi(x));
            circle.SinPi(x).ToDouble().ShouldBe(double.SinPi(x.ToDouble()), 1e-15);
            circle.CosPi(x).ToDouble().ShouldBe(double.CosPi(x.ToDouble()), 1e-15);
            circle.SinPi(x + BigFloat.Of(Math.ScaleB(1, 80), 53)).ShouldBe(circle.SinPi(x));          // whole turns
        }
        Close(circle.SinPi(BigFloat.Of(1, Bits) / BigFloat.Of(6, Bits)), BigFloat.Of(0.5, Bits));
        Close(circle.CosPi(BigFloat.Of(0.25, Bits)), BigFloat.Sqrt(BigFloat.Of(0.5, Bits)));
        circle.SinPi(BigFloat.Of(7, Bits)).Sign.ShouldBe(0);
        circle.CosPi(BigFloat.Of(1e300, Bits)).ShouldBe(BigFloat.Of(1, 2));
        // Tiny angles keep all their bits.
        (circle.SinPi(BigFloat.Of(1e-200, Bits)) / circle.Pi).ToDouble().ShouldBe(1e-200);
    }

    [Fact]
    public void Hilbert_matrices_are_solved()
    {
        // Condition number 1e60 at 40: double stops at 12.
        const int N = 40;
        var one = BigFloat.Of(1, Bits);
        BigFloat Entry(int i, int j) => one / BigFloat.Of(i + j + 1, 53);
        BigFloat[][] h = [.. Enumerable.Range(0, N).Select(i => Enumerable.Range(0, i + 1).Select(j => Entry(i, j)).ToArray())];
        BigFloat[] sums = [.. Enumerable.Range(0, N)
            .Select(i => Enumerable.Range(0, N).Aggregate(BigFloat.Of(0, Bits), (s, j) => s + Entry(i, j)))];
        foreach (var x in BigCholesky.Of(h).Solve(sums)) Math.Abs((x - one).ToDouble()).ShouldBeLessThan(1e-55);
        Should.Throw<ArithmeticException>(() =>
            BigCholesky.Of([.. h.Select(r => r.Select(v => v.WithBits(60)).ToArray())])).Message.ShouldContain("more bits");
    }

    [Fact]
    public void Mistakes_are_named()
    {
        Should.Throw<ArgumentException>(() => BigFloat.Of(double.NaN, 53)).Message.ShouldContain("NaN");
        Should.Throw<ArgumentException>(() => BigFloat.Of(1, 1)).Message.ShouldContain("at least 2");
        Should.Throw<ArgumentException>(() => BigFloat.Sqrt(BigFloat.Of(-2, 53))).Message.ShouldContain("-2");
        Should.Throw<DivideByZeroException>(() => BigFloat.Of(1, 53) / BigFloat.Of(0, 53));
    }

    private static void Close(BigFloat a, BigFloat b) => (a - b is { Sign: 0 } ? -Bits : (a - b).Magnitude).ShouldBeLessThan(-Bits + 6);

    private static BigInteger Mantissa(Random random)
    {
        var bytes = new byte[Bits / 8 + 1];
        random.NextBytes(bytes.AsSpan(0, Bits / 8));
        bytes[Bits / 8 - 1] |= 0x80;
        return new BigInteger(bytes);
    }

    // |r − p/(q 2^scale)| ≤ ½ ulp(r), in integers.
    private static void IsNearest(BigFloat r, BigInteger p, BigInteger q, int scale)
    {
        const int Fine = 3 * Bits;
        var value = (r.WithBits(5 * Bits) * BigFloat.Of(1, Fine, 5 * Bits)).Nearest();
        var difference = BigInteger.Abs(value * q * (BigInteger.One << scale) - (p << Fine));
        // ulp/2 = 2^(magnitude − Bits − 1)
        var half = q * (BigInteger.One << (scale + Fine + r.Magnitude - Bits - 1));
        difference.ShouldBeLessThanOrEqualTo(half);
    }
}
