using static Rhoflow.Papers.Equations.EquationResiduals;
using static Rhoflow.Papers.Equations.TinyNetwork;

namespace Rhoflow.Papers.Equations;

/// <summary>
/// Trials of what holds of a network's layers, whatever moves them: homogeneity (T3 §2), and norms and directions W_k = ρ_kV_k
/// (T3 §4.5, §11, §12, §15).
/// </summary>
internal static class LayerResiduals
{
    private const double P = 3;

    /// <summary>By id.</summary>
    public static IReadOnlyDictionary<string, EquationTrial> All { get; } = new Dictionary<string, EquationTrial>(StringComparer.Ordinal)
    {
        ["T3.2"] = DerivativeInNorms,
        ["PNAS.1e"] = DerivativeInNorms,
        ["T3.3"] = Lemma,
        ["T3.4"] = Lemma,
        ["T3b.1"] = Lemma,
        ["PNAS.1b"] = Lemma,
        ["SQ.1"] = Lemma,
        ["SQ.2"] = Lemma,
        ["T3.5"] = SecondDerivative,
        ["T3.6"] = NormalizedLemma,
        ["SQ.50"] = Products,
        ["T3b.46b"] = Products,
        ["SQ.50a"] = OuterProducts,
        ["SQ.51"] = OuterProducts,
        ["SQ.45a"] = LastLayer,
        ["SQ.54"] = LastLayer,
        ["SQ.56"] = OuterProducts,
        ["T3.18"] = Norms,
        ["T3b.39"] = Norms,
        ["T3.19"] = Directions,
        ["PNAS.18"] = NormsAndDirections,
        ["T3.75"] = NormsAndDirections,
        ["T3b.40"] = PrintedProjection,
        ["T3.21"] = DescentInDirections,
        ["T3.59"] = NormsUnderDescent,
        ["T3.60"] = SquaresUnderDescent,
        ["PNAS.12"] = SquaresUnderDescent,
        ["T3b.41"] = LastFormOfNorms,
        ["T3.70"] = MarginOfOneExample,
        ["T3.71"] = GradientOfTheNorm,
        ["T3.72"] = ConstrainedByNorm(P),
        ["T3.74"] = ConstrainedByNorm(2),
        ["T3.55"] = ConstrainedByNorm(2),
        ["SQ.15"] = ConstrainedByNorm(2),
        ["T3.52"] = Gain,
        ["SQ.12"] = Gain,
        ["T3.53"] = GainVector,
        ["SQ.13"] = GainVector,
        ["T3.77"] = OneLayerDirection,
    };

    private static (double[] Truth, double[] Printed, double[] Corrected) DerivativeInNorms(Random random)
    {
        var net = new TinyNetwork(random, relu: true);
        var (v, rho) = Normalize(net.W);
        return Right([.. net.X.SelectMany((_, n) => Gradient(r => net.Output(Scaled(v, r), n), rho))],
            [.. net.X.SelectMany((_, n) => rho.Select(r => rho[0] * rho[1] / r * net.Output(v, n)))]);
    }

    // f = (W_k, ∂f/∂W_k), both layers, all examples.
    private static (double[] Truth, double[] Printed, double[] Corrected) Lemma(Random random) => Lemma(random, static net => net.W);

    private static (double[] Truth, double[] Printed, double[] Corrected) NormalizedLemma(Random random) =>
        Lemma(random, static net => Normalize(net.W).V);

    private static (double[] Truth, double[] Printed, double[] Corrected) Lemma(Random random, Func<TinyNetwork, double[]> weights)
    {
        var net = new TinyNetwork(random, relu: true);
        var w = weights(net);
        return Right([.. net.X.SelectMany((_, n) => Layers.Select(_ => net.Output(w, n)))],
            [.. net.X.SelectMany((_, n) => ByLayer(w, net.OutputGradient(w, n), static (a, b) => Dot(a, b)))]);
    }

    // ∂f/∂W_k does not change along W_k: its derivative there is added to it.
    private static (double[] Truth, double[] Printed, double[] Corrected) SecondDerivative(Random random)
    {
        var net = new TinyNetwork(random, relu: true);
        double[] Of(int n, bool moved) =>
        [
            .. Layers.SelectMany((l, k) =>
            {
                double[] Part(double[] w) => net.OutputGradient(w, n)[l.Start..(l.Start + l.Length)];
                double[] along = [.. net.W.Select((x, i) => i < Split == (k == 0) ? x : 0)];
                return moved ? Plus(Part(net.W), Along(Part, net.W, along)) : Part(net.W);
            }),
        ];
        return Right([.. net.X.SelectMany((_, n) => Of(n, moved: false))], [.. net.X.SelectMany((_, n) => Of(n, moved: true))]);
    }

