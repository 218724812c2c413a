using Rhoflow.Data;
using Rhoflow.Numerics;

namespace Rhoflow.Limits;

/// <summary>The hard margin in extended precision, rounded to double at the end.</summary>
internal static class PreciseMargin
{
    // Every example is looked at in every step, and the Gram matrix of at most min(N, d) of them is factored.
    private const int Largest = 200_000, LargestActive = 48;

    /// <summary>Whether a problem is small enough for it.</summary>
    public static bool Suits(Dataset data) =>
        (long)data.Count * data.Inputs <= Largest && Math.Min(data.Count, data.Inputs) <= LargestActive;

    /// <summary>The smallest w with all constraints satisfied, and α; null where the examples cannot be separated.</summary>
    /// <param name="data">Labels ±1.</param>
    /// <param name="bias">Whether the hyperplane may miss the origin.</param>
    /// <param name="among">The examples whose constraints count; null: all.</param>
    /// <param name="start">Constraints to begin with, by the examples they come from (second −1 without a bias).</param>
    /// <param name="cancellation">Looked at before every step.</param>
    /// <exception cref="ArithmeticException">It did not settle.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static (double[] W, double[] Alpha)? Solve(Dataset data, bool bias, IReadOnlyList<int>? among = null,
        IEnumerable<(int First, int Second)>? start = null, CancellationToken cancellation = default)
    {
        int count = data.Count, d = data.Inputs;
        var which = among ?? [.. Enumerable.Range(0, count)];
        var bits = Bits(data);
        var x = new BigFloat[count][];
        foreach (var n in which)
        {
            x[n] = new BigFloat[d];
            for (var i = 0; i < d; i++) x[n][i] = BigFloat.Of(data.Example(n)[i], bits);
        }
        BigFloat one = BigFloat.Of(1, bits), two = BigFloat.Of(2, bits);
        var y = data.Y.ToArray();

        PreciseConstraint Of(int first, int second) => bias
            ? new PreciseConstraint([.. x[first].Zip(x[second], (a, b) => a - b)], two, first, second)
            : new PreciseConstraint([.. y[first] > 0 ? x[first] : x[first].Select(static v => -v)], one, first);

        // What is left of a violation after this is rounding of the extended precision itself.
        bool Violates(PreciseConstraint c, BigFloat[] w) =>
            c.Bound - BigFloat.Dot(c.Normal, w) is { Sign: > 0 } v && v.Magnitude > c.Bound.Magnitude - bits / 3;

        PreciseConstraint? OfOrigin(BigFloat[] w)
        {
            var (worst, value) = (-1, default(BigFloat));
            foreach (var n in which)
            {
                var p = BigFloat.Dot(x[n], w);
                if (y[n] < 0) p = -p;
                if (worst < 0 || p < value) (worst, value) = (n, p);
            }
            return Of(worst, -1) is var c && Violates(c, w) ? c : null;
        }

        PreciseConstraint? OfPairs(BigFloat[] w)
        {
            int plus = -1, minus = -1;
            BigFloat low = default, high = default;
            foreach (var n in which)
            {
                var p = BigFloat.Dot(x[n], w);
                if (y[n] > 0 && (plus < 0 || p < low)) (plus, low) = (n, p);
                if (y[n] < 0 && (minus < 0 || p > high)) (minus, high) = (n, p);
            }
            return Of(plus, minus) is var c && Violates(c, w) ? c : null;
        }

        var found = PreciseLeastDistance.Solve(d, bits, bias ? OfPairs : OfOrigin, (start ?? []).Select(s => Of(s.First, s.Second)),
            1000 + 20 * (count + d), cancellation);
        if (found is null) return null;
        var alpha = new double[count];
        for (var k = 0; k < found.Active.Count; k++)
        {
            alpha[found.Active[k].First] += found.Multipliers[k].ToDouble();
            if (bias) alpha[found.Active[k].Second] += found.Multipliers[k].ToDouble();
        }
        return ([.. found.W.Select(static v => v.ToDouble())], alpha);
    }

    // Enough for a Gram matrix whose condition number is the fourth power of the range of the entries, within reason.
    private static int Bits(Dataset data)
    {
        int low = int.MaxValue, high = int.MinValue;
        foreach (var v in data.X)
        {
            if (v == 0) continue;
            low = Math.Min(low, Math.ILogB(v));
            high = Math.Max(high, Math.ILogB(v));
        }
        return low > high ? 512 : Math.Min(4096, 512 + 8 * (high - low));
    }
}
