using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>
/// Claim b49: test against training loss of normalized networks is a line of slope 1; so it is, because both are ln C − O(1/ρ).
/// </summary>
internal static class NormalizedLossesAreEqual
{
    // How near to 1 the slope must be, how high the correlation, and how low that of the unnormalized losses.
    private const double Within = .1, Correlated = .99, Uncorrelated = .9;

    // Set-ups of b51 under the cross-entropy, on which the amendment is tried.
    private static readonly (string Name, string[] Overrides)[] Others =
        [.. LinearRelationVanishes.SetUps.Where(static s => s.Name is "three layers" or "100 images" or "inputs as they are")];

    private static readonly TrainingWords Digits = new("theory-iii/figure-01-digits"), Images = new("theory-iii/figure-01");

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b49-normalized-losses-are-equal",
        Paper = SourcePapers.TheoryIII,
        Place = "Figure 1; Theoretical issues Figure 2",
        Hypothesis = "Networks of one architecture from different starts, all with training error 0, true labels but for one (figure "
            + "1).",
        Statement = "Networks with different initializations that all fit the training set: their test loss is not a function of the "
            + "training loss, but after division of each layer by its Frobenius norm test against training loss lies on a line of slope "
            + "1 with a small positive intercept; a network trained on random labels lies at the top right.",
        SetUp = $"Digits, {Digits.Train} training and {Digits.Test} test images of norm 1, {Digits.LayersOnDigits} without biases, "
            + "cross-entropy, SGD to the first epoch "
            + $"without a training error, {NormalizedNets.PerDraw} networks (layers of norm "
            + $"{string.Join(", ", NormalizedNets.DigitNorms)}, four seeds), for each of five draws of the training "
            + $"images; one network a draw with random labels. Printed: slope within {Wording.Text(Within)} of 1, correlation at least "
            + $"{Wording.Short(Correlated)}, every test loss above its training loss, correlation of the unnormalized losses at most "
            + $"{Wording.Short(Uncorrelated)}, random labels above all others in both "
            + $"losses. Beside it the 16 networks on {Images.Train} images of CIFAR-10 that figure-01.yaml trains, kept from a longer "
            + "run, held to the same slope. That the slope is the share of ln 10 − training loss that test data keep was written after "
            + $"that run had given .69, and is tested on what it was not written for: "
            + $"{string.Join(", ", Others.Select(static o => o.Name))}.",
        History = ["≈ rested until 2026-11-28 on an amendment that had been written after the number it explains; it is now tested on "
            + "three other set-ups"],
        Expected = "Slope 1, small positive offset.",
        Figures = ["theory-iii/figure-01", "theoretical-issues/figure-02"],
        FullRuns = NormalizedNets.FullTrueLabels,
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        NormalizedNets[] all = [.. Spread.Seeds.Select(s => NormalizedNets.OfDigits(context, s))], random =
            [.. Spread.Seeds.Select(s => NormalizedNets.OfRandomDigits(context, s))];
        judge.Hypothesis.AtMost("largest training error, all networks", all.Concat(random).Max(n => n["train_error"].Max()), 0);
        LinearRegression[] lines = [.. all.Select(n => LinearRegression.Of(n["ce_rho1"], n["test_ce_rho1"]))];
        double[] slopes = [.. lines.Select(l => l.Slope)];
        double[] raw = [.. all.Select(n => LinearRegression.Correlation(n["log10_loss"], n["log10_test_loss"]))];
        var slope = Spread.Of(slopes);
        judge.Measure("slope, by draw", slopes);
        judge.Measure("intercept, by draw", [.. lines.Select(l => l.Intercept)]);
        judge.Measure("range of the normalized training losses, ln 10 minus them",
            $"{Wording.Text(all.Min(n => n["ce_gap_rho1"].Min()))} … {Wording.Text(all.Max(n => n["ce_gap_rho1"].Max()))}");
        judge.Printed.In("digits, median of five draws")
            .Near("slope of normalized test loss against training loss", slope.Median, 1, absolute: Within);
        judge.Printed.AtLeast("their correlation, least of five", lines.Min(l => l.R), Correlated);
        judge.Printed.AtLeast("test loss minus training loss of normalized networks, least of "
            + $"{NormalizedNets.PerDraw * Spread.Seeds.Count}",
            all.Min(n => n["test_ce_rho1"].Zip(n["ce_rho1"], (test, train) => test - train).Min()), 0);
        judge.Printed.AtMost("correlation of the unnormalized losses (logarithms), median of five draws", Spread.Of(raw).Median,
            Uncorrelated);
        judge.Measure("correlation of the unnormalized losses, by draw", raw);
        double[] above = [.. all.Zip(random, (n, r) => Math.Min(r["ce_rho1"][0] - n["ce_rho1"].Max(), r["test_ce_rho1"][0]
            - n["test_ce_rho1"].Max()))];
        judge.Measure("random labels: the lower of its two losses minus the highest of the 16 others, by draw", above);
        judge.Printed.AtLeast("random labels: the lower of its two losses minus the highest of the 16 others, least of five draws",
            above.Min(), 0);

