using Rhoflow.Data;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// A data set and a ReLU network small enough that the least norm at which it interpolates can be searched for: the smallest Σ(ρf − y)² at
/// fixed ρ from many starts of V, and, in the plane with two layers, the global one (<see cref="PlaneLeastLoss"/>).
/// </summary>
/// <param name="Name">In words.</param>
/// <param name="Network">The network.</param>
/// <param name="Data">Unit inputs, labels ±1.</param>
internal sealed record MinimumNormCase(string Name, Network Network, Dataset Data)
{
    /// <summary>Starts of V.</summary>
    public const int Starts = 10;

    /// <summary>ρ at the start of descents over ρ_min: small and large.</summary>
    public static IReadOnlyList<double> Norms { get; } = [.001, 2];

    /// <summary>Five directions of the plane at equal angles, two layers: the least norm is known with a certificate.</summary>
    public static MinimumNormCase Plane { get; } = InPlane(0);

    /// <summary>The same with other labels.</summary>
    public static IReadOnlyList<MinimumNormCase> OtherPlanes { get; } = [.. Spread.Seeds.Skip(1).Select(InPlane)];

    /// <summary>Ten digits 3 and 8, three layers.</summary>
    public static MinimumNormCase Images { get; } = new("digits", Network.Dense(64, 8, 8, 1), TenDigits());

    /// <summary>Both.</summary>
    public static IReadOnlyList<MinimumNormCase> All { get; } = [Plane, Images];

    /// <summary><c>2-16-1 on 8 examples</c>.</summary>
    public string Words =>
        $"{Network.Inputs}-{string.Join('-', Network.Layers.Select(static l => l.Rows))} on {Data.Count} examples ({Name})";

    /// <summary>Σ(ρf − y)², summed.</summary>
    public EmpiricalRisk Risk() => new(Network, Loss.Square, Data, Reduction.Sum);

    /// <summary>V of a start, layers of norm 1, the last with the sign that makes Σ y f &gt; 0: average separability (SQ §2.1).</summary>
    public double[] Start(int seed)
    {
        var v = Initialization.Normal(Network, new RandomStream(seed, stream: 118));
        Initialization.ScaleLayers(Network, v, [1]);
        var f = Risk().Outputs(v);
        if (Vectors.Dot(f, Data.Y) < 0)
        {
            var last = Network.Layers[^1].Of(v.AsSpan());
            Vectors.Scale(-1, last, last);
        }
        return v;
    }

    /// <summary>Where descents from every start end at one ρ, in the order of the starts.</summary>
    public IReadOnlyList<SphereLeastSquares.End> AtRho(double rho, int steps)
    {
        var descent = new SphereLeastSquares(Network, Data);
        return [.. Enumerable.Range(0, Starts).Select(s => descent.Descend(rho, Start(s), steps))];
    }

    private static MinimumNormCase InPlane(long seed) =>
        new(seed == 0 ? "plane" : $"plane, labels {seed}", Network.Dense(2, 16, 1), Directions(5, seed));

    // Labels by chance, both among them.
    private static Dataset Directions(int count, long seed)
    {
        var random = new RandomStream(seed, stream: 118);
        double[] y = new double[count];
        while (y.Sum(Math.Abs) < count || y.Distinct().Count() < 2)
            foreach (ref var v in y.AsSpan()) v = random.NextNormal() > 0 ? 1 : -1;
        return new Dataset($"{count} directions", [.. Enumerable.Range(0, count)
            .SelectMany(n => (double[])[Math.Cos(2 * Math.PI * n / count), Math.Sin(2 * Math.PI * n / count)])], y, 2);
    }

    private static Dataset TenDigits()
    {
        var all = Digits.Load().OfClasses("3", "8").Binary("3").UnitNorm();
        return all.Choose(new RandomStream(0, stream: 118).Permutation(all.Count)[..10]);
    }
}
