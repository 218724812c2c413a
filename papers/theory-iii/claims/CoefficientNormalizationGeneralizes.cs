using System.Globalization;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Claim b98: test errors of plain descent, coefficient normalization and weight normalization, pair by pair.</summary>
internal static class CoefficientNormalizationGeneralizes
{
    private const int Seeds = 8;
    private const string Config = "theory-iii/normalization";
    private static readonly string[] Methods = ["plain descent", "coefficient normalization", "weight "
        + "normalization"], Rates = ["0.001", "0.005"], Norms =
        ["12", "16", "24"];
    private static readonly TrainingWords Words = new(Config);

    private static readonly string AllNorms = $"init.frobenius={string.Join(',', Norms)}", AllSeeds = $"seed=0..{Seeds - 1}";

    private static readonly TrainingSweep Plain = new(Config, AllNorms, AllSeeds), Normalized = new(Config,
        "descent.normalization=coefficient,weight", AllNorms, $"descent.learning-rate={string.Join(',', Rates)}", AllSeeds);

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b98-coefficient-normalization-generalizes",
        Paper = SourcePapers.TheoryIII,
        Place = "§11.1; §10.2, eq. 49",
        Hypothesis = "Deep networks trained with and without normalization until they fit their training set (§11.1: “in our experiments”; "
            + "neither networks nor data nor the norm that is kept are given).",
        Statement = "Normalization at each iteration, the coefficient normalization method, improves generalization, but not as much as "
            + "weight normalization does.",
        SetUp = $"{Words.Train} digits, {Words.Test} test digits, {Words.LayersOnDigits}, layers of norm {string.Join(", ", Norms)} at the "
            + $"start, cross-entropy, SGD with momentum {Words.Momentum} in minibatches of {Words.Batch}, {Words.Epochs} epochs; rate "
            + $"{Words.Rate} on W_k (plain), {string.Join(" and ", TrainingWords.Numbers(Rates))} on V_k (normalized, each at the better "
            + $"of the two by training loss); the same images, start and order for all, seeds 0–{Seeds - 1} (normalization.yaml). "
            + "Coefficient normalization keeps each layer at the norm of its start; weight normalization by matrices trains it. Judged: "
            + "the mean gain in test error over the seeds from each norm, in standard errors; from 2 on it is a gain, from −2 down a "
            + "loss, and between them it is open. The norm is a choice that the paper leaves open: yes and no need it at every norm. "
            + "First tried: ten seeds from Kaiming's start, rates .05 and .2 for all three methods. There coefficient normalization left "
            + "up to .095 of the training images wrong, so that it was outside the hypothesis, and lost 6.0 and 5.7 standard errors to "
            + "plain descent; norms and rates were chosen after that. Plain descent has one rate, the others two.",
        Expected = "Gains of coefficient normalization over plain descent, and of weight normalization over coefficient normalization.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var panel = new Panel("Mean test error", new Axis("‖W_k‖ at the start"), new Axis("test error"));
        var errors = new double[Methods.Length][][];
        for (var m = 0; m < Methods.Length; m++)
        {
            MeasuredRun[][] best = [.. Norms.Select((_, n) => Best(context, m, n))];
            errors[m] = [.. best.Select(static runs => runs.Select(static r => r.Last("test_error")).ToArray())];
            judge.Hypothesis.In(Methods[m]).AtMost("largest training "
                + "error", best.Max(static runs => runs.Max(static r => r.Last("train_error"))),
                0);
            for (var n = 0; n < Norms.Length; n++)
                judge.Measure($"{Methods[m]}, norm {Norms[n]}: test error", Spread.Of(errors[m][n]).ToString());
            double[] norms = [.. Norms.Select(static n => double.Parse(n, CultureInfo.InvariantCulture))];
            panel = panel.Line(Methods[m], norms, [.. errors[m].Select(static e => e.Average())], m);
        }
        double[] coefficient = [.. Norms.Select((_, n) => Gain(errors[0][n], errors[1][n]))], weight =
            [.. Norms.Select((_, n) => Gain(errors[1][n], errors[2][n]))];
        judge.Measure("gain of coefficient normalization over plain descent by norm, standard errors", coefficient);
        judge.Measure("gain of weight normalization over coefficient normalization by norm, standard errors", weight);
        judge.Printed.AtLeast("gain of coefficient normalization over plain descent, standard errors, the norm that decides",
            Deciding(coefficient), lenient: -2, strict: 2);
        judge.Printed.AtLeast("gain of weight normalization over coefficient normalization, standard errors, the norm that decides",
            Deciding(weight), lenient: -2, strict: 2);
        string Means(int n) => string.Join(", ", Methods.Select((name, m) => $"{Wording.Text(errors[m][n].Average())} ({name})"));
        var text = $"Mean test errors from layers of norm {Norms[1]} are {Means(1)}. Over plain descent coefficient normalization gains "
            + $"{string.Join(", ", coefficient.Select(static g => Wording.Text(g, 2)))} standard errors from the three norms, and weight "
            + $"normalization over it {string.Join(", ", weight.Select(static g => Wording.Text(g, 2)))}. The paper gives neither set-up "
            + "nor numbers to compare.";
        return judge.Outcome(holds: text, care: text, fails: text, open: text, chart: new Chart(panel),
            caption: text);
    }

    // The least gain where no norm has a loss; else the greatest, which is a loss if all are. Where gains and losses mix, none decides.
    private static double Deciding(double[] gains) =>
        gains.Min() >= -2 ? gains.Min() : gains.Max() < 2 ? gains.Max() : double.NaN;

    // The runs of a method from one norm, at the rate of the lower training loss (its geometric mean); the test error has no part in it.
    private static MeasuredRun[] Best(StudyContext context, int method, int norm)
    {
        if (method == 0) return [.. Plain.Runs(context).Skip(norm * Seeds).Take(Seeds)];
        return Normalized.Runs(context).Skip(((method - 1) * Norms.Length + norm) * Rates.Length * Seeds).Take(Rates.Length * Seeds)
            .Chunk(Seeds).MinBy(static runs => runs.Average(static r => r.Last("log10_loss")))!;
    }

    /// <summary>The mean of a − b, in its standard errors.</summary>
    internal static double Gain(IReadOnlyList<double> a, IReadOnlyList<double> b)
    {
        double[] differences = [.. a.Zip(b, static (x, y) => x - y)];
        var mean = differences.Average();
        var variance = differences.Sum(d => (d - mean) * (d - mean)) / (differences.Length - 1);
        return variance == 0 ? mean == 0 ? 0 : Math.Sign(mean) * double.MaxValue : mean / Math.Sqrt(variance / differences.Length);
    }
}
