using static Rhoflow.Papers.Equations.TinyNetwork;

namespace Rhoflow.Papers.Equations;

/// <summary>
/// How far the two forms of an equation miss what differences of the loss give on a random instance: the largest difference over the
/// largest number, so about 1e-9 where a form is right. Of a bound it is how far that is broken, of an approximation how far the order of
/// the error misses the stated one.
/// </summary>
/// <param name="Printed">Of the equation as printed; infinite where its products have no shape, so that it has no value.</param>
/// <param name="Corrected">Of the corrected equation.</param>
public readonly record struct EquationResidual(double Printed, double Corrected);

/// <summary>
/// What holds on a random instance, and what the print and its correction give there; nothing where the print has no value.
/// </summary>
internal delegate (double[] Truth, double[] Printed, double[] Corrected) EquationTrial(Random random);

/// <summary>
/// Tries the equations that a number can decide, on <see cref="TinyNetwork"/> or a few numbers. Here are those whose correction is more
/// than a sign; the others stand by what they are about.
/// </summary>
internal static class EquationResiduals
{
    private const double Rho = 1.3, Lambda = 0.7;

    private static readonly Dictionary<string, EquationTrial> s_trials = All(
        LineResiduals.All, LayerResiduals.All, FlowResiduals.All, SquareLossResiduals.All, RestResiduals.All, JacobianResiduals.All,
        MarginResiduals.All, RestTrials.All, DirectionTrials.All, NetworkTrials.All, RateTrials.All, BoundTrials.All, ConjugacyTrials.All,
        new Dictionary<string, EquationTrial>(StringComparer.Ordinal)
        {
            ["T3.14"] = Constrained,
            ["T3.15"] = Constrained,
            ["PNAS.11"] = Constrained,
            ["T3.20"] = NormsUnderDescent,
            ["T3.44"] = Penalized,
            ["T3.54"] = Chain,
            ["SQ.14"] = Chain,
            ["T3.56"] = BatchNormalization,
            ["SQ.16"] = BatchNormalization,
            ["T3.63"] = EqualLayers(0),
            ["T3b.55"] = EqualLayers(0),
            ["T3.64"] = EqualLayers(1),
            ["T3b.56"] = EqualLayers(1),
            ["T3.65"] = EqualLayers(2),
            ["T3b.57"] = EqualLayers(2),
            ["PNAS.19"] = EqualLayers(2),
            ["T3.73"] = PNorms,
            ["T3.76"] = OneLayer,
            ["PNAS.20"] = OneLayer,
            ["T3b.8"] = Decay,
            ["T3b.33"] = Decay,
            ["T3b.15"] = LinearJacobian(0),
            ["T3b.18"] = LinearJacobian(Lambda),
            ["T3b.43"] = Direction,
            ["T3b.50"] = FreeNorms,
            ["T3b.51"] = FreeNorms,
            ["T3b.53"] = UnequalLayers,
            ["T3b.60"] = CrossEntropy,
            ["SQ.23"] = SquareDirections,
            ["SQ.26"] = SquareNorms,
            ["SQ.27"] = SquareEqualLayers,
            ["SQ.57"] = Diagonal,
        });

    private static Dictionary<string, EquationTrial> All(params IEnumerable<IReadOnlyDictionary<string, EquationTrial>> parts) =>
        parts.SelectMany(static p => p).ToDictionary(StringComparer.Ordinal);

    /// <summary>A form that is right as it is printed, beside what it is to give.</summary>
    public static (double[] Truth, double[] Printed, double[] Corrected) Right(double[] truth, double[] form) => (truth, form, form);

    /// <summary>The equations that are tried.</summary>
    public static IReadOnlyCollection<string> Tried => s_trials.Keys;

    /// <summary>The residuals of an equation; null where it is not tried.</summary>
    public static EquationResidual? Of(Equation equation, int seed = 1)
    {
        if (!s_trials.TryGetValue(equation.Id, out var trial)) return null;
        var (truth, printed, corrected) = trial(new Random(seed));
        var size = truth.Max(Math.Abs);
        return new EquationResidual(Miss(printed), Miss(corrected));

        double Miss(double[] form) => form.Length == 0 ? double.PositiveInfinity : form.Zip(truth, (a, b) => Math.Abs(a - b)).Max() / size;
    }

