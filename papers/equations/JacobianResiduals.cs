using static Rhoflow.Papers.Equations.EquationResiduals;
using static Rhoflow.Papers.Equations.TinyNetwork;

namespace Rhoflow.Papers.Equations;

/// <summary>
/// Trials of Jacobians and Hessians (Theory IIIb §5, §11, §12; Theoretical issues §3.B.2): the form times a random direction, against
/// differences of the flow along it.
/// </summary>
internal static class JacobianResiduals
{
    private const double Rho = 1.3, Lambda = 0.7;

    /// <summary>By id.</summary>
    public static IReadOnlyDictionary<string, EquationTrial> All { get; } = new Dictionary<string, EquationTrial>(StringComparer.Ordinal)
    {
        ["T3b.5"] = Linearized,
        ["T3b.7"] = Exponential,
        ["T3b.32"] = Exponential,
        ["T3b.16"] = LinearSquare(0),
        ["T3b.19"] = LinearSquare(Lambda),
        ["T3.69"] = LinearExponential(1),
        ["T3b.22"] = LinearExponential(-1),
        ["T3b.23"] = LinearExponential(-1),
        ["T3b.25"] = LinearExponentialDecay,
        ["T3b.28"] = SquareAtZeroLoss,
        ["T3b.28b"] = WideLayer,
        ["T3b.43a"] = SquareHessian,
        ["T3b.43b"] = ExponentialHessian,
        ["T3b.46a"] = ExponentialHessian,
        ["T3b.43c"] = VirtualData,
        ["T3.25b"] = WithMultiplier(putIn: false),
        ["T3.25c"] = WithMultiplier(putIn: true),
        ["T3b.29"] = SquareDecay,
        ["T3b.36"] = ExponentialDecay,
        ["T3b.38"] = OneVector,
        ["T3b.44"] = OneNonlinearity,
        ["T3b.45"] = TwoScalarLayers,
        ["T3b.46"] = TwoLinearLayers,
        ["T3b.52"] = Penalties,
        ["PNAS.7"] = Multipliers,
        ["T3.28"] = OneWeight,
        ["T3b.63"] = OneWeight,
    };

    // H_ij = −∂²L/∂W_i∂W_j: the velocity along δ, and the gradient of the loss's derivative along δ.
    private static (double[] Truth, double[] Printed, double[] Corrected) Linearized(Random random)
    {
        var net = new TinyNetwork(random);
        var direction = Draw(random, net.W.Length);
        return Right(Along(w => Gradient(u => -net.Exponential(u), w), net.W, direction),
            Gradient(w => -Along(u => [net.Exponential(u)], w, direction)[0], net.W));
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) Exponential(Random random)
    {
        var net = new TinyNetwork(random);
        var direction = Draw(random, net.W.Length);
        var form = net.Sum(n => Times(-Math.Exp(-net.Y[n] * net.Output(net.W, n)),
            Plus(Times(Dot(net.OutputGradient(net.W, n), direction), net.OutputGradient(net.W, n)),
                Times(-net.Y[n], Bend(net, net.W, n, direction)))));
        return Right(Along(w => Gradient(u => -net.Exponential(u), w), net.W, direction), form);
    }

    // δẇ = J δw with the corrected J, −2Σxxᵀ − 2λI.
    private static EquationTrial LinearSquare(double lambda) => random =>
    {
        var net = new TinyNetwork(random);
        double[] w = Draw(random, 3), direction = Draw(random, 3);
        double Loss(double[] u) => net.Sum(n => Math.Pow(net.Y[n] - Dot(u, net.X[n]), 2)) + lambda * Dot(u, u);
        return Right(Along(u => Gradient(a => -Loss(a), u), w, direction),
            Plus(net.Sum(n => Times(-2 * Dot(net.X[n], direction), net.X[n])), Times(-2 * lambda, direction)));
    };

    private static EquationTrial LinearExponential(int sign) => random =>
    {
        var net = new TinyNetwork(random, oneSign: true);
        double[] w = Draw(random, 3), direction = Draw(random, 3);
        return Right(Along(u => Gradient(a => sign * net.Sum(n => Math.Exp(-Dot(a, net.X[n]))), u), w, direction),
            net.Sum(n => Times(sign * Math.Exp(-Dot(w, net.X[n])) * Dot(net.X[n], direction), net.X[n])));
    };

