using static Rhoflow.Papers.Equations.EquationResiduals;
using static Rhoflow.Papers.Equations.TinyNetwork;

namespace Rhoflow.Papers.Equations;

/// <summary>
/// Trials of equations that hold where a flow rests. The point is found by descent along differences of the loss alone, so that no form
/// that is tried has a part in it.
/// </summary>
internal static class RestResiduals
{
    private const double Lambda = 0.7, SquareRho = 0.5;

    /// <summary>By id.</summary>
    public static IReadOnlyDictionary<string, EquationTrial> All { get; } = new Dictionary<string, EquationTrial>(StringComparer.Ordinal)
    {
        ["T3.11"] = Exponential(1.3),
        ["PNAS.6"] = Exponential(1.3),
        ["T3.12"] = Exponential(4),
        ["T3.13"] = Exponential(4),
        ["T3.16"] = Exponential(4),
        ["PNAS.8"] = Exponential(4),
        ["PNAS.9"] = Exponential(4),
        ["PNAS.13"] = Exponential(4),
        ["SQ.47"] = Exponential(4),
        ["T3.67"] = Projected,
        ["T3.68"] = Projected,
        ["T3.29"] = NotSeparable,
        ["PNAS.19c"] = NotSeparable,
        ["T3b.35"] = Decay,
        ["SQ.7"] = NormAtRest,
        ["SQ.9"] = NormAtRest,
        ["SQ.31"] = NormAtRest,
        ["SQ.8"] = Square,
        ["SQ.29"] = Combination,
        ["SQ.36"] = Combination,
        ["SQ.38"] = Combination,
        ["SQ.37"] = ExampleByExample,
    };

    // Σ e^{−ρf} ∂f/∂V_k against Σ e^{−ρf} V_kf on the spheres.
    private static EquationTrial Exponential(double rho) => random =>
    {
        var (net, v) = OnSpheres(random, (net, u) => net.Sum(n => Math.Exp(-rho * net.Output(u, n))));
        double Weight(int n) => Math.Exp(-rho * net.Output(v, n));
        return Right(net.Sum(n => Times(Weight(n), net.OutputGradient(v, n))), net.Sum(n => Times(Weight(n) * net.Output(v, n), v)));
    };

    // Σ y e^{−ρyf} ∂f/∂V_k against itself less its part along the spheres, with y_n in that part and without.
    private static (double[] Truth, double[] Printed, double[] Corrected) Projected(Random random)
    {
        const double rho = 1.3;
        var net = new TinyNetwork(random, separable: true);
        foreach (var (x, y) in net.X.Zip(net.Y))
            for (var i = 0; i < x.Length; i++) x[i] *= y;
        double Weight(double[] u, int n) => Math.Exp(-rho * net.Y[n] * net.Output(u, n));
        var v = Descended(Normalize(net.W).V, u => net.Sum(n => Weight(u, n)), null, static w => Normalize(w).V);
        var pull = net.Sum(n => Times(net.Y[n] * Weight(v, n), net.OutputGradient(v, n)));
        var without = net.Sum(n => Times(Weight(v, n), net.OutputGradient(v, n)));
        return (pull, Plus(pull, Times(-1, Tangent(without, v))), Plus(pull, Times(-1, Tangent(pull, v))));
    }

    // f = w_2w_1x, labels +1 at a and −1 at b, rest by halving: the terms of the two examples cancel, in both layers.
    private static (double[] Truth, double[] Printed, double[] Corrected) NotSeparable(Random random)
    {
        double a = 0.5 + random.NextDouble(), b = 0.5 + random.NextDouble(), first = 0.5 + random.NextDouble();
        double Loss(double u) => Math.Exp(-a * u) + Math.Exp(b * u);
        double low = -20, high = 20;
        for (var i = 0; i < 80; i++)
        {
            var middle = (low + high) / 2;
            if (Gradient(u => Loss(u[0]), [middle])[0] < 0) low = middle;
            else high = middle;
        }
        double[] w = [first, low / first];
        double[] Term(double x, int y) => Times(y * Math.Exp(-y * w[0] * w[1] * x), Gradient(u => u[0] * u[1] * x, w));
        return Right(Term(a, 1), Times(-1, Term(b, -1)));
    }

