using static Rhoflow.Papers.Equations.TinyNetwork;

namespace Rhoflow.Papers.Equations;

/// <summary>Trials of inequalities: how far they are broken, over the larger of the two sides.</summary>
internal static class BoundTrials
{
    private const double Lambda = 0.7;

    /// <summary>By id.</summary>
    public static IReadOnlyDictionary<string, EquationTrial> All { get; } = new Dictionary<string, EquationTrial>(StringComparer.Ordinal)
    {
        ["T3.35a"] = LargerMargin,
        ["T3.60a"] = GrowingRate,
        ["T3.70b"] = NormOfTheGradient,
        ["T3b.28a"] = DistinctEigenvalues,
        ["T3b.60a"] = AgainstTheSeparator,
        ["SQ.2a"] = OutputsOfUnitNorm,
        ["SQ.8a"] = LeastNorm,
        ["SQ.41b"] = RampAboveError,
        ["PNAS.7a"] = RadialForm,
        ["PNAS.14a"] = RisingMargin,
    };

    // Outputs of two networks; ρ somewhat beyond log N/(η_1 − η_2).
    private static (double[] Truth, double[] Printed, double[] Corrected) LargerMargin(Random random)
    {
        double[] first = [.. Enumerable.Range(0, 5).Select(_ => 0.6 + random.NextDouble())];
        double[] second = [.. Enumerable.Range(0, 5).Select(_ => 0.5 * random.NextDouble())];
        double Loss(double[] f, double rho) => f.Sum(a => Math.Exp(-rho * a));
        var rho = Math.Log(5) / (first.Min() - second.Min()) * (1 + random.NextDouble());
        double[] chain = [Loss(first, rho), 5 * Math.Exp(-rho * first.Min()), Math.Exp(-rho * second.Min()), Loss(second, rho)];
        return Holds([.. chain.Zip(chain.Skip(1))]);
    }

    // One layer, one example with f > 1: the rate of ρ² has a rate below 0, ρ² has one above.
    private static (double[] Truth, double[] Printed, double[] Corrected) GrowingRate(Random random)
    {
        double f = 2 + random.NextDouble();
        double[] Rate(double[] w) => [2 * w[0] * Gradient(u => -Math.Exp(-u[0]), w)[0]];
        var velocity = Gradient(static u => -Math.Exp(-u[0]), [f]);
        return Broken([(0, Along(Rate, [f], velocity)[0])], [(0, Rate([f])[0])]);
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) NormOfTheGradient(Random random)
    {
        var net = new TinyNetwork(random, relu: true);
        var v = Normalize(net.W).V;
        return Holds([.. net.X.SelectMany((_, n) =>
            ByLayer(net.OutputGradient(v, n), v, static (g, _) => Norm(g, 2)).Select(g => (Math.Abs(net.Output(v, n)), g)))]);
    }

    // One example: H = 2∇f∇fᵀ along ∇f and along what is orthogonal to it. Two eigenvalues are distinct, one is not 0.
    private static (double[] Truth, double[] Printed, double[] Corrected) DistinctEigenvalues(Random random)
    {
        var net = new TinyNetwork(random);
        var y = net.Output(net.W, 0);
        var gradient = Unit(net.OutputGradient(net.W, 0));
        var across = Unit(Projection(Draw(random, net.W.Length), gradient));
        double Quotient(double[] u) => Dot(u, Along(w => Gradient(a => Math.Pow(y - net.Output(a, 0), 2), w), net.W, u));
        double[] found = [Quotient(gradient), Quotient(across)];
        var distinct = Math.Abs(found[0] - found[1]) > 1e-3 * found[0] ? 2 : 1;
        return Broken([(distinct, 1)], [(found.Count(e => Math.Abs(e) > 1e-6 * found[0]), 1)]);
    }

