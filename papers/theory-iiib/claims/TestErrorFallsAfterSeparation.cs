using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>Claim b73: whether the test error of a linear classifier goes on falling after its training error is zero.</summary>
internal static class TestErrorFallsAfterSeparation
{
    private const int Draws = 12, Examples = 50, Inputs = 20, Fresh = 4000, DigitExamples = 60;
    private const double Gap = .15, Late = 10, Small = 1e-3, Errors = 2;
    private static readonly (string, string)[] Pairs =
        [("3", "8"), ("4", "9"), ("1", "7"), ("5", "9"), ("2", "3"), ("8", "9"), ("1", "8"), ("3", "9")];
    private static readonly double[] Decades = Curves.Exponents(-3, Late, 79);

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b73-test-error-falls-after-separation",
        Paper = SourcePapers.TheoryIIIb,
        Place = "§4 (end), §2; Theory III §1",
        Equations = ["T3b.4"],
        Hypothesis = "One linear layer, separable data, logistic loss (§4); low noise in the sense of Tsybakov’s conditions (§4, §5.4, "
            + "§9), read as few data near the boundary of the classes.",
        Statement = "Optimization of the logistic loss helps decrease the classification error in testing even after the training "
            + "classification error is zero and the empirical risk is very small.",
        SetUp = $"Logistic loss (sum), one linear layer, gradient flow from 0 to t = {Wording.Decade(Late)}, {Draws} draws each: pairs of "
            + $"digits ({DigitExamples} images, tested on the others); {Examples} of {Inputs} normal inputs labelled by a random "
            + $"half-space u, with |u·x| ≥ {Wording.Short(Gap)}‖x‖, so that none lies near the boundary ({Wording.Count(Fresh)} fresh "
            + "examples); outside the hypothesis, beside them: the same without that gap, and with variances 1/i. Test error at the first "
            + $"observation at which the training error is 0, where L ≤ {Wording.Text(Small)}, and at the end; gains are paired, draw by "
            + "draw, in standard errors of their mean: from 2 on there is a gain, below −2 a loss. A first version had uniform directions "
            + "without a gap only, on which the test error rose; digits and the gap came after that.",
        Expected = "A smaller test error at the end than at separation, and than where the risk is very small.",
        History = ["was ≈ until 2026-11-28, because data at the boundary, outside the hypothesis, were its counter-example, and means were "
            + "compared without error bars"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        (string Name, bool LowNoise, Func<int, (Dataset Training, Dataset Test)> Draw)[] sets =
        [
            ("pairs of digits", true, DrawDigits), ("equal variances, gap", true, static i => DrawHalfSpace(i, static _ => 1, Gap)),
            ("equal variances", false, static i => DrawHalfSpace(i, static _ => 1, 0)),
            ("variances 1/i", false, static i => DrawHalfSpace(i, static k => 1 / Math.Sqrt(k + 1), 0)),
        ];
        const string early = "gain in test error from separation to the end, in standard errors";
        var late = $"gain in test error from L = {Wording.Text(Small)} to the end, in standard errors";
        var panel = new Panel("Test error over that at separation", new Axis("t", Scale.Exponent),
            new Axis("ratio of the means", Scale.Log));
        var texts = new List<string>();
        var colour = 0;
        foreach (var (name, low, draw) in sets)
        {
            context.Progress(name);
            var runs = Enumerable.Range(0, Draws).Select(i => Run(draw(i), context)).ToArray();
            double start = runs.Average(static r => r.AtSeparation), small = runs.Average(static r => r.AtSmallLoss);
            double end = runs.Average(static r => r.Errors[^1]);
            judge.Hypothesis.AtLeast($"{name}: least margin at the end (the data are separated)", runs.Min(static r => r.Margin), 1e-9);
            double whole = Gain(runs, static r => r.AtSeparation), rest = Gain(runs, static r => r.AtSmallLoss);
            if (low)
            {
                judge.Printed.In(name).AtLeast(early, whole, lenient: -Errors, strict: Errors);
                judge.Printed.In(name).AtLeast(late, rest, lenient: -Errors, strict: Errors);
            }
            else judge.Measure($"{name}: {early}; {late}", whole, rest);
            judge.Measure($"{name}: mean test error at separation, at L = {Wording.Text(Small)}, at the end", start, small, end);
            judge.Measure($"{name}: draws that are better, equal, worse at the end than at separation",
                runs.Count(static r => r.Errors[^1] < r.AtSeparation), runs.Count(static r => r.Errors[^1] == r.AtSeparation),
                runs.Count(static r => r.Errors[^1] > r.AtSeparation));
            panel = panel.Line(name, Decades, [.. Decades.Select((_, i) => runs.Average(r => r.Errors[i]) / start)], colour++);
            texts.Add($"{name} {Wording.Text(start)} → {Wording.Text(small)} → {Wording.Text(end)} (gains of {Wording.Text(whole, 2)} and "
                + $"{Wording.Text(rest, 2)} standard errors)");
        }
        var text = $"Mean test error at separation, at L = {Wording.Text(Small)} and at t = {Wording.Decade(Late)}: "
            + $"{string.Join("; ", texts)}. The last two sets have data at the boundary, outside the hypothesis: with equal variances the "
            + "flow begins at the mean direction, which is the best guess there, and turns away from it.";
        return judge.Outcome(chart: new Chart(panel.Level("at separation", 1)), holds: text, fails: text, open: text,
            caption: "Below 1 the flow has improved since the training error became zero.");
    }

