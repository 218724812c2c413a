using static Rhoflow.Papers.Equations.EquationResiduals;
using static Rhoflow.Papers.Equations.TinyNetwork;

namespace Rhoflow.Papers.Equations;

/// <summary>
/// More trials where a flow rests: multipliers, and what holds of one example alone, which is what the papers ask of every example at once.
/// </summary>
internal static class RestTrials
{
    private const double Rho = 1.3, Lambda = 0.7;

    /// <summary>By id.</summary>
    public static IReadOnlyDictionary<string, EquationTrial> All { get; } = new Dictionary<string, EquationTrial>(StringComparer.Ordinal)
    {
        ["T3.9"] = Multipliers,
        ["PNAS.4"] = Multipliers,
        ["T3.42"] = MultipliersOfNorms,
        ["T3.10a"] = MultiplierOfLayers,
        ["PNAS.5a"] = MultiplierOfLayers,
        ["T3b.51a"] = MultiplierOfLayers,
        ["T3.25a"] = MultiplierOfOneLayer,
        ["SQ.3b"] = SquareMultiplier,
        ["T3.27a"] = OneWeight,
        ["T3b.62a"] = OneWeight,
        ["T3.70c"] = OneLayer(0),
        ["T3.78a"] = OneLayer(1),
        ["PNAS.20a"] = OneLayer(1),
        ["SQ.34a"] = OneLayer(2),
        ["T3b.24b"] = Decay,
        ["T3b.48"] = OneNormLeftOut,
        ["SQ.5b"] = BothAtRest,
        ["SQ.36a"] = MeanOutput,
        ["SQ.39"] = ProjectedExample,
        ["SQ.40"] = OneExample,
        ["SQ.48"] = OneExample,
        ["SQ.11"] = OuterProducts,
        ["SQ.52"] = OuterProducts,
        ["SQ.45c"] = Features,
        ["SQ.47a"] = EqualMargins,
    };

    // The loss with its multipliers does not change where it rests on the spheres: −∂L/∂V_k, and the derivative of the penalties.
    private static (double[] Truth, double[] Printed, double[] Corrected) Multipliers(Random random)
    {
        static double Loss(TinyNetwork net, double[] u) => net.Sum(n => Math.Exp(-Rho * net.Output(u, n)));
        var (net, v) = RestResiduals.OnSpheres(random, Loss);
        var lambda = Rho / 2 * net.Sum(n => Math.Exp(-Rho * net.Output(v, n)) * net.Output(v, n));
        return Right(Gradient(u => -Loss(net, u), v), Gradient(u => lambda * Dot(u, u), v));
    }

    // The same for one layer with ‖v‖_3 = 1 and labels, its minimum by steps along the tangent plane: 3λ = ρ Σ e^{−ρyf}yf.
    private static (double[] Truth, double[] Printed, double[] Corrected) MultipliersOfNorms(Random random)
    {
        var net = new TinyNetwork(random, separable: true);
        double[][] z = [.. net.X.Select((x, n) => Times(net.Y[n], x))];
        double[] y = net.Y;
        double F(double[] v, int n) => Dot(v, z[n]);
        double Loss(double[] v) => net.Sum(n => Math.Exp(-Rho * F(v, n) * y[n]));
        static double[] Back(double[] v) => Times(1 / Norm(v, 3), v);
        var v = Back(Draw(random, 3));
        for (var i = 0; i < 3000; i++)
        {
            double[] normal = [.. v.Select(static x => x * Math.Abs(x))];
            var step = Projection(Gradient(u => -Loss(u), v), Unit(normal));
            if (step.Max(Math.Abs) < 1e-12) break;
            v = Back(Plus(v, Times(0.2, step)));
        }
        var lambda = Rho / 3 * net.Sum(n => Math.Exp(-Rho * F(v, n) * y[n]) * y[n] * F(v, n));
        return Right(Gradient(u => -Loss(u), v), Gradient(u => lambda * (Math.Pow(Norm(u, 3), 3) - 1), v));
    }

