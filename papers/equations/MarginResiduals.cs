using static Rhoflow.Papers.Equations.EquationResiduals;
using static Rhoflow.Papers.Equations.TinyNetwork;

namespace Rhoflow.Papers.Equations;

/// <summary>
/// Trials of the maximum margin and the minimum norm (T3 §9; Memo 112, App. C; PNAS §3.B.4) and of Rademacher averages, in the plane, where
/// directions can be searched through.
/// </summary>
internal static class MarginResiduals
{
    /// <summary>By id.</summary>
    public static IReadOnlyDictionary<string, EquationTrial> All { get; } = new Dictionary<string, EquationTrial>(StringComparer.Ordinal)
    {
        ["T3.1"] = Rademacher,
        ["SQ.42"] = Rademacher,
        ["PNAS.1d"] = Rademacher,
        ["T3.37"] = MaximumMargin,
        ["PNAS.15"] = MaximumMargin,
        ["T3.38"] = LayerByLayer,
        ["SQ.25"] = LayerByLayer,
        ["SQ.24"] = LayerByLayer,
        ["T3.40"] = Unconstrained,
        ["T3.35"] = LargeNorm,
        ["T3.38a"] = LargestBound,
        ["T3.39"] = FeasibleArc,
        ["T3.41"] = MinimumNorm,
        ["T3.41a"] = ThreeGoals,
        ["T3b.4b"] = MinimumNorm,
        ["PNAS.16"] = MinimumNorm,
    };

    // sup (1/N) Σ σ_nf(x_n) over f = w·x, ‖w‖ = ρ, the mean over all signs, by search; ρ times the closed form at ρ = 1.
    private static (double[] Truth, double[] Printed, double[] Corrected) Rademacher(Random random)
    {
        var rho = 0.5 + random.NextDouble();
        double[][] x = [.. Enumerable.Range(0, 4).Select(_ => Draw(random, 2))];
        double[] Sum(int signs) => x.Select((a, n) => Times((signs >> n & 1) == 0 ? 1 : -1, a)).Aggregate(Plus);
        double[][] sums = [.. Enumerable.Range(0, 16).Select(Sum)];
        return Right([sums.Average(s => Largest(w => Dot(w, s), rho) / 4)], [rho * sums.Average(static s => Norm(s, 2) / 4)]);
    }

    // f = w_2w_1x at x: the least norm with margin 1 is the product 1/x; layer by layer each norm alone goes to 0.
    private static (double[] Truth, double[] Printed, double[] Corrected) LayerByLayer(Random random)
    {
        var x = 0.5 + random.NextDouble();
        double[] first = [.. Enumerable.Range(-60, 121).Select(static i => Math.Pow(10, i / 10.0))];
        return ([1 / x], [first.Min()], [first.Min(w => w * (1 / (w * x)))]);
    }

    // The distance of the origin from the convex hull of the examples, on the segments between two, against the search over directions.
    private static (double[] Truth, double[] Printed, double[] Corrected) MaximumMargin(Random random)
    {
        var z = Separable(random);
        double Distance(double[] a, double[] b)
        {
            var step = Plus(b, Times(-1, a));
            var part = Dot(step, step) > 0 ? Math.Clamp(-Dot(a, step) / Dot(step, step), 0, 1) : 0;
            return Norm(Plus(a, Times(part, step)), 2);
        }
        return Right([z.Min(a => z.Min(b => Distance(a, b)))], [Largest(w => z.Min(a => Dot(w, a)), 1)]);
    }

    // max γ' /‖w‖ over w of any norm, against the maximum margin at norm 1.
    private static (double[] Truth, double[] Printed, double[] Corrected) Unconstrained(Random random)
    {
        var z = Separable(random);
        double Margin(double[] w) => z.Min(a => Dot(w, a));
        var rho = 0.5 + 3 * random.NextDouble();
        return Right([Largest(Margin, 1)], [Largest(w => Margin(w) / Norm(w, 2), rho)]);
    }

    // 1/‖w‖ of the least w with w·z ≥ 1: at one example, or where two are tight.
    private static (double[] Truth, double[] Printed, double[] Corrected) MinimumNorm(Random random)
    {
        var z = Separable(random);
        var candidates = z.Select(static a => Times(1 / Dot(a, a), a)).Concat(z.SelectMany(a => z.Select(b =>
        {
            var determinant = a[0] * b[1] - a[1] * b[0];
            return (double[])[(b[1] - a[1]) / determinant, (a[0] - b[0]) / determinant];
        })));
        var least = candidates.Where(w => w.All(double.IsFinite) && z.All(a => Dot(w, a) >= 1 - 1e-12)).Min(static w => Norm(w, 2));
        return Right([Largest(w => z.Min(a => Dot(w, a)), 1)], [1 / least]);
    }