    // Σ g_n against λW and 2λW where Σ e^{−f} + λ‖W‖² rests.
    private static (double[] Truth, double[] Printed, double[] Corrected) Decay(Random random)
    {
        const double decay = 0.05;
        var net = new TinyNetwork(random, oneSign: true, separable: true);
        var w = Descended(net.W, w => net.Exponential(w) + decay * Dot(w, w), static g => g, static w => w);
        var sum = net.Sum(n => Times(Math.Exp(-net.Output(w, n)), net.OutputGradient(w, n)));
        return (sum, Times(decay, w), Times(2 * decay, w));
    }

    // The least Σ(ρf_n − y_n)² + λρ² over ρ, by halving of its slope.
    private static (double[] Truth, double[] Printed, double[] Corrected) NormAtRest(Random random)
    {
        var net = new TinyNetwork(random, relu: true);
        var v = Normalize(net.W).V;
        double Loss(double r) => net.Sum(n => Math.Pow(r * net.Output(v, n) - net.Y[n], 2)) + Lambda * r * r;
        double low = -50, high = 50;
        for (var i = 0; i < 80; i++)
        {
            var middle = (low + high) / 2;
            if (Gradient(r => Loss(r[0]), [middle])[0] < 0) low = middle;
            else high = middle;
        }
        return Right([low], [net.Sum(n => net.Y[n] * net.Output(v, n)) / (Lambda + net.Sum(n => Math.Pow(net.Output(v, n), 2)))]);
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) Square(Random random)
    {
        var (net, v) = SquareRest(random);
        return Right(net.Sum(n => Times(Residue(net, v, n), net.OutputGradient(v, n))),
            net.Sum(n => Times(Residue(net, v, n) * net.Output(v, n), v)));
    }

    // V_k = Σ α_n ∂f_n/∂V_k; the same as V_kf̂ = ∂f̂/∂V_k with f̂ = Σ α_nf_n = 1.
    private static (double[] Truth, double[] Printed, double[] Corrected) Combination(Random random)
    {
        var (net, v) = SquareRest(random);
        var sum = net.Sum(n => Residue(net, v, n) * net.Output(v, n));
        return Right(v, net.Sum(n => Times(Residue(net, v, n) / sum, net.OutputGradient(v, n))));
    }

    // The left sides of every example and of the sum, and the right sides with every example's own, or the sum's alone.
    private static (double[] Truth, double[] Printed, double[] Corrected) ExampleByExample(Random random)
    {
        var (net, v) = SquareRest(random);
        double[] Left(int n) => Times(Residue(net, v, n), net.OutputGradient(v, n));
        double[] Right(int n) => Times(Residue(net, v, n) * net.Output(v, n), v);
        double[] left = [.. net.X.SelectMany((_, n) => Left(n))], sum = net.Sum(Left);
        return ([.. left, .. sum], [.. net.X.SelectMany((_, n) => Right(n)), .. sum], [.. left, .. net.Sum(Right)]);
    }

    // ρf_n − y_n.
    private static double Residue(TinyNetwork net, double[] v, int n) => SquareRho * net.Output(v, n) - net.Y[n];

    private static (TinyNetwork Net, double[] V) SquareRest(Random random) =>
        OnSpheres(random, static (net, u) => net.Sum(n => Math.Pow(SquareRho * net.Output(u, n) - net.Y[n], 2)));

    // A minimum on the spheres ‖V_k‖ = 1, examples with labels +1 that one w separates.
    internal static (TinyNetwork Net, double[] V) OnSpheres(Random random, Func<TinyNetwork, double[], double> loss)
    {
        var net = new TinyNetwork(random, oneSign: true, separable: true);
        var v = Normalize(net.W).V;
        return (net, Descended(v, u => loss(net, u), null, static w => Normalize(w).V));
    }

    // Descent by differences until the slope (its tangential part on spheres) is rounding; the step adapts to the loss.
    internal static double[] Descended(double[] start, Func<double[], double> loss, Func<double[], double[]>? slope,
        Func<double[], double[]> back)
    {
        var (at, step, value) = (start, 0.1, loss(start));
        for (var i = 0; i < 4000; i++)
        {
            var gradient = Gradient(loss, at);
            var pull = slope is null ? Tangent(gradient, at) : slope(gradient);
            if (pull.Max(Math.Abs) < 1e-11) break;
            var next = back(Plus(at, Times(-step, pull)));
            var there = loss(next);
            // Rounding of the loss says nothing: what is nearly equal is taken.
            if (there > value + 1e-14 * Math.Abs(value))
            {
                step /= 2;
                continue;
            }
            (at, value, step) = (next, there, Math.Min(1.05 * step, 2));
        }
        return at;
    }
}
