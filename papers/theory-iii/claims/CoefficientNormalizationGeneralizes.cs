using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Claim b98: test errors of plain descent, coefficient normalization and weight normalization, pair by pair.</summary>
internal static class CoefficientNormalizationGeneralizes
{
    private const int Seeds = 10;
    private const string Config = "theory-iii/normalization";
    private static readonly string[] Methods = ["none", "coefficient", "weight"], Rates = ["0.05", "0.2"];
    private static readonly TrainingWords Words = new(Config);

    private static readonly TrainingSweep Sweep = new(Config, $"descent.normalization={string.Join(',', Methods)}",
        $"descent.learning-rate={string.Join(',', Rates)}", $"seed=0..{Seeds - 1}");

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b98-coefficient-normalization-generalizes",
        Paper = SourcePapers.TheoryIII,
        Place = "§11.1; §10.2, eq. 49",
        Hypothesis = "Deep networks trained with and without normalization until they fit their training set (§11.1: “in our experiments”; "
            + "neither networks nor data nor the norm that is kept are given).",
        Statement = "Normalization at each iteration, the coefficient normalization method, improves generalization, but not as much as "
            + "weight "
            + "normalization does.",
        SetUp = $"{Words.Train} digits, {Words.Test} test digits, {Words.LayersOnDigits}, cross-entropy, SGD with momentum "
            + $"{Words.Momentum} in "
            + $"minibatches of {Words.Batch}, {Words.Epochs} epochs, rates {string.Join(" and ", TrainingWords.Numbers(Rates))}, the same "
            + $"images, start and order for the three methods, seeds 0–{Seeds - 1} (normalization.yaml). Coefficient normalization keeps "
            + "each "
            + "layer at the norm of its start; weight normalization by matrices trains it. Judged: the mean gain in test error over the "
            + "seeds, "
            + "in standard errors; from 2 on it is one, from −2 down it is a loss, and between the seeds leave it open.",
        Expected = "Gains of coefficient normalization over plain descent, and of weight normalization over coefficient normalization.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var runs = Sweep.Runs(context);
        double[] Errors(int method, int rate, string column = "test_error") =>
            [.. Enumerable.Range(0, Seeds).Select(seed => runs[(method * Rates.Length + rate) * Seeds + seed].Last(column))];
        var panel = new Panel("Test error, ten seeds", new Axis("0 plain, 1 coefficient, 2 weight normalization", Min: -.5, Max: 2.5),
            new Axis("test error"));
        List<string> parts = [];
        for (var r = 0; r < Rates.Length; r++)
        {
            var name = $"rate {Rates[r]}";
            var all = Enumerable.Range(0, Methods.Length).Select(m => Errors(m, r)).ToArray();
            for (var m = 0; m < Methods.Length; m++)
            {
                judge.Hypothesis.In(name).AtMost($"largest training error, normalization: "
                    + $"{Methods[m]}", Errors(m, r, "train_error").Max(), 0);
                judge.Measure($"{name}, {Methods[m]}: test error", Spread.Of(all[m]).ToString());
            }
            double coefficient = Gain(all[0], all[1]), weight = Gain(all[1], all[2]);
            judge.Printed.In(name).AtLeast("gain of coefficient normalization over plain descent, standard errors", coefficient,
                lenient: -2, strict: 2);
            judge.Printed.In(name).AtLeast("gain of weight normalization over coefficient normalization, standard errors", weight,
                lenient: -2, strict: 2);
            parts.Add($"at {name} {Wording.Text(all[0].Average())} (plain), {Wording.Text(all[1].Average())} (coefficient) and "
                + $"{Wording.Text(all[2].Average())} (weight normalization): gains of {Wording.Text(coefficient, 2)} and "
                + $"{Wording.Text(weight, 2)} standard errors");
            double[] x = [.. Enumerable.Range(0, 3).SelectMany(m => Enumerable.Repeat(m + .15 * r, Seeds))];
            panel = panel.Points(name, x, [.. all.SelectMany(static e => e)], r);
        }
        var text = $"Mean test errors are {string.Join("; ", parts)}. All three fit all training images; on digits what normalization "
            + "gains or "
            + "loses is some thousandths, and the paper gives neither set-up nor numbers to compare.";
        return judge.Outcome(holds: text, care: text, fails: text, chart: new Chart(panel),
            caption: $"A dot is one seed. {text}");
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
