using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>
/// Claim b85: Lemma 9 at fixed ρ on deep networks. The margin rises while one example outweighs the others; at rest none can.
/// </summary>
internal static class MarginRisesAtFixedRho
{
    private static readonly double[] Rhos = [10, 100];
    private static readonly double[] Ahead = [1, 1], Aside = [-2, 1];
    private const int Inputs = 4, Examples = 12, Observations = 160, MaxSteps = 1000;
    private const double Moves = 1e-6, First = -4, Last = 14;
    private static readonly Tolerance Tolerance = new(1e-10, 1e-12);

    private static readonly (string Name, Network Net)[] Nets =
    [
        ("deep linear 4-5-3-1", Network.Linear(Inputs, 5, 3, 1)), ("diagonal, three layers", Network.Diagonal(Inputs, 3)),
        ("ReLU 4-6-1", Network.Dense(Inputs, 6, 1)),
    ];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b85-margin-rises-at-fixed-rho",
        Paper = SourcePapers.TheoryIII,
        Place = "Lemma 9 and the remark before it, eq. 70, §13; Theoretical issues, Lemma 4",
        Equations = ["T3.70b", "PNAS.14a"],
        Hypothesis = "Separation is reached, and ρ is so large that Σ e^{−ρf̃(x_n)} ∝ e^{−ρf̃(x*)}: the example of least margin outweighs "
            + "the others (Lemma 9). Checked as p_*‖H_*‖ ≥ Σ_{n≠*} p_n‖H_n‖, H_n = ∂f̃_n/∂V − V f̃_n over all layers.",
        Statement = "Then the margin increases, ∂f̃(x*)/∂t ≥ 0, even if ρ is kept fixed; likewise where a \"group of SVs with same "
            + "margin\" dominates (§13, before the lemma).",
        SetUp = $"{string.Join(", ", Nets.Select(static n => n.Name))} on {Examples} unit-norm directions labelled by a half-space, "
            + $"exponential loss (sum), the fixed-ρ flow (eq. 10) at ρ = {string.Join(" and ", Rhos)}, seeds "
            + $"{Spread.Seeds[0]}–{Spread.Seeds[^1]}, to t = {Wording.Decade(Last)} or to where kinks end it, {Observations} instants "
            + $"even in log t (relative tolerance {Wording.Text(Tolerance.Relative)}); and two examples {Wording.Row(Ahead)}, "
            + $"{Wording.Row(Aside)} of equal margin at v = (0, 1).",
        Expected = "No fall of min_n y_n f̃_n between two instants at both of which the same example outweighs the others.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var pairs = 0;
        double fall = double.NegativeInfinity, later = 0, without = 0, share = 0, rise = 1;
        int runs = 0, separated = 0, everDominated = 0, fallers = 0, dominatedAtRest = 0, rests = 0;
        FlowPoint[]? shown = null;
        foreach (var (name, net) in Nets)
            foreach (var rho in Rhos)
                foreach (var seed in Spread.Seeds)
                {
                    context.Progress($"{name}, ρ = {rho}, seed {seed}");
                    runs++;
                    var risk = new EmpiricalRisk(net, Loss.Exponential, ExampleSets.HalfSpace(Examples, Inputs, seed), Reduction.Sum);
                    var points = Follow(risk, rho, Initialization.Normal(net, new RandomStream(seed, 36)), context)
                        .SkipWhile(static p => p.Margin <= 0).ToArray();
                    if (points.Length < 2) continue;
                    separated++;
                    var dominant = points.Select(p => Dominant(p, risk, rho)).ToArray();
                    for (var i = 0; i + 1 < points.Length; i++)
                    {
                        if (dominant[i].Example is not { } n || dominant[i + 1].Example != n) continue;
                        if (Math.Abs(points[i + 1].Margin - points[i].Margin) > Moves * points[^1].Margin) pairs++;
                        fall = Math.Max(fall, (points[i].Margin - points[i + 1].Margin) / points[^1].Margin);
                    }
                    var from = Array.FindIndex(dominant, static d => d.Example is not null);
                    if (from >= 0)
                    {
                        everDominated++;
                        var to = Array.FindIndex(dominant, from, d => d.Example != dominant[from].Example) is var end && end < 0
                            ? points.Length - 1 : end - 1;
                        rise = Math.Max(rise, points[to].Margin / points[from].Margin);
                        later = Math.Max(later, Fall(points[from..]) / points[^1].Margin);
                    }
                    var drop = Fall(points) / points[^1].Margin;
                    if (drop > 1e-6) fallers++;
                    if (drop > without) (without, shown) = (drop, points);
                    if (!points[^1].AtEquilibrium) continue;
                    rests++;
                    share = Math.Max(share, dominant[^1].Ratio);
                    if (dominant[^1].Ratio > 1 + 1e-6) dominatedAtRest++;
                }
        judge.Measure("runs, and those that separated", runs, separated);
        judge.Measure("runs in which one example outweighs the others at some time", everDominated);
        judge.Measure("largest factor by which the margin rises meanwhile", rise);
        judge.Measure("largest fall of the margin in these from then on, over its last value", later);
        judge.Measure("runs whose margin falls after separation by more than 1e-6 of its last value", fallers);
        judge.Hypothesis.AtLeast("intervals in which one example outweighs the others and the margin moves by more than 1e-6 of its last "
            + "value", pairs, 30);
        const string quantity = "largest fall of the margin meanwhile, relative", one = "one example outweighs the others";
        judge.Printed.In(one).AtMost(quantity, fall, 1e-9);
        judge.Amended("a single example outweighs the others, not a group of equal margin").In(one).AtMost(quantity, fall, 1e-9);

