using Rhoflow.Data;
using Rhoflow.Limits;
using Rhoflow.Numerics;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// E(ρ) = min Σ(g(x_n) − y_n)² over all ReLU networks of two layers with ‖W_1‖_F‖W_2‖_F ≤ ρ, on inputs in the plane, globally and with a
/// certificate. By Cauchy–Schwarz g = Σ_j a_j (w_j·x)₊ has ‖W_1‖‖W_2‖ ≥ Σ_j |a_j|‖w_j‖, with equality where |a_j| = ‖w_j‖, so that the
/// values (g(x_n))_n at norm ρ are ρ times the convex hull of the atoms ±φ(u), φ(u)_n = (u·x_n)₊, ‖u‖ = 1: E(ρ) is the square of its
/// distance from y, and N + 1 units reach it. The atom that a residual is furthest from is found exactly: between two of the 2N angles at
/// which an example changes sides φ is linear in u.
/// </summary>
internal sealed class PlaneLeastLoss
{
    // Beyond it the multiplier w = p/‖p‖² of LeastDistance loses the digits that tell p from 0.
    private const double Interpolates = 1e-7;

    private readonly Dataset _data;
    private readonly double[][] _directions;

    /// <param name="data">Inputs in the plane, no two of them opposite or equal.</param>
    public PlaneLeastLoss(Dataset data)
    {
        if (data.Inputs != 2) throw new ArgumentException($"inputs have {data.Inputs} numbers; the plane has 2", nameof(data));
        _data = data;
        double[] angles = [.. Enumerable.Range(0, data.Count)
            .SelectMany(n => new[] { .5, 1.5 }.Select(turn => (Math.Atan2(data.Example(n)[1], data.Example(n)[0]) + turn * Math.PI)
                % (2 * Math.PI))).Order()];
        _directions = [.. angles.Select(Direction)];
        Cells = [.. angles.Select((a, i) => Direction((a + (i + 1 < angles.Length ? angles[i + 1] : angles[0] + 2 * Math.PI)) / 2))];
    }

    /// <summary>A direction inside each of the 2N cells in which the same units are on.</summary>
    private double[][] Cells { get; }

    /// <summary>What is known at one ρ.</summary>
    /// <param name="Rho">ρ.</param>
    /// <param name="Loss">E(ρ).</param>
    /// <param name="Residual">y − g at the minimizer.</param>
    /// <param name="LowerBound">No network of smaller norm than this interpolates: y·p/max_u |p·φ(u)| for the residual p.</param>
    /// <param name="Units">The minimizer's units (a_j, w_j), balanced.</param>
    public sealed record Least(double Rho, double Loss, double[] Residual, double LowerBound, IReadOnlyList<(double A, double[] W)> Units);

    /// <summary>E(ρ) for ρ &lt; ρ_min; beyond it the loss is 0.</summary>
    public Least At(double rho, CancellationToken cancellation = default)
    {
        int count = _data.Count, tries = 0;
        List<(double[] Normal, double Sign, double[] U)> atoms = [];
        // min ‖w‖ with z·w ≥ 1 for every z = y ∓ ρφ(u): w = p/‖p‖² for the point p of their hull that is nearest to 0.
        var solution = LeastDistance.Solve(count, w =>
        {
            var (u, value) = Steepest(w);
            var sign = Math.Sign(value);
            var phi = Atom(u);
            double[] z = [.. phi.Select((a, n) => _data.Y[n] - rho * sign * a)];
            if (tries++ > 400 || Vectors.Dot(z, w) >= 1 - 1e-11 * (1 + Vectors.Norm(z) * Vectors.Norm(w))) return null;
            atoms.Add((z, sign, u));
            return new LinearConstraint(z, 1, atoms.Count - 1);
        }, 500, cancellation);
        var norm = solution.Feasible ? Vectors.Norm(solution.W) : double.PositiveInfinity;
        double[] p = solution.Feasible ? [.. solution.W.Select(v => v / (norm * norm))] : new double[count];
        var total = solution.Multipliers.Sum();
        (double, double[])[] units = [.. solution.Active.Select((c, k) =>
        {
            var (_, sign, u) = atoms[c.First];
            var root = Math.Sqrt(rho * solution.Multipliers[k] / total);
            return (sign * root, (double[])[root * u[0], root * u[1]]);
        })];
        var loss = Vectors.Dot(p, p);
        return new Least(rho, loss, p, loss > 0 ? Vectors.Dot(_data.Y, p) / Math.Abs(Steepest(p).Value) : double.PositiveInfinity, units);
    }

    /// <summary>
    /// ρ_min, the least norm of a network that interpolates, from below: Newton steps on the distance √E, which is convex in ρ, so that
    /// each is a bound (<see cref="Least.LowerBound"/>), until the network at the bound misses y by 1e-7√N at most.
    /// </summary>
    public Least Minimum(CancellationToken cancellation = default)
    {
        var bound = 0.0;
        var at = At(1, cancellation);
        while (at.Loss > 0 && Math.Sqrt(at.Loss / _data.Count) > Interpolates && at.LowerBound > bound)
        {
            bound = at.LowerBound;
            at = At(bound, cancellation);
        }
        return at with { LowerBound = Math.Max(bound, double.IsFinite(at.LowerBound) ? at.LowerBound : 0) };
    }

    /// <summary>The u that makes |r·φ(u)| largest, and r·φ(u).</summary>
    public (double[] U, double Value) Steepest(ReadOnlySpan<double> r)
    {
        var best = (U: _directions[0], Value: 0.0);
        void Try(ReadOnlySpan<double> weights, double[] u)
        {
            var value = 0.0;
            for (var n = 0; n < _data.Count; n++) value += weights[n] * Math.Max(0, Vectors.Dot(u, _data.Example(n)));
            if (Math.Abs(value) > Math.Abs(best.Value)) best = (u, value);
        }
        foreach (var u in _directions) Try(r, u);
        foreach (var cell in Cells)
        {
            double[] s = new double[2];
            for (var n = 0; n < _data.Count; n++)
                if (Vectors.Dot(cell, _data.Example(n)) > 0) Vectors.Add(r[n], _data.Example(n), s);
            var length = Vectors.Norm(s);
            if (length == 0) continue;
            Try(r, [s[0] / length, s[1] / length]);
            Try(r, [-s[0] / length, -s[1] / length]);
        }
        return best;
    }

    private double[] Atom(double[] u) =>
        [.. Enumerable.Range(0, _data.Count).Select(n => Math.Max(0, Vectors.Dot(u, _data.Example(n))))];

    private static double[] Direction(double angle) => [Math.Cos(angle), Math.Sin(angle)];
}
