using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// Claim b35: with batch normalization and weight decay the final ρ does not depend on the start, if λ is large enough for the time there
/// is.
/// </summary>
internal static class BatchNormDecayForgetsTheStart
{
    private const double Printed = .2, Agreement = .05;

    // “Rather independent” (§6.1) and “strongly depend” (§3) have no bounds: what counts as either, for the model and for networks; what
    // is between is open.
    private const double Independent = 1.3, Dependent = 2;
    private static readonly double[] Lambdas = [0, .01, .02, .05, .1, .2, .5, 1], Starts = ModelPanels.Starts;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b35-batch-norm-decay-forgets-the-start",
        Paper = SourcePapers.SquareLoss,
        Place = "abstract; §2.3; §3, figures 1–5; §6.1",
        Equations = ["SQ.5", "SQ.6"],
        Hypothesis = "Square loss, normalization and weight decay as in eq. 5 and 6 or in networks with batch normalization, λ large "
            + "enough (§1.2), converged: decay has acted for (1 − μ)/(2ηλ) steps and more (§3).",
        Statement = "With normalization and weight decay convergence is to one norm, independently of the initial conditions; without "
            + "decay it is not.",
        SetUp = "Model (5)–(6) on ReLU nets 4-8-8-1, 20 examples of gaussian-teacher, the same V from ρ0 = .1, 1 and 10, seeds "
            + $"{Spread.Seeds[0]}–{Spread.Seeds[^1]}, 20,000 steps of size .1/(1 + ρ²): λ = {Wording.Short(Printed)} is tested, and λ = "
            + $"{Lambdas[0]} … {Lambdas[^1]} varied beside it. Independent means: |ρ| from the three starts within a factor "
            + $"{Wording.Text(Independent)}; dependent: beyond a factor {Wording.Text(Dependent)}. Then networks 64-32-32-32-1 with batch "
            + "normalization on digits, norms .1, 1 and 5, five seeds (norms-quick.yaml), with 2λ = .01 and without. Chosen after a "
            + "first form (ρ0 = .1, 1, 5; every seed apart at λ = 0) had been seen to fail: the starts, the size of the steps, the "
            + "median at λ = 0; the limits after pilot runs. What varies with λ is shown for that reason.",
        History = ["was ≈ until 2026-11-28, because the model without decay was held against a bound that had been chosen after "
            + "pilot runs; the paper has none for “dependent”"],
        Expected = "Largest over smallest final ρ near 1 with decay, large without.",
        Figures = ["square-loss/figure-02", "square-loss/figure-07"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var spreads = Lambdas.Select(lambda =>
        {
            context.Progress($"λ = {lambda}");
            return Spreads(context, lambda);
        }).ToArray();
        double[] At(double lambda) => spreads[Array.IndexOf(Lambdas, lambda)];
        for (var i = 0; i < Lambdas.Length; i++)
            judge.Measure($"model, λ = {Wording.Text(Lambdas[i])}: (max − min)/min of the final ρ, by seed", spreads[i]);
        const string factor = "largest over smallest final ρ of the three starts";
        string modelDecayed = $"model, λ = {Printed}, worst of five seeds", netsDecayed = "networks, 2λ = .01, medians of five seeds",
            netsFree = "networks, λ = 0, medians of five seeds";
        judge.Printed.In(modelDecayed).AtMost(factor, 1 + At(Printed).Max(), strict: Independent, lenient: Dependent);
        judge.Printed.In("model, λ = 0, worst of five seeds").AtLeast(factor, 1 + At(0).Max(), lenient: 1, strict: Dependent);
        judge.Measure("model: (max − min)/min at λ = 0 over that at λ = .2, by seed", [.. At(0).Zip(At(Printed), static (free, kept) =>
            free / kept)]);

        var decayed = Networks(context, judge, "2λ = .01", []);
        var free = Networks(context, judge, "λ = 0", ["descent.weight-decay=0"]);
        judge.Hypothesis.AtLeast("networks, 2λ = .01: times (1 − μ)/(2ηλ) that decay has acted", CollapseRuns.Folds(
            ((Lab.Experiments.DescentExperiment)FigureConfig.Read(NormSweep.QuickConfig, Array.Empty<string>())).Descent,
            NormSweep.WithDecay.Quick(context)[0].Runs[0]["t"][^1]), 1);
        judge.Printed.In(netsDecayed).AtMost(factor, decayed, strict: Independent, lenient: Dependent);
        judge.Printed.In(netsFree).AtLeast(factor, free, lenient: 1, strict: Dependent);

        double[] agree = [.. Lambdas.Where(l => At(l).Max() <= Agreement)], median =
            [.. Lambdas.Where(l => Spread.Of(At(l)).Median <= Agreement)];
        judge.Measure("λ tried at which all five V agree within 5 %", agree);
        judge.Measure("λ tried at which the median of five V agrees within 5 %", median);

        // λ = 0 has no place on a logarithmic axis; its spread is the level.
        var drawn = Enumerable.Range(1, Lambdas.Length - 1).ToArray();
        var chart = new Chart(new Panel("Where the verdict changes: the model from ρ0 = 0.1, 1, 10", new Axis("λ", Scale.Log),
            new Axis("(max − min)/min of the final ρ", Scale.Log, Min: 1e-4))
            .Points("one V", [.. drawn.SelectMany(i => spreads[i].Select(_ => Lambdas[i]))],
            [.. drawn.SelectMany(i => spreads[i].Select(s => Math.Max(s, 1e-4)))])
            .Line("median", [.. drawn.Select(i => Lambdas[i])], [.. drawn.Select(i => Math.Max(Spread.Of(spreads[i]).Median, 1e-4))])
            .Level("5 %: one norm", Agreement).Level("median at λ = 0", Spread.Of(At(0)).Median),
            Finals(context));
        var sentence = $"Model: at λ = {Printed} the final ρ from the three starts differ by {Wording.Text(100 * At(Printed).Min(), 2)} … "
            + $"{Wording.Text(100 * At(Printed).Max(), 2)} % (median {Wording.Text(100 * Spread.Of(At(Printed)).Median, 2)} %), at λ = 0 "
            + $"by {Wording.Text(100 * At(0).Min(), 2)} … {Wording.Text(100 * At(0).Max(), 2)} %. Networks: {Wording.Text(decayed)} "
            + $"between the largest and the smallest ρ with decay, {Wording.Text(free)} without. ";
        string List(double[] lambdas) => lambdas.Length == 0 ? "none" : string.Join(", ", lambdas.Select(l => Wording.Text(l)));
        var where = $"Of the λ tried all five V agree within 5 % at {List(agree)}, their median at {List(median)}.";
        return judge.Outcome(chart: chart, caption: "Left: each dot compares three runs that begin with the same V at different ρ. What "
            + "is left at large λ are different minima of V, not a memory of ρ (right: the final ρ themselves).",
            holds: sentence + where, fails: sentence + where, open: sentence + where);
    }

