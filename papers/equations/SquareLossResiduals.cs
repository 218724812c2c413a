using static Rhoflow.Papers.Equations.EquationResiduals;
using static Rhoflow.Papers.Equations.TinyNetwork;

namespace Rhoflow.Papers.Equations;

/// <summary>Trials of flows and steps under the square loss (Memo 112; Theory IIIb §11, §12).</summary>
internal static class SquareLossResiduals
{
    private const double Rho = 1.3, Lambda = 0.7, Nu = 0.4;

    /// <summary>By id.</summary>
    public static IReadOnlyDictionary<string, EquationTrial> All { get; } = new Dictionary<string, EquationTrial>(StringComparer.Ordinal)
    {
        ["SQ.5"] = ModelNorm,
        ["SQ.20"] = ModelNorm,
        ["SQ.22"] = ModelNorm,
        ["SQ.30"] = ModelNorm,
        ["SQ.6"] = ModelDirection,
        ["SQ.35"] = ModelDirection,
        ["SQ.21"] = Multiplier,
        ["SQ.18"] = MeanDescent,
        ["SQ.19"] = MeanDescent,
        ["SQ.55"] = Step,
        ["T3b.27"] = Step,
        ["T3b.14"] = OneLayer,
        ["SQ.28"] = EqualLayers,
        ["SQ.32"] = OneLayerNorm,
        ["SQ.33"] = OneLayerDirection,
        ["SQ.34"] = OneLayerWeights,
        ["SQ.53"] = Projections,
    };

    // L = Σ(ρf_n − y_n)² + λρ² in ρ; the printed form in ℓ_n is the same.
    private static (double[] Truth, double[] Printed, double[] Corrected) ModelNorm(Random random)
    {
        var net = new TinyNetwork(random, relu: true);
        var v = Normalize(net.W).V;
        return Right(Gradient(r => -Square(net, v, r[0]) - Lambda * r[0] * r[0], [Rho]),
            [-2 * net.Sum(n => (Rho * net.Output(v, n) - net.Y[n]) * net.Output(v, n)) - 2 * Lambda * Rho]);
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) ModelDirection(Random random)
    {
        var net = new TinyNetwork(random, relu: true);
        var v = Normalize(net.W).V;
        return Right(Tangent(Gradient(u => -Square(net, u, Rho), v), v), net.Sum(n => Times(
            2 * Rho * (Rho * net.Output(v, n) - net.Y[n]), Plus(Times(net.Output(v, n), v), Times(-1, net.OutputGradient(v, n))))));
    }

    // Descent in V_k on Σ(ρf_n − y_n)² + ν Σ‖V_k‖² + λρ²; λ or ν before V_k.
    private static (double[] Truth, double[] Printed, double[] Corrected) Multiplier(Random random)
    {
        var net = new TinyNetwork(random, relu: true);
        var v = Normalize(net.W).V;
        var pull = net.Sum(n => Times(-2 * Rho * (Rho * net.Output(v, n) - net.Y[n]), net.OutputGradient(v, n)));
        return (Gradient(u => -Square(net, u, Rho) - Nu * Dot(u, u), v), Plus(pull, Times(-2 * Lambda, v)), Plus(pull, Times(-2 * Nu, v)));
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) MeanDescent(Random random)
    {
        var net = new TinyNetwork(random, relu: true);
        return Right(Gradient(w => -net.MeanSquare(w), net.W), net.Sum(n => Times(
            -2.0 / net.X.Length * (net.Output(net.W, n) - net.Y[n]), net.OutputGradient(net.W, n))));
    }

    // −Σ ∂ℓ_n/∂W of ℓ = (f − y)², ℓ' = 2(f − y) = −2E.
    private static (double[] Truth, double[] Printed, double[] Corrected) Step(Random random)
    {
        var net = new TinyNetwork(random, relu: true);
        return Right(Gradient(w => -Square(net, w, 1), net.W), net.Sum(n => Times(
            -2 * (net.Output(net.W, n) - net.Y[n]), net.OutputGradient(net.W, n))));
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) OneLayer(Random random)
    {
        var net = new TinyNetwork(random);
        var w = Draw(random, 3);
        return Right(Gradient(u => -Linear(net, u), w), net.Sum(n => Times(2 * (net.Y[n] - Dot(w, net.X[n])), net.X[n])));
    }

    // ρ = ρ_k^L of L = 3 equal layers, each norm by itself.
    private static (double[] Truth, double[] Printed, double[] Corrected) EqualLayers(Random random)
    {
        const int layers = 3;
        var (norm, f, y) = (0.5 + random.NextDouble(), Draw(random, 4), Draw(random, 4));
        static double Product(double[] r) => r.Aggregate(1.0, static (a, b) => a * b);
        double[] norms = [.. Enumerable.Repeat(norm, layers)];
        var rates = Gradient(r => -f.Zip(y, (a, b) => Math.Pow(Product(r) * a - b, 2)).Sum(), norms);
        var rho = Math.Pow(norm, layers);
        return Right(Along(static r => [Product(r)], norms, rates),
            [2 * layers * Math.Pow(rho, (2.0 * layers - 2) / layers) * (Dot(f, y) - rho * Dot(f, f))]);
    }

