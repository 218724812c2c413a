using static Rhoflow.Papers.Equations.EquationResiduals;
using static Rhoflow.Papers.Equations.TinyNetwork;

namespace Rhoflow.Papers.Equations;

/// <summary>Trials of lines about networks themselves: homogeneity, outputs, diagonal layers, batch normalization.</summary>
internal static class NetworkTrials
{
    /// <summary>By id.</summary>
    public static IReadOnlyDictionary<string, EquationTrial> All { get; } = new Dictionary<string, EquationTrial>(StringComparer.Ordinal)
    {
        ["T3.1a"] = OneUnit,
        ["T3.1b"] = NormsComeOut,
        ["T3b.1b"] = NormsComeOut,
        ["PNAS.1c"] = NormsComeOut,
        ["T3b.1a"] = OuterUnit,
        ["PNAS.1f"] = OuterUnit,
        ["PNAS.1g"] = TreeParameters,
        ["T3.39a"] = MarginOfNormalized,
        ["SQ.1a"] = EqualMargins,
        ["SQ.28a"] = LogisticEnd,
        ["SQ.45b"] = OutputsAtZeroLoss,
        ["SQ.54a"] = FourLinearLayers,
        ["SQ.56a"] = DiagonalProducts,
        ["SQ.56b"] = DiagonalDerivative,
        ["SQ.56c"] = DiagonalRest,
        ["SQ.56d"] = DiagonalSquares,
        ["T3.55b"] = BatchNorm,
        ["SQ.15b"] = BatchNorm,
        ["T3.56a"] = BatchNormOfUnits,
        ["SQ.16a"] = BatchNormOfUnits,
        ["T3.56b"] = BatchProjection,
        ["SQ.16b"] = BatchProjection,
    };

    private static (double[] Truth, double[] Printed, double[] Corrected) OneUnit(Random random)
    {
        static double Unit(double z) => Math.Max(0, z);
        double[] z = [.. Draw(random, 6), 0.5];
        return Right([.. z.Select(Unit)], [.. z.Select(static a => Gradient(static u => Unit(u[0]), [a])[0] * a)]);
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) NormsComeOut(Random random)
    {
        var net = new TinyNetwork(random, relu: true);
        var (v, rho) = Normalize(net.W);
        return Right([.. net.X.Select((_, n) => net.Output(net.W, n))], [.. net.X.Select((_, n) => rho[0] * rho[1] * net.Output(v, n))]);
    }

    // Weights with f(x_1) = −1, the label; the outer σ gives 0.
    private static (double[] Truth, double[] Printed, double[] Corrected) OuterUnit(Random random)
    {
        var net = new TinyNetwork(random, relu: true);
        var scale = -1 / net.Output(net.W, 0);
        double[] w = [.. net.W[..Split], .. Times(scale, net.W[Split..])];
        return ([-1], [Math.Max(0, net.Output(w, 0))], [net.Output(w, 0)]);
    }

    // Counted level by level: each node of M units has (2 + 2)M parameters.
    private static (double[] Truth, double[] Printed, double[] Corrected) TreeParameters(Random random)
    {
        var (levels, units, nodes, count) = (2 + random.Next(6), 1 + random.Next(20), 0, 0);
        for (var level = 0; level < levels; level++)
            for (var node = 0; node < 1 << level; node++)
            {
                nodes++;
                for (var unit = 0; unit < units; unit++) count += 2 /* w */ + 1 /* b */ + 1 /* a */;
            }
        return Right([count], [4 * nodes * units]);
    }

    // f(W) of a network whose normalized output is γ: γ/ρ, and γρ.
    private static (double[] Truth, double[] Printed, double[] Corrected) MarginOfNormalized(Random random)
    {
        var net = new TinyNetwork(random, relu: true);
        var (v, rho) = Normalize(net.W);
        double[] gamma = [.. net.X.Select((_, n) => net.Output(v, n))];
        var product = rho[0] * rho[1];
        return ([.. net.X.Select((_, n) => net.Output(net.W, n))], Times(1 / product, gamma), Times(product, gamma));
    }

