using Rhoflow.Kernels;
using Rhoflow.Numerics;

namespace Rhoflow.Limits;

/// <summary>
/// g·w ≥ h. First and Second name the examples it comes from (Second is −1 if there is only one); with two, g = Plus − Minus was rounded,
/// and residuals go back to the parts.
/// </summary>
internal sealed record LinearConstraint(double[] Normal, double Bound, int First, int Second = -1, double[]? Plus = null,
    double[]? Minus = null)
{
    public double Norm { get; } = Vectors.Norm(Normal);

    /// <summary>h − g·w in twice the working precision.</summary>
    public double Violation(double[] w)
    {
        if (Plus is null || Minus is null) return -Compensated.Dot(Normal, w, -Bound);
        var (high, low) = Compensated.DotPair(Plus, w, -Bound);
        var (otherHigh, otherLow) = Compensated.DotPair(Minus, w);
        return otherHigh - high + (otherLow - low);
    }
}

/// <summary>
/// Feasible: w and multipliers u ≥ 0 of the active constraints, w = Σ u_k g_k. Infeasible: <see cref="W"/> is empty and the
/// nonnegative weights satisfy Σ u_k g_k = 0 to rounding, which no w with g_k·w &gt; 0 allows (Gordan).
/// </summary>
internal sealed record LeastDistanceSolution(double[] W, IReadOnlyList<LinearConstraint> Active, double[] Multipliers)
{
    public bool Feasible => W.Length > 0;
}

/// <summary>
/// min ½‖w‖² subject to g·w ≥ h for a family of constraints that is known only through "which one is violated most?"
/// The dual active-set method of Goldfarb and Idnani (Math. Programming 27, 1983) on an updated QR factorization: ‖w‖ grows from
/// 0, the active normals stay linearly independent, and infeasibility shows itself with its certificate.
/// </summary>
internal static class LeastDistance
{
    private const double Epsilon = 2.220446049250313e-16;

    /// <summary>Violations up to this, relative to |h| + ‖g‖‖w‖, are rounding.</summary>
    public static double Tolerance(int d) => Epsilon * (16 + Math.Sqrt(d));

    /// <param name="d">The length of w.</param>
    /// <param name="mostViolated">The constraint that w violates most, beyond <see cref="Tolerance"/>; null if there is none.</param>
    /// <param name="maxSteps">A bound on the number of constraints taken up; far above what is ever needed.</param>
    /// <param name="cancellation">Looked at before every step.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static LeastDistanceSolution Solve(int d, Func<double[], LinearConstraint?> mostViolated, int maxSteps,
        CancellationToken cancellation = default)
    {
        var qr = new UpdatableQr(d);
        var active = new List<LinearConstraint>();
        var u = new List<double>();
        double[] w = new double[d], rest = new double[d], r = new double[d];
        var best = 0.0;
        var polished = false;
        for (int step = 0, idle = 0; step < maxSteps && idle < 8; step++)
        {
            cancellation.Look();
            if (mostViolated(w) is not { } p)
            {
                if (polished) break;
                Polish(qr, active, u, w);
                polished = true;
                continue;
            }
            polished = false;
            var violation = p.Violation(w);
            var up = 0.0;
            while (true)
            {
                qr.Project(p.Normal, r, rest);
                var gap = Vectors.Norm(rest);
                qr.Solve(r);
                var scale = p.Norm;
                for (var k = 0; k < active.Count; k++) scale += Math.Abs(r[k]) * active[k].Norm;
                var dependent = active.Count == d || gap <= 8 * Epsilon * scale;

                var (dual, blocking) = (double.PositiveInfinity, -1);
                for (var k = 0; k < active.Count; k++)
                    if (r[k] * active[k].Norm > Epsilon * scale && u[k] / r[k] < dual) (dual, blocking) = (u[k] / r[k], k);
                var primal = dependent ? double.PositiveInfinity : violation / (gap * gap);
                if (double.IsPositiveInfinity(dual) && dependent) return Infeasible(active, p, r);

                var t = Math.Min(dual, primal);
                for (var k = 0; k < active.Count; k++) u[k] = Math.Max(0, u[k] - t * r[k]);
                up += t;
                if (!dependent)
                {
                    Vectors.Add(t, rest, w);
                    violation -= t * gap * gap;
                }
                if (primal <= dual)
                {
                    qr.Project(p.Normal, r, rest);
                    qr.Append(r, rest);
                    active.Add(p);
                    u.Add(up);
                    break;
                }
                qr.RemoveAt(blocking);
                active.RemoveAt(blocking);
                u.RemoveAt(blocking);
            }
            Polish(qr, active, u, w, passes: 0);
            var norm = Vectors.Norm(w);
            // ‖w‖ grows with every constraint in exact arithmetic; where rounding stops that, nothing is left to gain.
            idle = norm > best ? 0 : idle + 1;
            best = Math.Max(best, norm);
        }
        if (!polished) Polish(qr, active, u, w);
        return new LeastDistanceSolution(w, active, [.. u]);
    }

    // The solution on the active set: w = Q R⁻ᵀ h, u = R⁻¹R⁻ᵀ h, if wanted refined with residuals in twice the working precision.
    private static void Polish(UpdatableQr qr, List<LinearConstraint> active, List<double> u, double[] w, int passes = 2)
    {
        int n = active.Count, d = w.Length;
        double[] solution = new double[n], primal = new double[n], step = new double[d], projected = new double[n];
        for (var k = 0; k < n; k++) primal[k] = active[k].Bound;
        qr.SolveTransposed(primal);
        qr.Multiply(primal, w);
        primal.CopyTo(solution, 0);
        qr.Solve(solution);
        if (passes > 0)
        {
            double[] stationarity = new double[d], column = new double[n];
            for (var pass = 0; pass < passes; pass++)
            {
                for (var k = 0; k < n; k++) primal[k] = active[k].Violation(w);
                for (var i = 0; i < d; i++)
                {
                    for (var k = 0; k < n; k++) column[k] = active[k].Normal[i];
                    stationarity[i] = Compensated.Dot(column, solution, -w[i]);      // Σ u g − w
                }
                qr.SolveTransposed(primal);                                          // R⁻ᵀ(h − G w)
                qr.MultiplyTransposed(stationarity, projected);
                qr.Multiply(primal, step);
                for (var i = 0; i < d; i++) w[i] += step[i];
                qr.Multiply(projected, step);
                for (var i = 0; i < d; i++) w[i] += stationarity[i] - step[i];
                for (var k = 0; k < n; k++) primal[k] -= projected[k];
                qr.Solve(primal);
                for (var k = 0; k < n; k++) solution[k] += primal[k];
            }
        }
        for (var k = 0; k < n; k++) u[k] = Math.Max(0, solution[k]);
    }

    // g_p = Σ r_k g_k with every r_k ≤ 0, so g_p + Σ |r_k| g_k = 0.
    private static LeastDistanceSolution Infeasible(List<LinearConstraint> active, LinearConstraint p, double[] r)
    {
        var weights = active.Select((_, k) => Math.Max(0, -r[k])).Append(1).ToArray();
        return new LeastDistanceSolution([], [.. active, p], weights);
    }
}
