using static Rhoflow.Papers.Equations.TinyNetwork;

namespace Rhoflow.Papers.Equations;

/// <summary>
/// The same trials for lines without a number (T3 eq. 65a), and for equations that an error of a few signs or letters separates from what
/// a small computation gives.
/// </summary>
internal static class LineResiduals
{
    private const double Rho = 1.3, Lambda = 0.7;

    /// <summary>By id.</summary>
    public static IReadOnlyDictionary<string, EquationTrial> All { get; } = new Dictionary<string, EquationTrial>(StringComparer.Ordinal)
    {
        ["T3.16a"] = SupportVectors,
        ["PNAS.14"] = SupportVectors,
        ["T3.21a"] = LagrangeAgainstDescent,
        ["PNAS.18a"] = LagrangeAgainstDescent,
        ["T3.36a"] = AllLayers,
        ["T3.46"] = StepOnTheSphere,
        ["T3.47"] = FactorOfTheStep,
        ["T3.61"] = FirstLayers,
        ["T3.65a"] = TwoLayers,
        ["T3b.57a"] = TwoLayers,
        ["PNAS.19a"] = TwoLayers,
        ["T3.65b"] = ManyLayers,
        ["T3b.57b"] = ManyLayers,
        ["PNAS.19b"] = ManyLayers,
        ["T3.70a"] = Multiplier,
        ["T3b.17"] = LinearDecay(static m => m * m, shifted: true),
        ["T3b.24"] = LinearDecay(static m => Math.Exp(-m), shifted: false),
        ["T3b.24a"] = RegularizedSeparator,
        ["T3b.44a"] = OneNonlinearity,
        ["SQ.3a"] = WeightNormalized,
        ["SQ.5a"] = RestingNorm,
        ["SQ.17a"] = UnitRows,
        ["PNAS.1a"] = ShallowParameters,
    };

    // Two support vectors z_1, z_2 in the plane: w with w·z = 1 at both; v + H_1, v + (α_1H_1 + α_2H_2)/(α_1 + α_2) against v.
    private static (double[] Truth, double[] Printed, double[] Corrected) SupportVectors(Random random)
    {
        double[] a = [1 + random.NextDouble(), random.NextDouble()], b = [random.NextDouble(), 1 + random.NextDouble()];
        var determinant = a[0] * b[1] - a[1] * b[0];
        double[] w = [(b[1] - a[1]) / determinant, (a[0] - b[0]) / determinant];
        double[] v = [.. w.Select(x => x / Norm(w, 2))];
        double first = (w[0] * b[1] - w[1] * b[0]) / determinant, second = (a[0] * w[1] - a[1] * w[0]) / determinant;
        double[] H(double[] z) => [.. z.Select((x, i) => x - v[i] * Dot(v, z))];
        double[] sum = [.. H(a).Zip(H(b), (x, y) => (first * x + second * y) / (first + second))];
        return (v, [.. v.Zip(H(a), (x, h) => x + h)], [.. v.Zip(sum, (x, h) => x + h)]);
    }

    // V̇_k of L(ρV) with both free and ‖V_k‖ kept, against V̇_k of descent on W.
    private static (double[] Truth, double[] Printed, double[] Corrected) LagrangeAgainstDescent(Random random)
    {
        var net = new TinyNetwork(random);
        var (v, rho) = Normalize(net.W);
        var product = rho[0] * rho[1];
        var tangent = Tangent(Gradient(u => -net.Sum(n => Math.Exp(-net.Y[n] * product * net.Output(u, n))), v), v);
        var direction = Along(static w => Normalize(w).V, net.W, Gradient(w => -net.Exponential(w), net.W));
        return (tangent, [.. direction.Select(d => product * product * d)],
            [.. direction.Select((d, i) => Math.Pow(rho[i < Split ? 0 : 1], 2) * d)]);
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) AllLayers(Random random)
    {
        var net = new TinyNetwork(random);
        var alpha = 1.5 + random.NextDouble();
        double[] Outputs(double factor, double outside) =>
            [.. net.X.Select((_, n) => outside * net.Output([.. net.W.Select(x => factor * x)], n))];
        return (Outputs(alpha, 1), Outputs(1, alpha), Outputs(1, alpha * alpha));
    }

    // ‖V + g ± 2λV‖ with the λ for which one of the signs keeps the norm.
    private static (double[] Truth, double[] Printed, double[] Corrected) StepOnTheSphere(Random random)
    {
        var (v, g, lambda) = Step(random);
        double Length(int sign) => Norm(v.Select((x, i) => x + g[i] + sign * 2 * lambda * x), 2);
        return ([1], [Length(1)], [Length(-1)]);
    }