    // V̇_k = S_k(−∂L/∂V_k) at fixed ρ, y_n = 1.
    private static (double[] Truth, double[] Printed, double[] Corrected) Constrained(Random random)
    {
        var net = new TinyNetwork(random, oneSign: true);
        var v = Normalize(net.W).V;
        double[] Form(int sign) => net.Sum(n =>
        {
            var (f, gradient) = (net.Output(v, n), Gradient(w => net.Output(w, n), v));
            return [.. gradient.Select((g, i) => Rho * Math.Exp(-Rho * f) * (g + sign * v[i] * f))];
        });
        return (Tangent(Gradient(w => -net.Sum(n => Math.Exp(-Rho * net.Output(w, n))), v), v), Form(1), Form(-1));
    }

    // ρ̇_k = V_kᵀẆ_k with Ẇ = −∇L.
    private static (double[] Truth, double[] Printed, double[] Corrected) NormsUnderDescent(Random random)
    {
        var net = new TinyNetwork(random);
        var (v, rho) = Normalize(net.W);
        var product = rho[0] * rho[1];
        var velocity = Gradient(w => -net.Exponential(w), net.W);
        double[] Form(Func<double, double, double> term) =>
            [.. rho.Select(r => product / r * net.Sum(n => term(net.Y[n], net.Output(v, n))))];
        return ([.. Layers.Select(l => Dot(v[l.Start..(l.Start + l.Length)], velocity[l.Start..(l.Start + l.Length)]))],
            Form((y, f) => y * Math.Exp(-product * f) * y * f), Form((y, f) => y * f * Math.Exp(-product * y * f)));
    }

    // V̇ = −∂/∂V (L + λ‖V‖_p^p), p = 3. Where all weights are negative the two forms are one; here the first is positive.
    private static (double[] Truth, double[] Printed, double[] Corrected) Penalized(Random random)
    {
        var net = new TinyNetwork(random, oneSign: true);
        double[] v = [Math.Abs(net.W[0]), .. net.W[1..]];
        double Loss(double[] w) => net.Sum(n => Math.Exp(-Rho * net.Output(w, n)));
        double[] Form(Func<double, double> penalty) => [.. Gradient(Loss, v).Select((g, i) => -g + Lambda * 3 * penalty(v[i]))];
        return (Gradient(w => -Loss(w) - Lambda * w.Sum(static x => Math.Pow(Math.Abs(x), 3)), v), Form(static x => x * x),
            Form(static x => -Math.Sign(x) * x * x));
    }

    // ρ̇ = vᵀẇ for w = ρv.
    private static (double[] Truth, double[] Printed, double[] Corrected) Chain(Random random)
    {
        var net = new TinyNetwork(random);
        var gradient = Gradient(net.Exponential, net.W);
        double[] v = [.. net.W.Select(x => x / Norm(net.W, 2))];
        return (Along(static w => [Norm(w, 2)], net.W, [.. gradient.Select(static g => -g)]), [Dot(v, gradient)], [-Dot(v, gradient)]);
    }

    // ∂x̂/∂x of x̂ = (x − μ)/√(σ² + ε), N = 4, along a random direction.
    private static (double[] Truth, double[] Printed, double[] Corrected) BatchNormalization(Random random)
    {
        double[] x = [.. Draw(random, 4).Select(static (a, i) => i + 0.3 * a)], direction = Draw(random, 4);
        static double[] Normalized(double[] x)
        {
            var mean = x.Average();
            var scale = Math.Sqrt(x.Average(a => (a - mean) * (a - mean)));
            return [.. x.Select(a => (a - mean) / scale)];
        }
        var hat = Normalized(x);
        var deviation = Math.Sqrt(x.Average(a => Math.Pow(a - x.Average(), 2)));
        double[] Form(double mean) => [.. direction.Select((d, i) => (d - mean - hat[i] * Dot(hat, direction) / 4) / deviation)];
        return (Along(Normalized, x, direction), Form(0), Form(direction.Average()));
    }

    // K = 3 equal layers: ρ̇, d e^{ρ^K f}/dt, or Ṙ, each from ρ̇_k = −∂L/∂ρ_k of independent layers.
    private static EquationTrial EqualLayers(int form) => random =>
    {
        var (rho, f, k) = (0.5 + random.NextDouble(), 0.5 + random.NextDouble(), 3);
        var rate = -Gradient(r => Math.Exp(-f * r.Aggregate(1.0, static (a, b) => a * b)), [rho, rho, rho])[0];
        var (logR, growth) = (f * Math.Pow(rho, k), Math.Pow(rho, k - 1));
        var (truth, right) = form switch
        {
            0 => (rate, f * growth * Math.Exp(-logR)),
            1 => (Along(r => [Math.Exp(f * Math.Pow(r[0], k))], [rho], [rate])[0], f * f * k * growth * growth),
            _ => (Along(r => [Math.Exp(f * Math.Pow(r[0], k))], [rho], [rate])[0], k * Math.Pow(f, 2.0 / k) * Math.Pow(logR, 2 - 2.0 / k)),
        };
        return ([truth], [k * right], [right]);
    };