    // 2λ_k = V_k·(−∂L/∂V_k) keeps ‖V_k‖.
    private static (double[] Truth, double[] Printed, double[] Corrected) MultiplierOfLayers(Random random)
    {
        var net = new TinyNetwork(random, oneSign: true, relu: true);
        var v = Normalize(net.W).V;
        var pull = Gradient(u => -net.Sum(n => Math.Exp(-Rho * net.Output(u, n))), v);
        var lambda = Rho / 2 * net.Sum(n => Math.Exp(-Rho * net.Output(v, n)) * net.Output(v, n));
        return Right(Times(0.5, ByLayer(v, pull, static (a, b) => Dot(a, b))), [lambda, lambda]);
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) MultiplierOfOneLayer(Random random)
    {
        var net = new TinyNetwork(random, oneSign: true);
        var v = Unit(Draw(random, 3));
        return Right([Dot(v, Gradient(u => -net.Sum(n => Math.Exp(-Rho * Dot(u, net.X[n]))), v)) / 2],
            [Rho / 2 * net.Sum(n => Math.Exp(-Rho * Dot(v, net.X[n])) * Dot(v, net.X[n]))]);
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) SquareMultiplier(Random random)
    {
        var net = new TinyNetwork(random, relu: true);
        var v = Normalize(net.W).V;
        var pull = Gradient(u => -net.Sum(n => Math.Pow(Rho * net.Output(u, n) - net.Y[n], 2)), v);
        var nu = -net.Sum(n => Rho * Rho * Math.Pow(net.Output(v, n), 2) - Rho * net.Y[n] * net.Output(v, n));
        return Right(Times(0.5, ByLayer(v, pull, static (a, b) => Dot(a, b))), [nu, nu]);
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) OneWeight(Random random)
    {
        double a = 0.5 + random.NextDouble(), b = 0.5 + random.NextDouble();
        var rest = NetworkTrials.Zero(w => Gradient(u => Math.Exp(a * u[0]) + Math.Exp(-b * u[0]), [w])[0], -20, 20);
        return Right([rest, 1], [Math.Log(b / a) / (a + b), 1]);
    }

    // v on the sphere under Σ e^{−ρv·x}: Σ α_n x_n against Σ α_n vvᵀx_n; v against ‖x‖x†; x and v against vvᵀx and x of unit length.
    private static EquationTrial OneLayer(int form) => random =>
    {
        var net = new TinyNetwork(random, oneSign: true, separable: true);
        double[] v = Unit(Draw(random, 3));
        for (var i = 0; i < 150; i++) v = Unit(Gradient(u => -net.Sum(n => Math.Exp(-Rho * Dot(u, net.X[n]))), v));
        var x = net.Sum(n => Times(Math.Exp(-Rho * Dot(v, net.X[n])), net.X[n]));
        if (form == 2) x = Unit(x);
        return form switch
        {
            0 => Right(x, Times(Dot(v, x), v)),
            1 => Right(v, Times(Norm(x, 2) / Dot(x, x), x)),
            _ => Right([.. x, .. v], [.. Times(Dot(v, x), v), .. x]),
        };
    };

    private static (double[] Truth, double[] Printed, double[] Corrected) Decay(Random random)
    {
        var net = new TinyNetwork(random, oneSign: true, separable: true);
        double[] w = [0, 0, 0];
        for (var i = 0; i < 300; i++)
            w = Plus(w, Times(0.1, Gradient(u => -net.Sum(n => Math.Exp(-Dot(u, net.X[n]))) - Lambda * Dot(u, u), w)));
        return (net.Sum(n => Times(Math.Exp(-Dot(w, net.X[n])), net.X[n])), Times(Lambda, w), Times(2 * Lambda, w));
    }

    // The print leaves out ρ_i with an i that nothing gives.
    private static (double[] Truth, double[] Printed, double[] Corrected) OneNormLeftOut(Random random)
    {
        double[] rho = [.. Enumerable.Range(0, 3).Select(_ => 0.5 + random.NextDouble())], f = [.. Draw(random, 4)];
        static double Product(IEnumerable<double> r) => r.Aggregate(1.0, static (a, b) => a * b);
        return (Gradient(r => -f.Sum(a => Math.Exp(-Product(r) * a)), rho), [],
            [.. rho.Select((_, k) => f.Sum(a => Product(rho.Where((_, i) => i != k)) * Math.Exp(-Product(rho) * a) * a))]);
    }

