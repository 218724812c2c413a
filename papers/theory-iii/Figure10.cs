using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Theory III figures 10 and 11: the same with weights perturbed by 0.5 and 0.9 ‖∇L‖ after convergence.</summary>
internal static class PerturbedSupportVectorFigures
{
    /// <summary>Perturbations of 0.5 ‖∇L‖.</summary>
    public static PaperFigure Half { get; } = Make("10", .5);

    /// <summary>Perturbations of 0.9 ‖∇L‖.</summary>
    public static PaperFigure NineTenths { get; } = Make("11", .9);

    private static PaperFigure Make(string number, double amplitude)
    {
        var id = $"theory-iii/figure-{number}";
        return new()
        {
            Id = id,
            Paper = SourcePapers.TheoryIII,
            Number = number,
            Title = FormattableString.Invariant($"The example closest to the margin, weights perturbed by {amplitude} ‖∇L‖"),
            Caption = "As figure 9; at five epochs from shortly after the fit on every weight gets "
                + FormattableString.Invariant($"{amplitude} ‖∇L‖ N(0, 1), L the mean over the examples, or {100 * amplitude} ‖∇L‖, which ")
                + FormattableString.Invariant($"is {amplitude} times ") + "the gradient of their sum. By the mean the loss hardly "
                + "notices, and the five smallest margins stay those of the "
                + "unperturbed control; by the sum it jumps, and the network comes back to the same example or ends on another one. "
                + "Digits, computed now; then runs of the paper's kind: five draws of CIFAR-10 perturbed right after the fit, where the "
                + "gradient moves the weights and both outcomes occur, and one draw perturbed long after it, where it does not.",
            Config = $"papers/{id}.yaml",
            Runs = () => SupportVectorRun.Commands(id),
            FullRuns = () => SupportVectorRun.FullRuns(id),
            Build = context => Build(context, id, amplitude),
        };
    }

    private static Chart Build(StudyContext context, string id, double amplitude)
    {
        double[] at = [.. SupportVectorRun.DigitsPerturbed.SkipLast(1)];
        var control = SupportVectorRun.OfDigits(context, 0);
        var loss = new Panel("Training loss, draw 0 (digits)", new Axis("epoch"), new Axis("log₁₀ L"));
        var overlap = new Panel("Five smallest margins: overlap with the control, mean of five draws", new Axis("epoch"),
            new Axis("|A∩B|/|A∪B|", Min: 0, Max: 1.05));
        var colour = 0;
        foreach (var a in new[] { amplitude, 10, 100 * amplitude })
        {
            var runs = SupportVectorRun.OfDigits(context, a);
            var name = FormattableString.Invariant($"{a} ‖∇L‖");
            loss = loss.Line(name, runs[0].Epochs, runs[0].Log10Loss, colour);
            overlap = overlap.Line(name, runs[0].Epochs,
                [.. runs[0].Epochs.Select((_, i) => runs.Zip(control, (r, c) => SupportVectorRun.Overlap(r, c, i)).Average())], colour++);
        }
        loss = loss.Predicted("control", control[0].Epochs, control[0].Log10Loss, 7);
        var panels = new List<Panel>
        {
            SupportVectorRun.IndexPanel(FormattableString.Invariant($"Smallest margin, {amplitude} ‖∇L‖ (digits)"),
                SupportVectorRun.OfDigits(context, amplitude), at),
            SupportVectorRun.IndexPanel(FormattableString.Invariant($"Smallest margin, {100 * amplitude} ‖∇L‖ (digits)"),
                SupportVectorRun.OfDigits(context, 100 * amplitude), at),
            loss,
            overlap,
        };
        if (SupportVectorRun.OfEarlyImages(context, amplitude) is { Length: > 0 } early)
            panels.Add(SupportVectorRun.IndexPanel(FormattableString.Invariant(
                $"Smallest margin, {amplitude} ‖∇L‖, right after the fit (CIFAR-10, five draws)"), early,
                SupportVectorRun.EarlyPerturbed.SkipLast(1)));
        var images = SupportVectorRun.OfImages(context, id);
        if (images.Length > 0)
            panels.Add(SupportVectorRun.IndexPanel(
                FormattableString.Invariant(
                $"Smallest margin, {amplitude} ‖∇L‖ ({(context.Full ? "CIFAR-10" : "CIFAR-10, kept from a full-size run")})"), images,
                SupportVectorRun.ImagesPerturbed.SkipLast(1), "seed"));
        return new Chart(panels);
    }
}