        const string ends = "at a rest of the flow Σ p_n H_n = 0, so that no example outweighs the others: the if does not last";
        judge.Amended(ends).AtLeast("rests", rests, 5);
        judge.Amended(ends).AtMost("rests at which one does", dominatedAtRest, 0);
        judge.Amended("without the if it is not so: separation is not enough")
            .AtLeast("largest fall of the margin after separation, over its last value", without, 1e-3);

        var group = new EmpiricalRisk(Network.Dense(2, 1), Loss.Exponential, new Dataset("two of equal margin", [.. Ahead, .. Aside], [1,
            1], 2),
            Reduction.Sum);
        var tied = Follow(group, Rhos[0], [0, 1], context);
        judge.Printed.In("two examples of equal margin").AtMost(quantity, Fall(tied) / tied[0].Margin, 1e-9);

        var panel = new Panel("Margin at fixed ρ after separation", new Axis("t", Scale.Exponent), new Axis("min y_n f̃_n"));
        if (shown is not null) panel = panel.Line("margin", shown.Log10T(), shown.Column(static p => p.Margin));
        return judge.Outcome(
            care: $"In {pairs} intervals in which one example outweighs the others and the margin moves it never falls, as p_*‖H_*‖ ≥ "
                + $"Σ p_n‖H_n‖ implies by Cauchy and Schwarz, and it rises by up to a factor {Wording.Text(rise)}. At fixed ρ this if is "
                + $"rare and does not last: it is met in {everDominated} of "
                + $"{separated} runs that separate, and a rest has Σ p_nH_n = 0, where the greatest p_*‖H_*‖/Σ_{{n≠*}} p_n‖H_n‖ of "
                + $"{rests} rests is {Wording.Text(share)}. Without it the margin may fall: in {fallers} runs it does after separation, "
                + $"by up to {Wording.Text(100 * without)} % of its last value. Two examples of equal margin, the group of §13, lose "
                + $"{Wording.Text(100 * Fall(tied) / tied[0].Margin)} % of it: their mean rises, not the lesser of the two.",
            chart: new Chart(panel), caption: "The run with the largest fall: several examples share the loss, and the one at the margin "
                + "is pulled by the others.");
    }

    private static FlowPoint[] Follow(EmpiricalRisk risk, double rho, double[] start, StudyContext context)
    {
        var points = new List<FlowPoint>();
        var instants = Clock.LogSpaced(Instant.FromLog10T(First), Instant.FromLog10T(Last), Observations);
        try
        {
            foreach (var p in new FixedRhoFlow(risk, rho).From(start, new IntegrationOptions { Tolerance = Tolerance, MaxSteps = MaxSteps })
                .At(instants, context.Cancellation)) points.Add(p);
        }
        catch (IntegrationException)
        {
            // A flow may end on a kink; what was seen before it counts.
        }
        return [.. points];
    }

    private static double Fall(FlowPoint[] points)
    {
        double highest = double.NegativeInfinity, fall = 0;
        foreach (var p in points)
        {
            highest = Math.Max(highest, p.Margin);
            fall = Math.Max(fall, highest - p.Margin);
        }
        return fall;
    }

    // p_*‖H_*‖ over Σ_{n≠*} p_n‖H_n‖, and the example where it is at least 1: by Cauchy–Schwarz f̃_* rises there.
    private static (int? Example, double Ratio) Dominant(FlowPoint point, EmpiricalRisk risk, double rho)
    {
        var (data, network) = (risk.Data, risk.Network);
        var q = point.NormalizedMargins.ToArray();
        var v = point.V.ToArray();
        var gradients = new double[data.Count * v.Length];
        risk.Outputs(v);
        risk.Chain.PerExample(v, gradients);
        var least = Array.IndexOf(q, q.Min());
        double own = 0, others = 0;
        for (var n = 0; n < q.Length; n++)
        {
            var h = gradients.AsSpan(n * v.Length, v.Length);
            Vectors.Scale(data.Y[n], h, h);
            foreach (var layer in network.Layers) Vectors.Add(-q[n], layer.Of(v), layer.Of(h));
            var pull = Math.Exp(-rho * (q[n] - q[least])) * Vectors.Norm(h);
            if (n == least) own = pull;
            else others += pull;
        }
        return (own >= others ? least : null, own / others);
    }
}
