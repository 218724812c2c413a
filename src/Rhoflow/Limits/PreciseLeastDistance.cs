using Rhoflow.Kernels;
using Rhoflow.Numerics;

namespace Rhoflow.Limits;

/// <summary>g·w ≥ h in extended precision; First and Second name the examples it comes from (Second is −1 without one).</summary>
internal sealed record PreciseConstraint(BigFloat[] Normal, BigFloat Bound, int First, int Second = -1);

/// <summary>w and the multipliers u &gt; 0 of the active constraints, w = Σ u_k g_k.</summary>
internal sealed record PreciseSolution(BigFloat[] W, IReadOnlyList<PreciseConstraint> Active, BigFloat[] Multipliers);

/// <summary>
/// <see cref="LeastDistance"/> in extended precision, for the few problems whose margin float64 does not resolve: columns of 1e7 beside
/// 1e-6, examples of opposite classes that nearly coincide. Inner products of inputs are exact, so what is active is decided by the
/// data, not by rounding. The Gram matrix of the active normals is factored anew in every step; there are few.
/// </summary>
internal static class PreciseLeastDistance
{
    /// <param name="d">The length of w.</param>
    /// <param name="bits">The precision.</param>
    /// <param name="mostViolated">The constraint that w violates most; null if there is none.</param>
    /// <param name="start">Linearly independent constraints to begin with, such as those that float64 found active.</param>
    /// <param name="maxSteps">A bound on the constraints taken up.</param>
    /// <param name="cancellation">Looked at before every step.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <returns>Null where the constraints contradict each other.</returns>
    /// <exception cref="ArithmeticException">More steps than that.</exception>
    public static PreciseSolution? Solve(int d, int bits, Func<BigFloat[], PreciseConstraint?> mostViolated,
        IEnumerable<PreciseConstraint> start, int maxSteps, CancellationToken cancellation = default)
    {
        var active = new ActiveSet(d, bits);
        foreach (var c in start) active.TryAdd(c);
        var u = active.Multipliers();
        // With every multiplier positive, the solution on the active set is the optimum of those constraints.
        while (Array.FindIndex(u, static v => v.Sign <= 0) is >= 0 and var negative)
        {
            active.RemoveAt(negative);
            u = active.Multipliers();
        }
        for (var step = 0; step < maxSteps; step++)
        {
            cancellation.Look();
            var w = active.Combine(u);
            if (mostViolated(w) is not { } p) return new PreciseSolution(w, active.Constraints, u);
            var violation = p.Bound - BigFloat.Dot(p.Normal, w);
            while (true)
            {
                var (r, gap, dependent) = active.Project(p);
                var blocking = -1;
                BigFloat dual = default;
                for (var k = 0; k < r.Length; k++)
                {
                    if (r[k].Sign <= 0) continue;
                    var t = u[k] / r[k];
                    if (blocking < 0 || t < dual) (dual, blocking) = (t, k);
                }
                if (dependent && blocking < 0) return null;
                var full = !dependent && violation / gap is var primal && (blocking < 0 || primal <= dual);
                if (full)
                {
                    active.TryAdd(p);
                    u = [.. active.Multipliers().Select(NotNegative)];
                    break;
                }
                for (var k = 0; k < r.Length; k++) u[k] = NotNegative(u[k] - dual * r[k]);
                if (!dependent) violation -= dual * gap;
                active.RemoveAt(blocking);
                u = [.. u[..blocking], .. u[(blocking + 1)..]];
            }
        }
        throw new ArithmeticException($"the maximum margin did not settle in {maxSteps} steps of extended precision");
    }

    // Where several constraints meet, a multiplier of zero may come out as minus the last bit.
    private static BigFloat NotNegative(BigFloat u) => u.Sign < 0 ? BigFloat.Of(0, u.Bits) : u;

    private sealed class ActiveSet(int d, int bits)
    {
        private readonly List<PreciseConstraint> _constraints = [];
        private readonly List<BigFloat[]> _gram = [];            // row k: g_k·g_0 … g_k·g_k
        private BigCholesky? _factor;

        public IReadOnlyList<PreciseConstraint> Constraints => _constraints;

        private int Count => _constraints.Count;

        public void TryAdd(PreciseConstraint c)
        {
            if (Project(c).Dependent) return;
            _gram.Add([.. _constraints.Select(o => BigFloat.Dot(o.Normal, c.Normal)), BigFloat.Dot(c.Normal, c.Normal)]);
            _constraints.Add(c);
            _factor = null;
        }

        public void RemoveAt(int k)
        {
            _constraints.RemoveAt(k);
            _gram.RemoveAt(k);
            for (var j = k; j < _gram.Count; j++) _gram[j] = [.. _gram[j][..k], .. _gram[j][(k + 1)..]];
            _factor = null;
        }

        // The solution on the active set: K u = h.
        public BigFloat[] Multipliers() => Count == 0 ? [] : Solve([.. _constraints.Select(static c => c.Bound)]);

        public BigFloat[] Combine(BigFloat[] u)
        {
            var w = new BigFloat[d];
            var column = new BigFloat[Count];
            for (var i = 0; i < d; i++)
            {
                for (var k = 0; k < Count; k++) column[k] = _constraints[k].Normal[i];
                w[i] = Count == 0 ? BigFloat.Of(0, bits) : BigFloat.Dot(column, u);
            }
            return w;
        }

        // g = Σ r_k g_k + rest: r, ‖rest‖², and whether the rest is rounding.
        public (BigFloat[] R, BigFloat Gap, bool Dependent) Project(PreciseConstraint c)
        {
            var size = BigFloat.Dot(c.Normal, c.Normal);
            if (Count == 0) return ([], size, size.Sign == 0);
            BigFloat[] inner = [.. _constraints.Select(o => BigFloat.Dot(o.Normal, c.Normal))];
            var r = Solve(inner);
            var gap = size - BigFloat.Dot(r, inner);
            return (r, gap, Count == d || gap.Sign <= 0 || gap.Magnitude < size.Magnitude - bits / 2);
        }

        private BigFloat[] Solve(BigFloat[] b) =>
            (_factor ??= BigCholesky.Of([.. _gram])).Solve(b);
    }
}
