using static Rhoflow.Papers.Equations.EquationResiduals;
using static Rhoflow.Papers.Equations.TinyNetwork;

namespace Rhoflow.Papers.Equations;

/// <summary>
/// Trials of growth and of rates of convergence, and of approximations. Laws for t → ∞ are tried at log t = 1e9 on one example, where
/// gradient flow has the closed form w∥ = log(‖x‖²t + C)/‖x‖ with w⊥ fixed; approximations by the order of their error.
/// </summary>
internal static class RateTrials
{
    private const double LogT = 1e9;

    /// <summary>By id.</summary>
    public static IReadOnlyDictionary<string, EquationTrial> All { get; } = new Dictionary<string, EquationTrial>(StringComparer.Ordinal)
    {
        ["T3.25d"] = EqualRates(static (net, w) => net.Exponential(w)),
        ["PNAS.22c"] = EqualRates(static (net, w) => net.Exponential(w)),
        ["SQ.25a"] = EqualRates(static (net, w) => net.MeanSquare(w)),
        ["PNAS.12a"] = RatesOfSquares,
        ["PNAS.18b"] = DescentInNormsAndDirections,
        ["T3.25e"] = LogarithmOfTime,
        ["PNAS.22d"] = LogarithmOfTime,
        ["T3.78b"] = NormAndPull,
        ["PNAS.20b"] = NormAndPull,
        ["T3.65c"] = OneLayerGrowth,
        ["T3.65d"] = Integrals,
        ["T3b.4"] = LimitDirection,
        ["T3b.4a"] = LimitOverLogarithm,
        ["T3b.64a"] = FallingRate,
        ["T3.79a"] = DescentRate(-2),
        ["PNAS.21a"] = DescentRate(-2),
        ["T3.79b"] = InverseLogarithm,
        ["T3.80a"] = NormalizationRate,
        ["PNAS.22a"] = NormalizationRate,
        ["T3.80b"] = PowerOfLogarithm,
        ["PNAS.22b"] = PowerOfLogarithm,
        ["T3.57b"] = LossBySupport,
        ["T3.57c"] = PullBySupport(normalized: false),
        ["T3.78"] = PullBySupport(normalized: true),
        ["T3.79"] = LinearizedError,
        ["PNAS.21"] = LinearizedError,
        ["T3.80"] = NearTheLimit,
        ["PNAS.22"] = NearTheLimit,
        ["T3b.47a"] = SmoothedUnit,
    };

    // d‖W_k‖²/dt of the first layer and of the second.
    private static EquationTrial EqualRates(Func<TinyNetwork, double[], double> loss) => random =>
    {
        var net = new TinyNetwork(random, relu: true);
        var rates = Along(static w => ByLayer(w, w, static (a, b) => Dot(a, b)), net.W, Gradient(w => -loss(net, w), net.W));
        return Right([rates[0]], [rates[1]]);
    };

    // 2 Σ yρf̃ e^{−yρf̃} for both layers.
    private static (double[] Truth, double[] Printed, double[] Corrected) RatesOfSquares(Random random)
    {
        var net = new TinyNetwork(random, relu: true);
        var (v, rho) = Normalize(net.W);
        var rate = 2 * net.Sum(n =>
        {
            var margin = net.Y[n] * rho[0] * rho[1] * net.Output(v, n);
            return margin * Math.Exp(-margin);
        });
        return Right(Along(static w => [.. Normalize(w).Rho.Select(static r => r * r)], net.W, Gradient(w => -net.Exponential(w), net.W)),
            [rate, rate]);
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) DescentInNormsAndDirections(Random random)
    {
        var net = new TinyNetwork(random, oneSign: true, relu: true);
        var (v, rho) = Normalize(net.W);
        var product = rho[0] * rho[1];
        double Weight(int n) => Math.Exp(-product * net.Output(v, n));
        var velocity = Gradient(w => -net.Exponential(w), net.W);
        var pull = net.Sum(n => Times(Weight(n), Plus(net.OutputGradient(v, n), Times(-net.Output(v, n), v))));
        return Right([.. Along(static w => Normalize(w).Rho, net.W, velocity), .. Along(static w => Normalize(w).V, net.W, velocity)],
        [
            .. rho.Select(r => product / r * net.Sum(n => Weight(n) * net.Output(v, n))),
            .. Scaled(pull, [product / (rho[0] * rho[0]), product / (rho[1] * rho[1])]),
        ]);
    }

    // ‖w‖/log t, ‖x‖ = 1.
    private static (double[] Truth, double[] Printed, double[] Corrected) LogarithmOfTime(Random random)
    {
        var (along, across) = (ParallelAt(random, 1), random.NextDouble());
        return Right([Math.Sqrt(along * along + across * across) / LogT], [1]);
    }

