using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// Claim b122: what sets ρ of a network with batch normalization and decay: λ alone, as eq. 7 says of the model, or also the learning
/// rate and the minibatch.
/// </summary>
internal static class DecaySetsTheLastNorm
{
    // The paper has no bounds: what counts as no dependence and as one, an exponent with twice its standard error; eq. 7 at rest.
    private const double None = .1, Some = .25, Different = .1;

    private static readonly (string Name, Func<NormRates.Setting, double> By)[] Parameters =
        [("η", static s => s.Rate), ("λ", static s => s.Lambda), ("B", static s => s.Batch)];

    private static readonly TrainingWords Training = new(NormRates.Config);

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b122-decay-sets-the-last-norm",
        Title = "ρ_L rests at eq. 7 at any rate",
        Paper = SourcePapers.SquareLoss,
        Place = "§2.3, eq. 7; appendix E.1, eq. 31; figures 2 and 4",
        Equations = ["SQ.7"],
        Hypothesis = "The model: ρ_k = 1 for k < L, ρ = ρ_L (§2.3, “we assume that for network trained with BN”), gradient flow. Networks: "
            + "SGD with momentum, batch normalization and decay as in figures 1–5, trained to rest, the training set separated. Of these "
            + "only a mean square ≤ .05 and the time for which decay has acted are known of the kept runs. That a "
            + "theory of SGD is still missing the paper says itself (footnote 7, §6.1).",
        Statement = "ρ goes to ρ_eq = Σ y f/(λ + Σ f²), in which of the parameters of training only λ stands.",
        SetUp = $"Networks {Training.LayersOnDigits} with batch normalization in front of every ReLU, digits 3 against 8 ({Training.Train} "
            + "examples), longer runs kept: η = .005 … .04, λ = .00125 … .02, B = 16 … 256, one of them varied around η = .02, λ = .005, "
            + $"B = 64, and η against λ at ηλ = 1e-4, each for {NormRates.Folds} times (1 − μ)/(2ηλ) steps, seeds "
            + $"{Spread.Seeds[0]}–{Spread.Seeds[^1]} (norm-rates.yaml); and narrower ones, 64-16-16-16-1 on 32 examples, trained now. "
            + "Geometric means over the second half of training, by the statistics of the whole training set: ρ_L; ∏ρ_k with batch "
            + "normalization folded in; ‖W_k‖, k < L, as trained. Exponents: slope of the logarithms for every seed, mean ± standard error "
            + $"over the seeds. No dependence on η: |exponent| + 2 errors ≤ {Wording.Short(None)}; dependence: |exponent| − 2 errors > "
            + $"{Wording.Short(Some)}; the same rule for B and for ∏ρ_k, which figure 2 plots (at first only ρ_L in η was judged). "
            + "At rest eq. 7 is the identity ⟨W_L, ∂L/∂W_L⟩ = 0, so that it is a premise here, within "
            + $"{Wording.Short(Different)}.",
        Expected = "Exponent 0 of ρ_L and of ∏ρ_k in η and in B.",
        History = ["was ✓ until 2026-11-29, because the exponents in B and of ∏ρ_k were measured and not judged"],
        Figures = ["square-loss/figure-02", "square-loss/figure-04"],
        FullRuns = NormRates.FullRuns,
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var quick = NormRates.Quick(context);
        var all = NormRates.Long(context);
        foreach (var (name, rows) in new[] { ("32 examples", quick), ("256 examples", all) }.Where(static g => g.Item2.Count > 0))
            Hold(judge, name, rows);
        if (all.Count == 0) return judge.Outcome();
        var centre = NormRates.All[0];
        (string Name, Func<NormRates.Row, double> Of)[] norms =
            [("ρ_L", static r => r.Last), ("∏ρ_k", static r => r.Product), ("‖W_k‖, k < L", static r => r.Inner)];
        var panels = Parameters.Select(parameter =>
        {
            var panel = new Panel($"Against {parameter.Name}, five seeds", new Axis(parameter.Name, Scale.Log),
                new Axis($"norm over that at η = {Wording.Short(centre.Rate)}, λ = {Wording.Short(centre.Lambda)}, B = {centre.Batch}",
                    Scale.Log));
            for (var i = 0; i < norms.Length; i++)
            {
                var of = norms[i].Of;
                NormRates.Row[] rows = [.. Varied(all, centre, parameter.By).OrderBy(r => parameter.By(r.Of))];
                double Base(NormRates.Row r) => of(rows.Single(c => c.Of == centre && c.Seed == r.Seed));
                var exponent = NormRates.Exponent(rows, of, parameter.By);
                double[] at = [.. rows.Select(r => parameter.By(r.Of)).Distinct()];
                panel = panel.Points(norms[i].Name, [.. rows.Select(r => parameter.By(r.Of))], [.. rows.Select(r => of(r) / Base(r))], i)
                    .Predicted($"exponent {Text(exponent)}", at, x => Math.Pow(x / parameter.By(centre), exponent.Mean), i);
            }
            return panel;
        });
        NormRates.Row[] product = [.. all.Where(r => r.Of.Batch == centre.Batch)];
        var chart = new Chart([.. panels, new Panel("η and λ together", new Axis("ηλ", Scale.Log), new Axis("∏ρ_k", Scale.Log))
            .Points("B = 64, all η and λ, five seeds", [.. product.Select(static r => r.Of.Rate * r.Of.Lambda)],
                [.. product.Select(static r => r.Product)])]);
        string Of(int norm) => string.Join(", ", Parameters.Select(p =>
            $"{p.Name}^{{{Text(NormRates.Exponent(Varied(all, centre, p.By), norms[norm].Of, p.By))}}}"));
        var kept = NormRates.Exponent(all.Where(r => r.Of.Batch == centre.Batch && r.Of.Rate * r.Of.Lambda is > .9e-4 and < 1.1e-4),
            static r => r.Product, static s => s.Rate);
        // ‖W‖² loses 4ηλ/(1 − μ) of itself a step and gains η²G/‖W‖², G/‖W‖² the square of a minibatch's gradient, which goes like L/B.
        var noisy = all.Where(r => r.Of.Batch < NormRates.ExamplesOf(all)).ToArray();
        var law = LinearRegression.Of([.. noisy.Select(static r => Math.Log(r.Of.Rate * r.Loss / (r.Of.Lambda * r.Of.Batch)))],
            [.. noisy.Select(static r => 4 * Math.Log(r.Inner))]);
        judge.Measure("256 examples, B < N: slope of log ‖W_k‖⁴ against log ηL/(λB), k < L", law.Slope);
        judge.Amended("what sets the weights of the normalized layers").AtMost(
            "|slope of log ‖W_k‖⁴ against log ηL/(λB) − 1|, B < N", Math.Abs(law.Slope - 1), .1);
        var text = $"256 examples: ρ_L goes like {Of(0)}; ∏ρ_k like {Of(1)}, and at fixed ηλ like η^{{{Text(kept)}}}; the weights of the "
            + $"normalized layers, whose size no output depends on, like {Of(2)}: ‖W_k‖⁴ ∝ (ηL/(λB))^{{{Wording.Text(law.Slope)}}} where "
            + "decay holds the noise of minibatches, L the loss. ρ_L over eq. 7 is "
            + $"{Wording.Text(Spread.Of(all.Select(static r => r.OverEquilibrium)))}. At fixed B ρ_L does not depend on η; with B it falls "
            + "as much as with λ, and ∏ρ_k falls with ηλ.";
        return judge.Outcome(holds: text, care: text, fails: text, open: text, chart: chart,
            caption: "Dots: a run each, over the same seed's at the centre. Dashed: powers with the mean exponent. ± is the standard error "
                + "over five seeds.");
    }

    private static void Hold(Judge judge, string name, IReadOnlyList<NormRates.Row> rows)
    {
        var centre = rows[0].Of;
        judge.Hypothesis.AtMost($"{name}: largest median of the mean square over a setting’s seeds",
            rows.GroupBy(static r => r.Of).Max(static g => Spread.Of(g.Select(static r => r.Loss)).Median), .05);
        foreach (var (parameter, by) in Parameters)
        {
            var varied = Varied(rows, centre, by).ToArray();
            if (varied.Select(r => by(r.Of)).Distinct().Count() < 2) continue;
            foreach (var (norm, of) in ((string, Func<NormRates.Row, double>)[])
                [("ρ_L", static r => r.Last), ("∏ρ_k", static r => r.Product)])
            {
                var exponent = NormRates.Exponent(varied, of, by);
                judge.Measure($"{name}: exponent of {norm} in {parameter}", Text(exponent));
                // Two rates tell no exponent that the seeds do not hide; on λ the norm may depend.
                if (parameter == "λ" || varied.Select(r => by(r.Of)).Distinct().Count() <= 2) continue;
                const string size = "|exponent of the norm|";
                void In(CheckGroup group) => group.In($"{name}, {norm} in {parameter}").AtMost(size, Math.Abs(exponent.Mean),
                    strict: None - 2 * exponent.Error, lenient: Some + 2 * exponent.Error);
                In(judge.Printed);
                if (parameter == "η" && norm == "ρ_L") In(judge.Amended("ρ_L at fixed B"));
            }
        }
        const string apart = "largest |ρ_L over eq. 7 − 1|, medians over five seeds";
        (NormRates.Setting Of, double Apart)[] medians = [.. rows.GroupBy(static r => r.Of).Select(static g =>
            (g.Key, Math.Abs(Spread.Of(g.Select(static r => r.OverEquilibrium)).Median - 1)))];
        judge.Premise.In($"{name}, all B").AtMost(apart, medians.Max(static m => m.Apart), Different);
    }

    // Runs in which only one parameter differs from the centre.
    private static IEnumerable<NormRates.Row> Varied(IEnumerable<NormRates.Row> rows, NormRates.Setting centre,
        Func<NormRates.Setting, double> by)
    {
        int Different(NormRates.Setting s) =>
            (s.Rate != centre.Rate ? 1 : 0) + (s.Lambda != centre.Lambda ? 1 : 0) + (s.Batch != centre.Batch ? 1 : 0);
        return rows.Where(r => r.Of == centre || (Different(r.Of) == 1 && by(r.Of) != by(centre)));
    }

    private static string Text((double Mean, double Error) exponent) =>
        $"{exponent.Mean.ToString("F2", System.Globalization.CultureInfo.InvariantCulture)} ± "
        + exponent.Error.ToString("F2", System.Globalization.CultureInfo.InvariantCulture);
}