    // α of T3 eq. 48 against 1 ± 2λ.
    private static (double[] Truth, double[] Printed, double[] Corrected) FactorOfTheStep(Random random)
    {
        var (v, g, lambda) = Step(random);
        var alpha = Math.Sqrt(1 - Dot(g, g) + Math.Pow(Dot(v, g), 2)) - Dot(v, g);
        return ([alpha], [1 + 2 * lambda], [1 - 2 * lambda]);
    }

    // λ by bisection of ‖V + g − 2λV‖ = 1, V·g > 0.
    internal static (double[] V, double[] G, double Lambda) Step(Random random)
    {
        double[] w = Draw(random, 4), g = Draw(random, 4);
        double[] v = [.. w.Select(x => x / Norm(w, 2))];
        g = [.. g.Select((x, i) => 0.05 * x + 0.2 * v[i])];
        double low = 0, high = 0.5;
        for (var i = 0; i < 100; i++)
        {
            var middle = (low + high) / 2;
            if (Norm(v.Select((x, j) => x + g[j] - 2 * middle * x), 2) > 1) low = middle;
            else high = middle;
        }
        return (v, g, (low + high) / 2);
    }

    // ρ_kρ̇_k of three independent norms, with the product to k and to K.
    private static (double[] Truth, double[] Printed, double[] Corrected) FirstLayers(Random random)
    {
        double[] rho = [.. Enumerable.Range(0, 3).Select(_ => 1.1 + random.NextDouble())];
        var f = 0.2 + 0.3 * random.NextDouble();
        static double Product(IEnumerable<double> r) => r.Aggregate(1.0, static (a, b) => a * b);
        var rate = Gradient(r => -Math.Exp(-f * Product(r)), rho);
        double[] Form(Func<int, int> last) => [.. rho.Select((_, k) => f * Product(rho.Take(last(k))) * Math.Exp(-Product(rho) * f))];
        return ([.. rho.Select((r, k) => r * rate[k])], Form(static k => k + 1), Form(static _ => 3));
    }

    // d li(R)/dt = Ṙ/log R of two equal layers.
    private static (double[] Truth, double[] Printed, double[] Corrected) TwoLayers(Random random)
    {
        double rho = 0.8 + random.NextDouble(), f = 0.5 + random.NextDouble();
        var rate = -Gradient(r => Math.Exp(-f * r[0] * r[1]), [rho, rho])[0];
        var growth = Along(r => [Math.Exp(f * r[0] * r[0])], [rho], [rate])[0];
        return ([growth / (f * rho * rho)], [4 * f], [2 * f]);
    }

    // dL(R)/dt = Ṙ/log² R of K = 1e10 equal layers, by Ṙ of T3 eq. 61; with α = K², and with α = K (time Kt).
    private static (double[] Truth, double[] Printed, double[] Corrected) ManyLayers(Random random)
    {
        const double k = 1e10;
        double logR = 1 + random.NextDouble(), f = 0.5 + random.NextDouble();
        // log ρ_k = log(log R/f)/K; d log R/dt = log R · K · ρ̇_k/ρ_k, ρ̇_k = fρ^{K−1}e^{−log R}.
        var layer = Math.Log(logR / f) / k;
        var growth = logR * k * logR * Math.Exp(-2 * layer);
        return ([growth / (logR * logR)], [k * k], [k]);
    }

    // λ = ½ρ Σ e^{−ρv·x} v·x where v rests.
    private static (double[] Truth, double[] Printed, double[] Corrected) Multiplier(Random random)
    {
        var net = new TinyNetwork(random, oneSign: true);
        double[][] x = Shifted(net);
        double[] v = [1, 0, 0];
        double[] Pull() => net.Sum(n => [.. x[n].Select(a => Rho * Math.Exp(-Rho * Dot(v, x[n])) * a)]);
        for (var i = 0; i < 800; i++)
        {
            var pull = Pull();
            double[] next = [.. v.Select((a, j) => a + 0.1 * pull[j])];
            v = [.. next.Select(a => a / Norm(next, 2))];
        }
        return ([x.Sum(z => Rho / 2 * Math.Exp(-Rho * Dot(v, z)) * Dot(v, z))],
            [Math.Sqrt(x.Sum(z => Math.Exp(2 * Rho * Dot(v, z)) * Rho * Rho * Dot(z, z)))], [Norm(Pull(), 2) / 2]);
    }