    // γρ/log t and log e^{−ρv·x}/log t, one example of the margin γ = ‖x‖.
    private static (double[] Truth, double[] Printed, double[] Corrected) NormAndPull(Random random)
    {
        var (w, x) = AtLateTime(random);
        return Right([Norm(x, 2) * Norm(w, 2) / LogT, -Dot(w, x) / LogT], [1, -1]);
    }

    // log R/log t and ρ/log t for f = 1: Ṙ = 1.
    private static (double[] Truth, double[] Printed, double[] Corrected) OneLayerGrowth(Random random)
    {
        var rho = ParallelAt(random, 1);
        var rate = Gradient(r => -Math.Exp(-r[0]), [2])[0] * Math.Exp(2);
        return Right([rate, rho / LogT], [1, 1]);
    }

    // L(b) − L(a), with li(b) − li(a) by Simpson's rule, against the integral of 1/log² z.
    private static (double[] Truth, double[] Printed, double[] Corrected) Integrals(Random random)
    {
        double a = 2 + random.NextDouble(), b = 4 + 3 * random.NextDouble();
        return Right([Integral(static z => 1 / Math.Pow(Math.Log(z), 2), a, b)],
            [Integral(static z => 1 / Math.Log(z), a, b) - b / Math.Log(b) + a / Math.Log(a)]);
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) LimitDirection(Random random)
    {
        var (w, x) = AtLateTime(random);
        return Right(Unit(w), Unit(Times(1 / Dot(x, x), x)));
    }

    // w/log t → w̃ = x/‖x‖², the shortest w with w·x ≥ 1.
    private static (double[] Truth, double[] Printed, double[] Corrected) LimitOverLogarithm(Random random)
    {
        var (w, x) = AtLateTime(random);
        return Right(Times(1 / LogT, w), Times(1 / Dot(x, x), x));
    }

    // ẋ = −γx with γ = a + b sin t, by Runge and Kutta's fourth order.
    private static (double[] Truth, double[] Printed, double[] Corrected) FallingRate(Random random)
    {
        const int steps = 2000;
        double a = 0.5 + random.NextDouble(), b = random.NextDouble(), end = 2, h = end / steps, x = 1;
        double Gamma(double t) => a + b * Math.Sin(t);
        for (var i = 0; i < steps; i++)
        {
            double t = i * h, k1 = -Gamma(t) * x, k2 = -Gamma(t + h / 2) * (x + h / 2 * k1), k3 = -Gamma(t + h / 2) * (x + h / 2 * k2);
            x += h / 6 * (k1 + 2 * k2 + 2 * k3 - Gamma(t + h) * (x + h * k3));
        }
        return Right([x], [Math.Exp(-Integral(Gamma, 0, end))]);
    }

    // t log t · d log|ε|/dt = d log|ε|/d log log t, ε = w⊥/ρ.
    private static EquationTrial DescentRate(double printed) => random =>
    {
        const double logT = 1e5;
        var across = random.NextDouble();
        double LogError(double scale) => Math.Log(across / Math.Sqrt(Math.Pow(logT * scale, 2) + across * across));
        return (Gradient(s => LogError(s[0]), [1]), [printed], [-1]);
    };

    private static (double[] Truth, double[] Printed, double[] Corrected) InverseLogarithm(Random random)
    {
        var rate = DescentRate(0)(random).Truth;
        return Right(rate, Gradient(static s => Math.Log(1 / (1e5 * s[0])), [1]));
    }

    // v̇⊥ of e^{−ρv·x} on the sphere at an angle of 3e-5, ρ = log t.
    private static (double[] Truth, double[] Printed, double[] Corrected) NormalizationRate(Random random)
    {
        const double angle = 3e-5;
        var rho = 1 + random.NextDouble();
        double[] v = [Math.Cos(angle), Math.Sin(angle)];
        return Right([Projection(Gradient(u => -Math.Exp(-rho * u[0]), v), v)[1]], [-rho * Math.Exp(-rho) * v[1]]);
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) PowerOfLogarithm(Random random)
    {
        double t = 2 + 3 * random.NextDouble(), error = Math.Pow(t, -Math.Log(t) / 2);
        return Right(Gradient(static s => Math.Pow(s[0], -Math.Log(s[0]) / 2), [t]), [-Math.Log(t) / t * error]);
    }

