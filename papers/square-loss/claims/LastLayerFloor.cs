using Rhoflow.Data;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// Claim b125: with ReLUs the last layer cannot satisfy V_Lf_n = ∂f_n/∂V_L for an example of each class; the least that it misses by, and
/// what networks at rest miss by.
/// </summary>
/// <remarks>
/// ∂f_n/∂V_L = h_nᵀ, the features, so that the relative residual is r_n = ‖V_Lf_n − h_nᵀ‖/‖h_n‖ = sin ∠(V_L, h_n). Let f_n &gt; 0 &gt; f_m,
/// α = ∠(V_L, h_n) and β = ∠(−V_L, h_m), both below π/2, and φ = ∠(h_n, h_m) ≤ π/2, since no feature is negative. On the sphere α + β ≥
/// ∠(h_n, −h_m) = π − φ, and sin² grows on [0, π/2], so that r_n² + r_m² = 1 − cos(α + β) cos(α − β) is least where α + β = π − φ and
/// |α − β| is as large as α, β ≤ π/2 let it be, φ: r_n² + r_m² ≥ 1 + cos² φ ≥ 1. Likewise r_n + r_m ≥ 1 + cos φ ≥ 1. Where V_L is along
/// μ₊ − μ₋ of means of equal length, α = β and both residuals are cos(φ/2).
/// </remarks>
internal static class LastLayerFloor
{
    private const double Reached = .05;
    private static readonly double[] FlowDecays = [0, .02, .2];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b125-last-layer-of-both-classes",
        Paper = SourcePapers.SquareLoss,
        Keywords = ["neural collapse"],
        Place = "Lemma 1.3, §5, appendix G, eq. 40, 48",
        Equations = ["SQ.40", "SQ.45c", "SQ.48"],
        Hypothesis = "A network whose last layer stands behind ReLUs, two classes on the two sides of one output (appendix G: its two "
            + "outputs are ±f), at a critical point of near-zero loss with normalization and decay. Taken as such: training that has "
            + "come to rest, all examples classified, a mean square error of .01 at most.",
        Statement = "At convergence h(x_n)ᵀ = ∂f(x_n)/∂V_L = V_L f(x_n) for the examples of both classes, so "
            + "that h₊ → V_Lᵀ and h₋ → −V_Lᵀ.",
        SetUp = $"{RestedRuns.Words}. The 15 flows (5)–(6) of claim B38 (20 examples, ReLU net 4-16-16-1, λ = "
            + $"{string.Join(", ", FlowDecays.Select(static d => Wording.Short(d)))}, seeds 0–4), every pair of examples with outputs of "
            + "opposite sign; 1000 random pairs of features with random V_L that separate them; and the plane of two features, V_L by a "
            + $"scan of its angle. Taken as satisfied: a residual of {Wording.Short(Reached)}; by the derivation the printed check "
            + "cannot pass, and the runs show by how much it misses.",
        Expected = "Residual 0. Derived: r₊² + r₋² ≥ 1 + cos² φ, so that the mean over both classes is at least ½ and the root mean "
            + "square √½; with V_L along μ₊ − μ₋ both are cos(φ/2).",
        Check = Check,
    };

    private sealed record Pair(double Cosine, double First, double Second)
    {
        public double Squares => First * First + Second * Second;

        public double Excess => Squares - 1 - Cosine * Cosine;
    }

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        const string residual = "mean over examples of sin ∠(V_L, h), median";
        RestedRuns[] model = [.. RestedRuns.TwoClasses().Where(static r => r.IsTheModel)];
        foreach (var runs in model)
        {
            var resting = runs.Resting(judge);
            CollapseRest.Judged(judge, runs.Name, residual, resting, runs.Last("residual_mean"),
                (group, value) => group.AtMost(residual, value, Reached));
            judge.Measure($"{runs.Name}: mean over examples of sin ∠(V_L, h), by seed", runs.Last("residual_mean"));
        }
        Pair[][] flows = [.. FlowDecays.SelectMany(decay => Spread.Seeds.Select(seed =>
        {
            var (end, data) = CollapseFlow.Rest(context, decay, 1, seed);
            return Pairs(end.Network, end.V, data);
        }))];
        var random = Random(1000);
        judge.Amended("two examples on the two sides of the output miss by r₊² + r₋² ≥ 1 + cos² φ, whatever the weights: features that "
            + "are not negative are at an angle φ ≤ 90°, and V_L cannot be along one and against the other")
            .AtLeast($"least excess over 1 + cos² φ, {flows.Sum(static f => f.Length)} pairs in 15 flows and {random.Length} random ones",
                flows.SelectMany(static f => f).Concat(random).Min(static p => p.Excess), -1e-9);
        judge.Amended("that bound is the best").AtMost("largest distance from it of the least that a scan of V_L finds, φ = 0, 15, … 90°",
            Enumerable.Range(0, 7).Max(static i => Math.Abs(Scanned(i * Math.PI / 12) - 1 - Math.Pow(Math.Cos(i * Math.PI / 12), 2))),
                1e-3);
        var classes = judge.Amended("so the mean over both classes is at least ½, the root mean square at least √½ = .707");
        classes.AtLeast("least root mean square of pairs, flows", flows.Min(static f => Math.Sqrt(f.Min(static p => p.Squares) / 2)),
            Math.Sqrt(.5) - 1e-9);
        RestedRuns[] all = [.. RestedRuns.TwoClasses()];
        classes.AtLeast($"least mean over the examples, {5 * all.Length} digits networks", all.Min(static r => r.Last("residual_mean")
            .Min()),
            .5 - 1e-6);
        // V_L rests along Σα_nh_n (eq. 38) with equal weights of both classes where the loss is small.
        var law = judge.Amended("at rest with normalization and decay the means are at a right angle and the residual is within .06 of "
            + "cos 45°, the floor of the root mean square");
        foreach (var runs in model.Where(static r => r.AtRest().Length > 0))
            law.Near($"{runs.Name}: median of the mean residual against cos(φ/2) of its class means", runs.Median("residual_mean"),
                Half(runs.Median("nc2_cosine_uncentred")), absolute: .06);

        var pairs = new Panel("Pairs of examples on the two sides, flows (5)–(6)", new Axis("cos φ of their features", Min: 0, Max: 1),
            new Axis("r₊² + r₋²", Min: 0, Max: 2.05));
        foreach (var (decay, i) in FlowDecays.Select(static (d, i) => (d, i)))
        {
            Pair[] some = [.. flows.Skip(5 * i).Take(5).SelectMany(static f => f.Where(static (_, n) => n % 5 == 0))];
            pairs = pairs.Points($"λ = {Wording.Short(decay)}", [.. some.Select(static p => p.Cosine)],
                [.. some.Select(static p => p.Squares)]);
        }
        double[] grid = [.. Enumerable.Range(0, 41).Select(static i => i / 40.0)];
        var rest = new Panel("3 against 8 after training, five seeds", new Axis("λ (none drawn at 3e-5)", Scale.Log, Min: 2e-5, Max: .6),
            new Axis("mean of sin ∠(V_L, h)", Min: 0, Max: 1.02));
        foreach (var group in all.GroupBy(static r => r.Setting))
            rest = rest.Points(group.Key, [.. group.SelectMany(static r => Enumerable.Repeat(Math.Max(r.Decay, 3e-5), 5))],
                [.. group.SelectMany(static r => r.Last("residual_mean"))]);
        var chart = new Chart(
            pairs.Predicted("least possible, 1 + cos² φ", grid, static c => 1 + c * c).Level("claimed: 0", 0),
            rest.Level("claimed: 0", 0).Level("least possible, ½", .5).Level("cos 45°", Half(0)));
        string Medians() => string.Join(", ", model.Select(static r => $"{Wording.Text(r.Median("residual_mean"))} ({r.Name})"));
        return judge.Outcome(chart: chart, caption: "No dot can lie below the dashed line. Networks at rest lie within .06 of cos 45°: "
            + "their class means are at a right angle, as far apart as features that are not negative can be.",
            fails: "V_L cannot point along h₊ and against h₋ when both have no negative entry: of two examples on the two sides of the "
                + $"output r₊² + r₋² ≥ 1 + cos² φ ≥ 1. At rest the mean residual is {Medians()}, where 0 is claimed and √½ = .707 is "
                + "what class means at a right angle have. This is the floor of the last layer in claim B38.");
    }

    /// <summary>cos(φ/2) from cos φ.</summary>
    private static double Half(double cosine) => Math.Sqrt((1 + Math.Max(cosine, 0)) / 2);

    // All pairs with outputs of opposite sign; ∂f_n/∂V_L is h_n.
    private static Pair[] Pairs(Network network, double[] v, Dataset data)
    {
        var h = ConstraintEquations.LastFeatures(network, v, data.X);
        var last = network.Layers[^1].Of(v).ToArray();
        double[] f = [.. h.Select(e => Vectors.Dot(last, e))];
        return [.. from n in Enumerable.Range(0, f.Length)
                   from m in Enumerable.Range(0, f.Length)
                   where f[n] > 0 && f[m] < 0
                   select Of(h[n], h[m], last)];
    }

    private static Pair Of(double[] first, double[] second, double[] v) =>
        new(Math.Cos(Vectors.Angle(first, second)), Math.Sin(Vectors.Angle(v, first)), Math.Sin(Vectors.Angle(v, second)));

    // Features |N(0, 1)| with some zeros in 2 to 6 dimensions, and a V_L of their span and a bit beside that has them on its two sides.
    private static Pair[] Random(int count)
    {
        var random = new RandomStream(125);
        var pairs = new List<Pair>(count);
        while (pairs.Count < count)
        {
            var p = 2 + pairs.Count % 5;
            double[] Features() => [.. Enumerable.Range(0, p).Select(_ => Math.Max(0, random.NextNormal() + .5))];
            double[] first = Features(), second = Features(), v = [.. Enumerable.Range(0, p).Select(_ => random.NextNormal())];
            if (Vectors.Dot(v, first) > 0 && Vectors.Dot(v, second) < 0) pairs.Add(Of(first, second, v));
        }
        return [.. pairs];
    }

    // The least r₊² + r₋² of two features at an angle φ in the plane, over the angles of V_L at which f₊ ≥ 0 ≥ f₋.
    private static double Scanned(double phi)
    {
        double least = double.PositiveInfinity;
        const int steps = 20_000;
        for (var i = 0; i < steps; i++)
        {
            var a = 2 * Math.PI * i / steps;
            if (Math.Cos(a) >= -1e-12 && Math.Cos(a - phi) <= 1e-12)
                least = Math.Min(least, Math.Pow(Math.Sin(a), 2) + Math.Pow(Math.Sin(a - phi), 2));
        }
        return least;
    }
}
