using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Claim b102: whether batch normalization converges at the rate of weight normalization, each to its own limit.</summary>
internal static class BatchNormalizationRate
{
    private static readonly double[] IrisStart = [.3, .5, -.7, -.2], PlaneStart = [.3, .9];
    private static readonly double[] IrisDecades = [2, 8, 50, 100, 200, 300], PlaneDecades = [1, 2, 4, 8, 16, 20, 22, 24],
        SingleDecades = [1, 2, 4, 6];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b102-batch-normalization-rate",
        Paper = SourcePapers.TheoryIII,
        Place = "§16, after eq. 80; §11.3",
        Equations = ["T3.80"],
        Hypothesis = "One linear layer under the exponential loss, a single data point (§16, before eq. 79: “for notation convenience”; "
            + "its experiments “suggest modifications” for N ≠ 1); batch normalization as §11.3 simplifies it, without mean and shift "
            + "(§16: “our simplified analysis implies”).",
        Statement = "Batch normalization has the same convergence rate as weight normalization.",
        SetUp = "f = g w·x/√(wᵀCw), C the second moment of the inputs, from g = 1, gradient flow in log t (relative tolerance 1e-12), "
            + "the error measured from each method's own limit: one example, the first of the three of b09, on which f = g sign(w·x) and "
            + $"w does not move; beside it, outside §16's hypothesis, Iris, setosa against the rest, from w ∝ {Wording.Row(IrisStart)} to "
            + $"t = {Wording.Decade(IrisDecades[^1])} (several support vectors), and the three examples of b09 of which one is at the "
            + $"margin, from {Wording.Row(PlaneStart)} to {Wording.Decade(PlaneDecades[^1])}. The same after whitening by C^{{−½}}. The "
            + "three examples were first followed to t = 1e12 at a relative tolerance of 1e-10, where batch normalization had not settled "
            + "(exponent −.232, at the end −.269); the verdict was the same.",
        Expected = "The same exponent of the error: in log t with several support vectors (both are v* + c/ρ), in t with one, where the "
            + "other examples leave e^{−ρΔ} = t^{−Δ/m}, Δ the gap of the margins in the method's own norm and m the margin.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var iris = Iris.Load().Binary("setosa");
        var plane = OneOfThree.Data;
        var moment = WhitenedMargin.SecondMoment(iris);
        var planeMoment = WhitenedMargin.SecondMoment(plane);
        Path Weight(Dataset data, double[] start, double[] decades) =>
            Path.Of(context, data, BatchNormalizedUnit.Identity(data.Inputs), start, decades, HardMargin.Solve(data).Direction.ToArray());
        Path Batch(Dataset data, double[] start, double[] decades) => Path.Of(context, data, WhitenedMargin.SecondMoment(data), start,
            decades, WhitenedMargin.BatchNormWithoutMean(data).Direction.ToArray());
        Path several = Weight(iris, IrisStart, IrisDecades), severalBatch = Batch(iris, IrisStart, IrisDecades), one =
            Weight(plane, PlaneStart, PlaneDecades), oneBatch = Batch(plane, PlaneStart, PlaneDecades);
        var white = BatchNormalizedUnit.Whiten(plane, planeMoment);
        var flat = BatchNormalizedUnit.Whiten(iris, moment);
        Path oneWhite = Weight(white, PlaneStart, PlaneDecades), oneWhiteBatch = Batch(white, PlaneStart, PlaneDecades), severalWhite =
            Weight(flat, IrisStart, IrisDecades), severalWhiteBatch = Batch(flat, IrisStart, IrisDecades);
        // The flow written here with C = I, against the library's weight normalization.
        var library = new WeightNormalizationFlow(several.Risk, 1).From(IrisStart, new IntegrationOptions { Tolerance = Tolerance })
            .At([Instant.FromLog10T(8)], context.Cancellation).Single();
        judge.Premise.AtMost("C = I: distance of v from the library's weight normalization at t = 1e8, Iris",
            Vectors.Distance(library.V, several.Points.AtDecade(8).V), 1e-6);
        judge.Premise.AtMost("largest error at the end, all paths",
            new[] { several, severalBatch, one, oneBatch, oneWhite, oneWhiteBatch }.Max(static p => p.Errors[^1]), .02);