    // The mean over the draws of (error there − error at the end), over its standard error.
    private static double Gain(Path[] runs, Func<Path, double> error)
    {
        double[] gains = [.. runs.Select(r => error(r) - r.Errors[^1])];
        var mean = gains.Average();
        return mean / Math.Sqrt(gains.Sum(g => (g - mean) * (g - mean)) / (gains.Length - 1) / gains.Length);
    }

    private sealed record Path(double AtSeparation, double AtSmallLoss, double[] Errors, double Margin);

    private static Path Run((Dataset Training, Dataset Test) data, StudyContext context)
    {
        var (training, test) = data;
        var points = new UnconstrainedFlow(
            new EmpiricalRisk(Network.Dense(training.Inputs, 1), Loss.Logistic, training, Reduction.Sum))
            .From(new double[training.Inputs], new IntegrationOptions { Tolerance = new(1e-7, 1e-9) })
            .At(Decades.Instants(), context.Cancellation).ToArray();
        double[] errors = points.Column(p => Error(p.Weights(), test));
        return new Path(errors[Array.FindIndex(points, static p => p.Margin > 0)],
            errors[Array.FindIndex(points, static p => p.LogLoss <= Math.Log(Small))], errors, points[^1].Margin);
    }

    private static double Error(double[] w, Dataset test) =>
        Enumerable.Range(0, test.Count).Count(n => !(test.Y[n] * Vectors.Dot(w, test.Example(n)) > 0)) / (double)test.Count;

    private static (Dataset, Dataset) DrawDigits(int index)
    {
        var (positive, negative) = Pairs[index % Pairs.Length];
        var pair = Digits.Load().ScalePixels().OfClasses(positive, negative);
        pair = pair.WithTargets([.. pair.Y.ToArray().Select(static y => y == 0 ? 1.0 : -1.0)]);
        int[] order = new RandomStream(index, stream: 75).Permutation(pair.Count);
        return (pair.Choose(order[..DigitExamples]), pair.Choose(order[DigitExamples..]));
    }

    private static (Dataset, Dataset) DrawHalfSpace(int seed, Func<int, double> deviation, double gap)
    {
        var random = new RandomStream(seed, stream: 73);
        var u = new double[Inputs];
        foreach (ref var e in u.AsSpan()) e = random.NextNormal();
        Vectors.Scale(1 / Vectors.Norm(u), u, u);
        List<double> rows = [], labels = [];
        while (labels.Count < Examples + Fresh)
        {
            var x = new double[Inputs];
            for (var i = 0; i < Inputs; i++) x[i] = deviation(i) * random.NextNormal();
            var side = Vectors.Dot(u, x);
            if (Math.Abs(side) < gap * Vectors.Norm(x)) continue;
            rows.AddRange(x);
            labels.Add(Math.Sign(side));
        }
        var all = new Dataset($"half-space, seed {seed}", [.. rows], [.. labels], Inputs);
        return (all.Choose([.. Enumerable.Range(0, Examples)]), all.Choose([.. Enumerable.Range(Examples, Fresh)]));
    }
}