    // Both losses: ℓ_n of the print is ρv·x_n − y_n, or e^{−ρy_nv·x_n}.
    private static (double[] Truth, double[] Printed, double[] Corrected) OneLayerNorm(Random random)
    {
        var net = new TinyNetwork(random);
        var v = Unit(Draw(random, 3));
        double Print(Func<double, double, double> loss) => 2 / Rho * net.Sum(n => loss(Dot(v, net.X[n]), net.Y[n]) * net.Y[n]
            * Dot(v, net.X[n])) - 2 * Lambda * Rho;
        return ([
                Gradient(r => -Linear(net, Times(r[0], v)) - Lambda * r[0] * r[0], [Rho])[0],
                Gradient(r => -Exponential(net, Times(r[0], v)) - Lambda * r[0] * r[0], [Rho])[0],
            ],
            [Print((f, y) => Rho * f - y), Print((f, y) => Math.Exp(-Rho * y * f))],
            [
                -2 * net.Sum(n => (Rho * Dot(v, net.X[n]) - net.Y[n]) * Dot(v, net.X[n])) - 2 * Lambda * Rho,
                net.Sum(n => Math.Exp(-Rho * net.Y[n] * Dot(v, net.X[n])) * net.Y[n] * Dot(v, net.X[n])) - 2 * Lambda * Rho,
            ]);
    }

    // Up to a positive factor, so unit vectors.
    private static (double[] Truth, double[] Printed, double[] Corrected) OneLayerDirection(Random random)
    {
        var net = new TinyNetwork(random);
        var v = Unit(Draw(random, 3));
        double[] Form(Func<double, double, double> weight) =>
            Unit(net.Sum(n => Times(weight(Dot(v, net.X[n]), net.Y[n]), Projection(net.X[n], v))));
        double[] Sphere(Func<double[], double> loss) => Unit(Projection(Gradient(u => -loss(Times(Rho, u)), v), v));
        return ([.. Sphere(u => Linear(net, u)), .. Sphere(u => Exponential(net, u))],
            [.. Form((f, y) => Rho * f - y), .. Form((f, y) => Math.Exp(-Rho * y * f))],
            [.. Form((f, y) => y - Rho * f), .. Form((f, y) => y * Math.Exp(-Rho * y * f))]);
    }

    // α_j = y_j − ρv·x_j.
    private static (double[] Truth, double[] Printed, double[] Corrected) OneLayerWeights(Random random)
    {
        var net = new TinyNetwork(random);
        var v = Unit(Draw(random, 3));
        return Right(Unit(Projection(Gradient(u => -Linear(net, Times(Rho, u)), v), v)),
            Unit(net.Sum(n => Times(net.Y[n] - Rho * Dot(v, net.X[n]), Projection(net.X[n], v)))));
    }

    // f = v_3ᵀV_2V_1x, V_1 = V_2 a projection of rank one on x, or of rank two, and v_3 the unit vector that the text asks for:
    // V_1f against ∂f/∂V_1, as a difference from the first.
    private static (double[] Truth, double[] Printed, double[] Corrected) Projections(Random random)
    {
        var x = Draw(random, 3);
        var along = Unit(x);
        var other = Unit(Projection(Draw(random, 3), along));
        double[] one = [.. along.SelectMany(a => along.Select(b => a * b))];
        double[] two = [.. one.Zip(other.SelectMany(a => other.Select(b => a * b)), static (a, b) => a + b)];
        double[] Apply(double[] matrix, double[] u) => [.. Enumerable.Range(0, 3).Select(i => Dot(matrix[(3 * i)..(3 * i + 3)], u))];
        double[] Slope(double[] p) => Gradient(m => Dot(along, Apply(p, Apply(m, x))), p);
        var truth = Slope(one);
        return (truth, Plus(truth, Plus(Times(Dot(along, Apply(two, Apply(two, x))), two), Times(-1, Slope(two)))),
            Times(Dot(along, Apply(one, Apply(one, x))), one));
    }

    private static double Square(TinyNetwork net, double[] w, double rho) => net.Sum(n => Math.Pow(rho * net.Output(w, n) - net.Y[n], 2));

    private static double Linear(TinyNetwork net, double[] w) => net.Sum(n => Math.Pow(Dot(w, net.X[n]) - net.Y[n], 2));

    private static double Exponential(TinyNetwork net, double[] w) => net.Sum(n => Math.Exp(-net.Y[n] * Dot(w, net.X[n])));
}
