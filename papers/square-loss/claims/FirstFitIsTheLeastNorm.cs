using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Claim b119: without decay, the fit that is met first as ρ grows from 0 has the least norm of all.</summary>
internal static class FirstFitIsTheLeastNorm
{
    private const int Inputs = 5, Hidden = 8;
    private const double Small = .01;

    // “The absolute minimum norm” up to these, chosen before the runs.
    internal const double Least = 1.01, Larger = 1.05;

    // “ρ_min ≫ 1”: e^{−ρ_min²} is 1e-4 there.
    private const double MuchLarger = 3;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b119-first-fit-is-the-least-norm",
        Title = "The fit that is met first has the least norm",
        Paper = SourcePapers.SquareLoss,
        Place = "§2.3, Observation 2; §1.2; §3",
        Equations = ["SQ.5", "SQ.6"],
        Hypothesis = "L ≥ 2, ‖x‖ = 1, λ = 0, gradient flow (5)–(6) from a small ρ0, average separability Σ y f > 0 at the start (the sign "
            + "of V_L is chosen so).",
        Statement = "Among the minimizers of zero loss the one with the smallest ρ, which has the absolute minimum norm, is typically "
            + "found first, even for λ = 0, when ρ increases from 0.",
        SetUp = $"One example: ReLU nets {Inputs}-{Hidden}-1, y = 1, V_1 normal, V_2 the moduli of normal numbers (units keep their "
            + $"sides), ρ0 = {Wording.Short(Small)}, seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}; least norm 1; the flow beside its closed "
            + "form: 1 − ‖a‖² and 1 − ‖b‖² fall like e^{−(ρ² − ρ0²)}, a the part of V_2 on the units that are on, b = V_1 x on them, so "
            + "that f² = 1 − c e^{−δ} + (f_0² − 1 + c) e^{−2δ}, c = 2 − ‖a_0‖² − ‖b_0‖², δ = ρ² − ρ0², and ρ f = 1 at the fit. "
            + "Gradient flow on W_k likewise. "
            + $"Several: {string.Join(" and ", MinimumNormCase.All.Select(static c => c.Words))}, {MinimumNormCase.Starts} "
            + $"starts from ρ0 = {Wording.Short(MinimumNormCase.Norms[0])} ρ_min, descents of {Wording.Count(MinimumNormEnds.QuickSteps)} "
            + $"steps (plane) and, kept, {Wording.Count(MinimumNormEnds.LongSteps)} (digits); ρ over the least norm at which the mean "
            + $"square that it has come to is known to be reached (b118). Least: within a factor {Wording.Text(Least)}; larger: beyond "
            + $"{Wording.Text(Larger)}. That the smallest ρ is the minimum norm is its definition; “found first” is what is tested. One "
            + "example has ρ_min = 1, outside the paper’s “in practice ρ_min ≫ 1” (§3), which is taken as ρ_min ≥ "
            + $"{Wording.Short(MuchLarger)}, chosen after a first look.",
        Expected = "Ratio 1.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        const string ratio = "ρ over the least norm with that loss, median over starts";
        var one = Spread.Seeds.Select(seed => One(seed, context)).ToArray();
        judge.Premise.AtMost("one example: largest |ρ of the flow (5)–(6) over its closed form − 1|", one.Max(static o => o.ModelError),
            1e-6);
        judge.Premise.AtMost("one example: largest |∏‖W_k‖ of gradient flow over its closed form − 1|", one.Max(static o =>
            o.PlainError), 1e-6);
        judge.Measure("one example: ρ of the flow (5)–(6) at the fit, by seed", [.. one.Select(static o => o.Model)]);
        judge.Measure("one example: ∏‖W_k‖ of gradient flow at the fit, by seed", [.. one.Select(static o => o.Plain)]);
        var single = Spread.Of(one.Select(static o => o.Model));
        judge.Printed.In("one example").AtMost(ratio, single.Median, strict: Least, lenient: Larger);
        var far = $"ρ_min ≫ 1, that is ≥ {Wording.Short(MuchLarger)}: of the first direction e^{{−ρ_min²}} is left";
        var sentences = new List<string>();
        foreach (var of in MinimumNormCase.All)
        {
            var small = MinimumNormCase.Norms[0];
            var setting = MinimumNormEnds.Of(true, 0, small);
            double[] ratios = MinimumNormEnds.Ratios(context, of, setting),
                plain = MinimumNormEnds.Ratios(context, of, MinimumNormEnds.Of(false, 0, small));
            foreach (var group in (CheckGroup[])[judge.Printed.In(of.Words),
                judge.Amended(far).In(of.Words)])
                group.AtMost(ratio, Spread.Of(ratios).Median, strict: Least, lenient: Larger);
            judge.Amended(far).In(of.Words).AtLeast("ρ_min", LeastLossCurve.Of(context, of).Minimum, MuchLarger);
            judge.Measure($"{of.Words}: the same, sorted", ratios);
            judge.Measure($"{of.Words}: mean square at the end, by start",
                [.. MinimumNormEnds.Of(context, of, setting).Select(static e => e.MeanSquare)]);
            judge.Measure($"{of.Words}: ratio of descent on W_k without normalization, sorted", plain);
            sentences.Add($"{of.Words} {MinimumNormEnds.Text(ratios)}, without normalization {MinimumNormEnds.Text(plain)}");
        }
        judge.Amended("one example: gradient flow on W_k, whose directions turn before the norm has grown")
            .In("one example, without normalization").AtMost("∏‖W_k‖ over the least norm, median over starts",
                Spread.Of(one.Select(static o => o.Plain)).Median, Least);
        var least = string.Join(" and ", MinimumNormCase.All.Select(of => Wording.Text(LeastLossCurve.Of(context, of).Minimum, 2)));
        var text = $"One example: the flow (5)–(6) meets the fit at ρ = {Wording.Text(single)}, where 1 is possible: ρ grows from 0 to it "
            + "while V has no time to turn: by the closed form e^{−ρ²} of the first direction is left. Gradient "
            + $"flow on W_k from the same small start ends at {Wording.Text(Spread.Of(one.Select(static o => o.Plain)))}. That V has no "
            + "time there rests on ρ_min = 1. In the two "
            + $"sets here ρ_min = {least}, and V has the time: ρ over the least norm with the loss that it has come to is "
            + $"{string.Join("; ", sentences)}.";
        double[] deltas = [.. Enumerable.Range(0, 81).Select(static i => i / 40.0)];
        var panel = new Panel("One example, one start: f of the flow (5)–(6) as ρ grows", new Axis("ρ", Min: 0, Max: 2), new Axis("f",
            Min: 0, Max: 1))
            .Points("flow", one[0].Rho, one[0].F, 0)
            .Predicted("closed form", deltas, r => r < Small ? double.NaN : Math.Sqrt(Math.Max(0,
                OneExampleNorm.SquaredOutput(one[0].A, one[0].B, one[0].F0, r * r - Small * Small))), 0)
            .Line("fit: ρf = 1", [.. deltas.Where(static r => r >= 1)], [.. deltas.Where(static r => r >= 1).Select(static r => 1 / r)], 1);
        return judge.Outcome(holds: text, care: text, fails: text, open: text, chart: new Chart([panel, .. MinimumNormEnds.Panels(context,
            static s => s.Share == 0 && s.Start == MinimumNormCase.Norms[0])]),
            caption: "Left: the fit is where the curves meet, at ρ > 1. Right: ends of descents beside the least loss that is known at "
                + "each ρ.");
    }

    private sealed record OneEnd(double Model, double ModelError, double Plain, double PlainError, double A, double B, double F0,
        double[] Rho,
        double[] F);

    private static OneEnd One(long seed, StudyContext context)
    {
        var random = new RandomStream(seed, stream: 119);
        var x = new double[Inputs];
        foreach (ref var value in x.AsSpan()) value = random.NextNormal();
        Vectors.Scale(1 / Vectors.Norm(x), x, x);
        var network = Network.Dense(Inputs, Hidden, 1);
        var risk = new EmpiricalRisk(network, Loss.Square, new Dataset("one example", x, [1], Inputs), Reduction.Sum);
        var v = Initialization.Normal(network, random);
        foreach (ref var weight in network.Layers[1].Of(v.AsSpan())) weight = Math.Abs(weight);
        Initialization.ScaleLayers(network, v, [1]);
        double[] Active(double[] theta, out double[] b)
        {
            var rows = network.Layers[0].Of(theta.AsSpan()).ToArray();
            double[] before = [.. Enumerable.Range(0, Hidden).Select(i => Vectors.Dot(rows.AsSpan(i * Inputs, Inputs), x))];
            b = [.. before.Where(static z => z > 0)];
            return [.. network.Layers[1].Of(theta.AsSpan()).ToArray().Where((_, i) => before[i] > 0)];
        }
        var a = Active(v, out var b);
        double a2 = Vectors.Dot(a, a), b2 = Vectors.Dot(b, b), f = Vectors.Dot(a, b);
        var options = new IntegrationOptions { Tolerance = new(1e-11, 1e-13) };
        Instant[] at = [Instant.Zero, .. Clock.LogSpaced(Instant.FromT(.02), Instant.FromT(50), 40)];
        FlowPoint[] path = [.. new BatchNormWeightDecayFlow(risk, 0, rho: Small).From(v, options).At(at, context.Cancellation)];
        var model = path[^1].Rho;
        var expected = OneExampleNorm.OfModel(a2, b2, f, Small);
        var theta = (double[])v.Clone();
        Vectors.Scale(Math.Sqrt(Small), theta, theta);
        var w = new UnconstrainedFlow(risk).From(theta, options).At([Instant.FromT(200)], context.Cancellation).Single();
        var small = Active(theta, out var smallB);
        var law = OneExampleNorm.OfGradientFlow(small, smallB, Small - Vectors.Dot(smallB, smallB), Small - Vectors.Dot(small, small));
        return new(model, Math.Abs(model / expected - 1), Math.Abs(w.Rho), Math.Abs(Math.Abs(w.Rho) / law - 1), a2, b2, f,
            [.. path.Select(static p => p.Rho)], [.. path.Select(static p => p.Margin)]);
    }
}
