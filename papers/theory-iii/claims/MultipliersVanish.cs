using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Observations;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Claim b94: the Lagrange multipliers λ_k go to 0, and so fast that λ_kρ_k does.</summary>
internal static class MultipliersVanish
{
    private const int Seeds = 5;
    private static readonly double[] Lambdas = [-1, -3, -10, -30, -100, -300, -1000];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b94-multipliers-vanish",
        Paper = SourcePapers.TheoryIII,
        Place = "§5; §10.1, remarks 1 to 3, eq. 45–48; §14",
        Equations = ["T3.10", "T3.22", "T3.10a"],
        Hypothesis = "The flow (B) with Lagrange multipliers under the exponential loss, data that are separated, so that ρ_k → ∞ (§5, "
            + "§10.1); and the vanishing regularizer λ‖W‖² of [36] that §5 compares it to.",
        Statement = "The multipliers λ_k go to 0 as t → ∞, and fast enough for λ_kρ_k to go to 0 while ρ_k → ∞.",
        SetUp = $"λ_k = ½ρ Σ e^{{−ρf}}f, the same for every layer. (i) Iris, weight normalization, to "
            + $"{Wording.End(IrisFlows.GradientDescent)}. "
            + $"(ii) Deep linear networks {DeepBalance.Shape}, ‖W_k‖ = 1 at the start, seeds 0–{Seeds - 1}, flow (B) to t = "
            + $"{Wording.Decade(DeepBalance.Last)}. (iii) {NormGrowth.Words}, K = 1, 2, 3, 5, 10, to {Wording.End(NormGrowth.SetUp)}. (iv) "
            + $"w(λ) of b30 for λ = {Wording.Decade(Lambdas[0])} … {Wording.Decade(Lambdas[^1])}. That λ_k and λ_kρ_k go to 0 is judged by "
            + "a fall of three decades from t = 1e2 on, a bound that is ours.",
        Expected = "Since λ_k = ½ρ_kρ̇_k it is ¼ dρ_k²/dt, so with ρ_k ~ (log t/γ)^{1/K} both λ_k and λ_kρ_k fall like 1/t up to powers of "
            + "log t. It is not a condition: ρ → ∞ at a margin above 0 makes λρ = ½ρ² Σ e^{−ρf}f go to 0.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var panel = new Panel("t λₖρₖ along the flow (B)", new Axis("t", Scale.Exponent), new Axis("log₁₀ t λₖρₖ"));
        var iris = IrisFlows.Wn(context).Where(p => p.Log10T >= 0).ToList();
        // ρ_k grows and λ_kρ_k falls at the rate 1/t but for powers of log t.
        void Hold(string name, params IReadOnlyList<IReadOnlyList<FlowPoint>> runs)
        {
            (FlowPoint First, FlowPoint Last)[] ends = [.. runs.Select(static r => (r.AtDecade(2), r[^1]))];
            judge.Hypothesis.In(name).AtLeast("least ρ_k at the end over that at t = 1e2", ends.Min(static e => Ratio(e.First, e.Last)), 1);
            judge.Hypothesis.In(name).AtLeast("least margin at the end", ends.Min(static e => e.Last.Margin), 1e-6);
            judge.Printed.In(name).AtMost("greatest log₁₀ of λ_k at the end over that at t = 1e2",
                ends.Max(static e => LogLambda(e.Last) - LogLambda(e.First)), -3);
            judge.Printed.In(name).AtMost("greatest log₁₀ of λ_kρ_k at the end over that at t = 1e2",
                ends.Max(static e => LogProduct(e.Last) - LogProduct(e.First)), -3);
            double[] rates = [.. ends.Select(static e => (LogProduct(e.Last) - LogProduct(e.First)) / (e.Last.Log10T - 2))];
            judge.Amended("λ_kρ_k falls like 1/t, up to powers of log t").In(name)
                .AtMost("largest |1 + log₁₀ of λ_kρ_k lost a decade of t|", rates.Max(static r => Math.Abs(r + 1)), .05);
            var shown = runs[0].Where(p => p.Log10T is >= 1 and <= 100).ToList();
            panel = panel.Line(runs.Count > 1 ? $"{name} (the first)" : name, shown.Log10T(),
                shown.Column(static p => LogProduct(p) + p.Log10T));
        }
        Hold("Iris", [iris]);
        Hold($"deep linear, {Seeds} seeds", [.. Enumerable.Range(0, Seeds).Select(seed => Deep.Of(context, seed))]);
        foreach (var k in NormGrowth.Layers)
            Hold($"one example, K = {k}", [[.. NormGrowth.Flow(context, k).Where(p => p.Log10T >= 0)]]);