    // Gradient flow seen in the 3-norm and its direction.
    private static (double[] Truth, double[] Printed, double[] Corrected) PNorms(Random random)
    {
        var net = new TinyNetwork(random);
        var (w, velocity) = (net.W, Gradient(x => -net.Exponential(x), net.W));
        var norm = Norm(w, 3);
        double[] nu = [.. w.Select(x => Math.Sign(x) * Math.Pow(Math.Abs(x) / norm, 2))];
        var truth = Along(static x => [.. x.Select(a => a / Norm(x, 3))], w, velocity);
        return (truth, [.. velocity.Select((u, i) => (u - nu[i] * Dot(w, velocity)) / (norm * norm))],
            [.. velocity.Select((u, i) => (u - w[i] / norm * Dot(nu, velocity)) / norm)]);
    }

    // One linear layer: d‖w‖/dt.
    private static (double[] Truth, double[] Printed, double[] Corrected) OneLayer(Random random)
    {
        var net = new TinyNetwork(random, oneSign: true);
        var w = Draw(random, 3);
        var velocity = Gradient(u => -net.Sum(n => Math.Exp(-Dot(u, net.X[n]))), w);
        var rate = net.Sum(n => Math.Exp(-Dot(w, net.X[n])) * Dot(w, net.X[n])) / Norm(w, 2);
        return (Along(static u => [Norm(u, 2)], w, velocity), [rate / Norm(w, 2)], [rate]);
    }

    // Ẇ = −∇(L + λ‖W‖²).
    private static (double[] Truth, double[] Printed, double[] Corrected) Decay(Random random)
    {
        var net = new TinyNetwork(random);
        var descent = Gradient(w => -net.Exponential(w), net.W);
        double[] Form(double lambda) => [.. descent.Select((d, i) => d - lambda * net.W[i])];
        return (Gradient(w => -net.Exponential(w) - Lambda * Dot(w, w), net.W), Form(Lambda), Form(2 * Lambda));
    }

    // The Jacobian of −∇(Σ(y − w·x)² + λ|w|²), along a random direction.
    private static EquationTrial LinearJacobian(double lambda) => random =>
    {
        var net = new TinyNetwork(random);
        var (w, direction) = (Draw(random, 3), Draw(random, 3));
        double Loss(double[] u) => net.Sum(n => Math.Pow(net.Y[n] - Dot(u, net.X[n]), 2)) + lambda * Dot(u, u);
        var product = net.Sum(n => [.. net.X[n].Select(x => x * Dot(net.X[n], direction))]);
        double[] Form(double factor) => [.. product.Select((a, i) => -factor * (a + lambda * direction[i]))];
        return (Along(u => [.. Gradient(Loss, u).Select(static g => -g)], w, direction), Form(1), Form(2));
    };

    // The direction of one layer of weights.
    private static (double[] Truth, double[] Printed, double[] Corrected) Direction(Random random)
    {
        var net = new TinyNetwork(random, oneSign: true);
        var w = Draw(random, 3);
        var norm = Norm(w, 2);
        var velocity = Gradient(u => -net.Sum(n => Math.Exp(-Dot(u, net.X[n]))), w);
        double[] v = [.. w.Select(x => x / norm)];
        var tangent = Projection(net.Sum(n => [.. net.X[n].Select(x => Math.Exp(-norm * Dot(v, net.X[n])) * x)]), v);
        return (Along(static u => [.. u.Select(x => x / Norm(u, 2))], w, velocity), tangent, [.. tangent.Select(t => t / norm)]);
    }

    // d‖V_k‖²/dt under penalties, k = 1.
    private static (double[] Truth, double[] Printed, double[] Corrected) FreeNorms(Random random)
    {
        var net = new TinyNetwork(random, oneSign: true);
        var v = net.W;
        var velocity = Gradient(w => -net.Sum(n => Math.Exp(-Rho * net.Output(w, n))) - Lambda * Dot(w[..Split], w[..Split]), v);
        var rate = Rho * net.Sum(n => Math.Exp(-Rho * net.Output(v, n)) * net.Output(v, n)) - 2 * Lambda * Dot(v[..Split], v[..Split]);
        return (Along(static w => [Dot(w[..Split], w[..Split])], v, velocity), [rate], [2 * rate]);
    }

