using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// Small ReLU networks of L ≥ 2 layers on unit inputs in the plane, as SQ §2.1 assumes, from starts that separate on average, and the flow
/// of SQ eq. 5, 6 from them (claims b33, b34).
/// </summary>
internal static class PlaneNets
{
    private const int WidestHidden = 8;

    /// <summary>2-h-1 for h = 1 … 8, and three and four layers.</summary>
    public static IReadOnlyList<Network> Shapes { get; } =
    [
        .. Enumerable.Range(1, WidestHidden).Select(static h => Network.Dense(2, h, 1)),
        Network.Dense(2, 4, 4, 1),
        Network.Dense(2, 4, 4, 4, 1),
    ];

    /// <summary><see cref="Shapes"/> in words.</summary>
    public static string Words { get; } =
        $"ReLU nets 2-h-1 with h = 1 … {WidestHidden}, {string.Join(" and ", Shapes.Skip(WidestHidden).Select(Name))}";

    /// <summary><c>2-4-4-1</c>.</summary>
    public static string Name(Network net) => string.Join("-", net.Layers.Select(static l => l.Rows).Prepend(net.Inputs));

    /// <summary>Inputs (cos θ, sin θ).</summary>
    public static Dataset Circle(string name, IReadOnlyList<double> angles, double[] labels) =>
        new(name, [.. angles.SelectMany(static a => (double[])[Math.Cos(a), Math.Sin(a)])], labels, 2);

    /// <summary>Inputs at angles drawn from a quarter of the circle, all labelled +1.</summary>
    public static Dataset OneLabel(int count, long seed)
    {
        var random = new RandomStream(seed, 138);
        double[] angles = [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() * Math.PI / 2)];
        return Circle($"{count} of one label, seed {seed}", angles, [.. angles.Select(static _ => 1.0)]);
    }

    /// <summary>
    /// N(0, 1) weights, drawn again where no example is seen; V_L has the sign for which Σ y f > 0, as average separability asks.
    /// </summary>
    public static double[] Start(Network net, Dataset data, long seed)
    {
        var random = new RandomStream(seed, 139);
        var risk = new EmpiricalRisk(net, Loss.Square, data, Reduction.Sum);
        while (true)
        {
            var theta = Initialization.Normal(net, random);
            var correlation = Vectors.Dot(data.Y, risk.Outputs(theta));
            if (correlation == 0) continue;
            var last = net.Layers[^1].Of(theta.AsSpan());
            Vectors.Scale(Math.Sign(correlation), last, last);
            return theta;
        }
    }

    /// <summary>Inputs of the sets of one label, and of both.</summary>
    public const int Alike = 4, Mixed = 6;

    /// <summary>Where the flows begin and end, at how many instants they are seen, and the integrator's steps at most.</summary>
    public const double FirstRho = .001, End = 300;

    /// <summary>See <see cref="FirstRho"/>.</summary>
    public const int Observed = 100, MaxSteps = 150;

    /// <summary>One x = (1, 0), y = 1; <see cref="Alike"/> of one label; <see cref="Mixed"/> of gaussian-teacher.</summary>
    public static IReadOnlyList<string> Sets { get; } = ["one example", $"{Alike} examples of one label", $"{Mixed} examples of both "
        + $"labels"];

    /// <summary>One of <see cref="Sets"/>.</summary>
    public static Dataset Data(string set, long seed) => set == Sets[0] ? Circle(set, [0], [1])
        : set == Sets[1] ? OneLabel(Alike, seed) : GaussianTeacher.Draw(Mixed, 2, seed);

    /// <summary>The exact flow of every shape and seed.</summary>
    public static IReadOnlyList<PlaneRun> Runs(StudyContext context, string set, double lambda) => AllRuns.Of(context, (set, lambda));

    private static readonly SharedResults<(string Set, double Lambda), PlaneRun[]> AllRuns = new((context, of) =>
    [
        .. Shapes.SelectMany(net => Spread.Seeds.Select(seed =>
        {
            var data = Data(of.Set, seed);
            return new PlaneRun(net, seed, of.Lambda, Follow(new EmpiricalRisk(net, Loss.Square, data, Reduction.Sum), of.Lambda,
                Start(net, data, seed), context.Cancellation));
        })),
    ]);

    // As far as it goes: it ends early where it comes to stand on kinks from which the papers' flow has no direction to go on in.
    private static FlowPoint[] Follow(EmpiricalRisk risk, double lambda, double[] theta, CancellationToken cancellation)
    {
        List<FlowPoint> points = [];
        try
        {
            foreach (var p in new BatchNormWeightDecayFlow(risk, lambda, FirstRho)
                .From(theta, new IntegrationOptions { Tolerance = new(1e-8, 1e-10), MaxSteps = MaxSteps })
                .At([Instant.Zero, .. Clock.LogSpaced(Instant.FromT(.001), Instant.FromT(End), Observed)], cancellation))
                points.Add(p);
        }
        catch (IntegrationException)
        {
            // What was observed before counts.
        }
        return [.. points];
    }
}

/// <summary>A flow of SQ eq. 5, 6 from a small ρ, as far as it could be followed.</summary>
internal sealed record PlaneRun(Network Network, long Seed, double Lambda, IReadOnlyList<FlowPoint> Points)
{
    /// <summary>Σ y f &gt; 0 at all instants.</summary>
    public bool Separable => Points.All(static p => p.Rho > 0 && p.MarginMean > 0);

    /// <summary>ρ_eq of the start over ρ0.</summary>
    public double Room
    {
        get
        {
            double top = 0, bottom = Lambda;
            foreach (var q in Points[0].NormalizedMargins)
            {
                top += q;
                bottom += q * q;
            }
            return top / bottom / Points[0].Rho;
        }
    }

    /// <summary>Followed to the end.</summary>
    public bool Whole => Points.Count == PlaneNets.Observed + 1;

    /// <summary>Largest fall of ρ, over its greatest value before.</summary>
    public double Fall => Of(Points);

    /// <summary>The same while every example has 0 ≤ ρ y_n f_n ≤ 1.</summary>
    public double FallBefore => Of(Points.TakeWhile(static p =>
    {
        foreach (var q in p.NormalizedMargins)
            if (q < 0 || p.Rho * q > 1) return false;
        return true;
    }));

    /// <summary>Largest fall of ρ along points, over its greatest value before.</summary>
    public static double Of(IEnumerable<FlowPoint> points)
    {
        double highest = 0, fall = 0;
        foreach (var p in points)
        {
            highest = Math.Max(highest, p.Rho);
            fall = Math.Max(fall, 1 - p.Rho / highest);
        }
        return fall;
    }
}
