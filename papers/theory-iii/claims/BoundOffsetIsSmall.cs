using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>
/// Claim b58: the numbers of "a small offset": what uniform convergence gives for networks that were trained, up to constants that the
/// paper leaves open.
/// </summary>
internal static class BoundOffsetIsSmall
{
    private const double Delta = .05;
    private const int Examples = 500, Images = 5_000, AllImages = 50_000;

    // Small against what is not said: at most half of what training took off ln 10 is small, more than half of the loss itself is not.
    private const double Small = .5;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b58-bound-offset-is-small",
        Paper = SourcePapers.TheoryIII,
        Place = "Figure 1, eq. 31",
        Equations = ["T3.32"],
        Hypothesis = "Networks with training error 0; “under our conditions for N and for the architecture” (figure 1: CIFAR-10, three "
            + "convolutional layers); c_1, c_2 constants that depend on the Lipschitz constant of the loss and on the architecture (eq. "
            + "31), of which the paper gives no value.",
        Statement = "L(f̃) ≤ L̂(f̃) + c_1 R_N(F̃) + c_2 √(ln(1/δ)/2N), where the last two terms are a small offset.",
        SetUp = $"The 80 networks of b49 (digits, N = {Examples}, inputs of norm 1) and the 16 on {Wording.Count(Images)} images of "
            + $"CIFAR-10 that were kept from a longer run, δ = {Wording.Short(Delta)}. "
            + "For R_N(F̃) stands half of the linear class's average, which it cannot be below (w·x is the "
            + "difference of two units), and 1 for c_1 and c_2. The paper does not say small against what: at most "
            + $"{Wording.Short(Small)} of what training took off ln 10 is small, more than {Wording.Short(Small)} of the training loss is "
            + "not, and what lies between is open. Beside it, as a theorem: the ramp loss "
            + "at the 10 % margin with the constants of Golowich et al. for test error.",
        History = ["was ✗ until 2026-11-28, because c_1 = c_2 = 1, N = 500 digits and a bound of ours decided, and a ramp bound that "
            + "Theory III does not have"],
        Expected = "An offset below ln 10 − L̂(f̃), which is what the networks learnt.",
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
        const string size = "c_1 R_N(F̃) + c_2 √(ln(1/δ)/2N) for c_1 = c_2 = 1";
        judge.Printed.In($"digits, N = {Examples}, greatest of five draws").AtMost(size, offsets.Max(),
            strict: Small * all.Min(static n => n["ce_gap_rho1"].Max()), lenient: Small * all.Min(static n => n["ce_rho1"].Min()));
        judge.Measure("offset over ln 10 − L̂(f̃), least of 80 networks", ratios.Min());
        if (NormalizedNets.OfImages(context) is { } images)
        {
            double linear = images["rademacher_linear"][0], gap = images["ce_gap_rho1"].Max();
            judge.Printed.In($"CIFAR-10, N = {Wording.Count(Images)}").AtMost(size,
                Offset(linear, Images), strict: Small * gap, lenient: Small * images["ce_rho1"].Min());
            judge.Measure($"CIFAR-10: offset over ln 10 − L̂(f̃), least of {images.Count} networks", Offset(linear, Images) / gap);
            judge.Measure($"the same at N = {Wording.Count(AllImages)}, both terms falling like N^{{−1/2}}",
                Offset(linear * Math.Sqrt((double)Images / AllImages), AllImages) / gap);
        }
        judge.Measure("digits: N at which the offset is half of what the best network learnt, both terms falling like N^{−1/2}",
            Math.Ceiling(Examples * Math.Pow(ratios.Min() / Small, 2)));
        judge.Amended("as a theorem, with the constants of Golowich et al., the ramp loss says nothing of these networks")
            .AtLeast("ramp bound of the test error, least of 80 networks", bounds.Min(), 1);
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
        return judge.Outcome(holds: text, fails: text, open: text, chart: new Chart(left, right),
            caption: "80 networks, a dot each. Above the line at 1 a bound says nothing.");
    }

    /// <summary>R_N(F̃) from below plus the confidence term, c_1 = c_2 = 1.</summary>
    internal static double Offset(double linear, int examples) => linear / 2 + Math.Sqrt(Math.Log(1 / Delta) / (2 * examples));
}