    private static double[] Spreads(StudyContext context, double lambda)
    {
        var runs = Starts.Select(rho => BatchNormModel.SmallRuns(context, lambda, rho)).ToArray();
        return [.. Spread.Seeds.Select((_, s) => Relative([.. runs.Select(r => r[s][^1].Size)]))];
    }

    /// <summary>(max − min)/min.</summary>
    public static double Relative(double[] values) => (values.Max() - values.Min()) / values.Min();

    private static double Networks(StudyContext context, Judge judge, string which, string[] overrides)
    {
        var medians = NormSweep.WithDecay.Quick(context, overrides).Select(s => Spread.Of(s.Runs.Select(NormSettings.Final)).Median)
            .ToArray();
        judge.Measure($"networks, {which}: median ρ over the second half of training, from norms .1, 1, 5", medians);
        return medians.Max() / medians.Min();
    }

    private static Panel Finals(StudyContext context)
    {
        var panel = new Panel("Final ρ of all V", new Axis("λ", Scale.Log), new Axis("|ρ|", Scale.Log));
        for (var i = 0; i < Starts.Length; i++)
        {
            List<double> x = [], y = [];
            foreach (var lambda in Lambdas.Skip(1))
            {
                foreach (var run in BatchNormModel.SmallRuns(context, lambda, Starts[i]))
                {
                    x.Add(lambda);
                    y.Add(run[^1].Size);
                }
            }
            panel = panel.Points($"from ρ0 = {Wording.Text(Starts[i])}", x, y, i);
        }
        return panel;
    }
}