    // Two examples at the margin and one beyond it, s = e^{−ρΔ}: the error over the sum.
    private static (double[] Truth, double[] Printed, double[] Corrected) LossBySupport(Random random)
    {
        var (eta, gap) = (0.5 + random.NextDouble(), 0.5 + random.NextDouble());
        return Order(s =>
        {
            var rho = -Math.Log(s) / gap;
            double[] margins = [eta, eta, eta + gap];
            var loss = margins.Sum(m => Math.Exp(-rho * m));
            return (loss - 2 * margins.Max(m => Math.Exp(-rho * m))) / loss;
        }, 0.01, stated: 1);
    }

    // Σ e^{−ρv·x_n} x_n of three examples, two of them at the margin; where T3 eq. 78 has its direction only.
    private static EquationTrial PullBySupport(bool normalized) => random =>
    {
        double[][] x = [.. Enumerable.Range(0, 3).Select(_ => Draw(random, 3))];
        var gap = 0.5 + random.NextDouble();
        double[] margins = [1, 1, 1 + gap];
        for (var n = 0; n < 3; n++) x[n][0] = margins[n];
        double[] v = [1, 0, 0];
        return Order(s =>
        {
            var rho = -Math.Log(s) / gap;
            double[] Pull(int count) => x.Take(count).Select(a =>
                Times(Math.Exp(-rho * (Dot(v, a) - 1)), normalized ? Projection(a, v) : a)).Aggregate(Plus);
            var (all, support) = (Pull(3), Pull(2));
            return normalized ? Norm(Plus(Unit(all), Times(-1, Unit(support))), 2) : Norm(Plus(all, Times(-1, support)), 2) / Norm(all, 2);
        }, 1e-4, stated: 1);
    };

    // v̇ of one example less −(c/ρ)e^{−ρ}ε at a distance ε: of second order for c = 1, of first for the printed 2.
    private static (double[] Truth, double[] Printed, double[] Corrected) LinearizedError(Random random)
    {
        var rho = 1 + random.NextDouble();
        double Miss(double angle, double factor)
        {
            double[] v = [Math.Cos(angle), Math.Sin(angle)], error = [v[0] - 1, v[1]];
            var velocity = Times(Math.Exp(-rho * v[0]) / rho, Projection([1, 0], v));
            return Norm(Plus(velocity, Times(factor * Math.Exp(-rho) / rho, error)), 2);
        }
        return ([2], [ApproximationOrder.Of(a => Miss(a, 2), 0.02)], [ApproximationOrder.Of(a => Miss(a, 1), 0.02)]);
    }

    // ρe^{−ρv·x}(I − vvᵀ)x over ρe^{−ρ}(I − vvᵀ)x, less 1.
    private static (double[] Truth, double[] Printed, double[] Corrected) NearTheLimit(Random random)
    {
        var rho = 1 + random.NextDouble();
        return Order(angle =>
        {
            double[] v = [Math.Cos(angle), Math.Sin(angle)];
            var velocity = Times(rho * Math.Exp(-rho * v[0]), Projection([1, 0], v));
            return Norm(velocity, 2) / Norm(Times(rho * Math.Exp(-rho), Projection([1, 0], v)), 2) - 1;
        }, 0.05, stated: 2);
    }

    // The largest distance from the ReLU, by a search.
    private static (double[] Truth, double[] Printed, double[] Corrected) SmoothedUnit(Random random)
    {
        double Distance(double z, double epsilon) => Math.Abs(Math.Max(0, z) - z / (1 + Math.Exp(-z / (epsilon * epsilon))));
        return Order(epsilon => Enumerable.Range(0, 4000).Max(i => Distance(i / 400.0 * epsilon * epsilon, epsilon)),
            0.05 + 0.1 * random.NextDouble(), stated: 2);
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) Order(Func<double, double> error, double start, double stated) =>
        Right([stated], [ApproximationOrder.Of(error, start)]);

    // w∥ at log t = 1e9: log(‖x‖²t + C)/‖x‖.
    private static double ParallelAt(Random random, double norm) =>
        (LogT + Math.Log(norm * norm + Math.Exp(2 * random.NextDouble() - LogT))) / norm;

    private static (double[] W, double[] X) AtLateTime(Random random)
    {
        var x = Draw(random, 3);
        return (Plus(Times(ParallelAt(random, Norm(x, 2)), Unit(x)), Projection(Draw(random, 3), Unit(x))), x);
    }

    // Simpson's rule.
    private static double Integral(Func<double, double> of, double from, double to)
    {
        const int parts = 2000;
        var h = (to - from) / parts;
        return h / 3 * Enumerable.Range(0, parts + 1).Sum(i => (i == 0 || i == parts ? 1 : i % 2 == 0 ? 2 : 4) * of(from + i * h));
    }
}