    // ρ and V_k at rest together: V_k where the least loss over ρ rests. Σ ℓ_n ∂f_n/∂V_k against 0, with the part −λρV_k.
    private static (double[] Truth, double[] Printed, double[] Corrected) BothAtRest(Random random)
    {
        static double Best(TinyNetwork net, double[] u) =>
            net.Sum(n => net.Y[n] * net.Output(u, n)) / (Lambda + net.Sum(n => Math.Pow(net.Output(u, n), 2)));
        var (net, v) = RestResiduals.OnSpheres(random, static (net, u) =>
        {
            var best = Best(net, u);
            return net.Sum(n => Math.Pow(best * net.Output(u, n) - net.Y[n], 2)) + Lambda * best * best;
        });
        var rho = Best(net, v);
        var sum = net.Sum(n => Times(rho * net.Output(v, n) - net.Y[n], net.OutputGradient(v, n)));
        return (sum, new double[sum.Length], Times(-Lambda * rho, v));
    }

    // V_kᵀ Σ α_j ∂f_j/∂V_k = Σ α_j f_j, any α.
    private static (double[] Truth, double[] Printed, double[] Corrected) MeanOutput(Random random)
    {
        var net = new TinyNetwork(random, relu: true);
        double[] v = Normalize(net.W).V, alpha = Draw(random, net.X.Length);
        var mean = net.Sum(n => alpha[n] * net.Output(v, n));
        return Right([mean, mean], ByLayer(v, net.Sum(n => Times(alpha[n], net.OutputGradient(v, n))), static (a, b) => Dot(a, b)));
    }

    // ℓ ∂f/∂V_k against its part along V_k.
    private static (double[] Truth, double[] Printed, double[] Corrected) ProjectedExample(Random random)
    {
        var (net, v) = Alone(random);
        var pull = Times(0.5 * net.Output(v, 0) - net.Y[0], net.OutputGradient(v, 0));
        return Right(pull, Plus(pull, Times(-1, Tangent(pull, v))));
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) OneExample(Random random)
    {
        var (net, v) = Alone(random);
        return Right(net.OutputGradient(v, 0), Times(net.Output(v, 0), v));
    }

    // V_kf against abᵀ; the product of the columns a and b, as it is printed, has no shape.
    private static (double[] Truth, double[] Printed, double[] Corrected) OuterProducts(Random random)
    {
        var (net, v) = Alone(random);
        return (Times(net.Output(v, 0), v), [],
        [
            .. Enumerable.Range(0, 2).SelectMany(j => Times(v[Split + j], net.X[0])),
            .. Enumerable.Range(0, 2).Select(j => Unit(v, j, net.X[0])),
        ]);
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) Features(Random random)
    {
        var (net, v) = Alone(random);
        return Right([.. Enumerable.Range(0, 2).Select(j => Unit(v, j, net.X[0]))], Times(net.Output(v, 0), v[Split..]));
    }

    // The maximum margin of two support vectors and a third example beyond it, about which the correction says nothing.
    private static (double[] Truth, double[] Printed, double[] Corrected) EqualMargins(Random random)
    {
        double[] a = [1 + random.NextDouble(), random.NextDouble()], b = [random.NextDouble(), 1 + random.NextDouble()];
        var determinant = a[0] * b[1] - a[1] * b[0];
        var v = Unit([(b[1] - a[1]) / determinant, (a[0] - b[0]) / determinant]);
        var beyond = Times(1.5 + random.NextDouble(), Plus(a, b));
        double[] f = [Dot(v, a), Dot(v, b), Dot(v, beyond)];
        return (f, [f[0], f[0], f[0]], [f[0], f[0], f[2]]);
    }

    // One example, at rest on the spheres under (½f − y)².
    private static (TinyNetwork Net, double[] V) Alone(Random random) =>
        RestResiduals.OnSpheres(random, static (net, u) => Math.Pow(0.5 * net.Output(u, 0) - net.Y[0], 2));
}