    // ρ of the least square loss of outputs y_n m, by halving of the slope.
    private static (double[] Truth, double[] Printed, double[] Corrected) EqualMargins(Random random)
    {
        var m = 0.05 + random.NextDouble();
        double[] y = [1, -1, 1, 1, -1];
        var rho = Zero(r => y.Sum(a => (r * a * m - a) * a * m), 0, 100);
        return Right([.. y.Select(_ => m)], [.. y.Select(_ => 1 / rho)]);
    }

    // Where d/dt of the product of three equal norms vanishes.
    private static (double[] Truth, double[] Printed, double[] Corrected) LogisticEnd(Random random)
    {
        double[] f = [.. Draw(random, 5).Select(Math.Abs)], y = [1, 1, 1, -1, 1];
        double Loss(double[] r) => f.Zip(y, (a, b) => Math.Pow(r[0] * r[1] * r[2] * a - b, 2)).Sum();
        if (Dot(f, y) < 0.1) f[3] = 0.1;
        var norm = Zero(r => Gradient(Loss, [r, r, r])[0], 1e-3, 10);
        return Right([Math.Pow(norm, 3)], [Dot(f, y) / Dot(f, f)]);
    }

    // ρf = 1 for f at ρ.
    private static (double[] Truth, double[] Printed, double[] Corrected) OutputsAtZeroLoss(Random random)
    {
        var rho = 1.5 + random.NextDouble();
        var f = Zero(a => rho * a - 1, 0, 10);
        return ([f], [1 / rho / rho], [1 / rho]);
    }

    // f = v_4ᵀV_3V_2V_1x; the print's product of a column and a square matrix has no shape.
    private static (double[] Truth, double[] Printed, double[] Corrected) FourLinearLayers(Random random)
    {
        double[] first = Draw(random, 9), second = Draw(random, 9), third = Draw(random, 9), last = Draw(random, 3), x = Draw(random, 3);
        static double[] Apply(double[] matrix, double[] u) => [.. Enumerable.Range(0, 3).Select(i => Dot(matrix[(3 * i)..(3 * i + 3)], u))];
        var inner = Apply(second, Apply(first, x));
        return (Gradient(m => Dot(last, Apply(m, inner)), third), [], [.. last.SelectMany(a => inner.Select(b => a * b))]);
    }

    // Three diagonal layers with ReLUs.
    private static (double[] Truth, double[] Printed, double[] Corrected) DiagonalProducts(Random random)
    {
        double[] v1 = Draw(random, 5), v2 = Draw(random, 5), v3 = Draw(random, 5), x = Draw(random, 5);
        double Output(int i) => v3[i] * Math.Max(0, v2[i] * Math.Max(0, v1[i] * x[i]));
        double Mask(int i) => v1[i] * x[i] > 0 && v2[i] > 0 ? 1 : 0;
        return Right([.. x.Select((_, i) => Output(i)), 1], [.. x.Select((a, i) => v3[i] * v2[i] * v1[i] * Mask(i) * a), 1]);
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) DiagonalDerivative(Random random)
    {
        double[][] layers = [.. Enumerable.Range(0, 4).Select(_ => Draw(random, 3))];
        var (x, k) = (Draw(random, 3), random.Next(4));
        double Product(double[] layer, int i) => layers.Select((l, j) => j == k ? layer[i] : l[i]).Aggregate(static (p, q) => p * q);
        double Output(double[] layer) => x.Select((a, i) => a * Product(layer, i)).Sum();
        return Right(Gradient(Output, layers[k]), [.. x.Select((a, i) => layers.Where((_, j) => j != k).Aggregate(a, (p, l) => p * l[i]))]);
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) DiagonalRest(Random random)
    {
        var (x, v, f) = AtDiagonalRest(random);
        return Right(Gradient(last => last.Select((a, i) => a * v[i] * v[i] * v[i] * x[i]).Sum(), v), Times(f, v));
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) DiagonalSquares(Random random)
    {
        var (x, v, f) = AtDiagonalRest(random);
        return Right([.. v.Select(_ => f * f)], [.. v.Select((a, i) => Math.Pow(a * a * x[i], 2))]);
    }