    // The print's inner products and λ are numbers on the diagonal.
    private static (double[] Truth, double[] Printed, double[] Corrected) LinearExponentialDecay(Random random)
    {
        var net = new TinyNetwork(random);
        double[] w = Draw(random, 3), direction = Draw(random, 3);
        double Weight(int n) => Math.Exp(-net.Y[n] * Dot(w, net.X[n]));
        double Loss(double[] u) => net.Sum(n => Math.Exp(-net.Y[n] * Dot(u, net.X[n]))) + Lambda * Dot(u, u);
        return (Along(u => Gradient(a => -Loss(a), u), w, direction),
            Times(-net.Sum(n => Weight(n) * Dot(net.X[n], net.X[n])) - Lambda, direction),
            Plus(net.Sum(n => Times(-Weight(n) * Dot(net.X[n], direction), net.X[n])), Times(-2 * Lambda, direction)));
    }

    // Labels are the outputs, so that E = 0.
    private static (double[] Truth, double[] Printed, double[] Corrected) SquareAtZeroLoss(Random random)
    {
        var net = new TinyNetwork(random);
        var direction = Draw(random, net.W.Length);
        double[] y = [.. net.X.Select((_, n) => net.Output(net.W, n))];
        return Right(Along(w => Gradient(u => -net.Sum(n => Math.Pow(y[n] - net.Output(u, n), 2)), w), net.W, direction),
            net.Sum(n => Times(-2 * Dot(net.OutputGradient(net.W, n), direction), net.OutputGradient(net.W, n))));
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) SquareDecay(Random random)
    {
        var net = new TinyNetwork(random);
        var direction = Draw(random, net.W.Length);
        double Loss(double[] w) => net.Sum(n => Math.Pow(net.Y[n] - net.Output(w, n), 2)) + Lambda * Dot(w, w);
        var outer = net.Sum(n => Times(-2 * Dot(net.OutputGradient(net.W, n), direction), net.OutputGradient(net.W, n)));
        var bent = net.Sum(n => Times(2 * (net.Y[n] - net.Output(net.W, n)), Bend(net, net.W, n, direction)));
        return (Along(w => Gradient(u => -Loss(u), w), net.W, direction), Plus(outer, Times(-Lambda, direction)),
            Plus(Plus(outer, bent), Times(-2 * Lambda, direction)));
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) ExponentialDecay(Random random)
    {
        var net = new TinyNetwork(random);
        var direction = Draw(random, net.W.Length);
        double[] G(double[] w) => net.Sum(n => Times(net.Y[n] * Math.Exp(-net.Y[n] * net.Output(w, n)), net.OutputGradient(w, n)));
        var moved = Along(G, net.W, direction);
        return (Along(w => Gradient(u => -net.Exponential(u) - Lambda * Dot(u, u), w), net.W, direction),
            Plus(moved, Times(-Lambda, direction)), Plus(moved, Times(-2 * Lambda, direction)));
    }

    // All weights as one vector, y absorbed.
    private static (double[] Truth, double[] Printed, double[] Corrected) OneVector(Random random)
    {
        var net = new TinyNetwork(random, oneSign: true);
        var direction = Draw(random, net.W.Length);
        var form = net.Sum(n => Times(Math.Exp(-net.Output(net.W, n)),
            Plus(Times(Dot(net.OutputGradient(net.W, n), direction), net.OutputGradient(net.W, n)),
                Times(-1, Bend(net, net.W, n, direction)))));
        return Right(Along(w => Gradient(net.Exponential, w), net.W, direction), form);
    }

    // f = tanh(w·x), whose bend may vanish: the 1 gives the scale.
    private static (double[] Truth, double[] Printed, double[] Corrected) OneNonlinearity(Random random)
    {
        double[] w = Draw(random, 3), x = Draw(random, 3), direction = Draw(random, 3);
        var f = Math.Tanh(Dot(w, x));
        return Right([.. Along(u => Gradient(a => Math.Tanh(Dot(a, x)), u), w, direction), 1],
            [.. Times(-2 * f * (1 - f * f) * Dot(x, direction), x), 1]);
    }