    // V_2 D_1 V_1 x.
    private static (double[] Truth, double[] Printed, double[] Corrected) Products(Random random)
    {
        var net = new TinyNetwork(random, relu: true);
        var v = Normalize(net.W).V;
        return Right([.. net.X.Select((x, n) => v[Split] * Math.Max(0, Unit(v, 0, x)) + v[Split + 1] * Math.Max(0, Unit(v, 1, x)))],
            [.. net.X.Select((x, n) => Enumerable.Range(0, 2).Sum(j => v[Split + j] * net.Slope(v, j, n) * Unit(v, j, x)))]);
    }

    // ∂f/∂V_1 = (V_2D_1)ᵀxᵀ, ∂f/∂V_2 = (D_1V_1x)ᵀ.
    private static (double[] Truth, double[] Printed, double[] Corrected) OuterProducts(Random random)
    {
        var net = new TinyNetwork(random, relu: true);
        double[] Form(int n) =>
        [
            .. Enumerable.Range(0, 2).SelectMany(i => net.X[n].Select(x => net.W[Split + i] * net.Slope(net.W, i, n) * x)),
            .. Enumerable.Range(0, 2).Select(j => net.Slope(net.W, j, n) * Unit(net.W, j, net.X[n])),
        ];
        return Right([.. net.X.SelectMany((_, n) => net.OutputGradient(net.W, n))], [.. net.X.SelectMany((_, n) => Form(n))]);
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) LastLayer(Random random)
    {
        var net = new TinyNetwork(random, relu: true);
        return Right([.. net.X.SelectMany((_, n) => net.OutputGradient(net.W, n)[Split..])],
            [.. net.X.SelectMany((x, n) => Enumerable.Range(0, 2).Select(j => net.Slope(net.W, j, n) * Unit(net.W, j, x)))]);
    }

    // Along any velocity of the weights.
    private static (double[] Truth, double[] Printed, double[] Corrected) Norms(Random random)
    {
        var net = new TinyNetwork(random);
        var velocity = Draw(random, net.W.Length);
        return Right(Along(static w => Normalize(w).Rho, net.W, velocity),
            ByLayer(Normalize(net.W).V, velocity, static (v, u) => Dot(v, u)));
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) Directions(Random random)
    {
        var net = new TinyNetwork(random);
        var (velocity, (v, rho)) = (Draw(random, net.W.Length), Normalize(net.W));
        return Right(Along(static w => Normalize(w).V, net.W, velocity), Scaled(Tangent(velocity, v), [1 / rho[0], 1 / rho[1]]));
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) NormsAndDirections(Random random)
    {
        var seed = random.Next();
        var (norms, directions) = (Norms(new Random(seed)), Directions(new Random(seed)));
        return Right([.. norms.Truth, .. directions.Truth], [.. norms.Printed, .. directions.Printed]);
    }

    // (I − wwᵀ)/‖w‖, as item (b) before the equation has it, and (I − w̃w̃ᵀ)/‖w‖.
    private static (double[] Truth, double[] Printed, double[] Corrected) PrintedProjection(Random random)
    {
        double[] w = Draw(random, 3), velocity = Draw(random, 3);
        return (Along(Unit, w, velocity), Times(1 / Norm(w, 2), Projection(velocity, w)),
            Times(1 / Norm(w, 2), Projection(velocity, Unit(w))));
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) DescentInDirections(Random random)
    {
        var net = new TinyNetwork(random, relu: true);
        var (v, rho) = Normalize(net.W);
        var product = rho[0] * rho[1];
        var form = net.Sum(n => Plus(
            Times(net.Y[n] * Math.Exp(-product * net.Y[n] * net.Output(v, n)), net.OutputGradient(v, n)),
            Times(-net.Y[n] * Math.Exp(-product * net.Y[n] * net.Output(v, n)) * net.Output(v, n), v)));
        return Right(Along(static w => Normalize(w).V, net.W, Gradient(w => -net.Exponential(w), net.W)),
            Scaled(form, [product / (rho[0] * rho[0]), product / (rho[1] * rho[1])]));
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) NormsUnderDescent(Random random)
    {
        var net = new TinyNetwork(random, relu: true);
        return Right(Along(static w => Normalize(w).Rho, net.W, Gradient(w => -net.Exponential(w), net.W)),
            [.. Normalize(net.W).Rho.Select(r => Pull(net, net.W) / r)]);
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) SquaresUnderDescent(Random random)
    {
        var net = new TinyNetwork(random, relu: true);
        return Right(Along(static w => ByLayer(w, w, static (a, b) => Dot(a, b)), net.W, Gradient(w => -net.Exponential(w), net.W)),
            [.. Layers.Select(_ => 2 * Pull(net, net.W))]);
    }

