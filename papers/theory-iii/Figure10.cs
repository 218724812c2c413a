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
            Caption = "As figure 9; at four or five epochs from the fit on every weight gets "
                + FormattableString.Invariant($"{amplitude} ‖∇L‖ N(0, 1), L the mean over the examples, or {100 * amplitude} ‖∇L‖, which ")
                + FormattableString.Invariant($"is {amplitude} times the gradient of their sum. ") + "First what each perturbation led to, "
                + "a row a draw or seed: the same example of the smallest margin before the next one, another one, or nothing that counts, "
                + "because the network did not fit or the unperturbed control had not settled. Then the example along training where "
                + "perturbations do something; the training loss; and how many of the five smallest margins are still the control's. "
                + "Digits are computed now (100 images, two layers). Of CIFAR-10 runs are kept: 100 images and five layers, five draws for "
                + "450 epochs perturbed right after the fit, and one draw from five starts for 6,000 epochs perturbed long after it.",
            Config = $"papers/{id}.yaml",
            Runs = () => SupportVectorRun.Commands(id),
            FullRuns = () => [.. SupportVectorRun.FullRuns("theory-iii/figure-09"), .. SupportVectorRun.FullRuns(id),
                .. SupportVectorRun.EarlyRuns()],
            Build = context => Build(context, id, amplitude),
        };
    }

    // Runs that were perturbed alike, with their controls.
    private sealed record Group(string Name, SupportVectorRun[] Runs, SupportVectorRun[] Control, IReadOnlyList<double> Perturbed)
    {
        public string Row { get; init; } = Name;

        public IReadOnlyList<(int Run, int Perturbation, bool? CameBack)> Outcomes { get; } =
            [.. SupportVectorsUnderPerturbation.Each(Runs, Control, Perturbed)];
    }

    private static Chart Build(StudyContext context, string id, double amplitude)
    {
        string Amplitude(double a) => FormattableString.Invariant($"{a} ‖∇L‖");
        var control = SupportVectorRun.OfDigits(context, 0);
        Group Digits(double a) => new($"digits, {Amplitude(a)}", SupportVectorRun.OfDigits(context, a), control,
            SupportVectorRun.DigitsPerturbed);
        Group mean = Digits(amplitude), sum = Digits(100 * amplitude), between = Digits(10);
        Group early = new($"CIFAR-10 early, {Amplitude(amplitude)}", SupportVectorRun.OfEarlyImages(context, amplitude),
            SupportVectorRun.OfEarlyImages(context, 0), SupportVectorRun.EarlyPerturbed)
        { Row = "CIFAR-10 early" };
        Group late = new($"CIFAR-10 late, {Amplitude(amplitude)}", SupportVectorRun.OfImages(context, id),
            SupportVectorRun.OfImages(context, "theory-iii/figure-09"), SupportVectorRun.ImagesPerturbed)
        { Row = "CIFAR-10 late" };
        Group[] groups = [.. new[] { mean, sum, early, late }.Where(static g => g.Runs.Length > 0 && g.Runs.Length == g.Control.Length)];
        var panels = new List<Panel> { Outcomes(groups) };
        foreach (var group in new[] { early, sum }.Where(groups.Contains))
            panels.Add(SupportVectorRun.IndexPanel($"Example of the smallest margin: {group.Name}, five draws", group.Runs,
                group.Perturbed, from: group.Perturbed[0] / 2, fitted: group.Control.Max(static r => r.Fitted)));
        panels.Add(Loss([mean, between, sum], control[0]));
        panels.Add(Overlap("Five smallest margins shared with the control (digits)", [mean, between, sum]));
        if (groups.Contains(early)) panels.Add(Overlap("Five smallest margins shared with the control (CIFAR-10)", [early]));
        return new Chart(panels) { Findings = string.Join(' ', groups.Select(Said)) };
    }

    private static string Said(Group group)
    {
        var (back, other) = (group.Outcomes.Count(static o => o.CameBack == true), group.Outcomes.Count(static o => o.CameBack == false));
        var uncounted = group.Outcomes.Count - back - other;
        var name = char.ToUpperInvariant(group.Name[0]) + group.Name[1..];
        return $"{name}: {(other == 0 ? "all" : $"{back} of")} {back + other} perturbations came back to their example"
            + (other == 0 ? "" : $", {other} ended on another") + (uncounted > 0 ? $" ({uncounted} do not count)." : ".");
    }

    // A block of rows for each group, a row for each of its runs.
    private static Panel Outcomes(Group[] groups)
    {
        var most = groups.Max(static g => g.Perturbed.Count - 1);
        var rows = groups.Select((g, i) => i * 6.5).ToArray();
        var panel = new Panel("What each perturbation led to (a row a draw or seed)",
            new Axis("perturbation", Min: .5, Max: most + .5)
            {
                Labels = [.. Enumerable.Range(1, most).Select(static k => ((double)k, Wording.Count(k)))],
            },
            new Axis("", Min: -1, Max: 6.5 * groups.Length - 1)
            {
                Labels = [.. groups.Select((g, i) => (rows[i] + 2, g.Row))],
            });
        foreach (var (name, outcome, colour) in new (string, bool?, int)[]
            { ("the same example again", true, 0), ("another example", false, 1), ("does not count", null, 7) })
        {
            (double X, double Y)[] dots = [.. groups.SelectMany((g, i) => g.Outcomes.Where(o => o.CameBack == outcome)
                .Select(o => (o.Perturbation + 1.0, rows[i] + o.Run)))];
            if (dots.Length > 0) panel = panel.Points(name, [.. dots.Select(static d => d.X)], [.. dots.Select(static d => d.Y)], colour);
        }
        return panel;
    }

    private static Panel Loss(Group[] groups, SupportVectorRun control)
    {
        var panel = new Panel("Training loss, draw 0 (digits)", new Axis("epoch"), new Axis("L, mean cross-entropy", Scale.Exponent));
        foreach (var (group, i) in groups.Select((g, i) => (g, i)))
            panel = panel.Line(group.Name, group.Runs[0].Epochs, group.Runs[0].Log10Loss, i);
        return panel.Predicted("control, digits", control.Epochs, control.Log10Loss, 7);
    }

    private static Panel Overlap(string title, Group[] groups)
    {
        var panel = new Panel(title, new Axis("epoch"), new Axis("|A ∩ B|/|A ∪ B|, mean of five draws", Min: 0, Max: 1.05));
        foreach (var (group, i) in groups.Select((g, i) => (g, i)))
        {
            double[] epochs = group.Runs[0].Epochs;
            panel = panel.Line(group.Name, epochs,
                [.. epochs.Select((_, at) => group.Runs.Zip(group.Control, (r, c) => SupportVectorRun.Overlap(r, c, at)).Average())],
                groups.Length == 1 ? 3 : i);
        }
        return panel;
    }
}