    // f = W_2 tanh(W_1·x), W_2 a number: the blocks (1,1), (1,2), (2,1), (2,2).
    private static (double[] Truth, double[] Printed, double[] Corrected) TwoScalarLayers(Random random)
    {
        double[] w = Draw(random, 4), x = Draw(random, 3), direction = Draw(random, 4);
        var s = Math.Tanh(Dot(w[..3], x));
        double slope = 1 - s * s, bend = -2 * s * slope;
        double[] Form(double[] d) =>
            [.. Plus(Times(Dot(x, d[..3]) * w[3] * bend, x), Times(d[3] * slope, x)), slope * Dot(x, d[..3])];
        return Right(Along(u => Gradient(a => a[3] * Math.Tanh(Dot(a[..3], x)), u), w, direction), Form(direction));
    }

    // W_1, W_2 and x numbers: Σ[(W_2, W_1)(W_2, W_1)ᵀx² − y(0 1; 1 0)x] e^{−yW_2W_1x}.
    private static (double[] Truth, double[] Printed, double[] Corrected) TwoLinearLayers(Random random)
    {
        double[] w = Draw(random, 2), x = Draw(random, 4), d = Draw(random, 2);
        double Y(int n) => n % 2 == 0 ? 1 : -1;
        double Loss(double[] u) => x.Select((a, n) => Math.Exp(-Y(n) * u[0] * u[1] * a)).Sum();
        double[] Form(int n)
        {
            var outer = Times((w[1] * d[0] + w[0] * d[1]) * x[n] * x[n], [w[1], w[0]]);
            return Times(Math.Exp(-Y(n) * w[0] * w[1] * x[n]), Plus(outer, Times(-Y(n) * x[n], [d[1], d[0]])));
        }
        return Right(Along(u => Gradient(Loss, u), w, d), x.Select((_, n) => Form(n)).Aggregate(Plus));
    }

    // The flow of T3b eq. 49 with one multiplier a layer; the print has one for all blocks.
    private static (double[] Truth, double[] Printed, double[] Corrected) Penalties(Random random)
    {
        var net = new TinyNetwork(random, oneSign: true);
        var direction = Draw(random, net.W.Length);
        double[] multipliers = [-2 * Lambda, -4 * Lambda];
        double[] Flow(double[] u) => Plus(Gradient(a => -net.Sum(n => Math.Exp(-Rho * net.Output(a, n))), u), Scaled(u, multipliers));
        var inner = Inner(net, net.W, direction);
        return (Along(Flow, net.W, direction), Plus(inner, Times(multipliers[0], direction)), Plus(inner, Scaled(direction, multipliers)));
    }

    // The same with the multipliers of the spheres, λ_k = ½ρ Σ e^{−ρf}f, which are one number for all layers.
    private static (double[] Truth, double[] Printed, double[] Corrected) Multipliers(Random random)
    {
        var net = new TinyNetwork(random, oneSign: true);
        var (v, direction) = (Normalize(net.W).V, Draw(random, net.W.Length));
        var lambda = Rho / 2 * net.Sum(n => Math.Exp(-Rho * net.Output(v, n)) * net.Output(v, n));
        double[] Flow(double[] u) => Plus(Gradient(a => -net.Sum(n => Math.Exp(-Rho * net.Output(a, n))), u), Times(-2 * lambda, u));
        return Right(Along(Flow, v, direction), Plus(Inner(net, v, direction), Times(-2 * lambda, direction)));
    }

    // Σ[−ρ² ∇f ∇fᵀ + ρ ∂²f] e^{−ρf} along a direction.
    private static double[] Inner(TinyNetwork net, double[] v, double[] direction) => net.Sum(n => Times(
        Math.Exp(-Rho * net.Output(v, n)), Plus(
            Times(-Rho * Rho * Dot(net.OutputGradient(v, n), direction), net.OutputGradient(v, n)),
            Times(Rho, Bend(net, v, n, direction)))));

