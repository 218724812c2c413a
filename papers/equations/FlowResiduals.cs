using static Rhoflow.Papers.Equations.EquationResiduals;
using static Rhoflow.Papers.Equations.TinyNetwork;

namespace Rhoflow.Papers.Equations;

/// <summary>Trials of flows and steps under the exponential loss, and of what moves by them.</summary>
internal static class FlowResiduals
{
    private const double Rho = 1.3, Lambda = 0.7;

    /// <summary>By id.</summary>
    public static IReadOnlyDictionary<string, EquationTrial> All { get; } = new Dictionary<string, EquationTrial>(StringComparer.Ordinal)
    {
        ["T3.8"] = Descent,
        ["T3.17"] = Descent,
        ["T3.51"] = Descent,
        ["T3.58"] = Descent,
        ["T3b.6"] = Descent,
        ["T3b.31"] = Descent,
        ["T3b.37"] = Descent,
        ["PNAS.3"] = Descent,
        ["PNAS.17"] = Descent,
        ["T3.10"] = FixedNorm,
        ["PNAS.5"] = FixedNorm,
        ["T3.22"] = Lagrange,
        ["SQ.46"] = Lagrange,
        ["T3.43"] = LabelledNorms,
        ["T3.66"] = FixedNorms,
        ["PNAS.10"] = LagrangeNorms,
        ["T3.23"] = OneLayer,
        ["T3.26"] = OneLayer,
        ["T3b.21"] = OneLayer,
        ["T3b.61"] = OneLayer,
        ["T3.24"] = OneLayerNorm,
        ["T3.25"] = OneLayerDirection,
        ["T3.27"] = OneWeight,
        ["T3b.62"] = OneWeight,
        ["T3.30"] = Boltzmann,
        ["T3.45"] = StepWithMultiplier,
        ["T3.48"] = StepOnTheSphere,
        ["T3.50"] = TangentGradient,
        ["T3.62"] = TwoLayers,
        ["T3b.54"] = TwoLayers,
        ["T3.81"] = ScaledNorm,
        ["T3b.49"] = Penalties,
    };

    // −∂L/∂W by differences of the loss; ∂f/∂W by differences of the outputs.
    private static (double[] Truth, double[] Printed, double[] Corrected) Descent(Random random)
    {
        var net = new TinyNetwork(random, relu: true);
        return Right(Gradient(w => -net.Exponential(w), net.W),
            net.Sum(n => Times(net.Y[n] * Math.Exp(-net.Y[n] * net.Output(net.W, n)), net.OutputGradient(net.W, n))));
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) FixedNorm(Random random)
    {
        var net = new TinyNetwork(random, oneSign: true, relu: true);
        var v = Normalize(net.W).V;
        return Right(Tangent(Gradient(w => -net.Sum(n => Math.Exp(-Rho * net.Output(w, n))), v), v), Directions(net, v, Rho));
    }

    // −∂L/∂ρ_k and the tangential part of −∂L/∂V_k of L(ρ_1V_1, ρ_2V_2).
    private static (double[] Truth, double[] Printed, double[] Corrected) Lagrange(Random random)
    {
        var net = new TinyNetwork(random, relu: true);
        var (v, rho) = Normalize(net.W);
        return Right(
            [
                .. Gradient(r => -net.Exponential(Scaled(v, r)), rho),
                .. Tangent(Gradient(u => -net.Exponential(Scaled(u, rho)), v), v),
            ],
            [.. NormRates(net, v, rho), .. Directions(net, v, rho[0] * rho[1])]);
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) LagrangeNorms(Random random)
    {
        var net = new TinyNetwork(random, oneSign: true, relu: true);
        var (v, rho) = Normalize(net.W);
        return Right(Gradient(r => -net.Exponential(Scaled(v, r)), rho), NormRates(net, v, rho));
    }

    // Labels of both signs: Σ (ρ/ρ_k) e^{−ρyf} f without y_n before f, and with it.
    private static (double[] Truth, double[] Printed, double[] Corrected) LabelledNorms(Random random)
    {
        var net = new TinyNetwork(random, relu: true);
        var (v, rho) = Normalize(net.W);
        var product = rho[0] * rho[1];
        double[] printed = [.. rho.Select(r => product / r
            * net.Sum(n => Math.Exp(-product * net.Y[n] * net.Output(v, n)) * net.Output(v, n)))];
        return (Gradient(r => -net.Exponential(Scaled(v, r)), rho), printed, NormRates(net, v, rho));
    }