        const string rate = "exponent of batch normalization over that of weight normalization";
        judge.Measure("Iris: error of weight normalization, t = 1e2 … 1e300", several.Errors);
        judge.Measure("Iris: error of batch normalization", severalBatch.Errors);
        judge.Measure("one of three: error of weight normalization, t = 1e1 … 1e24", one.Errors);
        judge.Measure("one of three: error of batch normalization", oneBatch.Errors);
        double inLog = severalBatch.InLogT() / several.InLogT(), inT = oneBatch.InT() / one.InT();
        judge.Measure("exponents in log t, Iris, and in t, one of three: weight, batch normalization",
            several.InLogT(), severalBatch.InLogT(), one.InT(), oneBatch.InT());
        var single = new Dataset("one example", [.. plane.Example(0)], [plane.Y[0]], plane.Inputs);
        double[] towards = HardMargin.Solve(single).Direction.ToArray();
        Path only = Path.Of(context, single, BatchNormalizedUnit.Identity(single.Inputs), PlaneStart, SingleDecades, towards),
            onlyBatch = Path.Of(context, single, WhitenedMargin.SecondMoment(single), PlaneStart, SingleDecades, towards);
        judge.Measure("one example: error of weight and of batch normalization at t = 1e1", only.Errors[0], onlyBatch.Errors[0]);
        judge.Measure("one example: error of weight and of batch normalization at t = 1e6", only.Errors[^1], onlyBatch.Errors[^1]);
        judge.Printed.In("one example, in t").Near(rate, onlyBatch.InT() / only.InT(), 1, absolute: .05);
        judge.Amended("with several support vectors both errors fall like 1/log t").In("Iris, in log t").Near(rate, inLog, 1,
            absolute: .05);
        judge.Amended("with one support vector of three the exponents differ")
            .AtMost("one of three at the margin, in t: " + rate, inT, .95);
        var whitened = judge.Amended("inputs are whitened, C = I");
        whitened.In("whitened Iris, in log t").Near(rate, severalWhiteBatch.InLogT() / severalWhite.InLogT(), 1, absolute: 1e-3);
        whitened.In("one of three, whitened, in t").Near(rate, oneWhiteBatch.InT() / oneWhite.InT(), 1, absolute: 1e-3);
        var gaps = judge.Amended("with one support vector the exponent is −Δ/m by the method's own margins");
        gaps.Near("weight normalization, one of three: exponent in t", one.InT(), -Gap(plane, HardMargin.Solve(plane).Direction),
            relative: .1);
        gaps.Near("batch normalization, one of three: exponent in t", oneBatch.InT(),
            -Gap(plane, WhitenedMargin.BatchNormWithoutMean(plane).Direction), relative: .1);

        Panel Errors(string title, Path a, Path b) => new Panel(title, new Axis("t", Scale.Exponent), new Axis("error", Scale.Log))
            .Line("weight normalization", a.Points.Log10T(), a.All, 0).Line("batch normalization", b.Points.Log10T(), b.All, 1);
        var numbers = "On one example batch normalization does not move w at all: its error stays at "
            + $"{Wording.Text(onlyBatch.Errors[^1])}, while that of weight normalization is {Wording.Text(only.Errors[^1])} at t = 1e6. On "
            + "Iris both errors fall like 1/log t: the exponents in log t between t = 1e100 and 1e300 are "
            + $"{Wording.Text(several.InLogT())} and {Wording.Text(severalBatch.InLogT())}. With one support vector of three both fall as "
            + $"powers of t, t^{{{Wording.Text(one.InT())}}} and t^{{{Wording.Text(oneBatch.InT())}}}: the exponent is the relative gap to "
            + "the next margin, and the two methods measure margins in different norms. On whitened inputs they are one flow.";
        return judge.Outcome(holds: numbers, care: numbers, fails: numbers, chart: new Chart(
            Errors("Iris", several, severalBatch), Errors("One of three at the margin", one, oneBatch)),
            caption: "Distance of the direction from each method's own limit.");
    }

    private static Tolerance Tolerance => new(1e-12, 1e-15);

    // (m_2 − m_1)/m_1 of the two least margins along v; the norm drops out.
    private static double Gap(Dataset data, ReadOnlySpan<double> v)
    {
        var direction = v.ToArray();
        var margins = Enumerable.Range(0, data.Count).Select(n => data.Y[n] * Vectors.Dot(direction, data.Example(n))).Order().ToArray();
        return margins[1] / margins[0] - 1;
    }

    private sealed record Path(EmpiricalRisk Risk, IReadOnlyList<FlowPoint> Points, double[] All, double[] Errors)
    {
        public static Path Of(StudyContext context, Dataset data, double[] moment, double[] start, double[] decades, double[] limit)
        {
            var risk = new EmpiricalRisk(Network.Linear(data.Inputs, 1), Loss.Exponential, data, Reduction.Sum);
            IReadOnlyList<FlowPoint> points = [.. new BatchNormalizedUnit(risk, moment, 1)
                .From(start, new IntegrationOptions { Tolerance = Tolerance })
                .At([.. Curves.Exponents(0, decades[^1], 61, decades).Instants()], context.Cancellation)];
            return new(risk, points, points.Column(p => p.DirectionError(limit)),
                [.. decades.Select(e => points.AtDecade(e).DirectionError(limit))]);
        }

        public double InLogT() => Math.Log(Errors[^1] / Errors[^3]) / Math.Log(Points[^1].Log10T / 100);

        public double InT() => Math.Log10(Errors[^1] / Errors[^3]) / 4;
    }
}