    // ρ_kρ̇_k of three independent norms.
    private static (double[] Truth, double[] Printed, double[] Corrected) UnequalLayers(Random random)
    {
        double[] rho = [.. Enumerable.Range(0, 3).Select(_ => 0.5 + random.NextDouble())];
        var f = 0.5 + random.NextDouble();
        var product = rho.Aggregate(1.0, static (a, b) => a * b);
        var rate = Gradient(r => -Math.Exp(-f * r.Aggregate(1.0, static (a, b) => a * b)), rho);
        double[] Form(double exponent) => [.. rho.Select(_ => f * product * Math.Exp(-exponent * f))];
        return ([.. rho.Select((r, k) => r * rate[k])], Form(rho.Sum()), Form(product));
    }

    // ∇ of −log softmax(f)_y in f itself, three classes, y = 0.
    private static (double[] Truth, double[] Printed, double[] Corrected) CrossEntropy(Random random)
    {
        var f = Draw(random, 3);
        double[] Form(Func<int, double> weight) => [-weight(1) - weight(2), weight(1), weight(2)];
        return (Gradient(static u => Math.Log(u.Sum(Math.Exp)) - u[0], f), Form(c => 1 / (f.Sum(Math.Exp) - f[c])),
            Form(c => 1 / f.Sum(x => Math.Exp(x - f[c]))));
    }

    // The middle form of the square loss's flow on the spheres.
    private static (double[] Truth, double[] Printed, double[] Corrected) SquareDirections(Random random)
    {
        var net = new TinyNetwork(random);
        var v = Normalize(net.W).V;
        double[] Form(double factor) => net.Sum(n =>
        {
            var (f, gradient) = (net.Output(v, n), Gradient(w => net.Output(w, n), v));
            return [.. gradient.Select((g, i) => 2 * Rho * (Rho * f - net.Y[n]) * (factor * v[i] * f - g))];
        });
        return (Tangent(Gradient(w => -net.Sum(n => Math.Pow(Rho * net.Output(w, n) - net.Y[n], 2)), v), v), Form(2), Form(1));
    }

    // d‖W_1‖²/dt under the mean square loss.
    private static (double[] Truth, double[] Printed, double[] Corrected) SquareNorms(Random random)
    {
        var net = new TinyNetwork(random);
        var velocity = Gradient(w => -net.MeanSquare(w), net.W);
        double Form(Func<double, double, double> term) => 4.0 / net.X.Length * net.Sum(n => term(net.Output(net.W, n), net.Y[n]));
        return (Along(static w => [Dot(w[..Split], w[..Split])], net.W, velocity), [Form(static (g, _) => g * g + g)],
            [Form(static (g, y) => y * g - g * g)]);
    }

    // Three equal layers under the square loss, each norm by itself.
    private static (double[] Truth, double[] Printed, double[] Corrected) SquareEqualLayers(Random random)
    {
        var (rho, f, y) = (0.5 + random.NextDouble(), Draw(random, 4), Draw(random, 4));
        var rate = -Gradient(r => f.Zip(y, (a, b) => Math.Pow(r[0] * r[1] * r[2] * a - b, 2)).Sum(), [rho, rho, rho])[0];
        var right = -2 * rho * rho * (Math.Pow(rho, 3) * Dot(f, f) - Dot(f, y));
        return ([rate], [3 * right], [right]);
    }

    // V_k f̂ − ∂f̂/∂V_k of four diagonal layers at the solutions, added to ∂f̂/∂V_k at the corrected one.
    private static (double[] Truth, double[] Printed, double[] Corrected) Diagonal(Random random)
    {
        double[] x = [.. Draw(random, 3).Select(Math.Abs)];
        var f = 1 / x.Sum(static a => 1 / a);
        double[] right = [.. x.Select(a => Math.Sqrt(f / a))], print = [.. x.Select(a => a / Norm(x, 2))];
        double[] Slope(double[] v) => Gradient(u => u.Select((a, i) => a * v[i] * v[i] * v[i] * x[i]).Sum(), v);
        var truth = Slope(right);
        return (truth, [.. Slope(print).Select((s, i) => truth[i] + print[i] * Norm(x, 2) - s)], [.. right.Select(v => v * f)]);
    }
}