    // Four equal diagonal layers of norm 1 where ∂f̂/∂V = Vf̂: the minimum of f̂ on the sphere of one v for all four.
    private static (double[] X, double[] V, double F) AtDiagonalRest(Random random)
    {
        double[] x = [.. Draw(random, 3).Select(Math.Abs)], v = Unit([.. x.Select(_ => 0.5 + random.NextDouble())]);
        double Output(double[] u) => u.Select((a, i) => a * a * a * a * x[i]).Sum();
        for (var i = 0; i < 1000; i++) v = Unit(Plus(v, Times(-0.4, Projection(Times(0.25, Gradient(Output, v)), v))));
        return (x, v, Output(v));
    }

    // σ_B of four inputs of mean 0, without μ_B.
    private static (double[] Truth, double[] Printed, double[] Corrected) BatchNorm(Random random)
    {
        var x = Draw(random, 4);
        var sigma = Math.Sqrt(x.Average(static a => a * a));
        return ([.. x.Select(a => a / sigma)], Unit(x), Times(2, Unit(x)));
    }

    // N = D = 3 along a random direction, by columns.
    private static (double[] Truth, double[] Printed, double[] Corrected) BatchNormOfUnits(Random random)
    {
        double[][] columns = [.. Enumerable.Range(0, 3).Select(_ => Draw(random, 3).Select(static (a, i) => i + 0.3 * a).ToArray())];
        double[][] directions = [.. Enumerable.Range(0, 3).Select(_ => Draw(random, 3))];
        static double Deviation(double[] x) => Math.Sqrt(x.Average(a => Math.Pow(a - x.Average(), 2)));
        static double[] Hat(double[] x) => [.. x.Select(a => (a - x.Average()) / Deviation(x))];
        double[][] hats = [.. columns.Select(Hat)];
        double[] Printed(int d) => [.. Enumerable.Range(0, 3).Select(n =>
            (directions[d][n] - Enumerable.Range(0, 3).Sum(m => hats[n][m] * hats[m][n] * directions[d][m]) / 3) / Deviation(columns[d]))];
        double[] Corrected(int d) => [.. Enumerable.Range(0, 3).Select(n =>
            (directions[d][n] - directions[d].Average() - hats[d][n] * Dot(hats[d], directions[d]) / 3) / Deviation(columns[d]))];
        int[] units = [0, 1, 2];
        return ([.. units.SelectMany(d => Along(Hat, columns[d], directions[d]))], [.. units.SelectMany(Printed)],
            [.. units.SelectMany(Corrected)]);
    }

    // S projects on what is orthogonal to X̂.
    private static (double[] Truth, double[] Printed, double[] Corrected) BatchProjection(Random random)
    {
        double[] x = Draw(random, 4), u = Draw(random, 4);
        var hat = Times(1 / Math.Sqrt(x.Average(static a => a * a)), x);
        return (Projection(u, Unit(x)), Plus(u, Times(-Dot(hat, u), hat)), Plus(u, Times(-Dot(hat, u) / 4, hat)));
    }

    /// <summary>Where a function that rises from below 0 to above is 0, by halving.</summary>
    internal static double Zero(Func<double, double> of, double low, double high)
    {
        for (var i = 0; i < 100; i++)
        {
            var middle = (low + high) / 2;
            if (of(middle) < 0) low = middle;
            else high = middle;
        }
        return (low + high) / 2;
    }
}
