namespace Rhoflow.Papers.Equations;

/// <summary>
/// A network of two layers, f(x) = w_2ᵀ W_1 x or w_2ᵀ σ(W_1 x) with ReLUs, 3 inputs and 2 units, five examples and labels ±1, all drawn at
/// random: what equations are tried on. It is written out here, without the library's networks, and differentiated by differences only.
/// </summary>
internal sealed class TinyNetwork
{
    /// <summary>Where W_1 ends in the vector of weights: W_1 by rows, then w_2.</summary>
    public const int Split = 6;

    private const int Inputs = 3, Units = 2, Examples = 5;

    /// <param name="random">Where everything comes from.</param>
    /// <param name="oneSign">Labels +1 only, as where the papers absorb y_n in f(x_n).</param>
    /// <param name="relu">
    /// Units are ReLUs; no unit of any example is so near its kink that a difference could cross it, and none of them has only dead units.
    /// </param>
    /// <param name="separable">The first input of every example is larger by 1, so that one w has w·x_n &gt; 0 for all n.</param>
    public TinyNetwork(Random random, bool oneSign = false, bool relu = false, bool separable = false)
    {
        IsRelu = relu;
        do
        {
            X = [.. Enumerable.Range(0, Examples).Select(_ =>
                Draw(random, Inputs).Select((x, i) => 0.3 * x + (separable && i == 0 ? 1 : 0)).ToArray())];
            W = Draw(random, Split + Units);
        }
        while (relu && X.Any(x => Enumerable.Range(0, Units).Any(j => Math.Abs(Unit(W, j, x)) < 0.02)
            || Enumerable.Range(0, Units).All(j => Unit(W, j, x) < 0)));
        Y = [.. Enumerable.Range(0, Examples).Select(n => oneSign || n % 2 == 0 ? 1.0 : -1.0)];
    }

    /// <summary>Whether its units are ReLUs.</summary>
    public bool IsRelu { get; }

    /// <summary>The examples.</summary>
    public double[][] X { get; }

    /// <summary>Their labels.</summary>
    public double[] Y { get; }

    /// <summary>W_1 and w_2.</summary>
    public double[] W { get; }

    /// <summary>The windows of the layers.</summary>
    public static (int Start, int Length)[] Layers => [(0, Split), (Split, Units)];

    /// <summary>f(x_n) at weights w.</summary>
    public double Output(double[] w, int n)
    {
        var f = 0.0;
        for (var j = 0; j < Units; j++) f += w[Split + j] * Slope(w, j, n) * Unit(w, j, X[n]);
        return f;
    }

    /// <summary>D of a unit: 1 where it is on or linear, else 0.</summary>
    public double Slope(double[] w, int unit, int n) => IsRelu && Unit(w, unit, X[n]) <= 0 ? 0 : 1;

    /// <summary>(W_1 x)_j.</summary>
    public static double Unit(double[] w, int unit, double[] x)
    {
        var z = 0.0;
        for (var i = 0; i < Inputs; i++) z += w[unit * Inputs + i] * x[i];
        return z;
    }

    /// <summary>∂f(x_n)/∂W by differences.</summary>
    public double[] OutputGradient(double[] w, int n) => Gradient(u => Output(u, n), w);

    /// <summary>Σ_n e^{−y_n f_n}.</summary>
    public double Exponential(double[] w) => Enumerable.Range(0, Examples).Sum(n => Math.Exp(-Y[n] * Output(w, n)));

    /// <summary>(1/N) Σ_n (f_n − y_n)².</summary>
    public double MeanSquare(double[] w) => Enumerable.Range(0, Examples).Average(n => Math.Pow(Output(w, n) - Y[n], 2));

    /// <summary>Σ over the examples.</summary>
    public double Sum(Func<int, double> term) => Enumerable.Range(0, Examples).Sum(term);

    /// <summary>Σ over the examples, coordinate by coordinate.</summary>
    public double[] Sum(Func<int, double[]> term) =>
        [.. Enumerable.Range(0, Examples).Select(term).Aggregate(static (a, b) => [.. a.Zip(b, static (p, q) => p + q)])];

    /// <summary>The weights with every layer divided by its norm, and the norms.</summary>
    public static (double[] V, double[] Rho) Normalize(double[] w)
    {
        double[] rho = [.. Layers.Select(l => Norm(w[l.Start..(l.Start + l.Length)], 2))];
        return ([.. w.Select((value, i) => value / rho[i < Split ? 0 : 1])], rho);
    }

    /// <summary>The weights ρ_kV_k.</summary>
    public static double[] Scaled(double[] v, double[] rho) => [.. v.Select((value, i) => value * rho[i < Split ? 0 : 1])];

    /// <summary>The part of each layer: <paramref name="of"/> its weights in both vectors.</summary>
    public static double[] ByLayer(double[] a, double[] b, Func<double[], double[], double> of) =>
        [.. Layers.Select(l => of(a[l.Start..(l.Start + l.Length)], b[l.Start..(l.Start + l.Length)]))];

    /// <summary>S_k g_k = g_k − V_k(V_k·g_k) of every layer, ‖V_k‖ = 1.</summary>
    public static double[] Tangent(double[] g, double[] v)
    {
        var along = ByLayer(v, g, static (a, b) => Dot(a, b));
        return [.. g.Select((a, i) => a - v[i] * along[i < Split ? 0 : 1])];
    }

    /// <summary>(I − vvᵀ)g.</summary>
    public static double[] Projection(double[] g, double[] v) => [.. g.Select((a, i) => a - v[i] * Dot(v, g))];

    /// <summary>w/‖w‖.</summary>
    public static double[] Unit(double[] w) => [.. w.Select(x => x / Norm(w, 2))];

    /// <summary>a with every number multiplied.</summary>
    public static double[] Times(double factor, double[] a) => [.. a.Select(x => factor * x)];

    /// <summary>a + b.</summary>
    public static double[] Plus(double[] a, double[] b) => [.. a.Zip(b, static (x, y) => x + y)];

    /// <summary>Numbers between 0.2 and 1.2 of either sign.</summary>
    public static double[] Draw(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (0.2 + random.NextDouble()) * (random.Next(2) == 0 ? 1 : -1))];

    /// <summary>(Σ|v_i|^p)^{1/p}.</summary>
    public static double Norm(IEnumerable<double> v, double p) => Math.Pow(v.Sum(x => Math.Pow(Math.Abs(x), p)), 1 / p);

    /// <summary>Inner product.</summary>
    public static double Dot(IEnumerable<double> a, IEnumerable<double> b) => a.Zip(b, static (x, y) => x * y).Sum();

    /// <summary>∇f by central differences of order four.</summary>
    public static double[] Gradient(Func<double[], double> f, double[] at) =>
        [.. at.Select((_, i) => Along(x => [f(x)], at, [.. at.Select((_, j) => i == j ? 1.0 : 0.0)])[0])];

    /// <summary>The derivative of f along a direction by central differences of order four.</summary>
    public static double[] Along(Func<double[], double[]> f, double[] at, double[] direction)
    {
        var step = 1e-3 / direction.Max(Math.Abs);
        double[] At(double s) => f([.. at.Zip(direction, (x, d) => x + s * step * d)]);
        var (a, b, c, d) = (At(2), At(1), At(-1), At(-2));
        return [.. a.Select((_, i) => (8 * (b[i] - c[i]) - (a[i] - d[i])) / (12 * step))];
    }
}
