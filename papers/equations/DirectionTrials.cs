using static Rhoflow.Papers.Equations.EquationResiduals;
using static Rhoflow.Papers.Equations.TinyNetwork;

namespace Rhoflow.Papers.Equations;

/// <summary>Trials of lines about norms and directions, w = ρv and W_k = ρ_kV_k, and about the normals of balls.</summary>
internal static class DirectionTrials
{
    /// <summary>By id.</summary>
    public static IReadOnlyDictionary<string, EquationTrial> All { get; } = new Dictionary<string, EquationTrial>(StringComparer.Ordinal)
    {
        ["T3.16b"] = GradientOfTheNorm,
        ["T3b.36a"] = GradientOfTheNorm,
        ["T3.16c"] = DirectionOfWeights,
        ["PNAS.16a"] = DirectionOfWeights,
        ["T3.16d"] = Projector(1),
        ["PNAS.16b"] = Projector(1),
        ["T3b.36c"] = Projector(0),
        ["T3b.36b"] = PrintedProjection,
        ["T3b.36d"] = NormOfTheDirection,
        ["T3b.36e"] = ChainOfOneLayer,
        ["T3.16e"] = ChainOfLayers,
        ["PNAS.16c"] = ChainOfLayers,
        ["SQ.23a"] = ChainOfLayers,
        ["SQ.23b"] = ChainOfTheLastNorm,
        ["T3.50a"] = Normals,
        ["T3.53a"] = KeptNorm,
        ["T3b.49a"] = SquaredNorm,
        ["T3.57a"] = RowsOfAMatrix,
        ["SQ.17b"] = RowsOfAMatrix,
    };

    private static (double[] Truth, double[] Printed, double[] Corrected) GradientOfTheNorm(Random random)
    {
        var w = Draw(random, 4);
        return Right(Gradient(static u => Norm(u, 2), w), Unit(w));
    }

    // S/ρ times any direction, S by v and by w.
    private static (double[] Truth, double[] Printed, double[] Corrected) DirectionOfWeights(Random random)
    {
        double[] w = Draw(random, 4), velocity = Draw(random, 4);
        var truth = Along(Unit, w, velocity);
        return Right([.. truth, .. truth],
        [
            .. Times(1 / Norm(w, 2), Projection(velocity, Unit(w))),
            .. Times(1 / Norm(w, 2), Plus(velocity, Times(-Dot(w, velocity) / Dot(w, w), w))),
        ]);
    }

    // Sw, Sv and S²u, S = ‖w‖^power ∂v/∂w by differences; S² = S‖w‖^{power−1}.
    private static EquationTrial Projector(int power) => random =>
    {
        double[] w = Draw(random, 4), u = Draw(random, 4);
        var norm = Norm(w, 2);
        double[] S(double[] x) => Times(Math.Pow(norm, power), Along(Unit, w, x));
        return Right([.. new double[8], .. S(u)], [.. S(w), .. S(Unit(w)), .. Times(Math.Pow(norm, 1 - power), S(S(u)))]);
    };

    // (I − wwᵀ)/‖w‖, and (I − w̃w̃ᵀ)/‖w‖.
    private static (double[] Truth, double[] Printed, double[] Corrected) PrintedProjection(Random random)
    {
        double[] w = Times(1.5, Draw(random, 3)), velocity = Draw(random, 3);
        return (Along(Unit, w, velocity), Times(1 / Norm(w, 2), Projection(velocity, w)),
            Times(1 / Norm(w, 2), Projection(velocity, Unit(w))));
    }

    // The 1 gives the scale.
    private static (double[] Truth, double[] Printed, double[] Corrected) NormOfTheDirection(Random random)
    {
        var w = Draw(random, 4);
        return Right([.. new double[4], 1], [.. Gradient(static u => Dot(Unit(u), Unit(u)), w), 1]);
    }

    // f as a function of W_1 alone: w̃f̃ + ‖w‖S ∂f̃/∂w̃ with ‖w‖S = I − w̃w̃ᵀ.
    private static (double[] Truth, double[] Printed, double[] Corrected) ChainOfOneLayer(Random random)
    {
        var net = new TinyNetwork(random, relu: true);
        double F(double[] first, int n) => net.Output([.. first, .. net.W[Split..]], n);
        double[] w = net.W[..Split], v = Unit(w);
        return Right([.. net.X.SelectMany((_, n) => Gradient(u => F(u, n), w))],
            [.. net.X.SelectMany((_, n) => Plus(Times(F(v, n), v), Projection(Gradient(u => F(u, n), v), v)))]);
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) ChainOfLayers(Random random)
    {
        var net = new TinyNetwork(random, relu: true);
        var (v, rho) = Normalize(net.W);
        return Right([.. net.X.SelectMany((_, n) => net.OutputGradient(net.W, n))],
            [.. net.X.SelectMany((_, n) => Scaled(net.OutputGradient(v, n), [rho[1], rho[0]]))]);
    }

    // ρ_1 = 1, ρ_2 = ρ: ρ ∂f/∂V_1 and ∂f/∂V_2. The print has a derivative in another layer for the last one.
    private static (double[] Truth, double[] Printed, double[] Corrected) ChainOfTheLastNorm(Random random)
    {
        var net = new TinyNetwork(random, relu: true);
        var (v, rho) = (Normalize(net.W).V, 0.5 + random.NextDouble());
        var weights = Scaled(v, [1, rho]);
        return ([.. net.X.SelectMany((_, n) => net.OutputGradient(weights, n))], [],
            [.. net.X.SelectMany((_, n) => Scaled(net.OutputGradient(v, n), [rho, 1]))]);
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) Normals(Random random)
    {
        // One coordinate is the largest by far.
        double[] u = [.. Draw(random, 3), 2 + random.NextDouble()];
        if (random.Next(2) == 0) u = Times(-1, u);
        return Right(
            [
                .. Gradient(static x => Norm(x, 2), u), .. Gradient(static x => x.Sum(Math.Abs), u),
                .. Gradient(static x => x.Max(Math.Abs), u),
            ],
            [.. Unit(u), .. u.Select(static x => x / Math.Abs(x)), 0, 0, 0, Math.Sign(u[3])]);
    }

    // v̇ of the loss at w = g v/‖v‖, by differences in v; the 1 gives the scale.
    private static (double[] Truth, double[] Printed, double[] Corrected) KeptNorm(Random random)
    {
        var net = new TinyNetwork(random);
        var (v, g) = (Draw(random, 3), 0.5 + random.NextDouble());
        var velocity = Gradient(u => -net.Sum(n => Math.Exp(-net.Y[n] * Dot(Times(g, Unit(u)), net.X[n]))), v);
        return Right([0, 1], [Dot(v, velocity), 1]);
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) SquaredNorm(Random random)
    {
        double[] v = Draw(random, 6), velocity = Draw(random, 6);
        return Right(Along(static u => [Math.Pow(Norm(u, 2), 2)], v, velocity), [2 * Dot(v, velocity)]);
    }

    private static (double[] Truth, double[] Printed, double[] Corrected) RowsOfAMatrix(Random random)
    {
        double[][] rows = [.. Enumerable.Range(0, 3).Select(_ => Draw(random, 4))];
        return Right([Math.Pow(Norm(rows.SelectMany(static r => r), 2), 2)], [rows.Sum(static r => Math.Pow(Norm(r, 2), 2))]);
    }
}