    // ρ Σ e^{−ρf} ∂f/∂V_k − 2λ_kV_k with λ_k = ½ρ Σ e^{−ρf}f.
    private static (double[] Truth, double[] Printed, double[] Corrected) FixedNorms(Random random)
    {
        var net = new TinyNetwork(random, oneSign: true, relu: true);
        var v = Normalize(net.W).V;
        double Weight(int n) => Math.Exp(-Rho * net.Output(v, n));
        var lambda = Rho / 2 * net.Sum(n => Weight(n) * net.Output(v, n));
        return Right(Tangent(Gradient(u => -net.Sum(n => Math.Exp(-Rho * net.Output(u, n))), v), v),
            Plus(net.Sum(n => Times(Rho * Weight(n), net.OutputGradient(v, n))), Times(-2 * lambda, v)));
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) OneLayer(Random random)
    {
        var net = new TinyNetwork(random);
        var w = Draw(random, 3);
        return Right(Gradient(u => -net.Sum(n => Math.Exp(-net.Y[n] * Dot(u, net.X[n]))), w),
            net.Sum(n => Times(net.Y[n] * Math.Exp(-net.Y[n] * Dot(w, net.X[n])), net.X[n])));
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) OneLayerNorm(Random random)
    {
        var net = new TinyNetwork(random, oneSign: true);
        var v = Unit(Draw(random, 3));
        return Right(Gradient(r => -net.Sum(n => Math.Exp(-r[0] * Dot(v, net.X[n]))), [Rho]),
            [net.Sum(n => Math.Exp(-Rho * Dot(v, net.X[n])) * Dot(v, net.X[n]))]);
    }

    // −2λv inside the sum, as the closing bracket has it, and outside; λ = ½ρ Σ e^{−ρv·x} v·x.
    private static (double[] Truth, double[] Printed, double[] Corrected) OneLayerDirection(Random random)
    {
        var net = new TinyNetwork(random, oneSign: true);
        var v = Unit(Draw(random, 3));
        var pull = net.Sum(n => Times(Rho * Math.Exp(-Rho * Dot(v, net.X[n])), net.X[n]));
        var lambda = Dot(pull, v) / 2;
        return (Projection(Gradient(u => -net.Sum(n => Math.Exp(-Rho * Dot(u, net.X[n]))), v), v),
            Plus(pull, Times(-2 * lambda * net.X.Length, v)), Plus(pull, Times(-2 * lambda, v)));
    }

    // One weight between two examples; the second number is the velocity at the rest of the text, added to 1.
    private static (double[] Truth, double[] Printed, double[] Corrected) OneWeight(Random random)
    {
        var (a, b) = (0.5 + random.NextDouble(), 0.5 + random.NextDouble());
        var w = random.NextDouble();
        var rest = Math.Log(b / a) / (a + b);
        double Velocity(double u) => -a * Math.Exp(a * u) + b * Math.Exp(-b * u);
        return Right([Gradient(u => -Math.Exp(a * u[0]) - Math.Exp(-b * u[0]), [w])[0], 1], [Velocity(w), 1 + Velocity(rest)]);
    }

    // A density at rest under dW = −∇L dt + √(2T) dB: T Δp = −∇·(p∇L).
    private static (double[] Truth, double[] Printed, double[] Corrected) Boltzmann(Random random)
    {
        const double temperature = 0.6;
        var (a, b) = (0.5 + random.NextDouble(), 0.5 + random.NextDouble());
        double Loss(double w) => Math.Exp(a * w) + Math.Exp(-b * w);
        double Density(double w) => Math.Exp(-Loss(w) / temperature);
        double Slope(Func<double, double> f, double w) => Gradient(u => f(u[0]), [w])[0];
        var w = random.NextDouble();
        return Right([temperature * Slope(u => Slope(Density, u), w)], [-Slope(u => Density(u) * Slope(Loss, u), w)]);
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) StepWithMultiplier(Random random)
    {
        var (v, g, lambda) = LineResiduals.Step(random);
        return Right([1], [Norm(Plus(Plus(v, g), Times(-2 * lambda, v)), 2)]);
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) StepOnTheSphere(Random random)
    {
        var (v, g, _) = LineResiduals.Step(random);
        var alpha = Math.Sqrt(1 - Dot(g, g) + Math.Pow(Dot(v, g), 2)) - Dot(v, g);
        return Right([1], [Norm(Plus(Times(alpha, v), g), 2)]);
    }

