using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.Since;

/// <summary>Claim b151: the distance of the last layer from the least-squares classifier of its features, in training.</summary>
internal static class CentralPathInTraining
{
    private const double Terminal = .01;

    private const string Unmoved = "no statistics of minibatches: no batch normalization, or all examples a step";

    private static IntermediateRuns[] Networks => [IntermediateRuns.Plain, IntermediateRuns.Dense, IntermediateRuns.WholeSet,
        IntermediateRuns.Convolutional, IntermediateRuns.TenAStep, IntermediateRuns.AllAStep];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b151-central-path",
        Paper = SincePage.Paper,
        Title = "Training comes near the central path",
        Keywords = ["neural collapse", "least squares"],
        Place = "Han, Papyan and Donoho (ICLR 2022), Theorem 1 and its experiments",
        Hypothesis = "Square loss with one-hot targets and λ‖W‖² of the last layer; trained by SGD past zero training error. Theirs has "
            + "a bias in the last layer, and deeper residual networks. No number stands for “negligible”: a tenth of the loss is taken as "
            + "negligible, half of it as not.",
        Statement = "The loss is L_{NC1} + L_{NC2/3} + L_⊥, and L_⊥, what the last layer loses against the least-squares classifier of the "
            + "features, becomes negligible in training.",
        SetUp = $"{IntermediateRuns.SetUp} Networks of 64 units: {string.Join("; ", Networks.Select(static n => n.Text))}; no bias. "
            + $"Judged: the end, with a training error of {Wording.Short(Terminal)} at most, the largest of five seeds, alike for all; the "
            + "way there is measured. At first the way was judged too, but not of the net with all images a step, which stood in the "
            + "amendment only. The identity of the parts is a test (CentralPathTests).",
        Expected = "L_⊥/(L_{NC1} + L_{NC2/3} + L_⊥) ≤ .1 at the end.",
        FullRuns = static () => IntermediateRuns.FullRuns(Networks),
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var texts = new List<string>();
        Panel[] panels = [];
        foreach (var of in Networks)
        {
            var runs = of.Runs(context);
            double[] epochs = runs[0]["epoch"];
            double[] Medians(Func<IObservations, int, double> value) =>
                [.. epochs.Select((_, i) => Spread.Of(runs.Select(r => value(r, i))).Median)];
            var share = Medians(Share);
            int[] fitted = [.. Enumerable.Range(0, epochs.Length).Where(i => runs.Max(r => r["train_error"][i]) <= Terminal)];
            judge.Hypothesis.AtMost($"{of.Text}: largest training error at the end", runs.Max(static r => r.Last("train_error")), Terminal);
            judge.Measure($"{of.Text}: epochs", epochs);
            judge.Measure($"{of.Text}: L_⊥ over the loss, medians", share);
            const string quantity = "L_⊥ over the loss at the end, largest of five seeds";
            var end = runs.Max(r => Share(r, epochs.Length - 1));
            judge.Printed.In(of.Text).AtMost(quantity, end, .1, .5);
            if (of == IntermediateRuns.Plain || of == IntermediateRuns.AllAStep)
                judge.Amended(Unmoved).In(of.Text).AtMost(quantity, end, .1, .5);
            texts.Add($"{of.Text}: {string.Join(", ", fitted.Select(i => $"{Wording.Text(share[i], 2)} (epoch {epochs[i]:F0})"))}");
            double[] x = [.. epochs.Select(static e => 1 + e)];
            var panel = new Panel(of.Text, new Axis("1 + epoch", Scale.Log), new Axis("part of the loss, median", Scale.Log));
            foreach (var (name, column) in new[] { ("L_{NC1}", "path_nc1"), ("L_{NC2/3}", "path_nc23"), ("L_⊥", "path_off") })
                panel = panel.Line(name, x, Medians((r, i) => r[column][i]));
            panels = [.. panels, panel];
        }
        var text = $"L_⊥ over the loss where the training set is fitted, medians of five seeds. {string.Join("; ", texts)}.";
        text += " In this one pair, the two networks on 100 images, which have the same number of steps, rate and decay, it is the "
            + "minibatch that keeps the last layer off: with ten a step the statistics of the minibatch move the features of an example "
            + "with those beside it, and the gradients have noise; the run does not part the two. With all a step the part falls late.";
        return judge.Outcome(holds: text, care: text, fails: text, open: text, chart: new Chart(panels) { Columns = 3 });
    }

    private static double Share(IObservations run, int i) =>
        run["path_off"][i] / (run["path_nc1"][i] + run["path_nc23"][i] + run["path_off"][i]);
}
