using System.Globalization;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Claim b70: whether perturbed networks come back to their support vectors or go to others.</summary>
internal static class SupportVectorsUnderPerturbation
{
    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b70-support-vectors-under-perturbation",
        Paper = SourcePapers.TheoryIII,
        Place = "Figures 9, 10 and 11",
        Hypothesis = "A network that fits its 100 training examples, perturbed after convergence (figures 9–11).",
        Statement = "Training converges to one support vector or a set of them. Perturbed after convergence by 0.5 or 0.9 ‖∇L‖ a weight, "
            + "the network converges to a different set or comes back to the same one, depending on the perturbation.",
        SetUp = "100 digits, 64-64-10, gradient descent (rate .2, momentum .9) for 3,000 epochs, seeds 0–4; four perturbations, W += a "
            + "‖∇L‖ N(0, 1), at epochs 1,000, 1,500, 2,000 and 2,500, a = "
            + string.Join(", ", SupportVectorRun.Amplitudes.Skip(1).Select(static a => a.ToString("#,#.##", CultureInfo.InvariantCulture)))
            + ", and 0 as the control. Before the next "
            + "perturbation (at the end for the last) the smallest margin and the five smallest are compared with the control's at the "
            + "same epoch: 20 outcomes an amplitude. Came back: the smallest margin is that of the control's example.",
        Expected = "The example of the smallest margin stands still at the end of training; at .5 and .9 some perturbations change it and "
            + "some do not.",
        History = ["was ≈ until 2026-11-28: the draw of the images and when they are perturbed decide, and the paper gives neither"],
        Figures = ["theory-iii/figure-09", "theory-iii/figure-10", "theory-iii/figure-11"],
        FullRuns = static () => [
            .. new[] { "theory-iii/figure-09", "theory-iii/figure-10", "theory-iii/figure-11" }.SelectMany(SupportVectorRun.FullRuns)],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var control = SupportVectorRun.OfDigits(context, 0);
        judge.Premise.AtMost("largest epoch from which on all examples are fitted", control.Max(r => r.Fitted),
            SupportVectorRun.DigitsPerturbed[0] / 2);
        judge.Hypothesis.That("the draw of images and the epochs of the perturbations are the paper's, which gives neither (here one draw, "
            + "perturbed long after the fit, where gradients are small)", false);
        judge.Measure("example of the smallest margin at the end, by seed", [.. control.Select(r => r.First[^1])]);
        judge.Measure("examples within 1 % of it, by seed", [.. control.Select(r => r.Count[^1])]);
        double[] changes = [.. control.Select(r => (double)Changes(r))];
        judge.Printed.AtMost("control: changes of the example of the smallest margin in the second half of training, most of five seeds",
            changes.Max(), 0);
        var shares = new Dictionary<double, double>();
        var overlaps = new Dictionary<double, double>();
        foreach (var a in SupportVectorRun.Amplitudes.Skip(1))
        {
            var (share, overlap) = Outcomes(SupportVectorRun.OfDigits(context, a), control, SupportVectorRun.DigitsPerturbed);
            (shares[a], overlaps[a]) = (share, overlap.Average());
            judge.Measure(FormattableString.Invariant($"a = {a}: share that came back, of 20"), share);
            judge.Measure(FormattableString.Invariant($"a = {a}: overlap of the five smallest margins with the control's"),
                Spread.Of(overlap).ToString());
        }
        var paper = (shares[.5] + shares[.9]) / 2;
        judge.Printed.Between("share of perturbations by .5 and .9 that came back, of 40", paper, .025, .975);
        var large = (shares[100] + shares[1000]) / 2;
        const string larger = "perturbations that move the loss (100 and 1,000 ‖∇L‖ here)";
        judge.Amended(larger).AtMost("control: changes in the second half of training, most of five seeds", changes.Max(), 0);
        judge.Amended(larger).Between("share of perturbations by 100 and 1,000 that came back, of 40", large, .025, .975);
        var kept = "";
        if (SupportVectorRun.OfImages(context, "theory-iii/figure-09") is { Length: > 0 } images)
        {
            judge.Measure("CIFAR-10, full size: changes in the second half of training, by seed",
                [.. images.Select(r => (double)Changes(r))]);
            foreach (var (figure, a) in new[] { ("theory-iii/figure-10", .5), ("theory-iii/figure-11", .9) })
                if (SupportVectorRun.OfImages(context, figure) is { Length: > 0 } runs && runs.Length == images.Length)
                {
                    var share = Outcomes(runs, images, SupportVectorRun.ImagesPerturbed).Share;
                    judge.Measure(FormattableString.Invariant($"CIFAR-10, full size, a = {a}: share that came back"), share);
                    kept += FormattableString.Invariant($" CIFAR-10, full size, a = {a}: {share:P0} came back.");
                }
        }
        double[] x = [.. SupportVectorRun.Amplitudes.Skip(1)];
        var chart = new Panel("Share that came back, of 20 perturbations", new Axis("a of W += a ‖∇L‖ N(0, 1)", Scale.Log),
            new Axis("share; overlap", Min: 0, Max: 1.05))
            .Line("smallest margin: the control's example", x, [.. x.Select(a => shares[a])], 0)
            .Line("five smallest: overlap with the control's (mean)", x, [.. x.Select(a => overlaps[a])], 1)
            .At("fig. 10", .5).At("fig. 11", .9);
        var text = string.Create(CultureInfo.InvariantCulture,
            $"From five starts the smallest margin is that of example {string.Join(", ", control.Select(r => r.First[^1]).Distinct())}, "
            + $"without a change in the second half of training. Perturbed by .5 and .9 ‖∇L‖, {paper:P0} of 40 came back (overlap of the "
            + $"five smallest margins with the control's {overlaps[.5]:F2} and {overlaps[.9]:F2}): the gradient is so small by then that "
            + $"weights hardly move. By 10, 100 and 1,000 ‖∇L‖: {shares[10]:P0}, {shares[100]:P0} and {shares[1000]:P0}, overlaps "
            + $"{overlaps[10]:F2}, {overlaps[100]:F2} and {overlaps[1000]:F2}. There the outcome depends on the perturbation, as the paper "
            + $"says.") + kept;
        return judge.Outcome(holds: text, care: text, fails: text, chart: new Chart(chart),
            caption: "Against an unperturbed control with the same start, at the same epochs.");
    }

    private static int Changes(SupportVectorRun run)
    {
        var changes = 0;
        for (var i = run.Epochs.Length / 2 + 1; i < run.Epochs.Length; i++)
            if (run.First[i] != run.First[i - 1]) changes++;
        return changes;
    }

    /// <summary>
    /// Just before the next perturbation (or at the end): how often the smallest margin is that of the control's example, and the overlaps
    /// of the five smallest.
    /// </summary>
    internal static (double Share, double[] Overlap) Outcomes(SupportVectorRun[] runs, SupportVectorRun[] control,
        IReadOnlyList<double> perturbed)
    {
        var pairs = runs.Zip(control).SelectMany(p => perturbed.Skip(1).Select(next => (p.First, p.Second, At: p.First.Before(next))))
            .ToArray();
        return (pairs.Average(p => p.First.First[p.At] == p.Second.First[p.At] ? 1.0 : 0),
            [.. pairs.Where(p => p.First.Order is not null && p.Second.Order is not null)
                .Select(p => SupportVectorRun.Overlap(p.First, p.Second, p.At))]);
    }
}