    // ‖u‖_3 does not move along h = Sg: its derivatives along g and along g − h agree.
    private static (double[] Truth, double[] Printed, double[] Corrected) TangentGradient(Random random)
    {
        double[] u = Draw(random, 4), g = Draw(random, 4);
        var v = Gradient(static x => Norm(x, 3), u);
        var rest = Times(Dot(v, g) / Dot(v, v), v);
        return Right(Along(static x => [Norm(x, 3)], u, g), Along(static x => [Norm(x, 3)], u, rest));
    }

    // γ̇ = f²r² and rṙ = 2 log γ/γ.
    private static (double[] Truth, double[] Printed, double[] Corrected) TwoLayers(Random random)
    {
        double[] rho = [0.5 + random.NextDouble(), 0.5 + random.NextDouble()];
        var f = 0.5 + random.NextDouble();
        var rate = Gradient(r => -Math.Exp(-f * r[0] * r[1]), rho);
        var (square, gamma) = (Dot(rho, rho), Math.Exp(f * rho[0] * rho[1]));
        return Right(Along(r => [Math.Exp(f * r[0] * r[1]), Dot(r, r) / 2], rho, rate), [f * f * square, 2 * Math.Log(gamma) / gamma]);
    }

    // Descent of w = ρv on Σ e^{−αw·x}, seen in the direction.
    private static (double[] Truth, double[] Printed, double[] Corrected) ScaledNorm(Random random)
    {
        var net = new TinyNetwork(random, oneSign: true);
        var (w, alpha) = (Draw(random, 3), 0.3 + random.NextDouble());
        var (v, rho) = (Unit(w), Norm(w, 2));
        return Right(Along(Unit, w, Gradient(u => -net.Sum(n => Math.Exp(-alpha * Dot(u, net.X[n]))), w)),
            Times(alpha / rho, net.Sum(n => Times(Math.Exp(-alpha * rho * Dot(v, net.X[n])), Projection(net.X[n], v)))));
    }

    // −∂/∂V_k of Σ e^{−ρf̃} + Σ λ_k(‖V_k‖² − 1), V_k of any norm.
    private static (double[] Truth, double[] Printed, double[] Corrected) Penalties(Random random)
    {
        var net = new TinyNetwork(random, oneSign: true, relu: true);
        double Loss(double[] u) => net.Sum(n => Math.Exp(-Rho * net.Output(u, n)));
        double Penalty(double[] u) => Lambda * (Dot(u[..Split], u[..Split]) - 1) + 2 * Lambda * (Dot(u[Split..], u[Split..]) - 1);
        var pull = net.Sum(n => Times(Rho * Math.Exp(-Rho * net.Output(net.W, n)), net.OutputGradient(net.W, n)));
        return Right(Gradient(u => -Loss(u) - Penalty(u), net.W), Plus(pull, Scaled(net.W, [-2 * Lambda, -4 * Lambda])));
    }

    // (ρ/ρ_k) Σ e^{−ρyf} y f.
    private static double[] NormRates(TinyNetwork net, double[] v, double[] rho)
    {
        var product = rho[0] * rho[1];
        return [.. rho.Select(r => product / r
            * net.Sum(n => Math.Exp(-product * net.Y[n] * net.Output(v, n)) * net.Y[n] * net.Output(v, n)))];
    }

    // ρ Σ y e^{−ρyf}(∂f/∂V_k − V_kf).
    private static double[] Directions(TinyNetwork net, double[] v, double rho) => net.Sum(n => Times(
        rho * net.Y[n] * Math.Exp(-rho * net.Y[n] * net.Output(v, n)), Plus(net.OutputGradient(v, n), Times(-net.Output(v, n), v))));
}