    // Two classes, f_1 − f_2 = w_2·σ(W_1x): at W_1 = βW*_1, W_2 = −αW*_2, α > β, the loss grows along W*; along W it falls where W
    // separates.
    private static (double[] Truth, double[] Printed, double[] Corrected) AgainstTheSeparator(Random random)
    {
        var net = new TinyNetwork(random, relu: true);
        var sign = Math.Sign(net.Output(net.W, 0));
        double[] separator = [.. net.W[..Split], .. Times(sign, net.W[Split..])];
        double Loss(double[] w) => Math.Log(1 + Math.Exp(-net.Output(w, 0)));
        var beta = 0.2 + 0.5 * random.NextDouble();
        var other = Scaled(separator, [beta, -beta - 0.5]);
        double Slope(double[] along, double[] at) => Dot(along, Gradient(Loss, at));
        return Broken([(Slope(separator, other), 0)], [(Slope(separator, separator), 0)]);
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) OutputsOfUnitNorm(Random random)
    {
        var net = new TinyNetwork(random, relu: true);
        var v = Normalize(net.W).V;
        return Holds([.. net.X.Select((x, n) => (Math.Abs(net.Output(v, n)) / Norm(x, 2), 1.0))]);
    }

    // ρ by halving: with decay and an example of the wrong sign, and without them.
    private static (double[] Truth, double[] Printed, double[] Corrected) LeastNorm(Random random)
    {
        double[] right = [.. Enumerable.Range(0, 5).Select(_ => 0.1 + 0.9 * random.NextDouble())];
        double Rest(double[] margins, double lambda) =>
            NetworkTrials.Zero(r => margins.Sum(m => (r * m - 1) * m) + lambda * r, -50, 50);
        return Broken([(1, Rest([.. right.Select(static m => 0.1 * m), -0.2], Lambda))], [(1, Rest(right, 0))]);
    }

    // The part of a grid of margins on which each inequality fails.
    private static (double[] Truth, double[] Printed, double[] Corrected) RampAboveError(Random random)
    {
        var gamma = 0.5 + random.NextDouble();
        double Ramp(double margin) => Math.Clamp(1 - margin / gamma, 0, 1);
        double[] grid = [.. Enumerable.Range(-20, 61).Select(static i => i / 10.0 + 0.05)];
        double Fails(Func<double, double, bool> holds) => grid.Count(m => !holds(m <= 0 ? 1 : 0, Ramp(m))) / (double)grid.Length;
        return ([1], [1 + Fails(static (error, ramp) => error < ramp)], [1 + Fails(static (error, ramp) => error <= ramp)]);
    }

    // Three layers: −d²/ds² Σ e^{−ρs³f} − 2λK at s = 1, with λ = ½ρ Σ e^{−ρf}f, is below 0 where ρf > 1; and the inequality itself.
    private static (double[] Truth, double[] Printed, double[] Corrected) RadialForm(Random random)
    {
        const int layers = 3;
        var rho = 1 + 3 * random.NextDouble();
        double[] f = [.. Enumerable.Range(0, 5).Select(_ => (1 + random.NextDouble()) / rho)];
        double Slope(double s) => Gradient(u => -f.Sum(a => Math.Exp(-rho * a * Math.Pow(u[0], layers))), [s])[0];
        var form = Gradient(u => Slope(u[0]), [1])[0] - layers * rho * f.Sum(a => Math.Exp(-rho * a) * a);
        return Holds([(form, 0), .. f.Select(a => (layers * (layers - 2) * rho * a, Math.Pow(rho * layers * a, 2)))]);
    }

    // The output of one example along the descent of its own loss on the spheres.
    private static (double[] Truth, double[] Printed, double[] Corrected) RisingMargin(Random random)
    {
        var net = new TinyNetwork(random, relu: true);
        var v = Normalize(net.W).V;
        var velocity = Tangent(Gradient(u => -Math.Exp(-1.3 * net.Output(u, 0)), v), v);
        return Holds([(0, Along(u => [net.Output(u, 0)], v, velocity)[0])]);
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) Holds((double Small, double Large)[] pairs) => Broken(pairs,
        pairs);

    // How far Small ≤ Large is broken.
    private static (double[] Truth, double[] Printed, double[] Corrected) Broken(
        (double Small, double Large)[] printed, (double Small, double Large)[] corrected)
    {
        static double[] By((double Small, double Large)[] pairs) =>
            [.. pairs.Select(static p => 1 + Math.Max(0, p.Small - p.Large) / Math.Max(Math.Abs(p.Small), Math.Abs(p.Large)))];
        var (first, second) = (By(printed), By(corrected));
        return ([.. first.Select(static _ => 1.0)], first, second);
    }
}
