using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Claim b58: the numbers of "a small offset": what uniform convergence gives for networks that were trained.</summary>
internal static class BoundOffsetIsSmall
{
    private const double Delta = .05;
    private const int Examples = 500;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b58-bound-offset-is-small",
        Paper = SourcePapers.TheoryIII,
        Place = "Figure 1, eq. 31; Square loss, eq. 10, 41–45",
        Equations = ["T3.32"],
        Hypothesis = "Networks with training error 0; N and architecture “as in practice”; c_1, c_2 positive constants that reflect the "
            + "Lipschitz constant of the loss and the architecture (eq. 31).",
        Statement = "L(f̃) ≤ L̂(f̃) + c_1 R_N(F̃) + c_2 √(ln(1/δ)/2N), where for N and architecture as in practice the last two terms are "
            + "a small offset; and bounds by ρ say which of two networks has the smaller expected error.",
        SetUp = $"The 80 networks of b49 (digits, N = {Examples}, inputs of norm 1), δ = {Wording.Short(Delta)}. "
            + "The paper leaves c_1 and c_2 open. (i) In its "
            + "favour: c_1 = c_2 = 1, and for R_N(F̃) half of the linear class's average, which it cannot be below (w·x is the "
            + "difference of two units); small: less than what training took off ln 10. (ii) As a theorem: the ramp loss at the 10 % "
            + "margin with the constants of Golowich et al. for test error; it says something if it is below 1. Excess risk and the case "
            + "of data that are not separated are not tested.",
        Expected = "Offset over ln 10 − L̂(f̃) well below 1; a ramp bound below 1.",
        Figures = ["theory-iii/figure-01"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        NormalizedNets[] all = [.. Spread.Seeds.Select(s => NormalizedNets.OfDigits(context, s))];
        double[] Ratio(NormalizedNets n) =>
            [.. n["ce_gap_rho1"].Zip(n["rademacher_linear"], static (gap, linear) => Offset(linear, Examples) / gap)];
        var offsets = all.Select(n => Offset(n["rademacher_linear"][0], Examples)).ToArray();
        double[] ratios = [.. all.SelectMany(Ratio)], bounds = [.. all.SelectMany(n => n["ramp_bound"])], errors =
            [.. all.SelectMany(n => n["test_error"])];
        double[] real = [.. all.SelectMany(n => n["test_ce_rho1"].Zip(n["ce_rho1"], n["ce_gap_rho1"])
            .Select(static t => (t.First - t.Second) / t.Third))];
        judge.Measure("R_N(F̃) + √(ln(1/δ)/2N), by draw", offsets);
        judge.Measure("test minus training loss over ln 10 − training loss, 80 networks", Spread.Of(real).ToString());
        judge.Measure("ramp bound, 80 networks", Spread.Of(bounds).ToString());
        judge.Measure("test error, 80 networks", Spread.Of(errors).ToString());
        judge.Printed.AtMost("offset over ln 10 − L̂(f̃), least of 80 networks", ratios.Min(), .5);
        judge.Printed.AtMost("ramp bound of the test error, least of 80 networks", bounds.Min(), 1);
        double[] ranks = [.. all.Select(n => RankCorrelation.Spearman(n["ramp_bound"], n["test_error"]))];
        judge.Measure("rank correlation of ramp bound and test error, by draw", ranks);
        judge.Amended("what is small is the offset that is there, not the one that is bounded")
            .AtMost("test minus training loss over ln 10 − training loss, greatest of 80", real.Max(), .1);

        double[] norms = [.. all.SelectMany(n => n["rho"])];
        var left = new Panel("Normalized cross-entropy: bounded and real offset", new Axis("ρ", Scale.Log),
            new Axis("share of ln 10 − training loss", Scale.Log))
            .Points("R_N(F̃) + √(ln(1/δ)/2N)", norms, ratios, 1).Points("test − training loss", norms, real, 0)
            .Level("all that was learnt", 1);
        var right = new Panel("Test error: bounded and real", new Axis("ρ", Scale.Log), new Axis("error", Scale.Log))
            .Points("ramp bound", norms, bounds, 1).Points("test error", norms, errors, 0).Level("1", 1);
        var text = $"With c_1 = c_2 = 1 the offset is {Wording.Text(offsets.Average())}, which is {Wording.Text(ratios.Min())} to "
            + $"{Wording.Text(ratios.Max())} times all that training took off ln 10 ({Wording.Text(all.Min(n => n["ce_gap_rho1"].Min()))} "
            + $"to {Wording.Text(all.Max(n => n["ce_gap_rho1"].Max()))}): networks that learnt nothing satisfy it too. "
            + $"The ramp bound with its constants is {Wording.Text(bounds.Min())} at best, where errors are {Wording.Text(errors.Min())} "
            + $"to {Wording.Text(errors.Max())}; it ranks networks with {Wording.Text(Spread.Of(ranks).Median)} "
            + $"({Wording.Text(ranks.Min())} … {Wording.Text(ranks.Max())}). "
            + $"The offset that is really there is {Wording.Text(real.Min())} to {Wording.Text(real.Max())} of what was learnt.";
        return judge.Outcome(holds: text, care: text, fails: text, chart: new Chart(left, right),
            caption: "80 networks, a dot each. Above the line at 1 a bound says nothing.");
    }

    /// <summary>R_N(F̃) from below plus the confidence term, c_1 = c_2 = 1.</summary>
    internal static double Offset(double linear, int examples) => linear / 2 + Math.Sqrt(Math.Log(1 / Delta) / (2 * examples));
}
