using Rhoflow.Lab.Claims;

namespace Rhoflow.Papers;

/// <summary>B77: perturbed after convergence, a network comes back to its training loss with a larger norm and a larger test loss.</summary>
internal static class PerturbationsOfTrainedNetworks
{
    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b77-perturbations-of-trained-networks",
        Paper = TheoryIIIb.Paper,
        Place = "§6, figure 5",
        Statement = "After each small perturbation of the weights gradient descent on the cross-entropy brings the empirical risk back to its level, while the norm of the weights and the expected risk grow with every perturbation; "
            + "the classification error is less affected.",
        SetUp = "Figure-05-quick: 200 digits, gradient descent with momentum, 1,300 epochs; from epoch 300 to 1,000 Gaussian noise of a quarter of each layer’s spread every 100 epochs; the control without; seeds 0–4.",
        Expected = "Training error 0 and training loss no larger before the next perturbation than before the first; ρ and the test loss larger after each, and at the end larger than the control’s in every seed.",
        Figures = ["theory-iiib/figure-05"],
        FullRuns = PerturbedTraining.FullRuns,
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var (perturbed, control) = PerturbedTraining.Quick(context);
        var at = PerturbedTraining.QuickEpochs();
        var epochs = perturbed[0]["epoch"];
        // A perturbation comes behind its epoch, so that the observation of that epoch is the last before it.
        int Row(int epoch) => Array.IndexOf(epochs, (double)epoch);
        double[] Before(IObservations run, string column) => [.. at.Append((int)epochs[^1]).Select(e => run[column][Row(e)])];
        double WorstLoss(IObservations run) => Before(run, "log10_loss") is var b ? b.Skip(1).Max() - b[0] : 0;
        int Rises(IObservations run, string column) => Before(run, column) is var b ? Enumerable.Range(1, at.Length).Count(i => b[i] > b[i - 1]) : 0;
        judge.Premise.AtMost("training error before the first perturbation", perturbed.Max(r => Before(r, "train_error")[0]), 0);
        judge.Premise.AtMost("difference of the two arms before the first perturbation, log₁₀ of the loss", perturbed.Zip(control, (p, c) => Math.Abs(Before(p, "log10_loss")[0] - Before(c, "log10_loss")[0])).Max(), 0);
        judge.Printed.AtMost("training error before the next perturbation", perturbed.Max(r => Before(r, "train_error").Max()), 0);
        judge.Printed.AtMost("log₁₀ of the training loss before the next perturbation, above that before the first", perturbed.Max(WorstLoss), 0);
        judge.Printed.AtLeast($"perturbations after which ρ is larger, of {at.Length} (least of five seeds)", perturbed.Min(r => Rises(r, "log10_rho")), at.Length);
        var norm = Spread.Of(perturbed.Zip(control, static (p, c) => p.Last("log10_rho") - c.Last("log10_rho")));
        var loss = Spread.Of(perturbed.Zip(control, static (p, c) => p.Last("log10_test_loss") - c.Last("log10_test_loss")));
        var error = Spread.Of(perturbed.Zip(control, static (p, c) => p.Last("test_error") - c.Last("test_error")));
        judge.Printed.AtLeast("log₁₀ ρ at the end, perturbed minus control (least of five)", norm.Min, 1e-6);
        judge.Printed.AtLeast("log₁₀ of the test loss at the end, perturbed minus control (least of five)", loss.Min, 1e-6);
        judge.Printed.AtMost("test error at the end, perturbed minus control (median)", error.Median, .05);
        judge.Measure("log₁₀ ρ, perturbed minus control", norm.ToString());
        judge.Measure("log₁₀ of the test loss, perturbed minus control", loss.ToString());
        judge.Measure("test error, perturbed minus control", error.ToString());
        judge.Measure("perturbations after which the test loss is larger", Spread.Of(perturbed.Select(r => (double)Rises(r, "log10_test_loss"))).ToString());
        const string norms = "the norm grows and the training loss comes back; the test loss follows no rule";
        judge.Corrected(norms).AtMost("greatest log₁₀ of the training loss before the next perturbation, above that before the first", perturbed.Max(WorstLoss), 0);
        judge.Corrected(norms).AtLeast("least log₁₀ ρ at the end above the control’s", norm.Min, 1e-6);
        if (PerturbedTraining.Whole(context) is { } whole)
            judge.Measure("CIFAR-10, log₁₀ of the test loss at the end, perturbed and control", whole.Perturbed[0].Last("log10_test_loss"), whole.Control[0].Last("log10_test_loss"));
        var numbers = $"After {at.Length} perturbations and 300 epochs more, ρ is 10^({norm}) times the control’s, the test loss 10^({loss}) times, the test error {error} above it; before each next perturbation the training loss is at most "
            + $"10^({Wording.Text(perturbed.Max(WorstLoss))}) of that before the first.";
        return judge.Outcome(holds: numbers, care: numbers, fails: numbers);
    }
}