        var law = NormGrowth.Layers.Select(k =>
        {
            var end = NormGrowth.Flow(context, k)[^1];
            return (LogLambda(end) + end.Log10T) * Curves.Ln10 - Math.Log(Math.Pow(end.At.LogT, 2.0 / k - 1) / (2 * k));
        }).ToArray();
        judge.Amended("λ_k ~ (log t)^{2/K−1}/(2Kt) for f̃ = 1").AtMost("largest |log of λ_k over that law| at t = 1e10000, five K",
            law.Max(Math.Abs), .01);
        // Too fast they cannot go: ∫λ_k dt = ¼ρ_k² has to diverge.
        var sum = 0.0;
        for (var i = 1; i < iris.Count; i++)
            sum += (Area(iris[i - 1]) + Area(iris[i])) / 2 * (iris[i].At.LogT - iris[i - 1].At.LogT);
        judge.Amended("nor can they go faster: ∫λ_k dt = ¼ρ_k², which diverges").Near("Iris: ∫λ dt over ¼ of the rise of ρ², t = 1 to "
            + "1e300",
            sum / ((Square(iris[^1]) - Square(iris[0])) / 4), 1, relative: .01);

        var path = RegularizationPath.At(ExampleSets.ThreeByTwo, Loss.Exponential, [.. Lambdas.Select(e => e * Curves.Ln10)]);
        double[] products = [.. path.Select((p, i) => Lambdas[i] + Math.Log10(p.Rho))];
        judge.Measure("vanishing regularizer: log₁₀ λ‖w(λ)‖ at λ = 1e-1 … 1e-1000", products);
        judge.Printed.In("vanishing regularizer").AtMost("largest change of log₁₀ λρ from one λ to the next smaller",
            products.Zip(products.Skip(1), static (a, b) => b - a).Max(), 0);
        double[] slow = [.. new double[] { 2, 4, 8 }.Select(e => LogProduct(ScheduledNorm.Follow(context, Schedule.LogLogT).AtDecade(e)))];
        judge.Measure("ρ(t) = log log t prescribed on Iris: log₁₀ λρ at t = 1e2, 1e4, 1e8", slow);
        return judge.Outcome(chart: new Chart(panel),
            caption: "Over a hundred decades of t what is left beside 1/t is a power of log t: λ_kρ_k falls like (log t)^{3/K−1}/t.",
            holds: $"On Iris log₁₀ of λρ is {Wording.Text(LogProduct(iris[^1]))} at t = 1e300, in the deep networks "
                + $"{Wording.Text(Enumerable.Range(0, Seeds).Max(s => LogProduct(Deep.Of(context, s)[^1])))} at most at 1e8. It takes no "
                + "choice of λ_k: λ_k = ½ρ_kρ̇_k, and ρ → ∞ at a margin above 0 makes λ_kρ_k vanish. Nor can λ_k vanish as fast as one "
                + "likes, since ∫λ_k dt = ¼ρ_k² diverges. Under the vanishing regularizer λ‖w(λ)‖ goes to 0 with λ alike.");
    }

    // The flow (B) from equal norms.
    private static readonly SharedResults<int, IReadOnlyList<FlowPoint>> Deep = new((context, seed) =>
    {
        var (_, risk, start) = DeepBalance.Linear(seed, 1, 1, 1);
        return [.. new LagrangeFlow(risk).From(start, new IntegrationOptions { Tolerance = new(1e-9, 1e-12) })
            .At([.. Curves.Exponents(0, DeepBalance.Last, 33, 2).Instants()], context.Cancellation)];
    });

    // log₁₀ of λ_k = ½ρ Σ e^{−ρf}f, e^{−ρf_n}/L by the margins.
    private static double LogLambda(Snapshot p)
    {
        var margins = p.NormalizedMargins;
        var least = p.Margin;
        double total = 0, weighted = 0;
        foreach (var m in margins)
        {
            var weight = Math.Exp(-p.Rho * (m - least));
            (total, weighted) = (total + weight, weighted + weight * m);
        }
        return Math.Log10(p.Rho / 2 * weighted / total) + p.LogLoss / Curves.Ln10;
    }

    private static double LogProduct(FlowPoint p) => LogLambda(p) + Math.Log10(p.RhoK[0]);

    private static double Area(FlowPoint p) => Math.Exp(LogLambda(p) * Curves.Ln10 + p.At.LogT);

    private static double Square(FlowPoint p) => p.RhoK[0] * p.RhoK[0];

    private static double Ratio(FlowPoint first, FlowPoint last)
    {
        var least = double.PositiveInfinity;
        for (var k = 0; k < first.RhoK.Length; k++) least = Math.Min(least, last.RhoK[k] / first.RhoK[k]);
        return least;
    }
}