        const string trivial = "what training takes off ln 10 falls with ρ in both losses, roughly as 1/ρ";
        double[] withNorm = [.. all.Select(n => LinearRegression.Correlation(Logs(n["rho"]), Logs(n["ce_gap_rho1"])))];
        judge.Amended(trivial).AtMost("correlation of log(ln 10 − training loss) with log ρ, greatest of five", withNorm.Max(), -.9);
        double[] ratios = [.. all.SelectMany(n => n["test_ce_gap_rho1"].Zip(n["ce_gap_rho1"], (test, train) => test / train))];
        double[] drawn = [.. random.Select(n => n["test_ce_gap_rho1"][0] / n["ce_gap_rho1"][0])];
        judge.Measure($"(ln 10 − test loss)/(ln 10 − training loss), {NormalizedNets.PerDraw * Spread.Seeds.Count} networks",
            Spread.Of(ratios).ToString());
        judge.Measure("the same with random labels, five networks", Spread.Of(drawn).ToString());
        var onImages = "";
        if (NormalizedNets.OfImages(context) is { } images)
        {
            var line = LinearRegression.Of(images["ce_rho1"], images["test_ce_rho1"]);
            judge.Measure("CIFAR-10: correlation, correlation unnormalized", line.R,
                LinearRegression.Correlation(images["log10_loss"], images["log10_test_loss"]));
            judge.Printed.In("CIFAR-10").Near("slope of normalized test loss against training loss", line.Slope, 1, absolute: Within);
            var kept = Spread.Of(images["test_ce_gap_rho1"].Zip(images["ce_gap_rho1"], (test, train) => test / train));
            const string share = "the slope is the share of ln 10 − training loss that is kept on test data, which is near 1 only where "
                + "the test error is small";
            judge.Amended(share).In("digits, median of five draws")
                .Near("slope of normalized test loss against training loss", slope.Median, Spread.Of(ratios).Median, absolute: Within);
            judge.Amended(share).In("CIFAR-10")
                .Near("slope of normalized test loss against training loss", line.Slope, kept.Median, absolute: Within);
            judge.Amended(share).AtLeast("CIFAR-10: correlation of the normalized losses", line.R, Correlated);
            foreach (var (name, overrides) in Others)
            {
                context.Progress(name);
                NormalizedNets[] draws = [.. Spread.Seeds.Select(s => NormalizedNets.OfDigits(context, s, overrides))];
                judge.Amended(share).In($"{name}, median of five draws").Near("slope of normalized test loss against training loss",
                    Spread.Of(draws.Select(static n => LinearRegression.Of(n["ce_rho1"], n["test_ce_rho1"]).Slope)).Median,
                    Spread.Of(draws.SelectMany(static n =>
                        n["test_ce_gap_rho1"].Zip(n["ce_gap_rho1"], static (test, train) => test / train))).Median, absolute: Within);
            }
            onImages = $" On {Images.Train} images of CIFAR-10, with test errors of "
                + $"{Wording.Text(Spread.Of(images["test_error"]).Median)}, the "
                + $"losses lie on a line too (correlation {Wording.Text(line.R, 5)}), of slope {Wording.Text(line.Slope)}: "
                + $"the networks keep {Wording.Text(kept.Median)} (median) of what training took off ln 10.";
        }

        var chart = new Panel("What training takes off ln 10", new Axis("ln 10 − training loss", Scale.Log),
            new Axis("ln 10 − test loss", Scale.Log));
        for (var i = 0; i < all.Length; i++) chart = chart.Points($"draw {i}", all[i]["ce_gap_rho1"], all[i]["test_ce_gap_rho1"], i);
        chart = chart.Points("random labels", [.. random.Select(n => n["ce_gap_rho1"][0])],
            [.. random.Select(n => n["test_ce_gap_rho1"][0])], 7)
            .Predicted("diagonal", [all.Min(n => n["ce_gap_rho1"].Min()), all.Max(n => n["ce_gap_rho1"].Max())], static x => x, 7);
        var text = $"Slope {Wording.Text(slope.Min)} … {Wording.Text(slope.Max)} over five draws, correlation at least "
            + $"{Wording.Text(lines.Min(l => l.R), 5)}; unnormalized {Wording.Text(Spread.Of(raw).Median)} (median). But it says little: "
            + "outputs f/ρ are so small that all losses are ln 10 less a small number that falls with ρ (correlation of the logarithms "
            + $"{Wording.Text(Spread.Of(withNorm).Median)}). What is left is the ratio of what test and training loss are below ln 10: "
            + $"{Wording.Text(Spread.Of(ratios).Median)} (median of 80) with true labels, {Wording.Text(Spread.Of(drawn).Median)} with "
            + "random ones, which lie "
            + $"{(above.Min() > 0 ? "above all others in both losses" : "above the others in test loss, but among them in training loss")}."
            + onImages;
        return judge.Outcome(holds: text, care: text, fails: text, chart: new Chart(chart),
            caption: "The same losses as the paper's right panel, measured from ln 10 down, on logarithmic axes.");
    }

    private static double[] Logs(double[] a) => [.. a.Select(static x => Math.Log(x))];
}