    private static (double[] Truth, double[] Printed, double[] Corrected) OneWeight(Random random)
    {
        double a = 0.5 + random.NextDouble(), b = 0.5 + random.NextDouble(), w = random.NextDouble();
        return Right(Along(u => Gradient(c => -Math.Exp(a * c[0]) - Math.Exp(-b * c[0]), u), [w], [1]),
            [-a * a * Math.Exp(a * w) - b * b * Math.Exp(-b * w)]);
    }

    // H·δ with δ in the first layer, 6 weights, and orthogonal to the 5 gradients: N_1N_0 > n·min(N_1, N_2). The 1 gives the scale.
    private static (double[] Truth, double[] Printed, double[] Corrected) WideLayer(Random random)
    {
        var net = new TinyNetwork(random);
        double[] y = [.. net.X.Select((_, n) => net.Output(net.W, n))], direction = Draw(random, Split);
        List<double[]> basis = [];
        foreach (var gradient in net.X.Select((_, n) => net.OutputGradient(net.W, n)[..Split]))
        {
            var rest = basis.Aggregate(gradient, Projection);
            if (Norm(rest, 2) > 1e-6) basis.Add(Unit(basis.Aggregate(Unit(rest), Projection)));
        }
        double[] along = [.. Unit(basis.Aggregate(basis.Aggregate(direction, Projection), Projection)), 0, 0];
        return Right([.. new double[net.W.Length], 1],
            [.. Along(w => Gradient(u => net.Sum(n => Math.Pow(y[n] - net.Output(u, n), 2)), w), net.W, along), 1]);
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) SquareHessian(Random random)
    {
        var net = new TinyNetwork(random);
        var direction = Draw(random, net.W.Length);
        return Right(Along(w => Gradient(u => net.Sum(n => Math.Pow(net.Y[n] - net.Output(u, n), 2)), w), net.W, direction),
            net.Sum(n => Times(2, Plus(Times(Dot(net.OutputGradient(net.W, n), direction), net.OutputGradient(net.W, n)),
                Times(net.Output(net.W, n) - net.Y[n], Bend(net, net.W, n, direction))))));
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) ExponentialHessian(Random random)
    {
        var (truth, form, _) = Exponential(random);
        return Right(Times(-1, truth), Times(-1, form));
    }

    // The linear network on x'_n = ∇f(x_n), anywhere, against the deep one at zero loss.
    private static (double[] Truth, double[] Printed, double[] Corrected) VirtualData(Random random)
    {
        var net = new TinyNetwork(random);
        var direction = Draw(random, net.W.Length);
        double[] y = [.. net.X.Select((_, n) => net.Output(net.W, n))], anywhere = Draw(random, net.W.Length);
        double[][] virtualData = [.. net.X.Select((_, n) => net.OutputGradient(net.W, n))];
        return Right(Along(w => Gradient(u => net.Sum(n => Math.Pow(y[n] - net.Output(u, n), 2)), w), net.W, direction),
            Along(w => Gradient(u => net.Sum(n => Math.Pow(y[n] - Dot(u, virtualData[n]), 2)), w), anywhere, direction));
    }

    // Σ e^{−ρv·x} + λ(‖v‖² − 1) of one layer: with 2λ, and with λ put in.
    private static EquationTrial WithMultiplier(bool putIn) => random =>
    {
        var net = new TinyNetwork(random, oneSign: true);
        double[] v = Unit(Draw(random, 3)), direction = Draw(random, 3);
        double Weight(int n) => Math.Exp(-Rho * Dot(v, net.X[n]));
        var lambda = Rho / 2 * net.Sum(n => Weight(n) * Dot(v, net.X[n]));
        double Loss(double[] u) => net.Sum(n => Math.Exp(-Rho * Dot(u, net.X[n]))) + lambda * (Dot(u, u) - 1);
        var outer = net.Sum(n => Times(Rho * Rho * Weight(n) * Dot(net.X[n], direction), net.X[n]));
        return Right(Along(u => Gradient(Loss, u), v, direction), Plus(outer, putIn
            ? net.Sum(n => Times(Rho * Weight(n) * Dot(v, net.X[n]), direction)) : Times(2 * lambda, direction)));
    };

    // ∂²f(x_n)/∂W² times a direction.
    private static double[] Bend(TinyNetwork net, double[] w, int n, double[] direction) =>
        Along(u => net.OutputGradient(u, n), w, direction);
}