    // The direction that minimizes Σ e^{−ρv·z} on the circle, where its slope is 0, extrapolated from ρ = 2e4, 4e4 and 8e4.
    private static (double[] Truth, double[] Printed, double[] Corrected) LargeNorm(Random random)
    {
        // Two examples more than 90° apart: both are support vectors.
        double Small() => 0.3 + 0.3 * random.NextDouble();
        double[][] z = [[Small(), 0.5 + Small()], [Small(), -0.5 - Small()]];
        double At(double angle, double[] a) => Math.Cos(angle) * a[0] + Math.Sin(angle) * a[1];
        double Minimum(double rho) => NetworkTrials.Zero(angle => z.Sum(a =>
            -Math.Exp(rho * (z.Min(b => At(angle, b)) - At(angle, a))) * At(angle + Math.PI / 2, a)), -1.5, 1.5);
        double[] found = [Minimum(2e4), Minimum(4e4), Minimum(8e4)];
        var (first, second) = (2 * found[1] - found[0], 2 * found[2] - found[1]);
        var limit = (4 * second - first) / 3;
        var best = NetworkTrials.Zero(angle => At(angle, z[1]) < At(angle, z[0]) ? 1 : -1, -1.5, 1.5);
        return Right([Math.Cos(best), Math.Sin(best)], [Math.Cos(limit), Math.Sin(limit)]);
    }

    // The largest γ that all margins reach, by halving.
    private static (double[] Truth, double[] Printed, double[] Corrected) LargestBound(Random random)
    {
        var net = new TinyNetwork(random, oneSign: true, separable: true);
        double[] w = [.. net.W.Select(Math.Abs)];
        double[] margins = [.. net.X.Select((_, n) => net.Output(w, n))];
        return Right([margins.Min()], [NetworkTrials.Zero(gamma => margins.All(m => m >= gamma) ? -1 : 1, -10, 10)]);
    }

    // The largest γ for which the arcs v·z_n ≥ γ of the circle have a common point, by halving.
    private static (double[] Truth, double[] Printed, double[] Corrected) FeasibleArc(Random random)
    {
        var z = Separable(random);
        double End(double[] a, double gamma, int side) => Math.Atan2(a[1], a[0]) + side * Math.Acos(gamma / Norm(a, 2));
        bool Meets(double gamma) => z.All(a => Norm(a, 2) >= gamma) && z.Max(a => End(a, gamma, -1)) <= z.Min(a => End(a, gamma, 1));
        return Right([Largest(v => z.Min(a => Dot(v, a)), 1)], [NetworkTrials.Zero(gamma => Meets(gamma) ? -1 : 1, 0, 10)]);
    }

    // Among weights with margin 1 along all directions: the largest 1/ρ, the smallest ρ and the smallest ½ρ² are at one place.
    private static (double[] Truth, double[] Printed, double[] Corrected) ThreeGoals(Random random)
    {
        var z = Separable(random);
        double Rho(double[] v) => z.Min(a => Dot(v, a)) is > 0 and var margin ? 1 / margin : 1e9;
        return Right([Largest(v => z.Min(a => Dot(v, a)), 1), Largest(v => 1 / Rho(v), 1)],
            [-1 / Largest(v => -Rho(v), 1), 1 / Math.Sqrt(-2 * Largest(v => -Rho(v) * Rho(v) / 2, 1))]);
    }

    private static double[][] Separable(Random random) =>
        [.. Enumerable.Range(0, 4).Select(_ => (double[])[0.5 + random.NextDouble(), random.NextDouble() - 0.5])];

    // The largest value on the circle of a radius, by a grid and golden sections beside its best point.
    private static double Largest(Func<double[], double> of, double radius)
    {
        const int grid = 720;
        double At(double angle) => of([radius * Math.Cos(angle), radius * Math.Sin(angle)]);
        var best = Enumerable.Range(0, grid).Select(static i => 2 * Math.PI * i / grid).MaxBy(At);
        double low = best - 2 * Math.PI / grid, high = best + 2 * Math.PI / grid, golden = (Math.Sqrt(5) - 1) / 2;
        for (var i = 0; i < 90; i++)
        {
            double a = high - golden * (high - low), b = low + golden * (high - low);
            if (At(a) < At(b)) low = a;
            else high = b;
        }
        return At((low + high) / 2);
    }
}
