using System.Globalization;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Claim b70: whether perturbed networks come back to their support vectors or go to others.</summary>
internal static class SupportVectorsUnderPerturbation
{
    private const string Back = "perturbations that came back", Elsewhere = "perturbations that ended on another example";

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b70-support-vectors-under-perturbation",
        Paper = SourcePapers.TheoryIII,
        Place = "Figures 9, 10 and 11",
        Hypothesis = "A network that fits its 100 training examples, perturbed after convergence, which is where all are fitted (figures "
            + "9–11).",
        Statement = "Training converges to one support vector or a set of them. Perturbed after convergence by 0.5 or 0.9 ‖∇L‖ a weight, "
            + "the network converges to a different set or comes back to the same one, depending on the perturbation.",
        SetUp = "Digits: 100 examples, 64-64-10, gradient descent (rate .2, momentum .9), five draws of the examples; perturbations "
            + $"W += a ‖∇L‖ N(0, 1) at epochs {Epochs(SupportVectorRun.DigitsPerturbed)}, L the mean cross-entropy, a = "
            + string.Join(", ", SupportVectorRun.Amplitudes.Skip(1).Select(static a => a.ToString("#,0.##", CultureInfo.InvariantCulture)))
            + ", and 0 as the control. CIFAR-10, kept from a longer run: figure-10.yaml on five draws, perturbed at epochs "
            + $"{Epochs(SupportVectorRun.EarlyPerturbed)}. An outcome is one perturbation: the example of the smallest margin before it "
            + "and before the next one (at the end for the last). Counted where all are fitted before and after, and where the control's "
            + "example is the same at both, so that the network had settled. First CIFAR-10 was perturbed long after the fit, as figures "
            + $"10 and 11 were run (epochs {Epochs(SupportVectorRun.ImagesPerturbed)}), and all came back; the runs from right after the "
            + "fit on were added when this was known, and both count. Of the \"set of support vectors\" only its first, the example of "
            + "the smallest margin, is judged.",
        Expected = "The example of the smallest margin stands still at the end of training; at each amplitude some perturbations change "
            + "it and some do not.",
        History = ["was ≈ until 2026-11-28: the draw of the images and when they are perturbed decide, and the paper gives neither",
            "was ? until 2026-11-29, since which five draws of CIFAR-10 are perturbed from right after the fit on, with the order kept",
            "was ✓ for a day, while the runs long after the fit, where all come back, were measured and not judged"],
        Figures = ["theory-iii/figure-09", "theory-iii/figure-10", "theory-iii/figure-11"],
        FullRuns = static () => [
            .. new[] { "theory-iii/figure-09", "theory-iii/figure-10", "theory-iii/figure-11" }.SelectMany(SupportVectorRun.FullRuns),
            .. SupportVectorRun.EarlyRuns()],
        Check = Check,
    };

    /// <summary>What perturbations of settled networks led to.</summary>
    /// <param name="Same">The smallest margin is that of the same example again.</param>
    /// <param name="Other">It is that of another one.</param>
    /// <param name="Overlap">Mean overlap of the five smallest with the control's; NaN where the order was not kept.</param>
    internal sealed record Outcome(int Same, int Other, double Overlap);

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var control = SupportVectorRun.OfDigits(context, 0);
        var digits = SupportVectorRun.Amplitudes.Skip(1).ToDictionary(static a => a,
            a => Of(SupportVectorRun.OfDigits(context, a), control, SupportVectorRun.DigitsPerturbed));
        var still = SupportVectorRun.OfEarlyImages(context, 0);
        var images = SupportVectorRun.EarlyAmplitudes.Skip(1).ToDictionary(static a => a,
            a => Of(SupportVectorRun.OfEarlyImages(context, a), still, SupportVectorRun.EarlyPerturbed));
        foreach (var (set, outcomes) in new[] { ("digits", digits), ("CIFAR-10", images) })
            foreach (var (a, o) in outcomes)
                judge.Measure(FormattableString.Invariant($"{set}, a = {a}: came back, ended elsewhere, overlap of the five smallest"),
                    o.Same, o.Other, o.Overlap);
        judge.Measure("digits: example of the smallest margin at the end, by draw", [.. control.Select(static r => r.First[^1])]);
        judge.Measure("CIFAR-10: example of the smallest margin at the end, by draw", [.. still.Select(static r => r.First[^1])]);
        const string stands = "control: changes of the example of the smallest margin in the last third of training, most of five draws";
        judge.Printed.In("digits").AtMost(stands, control.Max(static r => (double)r.LateChanges), 0);
        judge.Printed.In("CIFAR-10").AtMost(stands, still.Max(static r => (double)r.LateChanges), 0);
        foreach (var a in images.Keys)
        {
            var group = string.Create(CultureInfo.InvariantCulture, $"CIFAR-10, {a} ‖∇L‖");
            judge.Hypothesis.In(group).AtLeast("perturbations of a settled network that fits, and fits again before the next",
                images[a].Same + images[a].Other, 5);
            foreach (var counts in new[] { judge.Printed, judge.Amended("perturbed right after the fit, while the gradient is large") })
            {
                counts.In(group).AtLeast(Back, images[a].Same, 1);
                counts.In(group).AtLeast(Elsewhere, images[a].Other, 1);
            }
        }
        judge.Amended("on digits weights hardly move by the gradient of the mean loss: all come back").AtMost(
            "digits, .5 and .9 ‖∇L‖: perturbations that ended on another example", digits[.5].Other + digits[.9].Other, 0);
        judge.Amended("and by that of the sum over the 100 examples both happen").AtLeast(
            "digits, 50 and 90 ‖∇L‖: the rarer of the two outcomes", Math.Min(digits[50].Same + digits[90].Same,
            digits[50].Other + digits[90].Other), 1);
        Late(context, judge);
        double[] x = [.. SupportVectorRun.Amplitudes.Skip(1)];
        var panel = new Panel("Share of perturbations that came back", new Axis("a of W += a ‖∇L‖ N(0, 1)", Scale.Log),
            new Axis("share; overlap", Min: 0, Max: 1.05))
            .Line("digits", x, [.. x.Select(a => Share(digits[a]))], 0)
            .Line("digits: overlap of the five smallest with the control's", x, [.. x.Select(a => digits[a].Overlap)], 1);
        panel = panel.Line("CIFAR-10", [.. images.Keys], [.. images.Values.Select(Share)], 2);
        string Counts(Outcome o) => $"{o.Same} of {o.Same + o.Other}";
        var text = $"On CIFAR-10 with five layers, perturbed right after the fit, {Counts(images[.5])} perturbations by .5 ‖∇L‖ came back "
            + $"to their example and {Counts(images[.9])} by .9 (five draws of the images); the others ended on another one. On digits "
            + $"{Counts(digits[.5])} and {Counts(digits[.9])} came back, the gradient being too small to move weights, and "
            + $"{Counts(digits[50])} and {Counts(digits[90])} by 50 and 90 ‖∇L‖, which are .5 and .9 times the gradient of the sum. Long "
            + "after the fit, where the gradient is smaller, all come back on CIFAR-10 too.";
        return judge.Outcome(holds: text, care: text, fails: text, chart: new Chart(panel.At("fig. 10", .5).At("fig. 11", .9)),
            caption: text);
    }

    private static string Epochs(IReadOnlyList<double> at) =>
        $"{string.Join(", ", at.SkipLast(1).Select(static e => Wording.Count((long)e)))} of {Wording.Count((long)at[^1])}";

    private static double Share(Outcome o) => o.Same / (double)(o.Same + o.Other);

    // The runs that are kept with the figures: one draw of CIFAR-10, five starts, perturbed by the mean long after the fit.
    private static void Late(StudyContext context, Judge judge)
    {
        if (SupportVectorRun.OfImages(context, "theory-iii/figure-09") is not { Length: > 0 } images) return;
        judge.Measure("CIFAR-10, figure 9: changes in the last third of training, by "
            + "seed", [.. images.Select(static r => (double)r.LateChanges)]);
        foreach (var (figure, a) in new[] { ("theory-iii/figure-10", .5), ("theory-iii/figure-11", .9) })
            if (SupportVectorRun.OfImages(context, figure) is { Length: > 0 } runs && runs.Length == images.Length)
            {
                var late = Of(runs, images, SupportVectorRun.ImagesPerturbed);
                var group = string.Create(CultureInfo.InvariantCulture, $"CIFAR-10, {a} ‖∇L‖, long after the fit");
                judge.Printed.In(group).AtLeast(Back, late.Same, 1);
                judge.Printed.In(group).AtLeast(Elsewhere, late.Other, 1);
            }
    }

    /// <summary>Outcomes of the perturbations at which the control had settled, and the overlap with it where the order is known.</summary>
    internal static Outcome Of(SupportVectorRun[] runs, SupportVectorRun[] control, IReadOnlyList<double> perturbed)
    {
        var outcomes = Each(runs, control, perturbed).ToList();
        List<double> overlaps = [];
        foreach (var (run, still) in runs.Zip(control))
            if (run.Order is not null && still.Order is not null)
                overlaps.AddRange(perturbed.Skip(1).Select(next => SupportVectorRun.Overlap(run, still, run.At(next))));
        return new(outcomes.Count(static o => o.CameBack == true), outcomes.Count(static o => o.CameBack == false),
            overlaps.Count > 0 ? overlaps.Average() : double.NaN);
    }

    /// <summary>
    /// What each perturbation of each run led to: whether the smallest margin is that of the same example again before the next one; null
    /// where a network does not fit before or after, or the control had not settled.
    /// </summary>
    internal static IEnumerable<(int Run, int Perturbation, bool? CameBack)> Each(IReadOnlyList<SupportVectorRun> runs,
        IReadOnlyList<SupportVectorRun> control, IReadOnlyList<double> perturbed)
    {
        for (var i = 0; i < runs.Count; i++)
            for (var k = 0; k + 1 < perturbed.Count; k++)
            {
                var (run, still) = (runs[i], control[i]);
                int before = run.At(perturbed[k]), after = run.At(perturbed[k + 1]);
                var settled = run.TrainError[before] == 0 && run.TrainError[after] == 0 && perturbed[k] >= still.Fitted
                    && still.First[before] == still.First[after];
                yield return (i, k, settled ? run.First[before] == run.First[after] : null);
            }
    }
}