    // Σ e^{−‖w‖f̃}f̃ with ‖w‖ = ρ_k, and (ρ/ρ_k) Σ e^{−ρf̃}f̃.
    private static (double[] Truth, double[] Printed, double[] Corrected) LastFormOfNorms(Random random)
    {
        var net = new TinyNetwork(random, oneSign: true, relu: true);
        var (v, rho) = Normalize(net.W);
        double Sum(double factor) => net.Sum(n => Math.Exp(-factor * net.Output(v, n)) * net.Output(v, n));
        return (Along(static w => Normalize(w).Rho, net.W, Gradient(w => -net.Exponential(w), net.W)), [.. rho.Select(Sum)],
            [.. rho.Select(r => rho[0] * rho[1] / r * Sum(rho[0] * rho[1]))]);
    }

    // The loss of one example alone.
    private static (double[] Truth, double[] Printed, double[] Corrected) MarginOfOneExample(Random random)
    {
        var net = new TinyNetwork(random, relu: true);
        var (v, rho) = Normalize(net.W);
        var (product, f, gradient) = (rho[0] * rho[1], net.Output(v, 0), net.OutputGradient(v, 0));
        var velocity = Gradient(w => -Math.Exp(-net.Output(w, 0)), net.W);
        var form = rho.Zip(ByLayer(gradient, gradient, static (a, b) => Dot(a, b)),
            (r, square) => product / (r * r) * Math.Exp(-product * f) * (square - f * f)).Sum();
        return Right(Along(w => [net.Output(Normalize(w).V, 0)], net.W, velocity), [form]);
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) GradientOfTheNorm(Random random)
    {
        var w = Draw(random, 4);
        return Right(Gradient(static u => Norm(u, P), w), Nu(w, P));
    }

    // Descent on L(ρv) in ρ, and in v along the sphere ‖v‖_p = 1, whose tangent space is found by differences.
    private static EquationTrial ConstrainedByNorm(double p) => random =>
    {
        var net = new TinyNetwork(random, oneSign: true);
        var w = Draw(random, 3);
        var rho = Norm(w, p);
        var v = Times(1 / rho, w);
        double Loss(double[] u) => net.Sum(n => Math.Exp(-Dot(u, net.X[n])));
        double[] velocity = Gradient(u => -Loss(u), w), free = Gradient(u => -Loss(Times(rho, u)), v);
        var normal = Unit(Gradient(u => Norm(u, p), v));
        return Right([Gradient(r => -Loss(Times(r[0], v)), [rho])[0], .. Projection(free, normal)],
            [Dot(v, velocity), .. Times(rho, Projection(velocity, Unit(Nu(v, p))))]);
    };

    // w = g v/‖v‖, ẇ = −∂L/∂w.
    private static (double[] Truth, double[] Printed, double[] Corrected) Gain(Random random)
    {
        var (loss, v, g) = Gained(random);
        return Right(Gradient(u => -loss(Times(u[0], Unit(v))), [g]), [Dot(Unit(v), Gradient(u => -loss(u), Times(g, Unit(v))))]);
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) GainVector(Random random)
    {
        var (loss, v, g) = Gained(random);
        var velocity = Gradient(u => -loss(u), Times(g, Unit(v)));
        return Right(Gradient(u => -loss(Times(g, Unit(u))), v), Times(g / Norm(v, 2), Projection(velocity, Unit(v))));
    }

    private static (Func<double[], double> Loss, double[] V, double G) Gained(Random random)
    {
        var net = new TinyNetwork(random);
        return (w => net.Sum(n => Math.Exp(-net.Y[n] * Dot(w, net.X[n]))), Draw(random, 3), 0.5 + random.NextDouble());
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) OneLayerDirection(Random random)
    {
        var net = new TinyNetwork(random, oneSign: true);
        var w = Draw(random, 3);
        var (v, rho) = (Unit(w), Norm(w, 2));
        return Right(Along(Unit, w, Gradient(u => -net.Sum(n => Math.Exp(-Dot(u, net.X[n]))), w)),
            Times(1 / rho, net.Sum(n => Times(Math.Exp(-rho * Dot(v, net.X[n])), Projection(net.X[n], v)))));
    }

    // ν of T3 eq. 71.
    private static double[] Nu(double[] w, double p) => [.. w.Select(x => Math.Sign(x) * Math.Pow(Math.Abs(x) / Norm(w, p), p - 1))];

    // Σ y f e^{−yf}.
    private static double Pull(TinyNetwork net, double[] w) =>
        net.Sum(n => net.Y[n] * net.Output(w, n) * Math.Exp(-net.Y[n] * net.Output(w, n)));
}