    // ẇ = −∇(Σ ℓ + λ|w|²) of one linear layer.
    private static EquationTrial LinearDecay(Func<double, double> loss, bool shifted) => random =>
    {
        var net = new TinyNetwork(random);
        var w = Draw(random, 3);
        double Loss(double[] u) => net.Sum(n => loss(shifted ? net.Y[n] - Dot(u, net.X[n]) : net.Y[n] * Dot(u, net.X[n])));
        var descent = Gradient(u => -Loss(u), w);
        double[] Form(double decay) => [.. descent.Select((d, i) => d - decay * w[i])];
        return (Gradient(u => -Loss(u) - Lambda * Dot(u, u), w), Form(Lambda), Form(2 * Lambda));
    };

    // The minimum of Σ e^{−w·x} + λ|w|² by descent; w = Σ k_n x_n with k of the two forms.
    private static (double[] Truth, double[] Printed, double[] Corrected) RegularizedSeparator(Random random)
    {
        var net = new TinyNetwork(random, oneSign: true);
        double[][] x = Shifted(net);
        double[] w = [0, 0, 0], k = [.. x.Select(static _ => 0.5)], printed = [.. k];
        double[] Combined(double[] factors) => net.Sum(n => [.. x[n].Select(a => factors[n] * a)]);
        double[] Slope() => [.. Combined([.. x.Select(z => -Math.Exp(-Dot(w, z)))]).Zip(w, static (g, a) => g + 2 * Lambda * a)];
        var all = Combined([.. x.Select(static _ => 1.0)]);
        for (var i = 0; i < 800; i++)
        {
            w = [.. w.Zip(Slope(), static (a, g) => a - 0.05 * g)];
            var mixed = Combined(k);
            k = [.. k.Select((old, n) => old + 0.05 * (Math.Exp(-Dot(x[n], mixed)) / (2 * Lambda) - old))];
            printed = [.. printed.Select((old, n) => old + 0.05 * (Math.Exp(-old * Dot(x[n], all)) / Lambda - old))];
        }
        return (w, Combined(printed), Combined(k));
    }

    // d²/dw² of e^{−y f(wx)} with f = tanh, y = −1, over x²e^{−yf}; it may vanish, so the 1 gives the scale.
    private static (double[] Truth, double[] Printed, double[] Corrected) OneNonlinearity(Random random)
    {
        double x = 0.5 + random.NextDouble(), w = 0.3 + random.NextDouble(), m = w * x;
        double f = Math.Tanh(m), slope = 1 - f * f, bend = -2 * f * slope;
        double Slope(double u) => Along(static p => [Math.Exp(Math.Tanh(p[0] * p[1]))], [u, x], [1, 0])[0];
        var curvature = Along(p => [Slope(p[0])], [w], [1])[0];
        return ([curvature / (x * x * Math.Exp(f)), 1], [slope * slope - bend, 1], [slope * slope + bend, 1]);
    }

    // −∂L/∂V_k at ρ_kV_k, projected, against ρSẆ and ρ_kS_kẆ_k.
    private static (double[] Truth, double[] Printed, double[] Corrected) WeightNormalized(Random random)
    {
        var net = new TinyNetwork(random);
        var (v, rho) = Normalize(net.W);
        double[] Weights(double[] u) => [.. u.Select((x, i) => rho[i < Split ? 0 : 1] * x)];
        var tangent = Tangent(Gradient(w => -net.MeanSquare(w), net.W), v);
        return (Tangent(Gradient(u => -net.MeanSquare(Weights(u)), v), v), [.. tangent.Select(t => rho[0] * rho[1] * t)],
            [.. tangent.Select((t, i) => rho[i < Split ? 0 : 1] * t)]);
    }

    // Σ ℓ_n f_n at the ρ of SQ eq. 7.
    private static (double[] Truth, double[] Printed, double[] Corrected) RestingNorm(Random random)
    {
        double[] f = [.. Draw(random, 4).Select(Math.Abs)];
        var rho = f.Sum() / (Lambda + Dot(f, f));
        var sum = f.Sum(a => (rho * a - 1) * a);
        return ([sum], [0], [-Lambda * rho]);
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) UnitRows(Random random)
    {
        var rows = 3 + random.Next(5);
        double[] matrix = [.. Enumerable.Range(0, rows).Select(_ => Draw(random, 4)).SelectMany(static r => r.Select(x => x / Norm(r, 2)))];
        return ([Norm(matrix, 2)], [rows], [Math.Sqrt(rows)]);
    }

    // “∼” for n → ∞: n = 1e9.
    private static (double[] Truth, double[] Printed, double[] Corrected) ShallowParameters(Random random)
    {
        const double n = 1e9;
        var units = 2 + random.Next(100);
        return ([(n + 2) * units], [n], [n * units]);
    }

    // Examples with inner products above 0.
    private static double[][] Shifted(TinyNetwork net) =>
        [.. net.X.Select(static z => z.Select(static (a, i) => a + (i == 0 ? 1 : 0)).ToArray())];
}
