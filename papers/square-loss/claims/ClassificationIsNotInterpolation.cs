using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Data;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Limits;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// Claim b139: minimum norm classification (margins at least 1) has a smaller norm than minimum norm regression (margins 1) and leaves
/// examples beyond their margin; the two agree where no multiplier of regression is negative.
/// </summary>
internal static class ClassificationIsNotInterpolation
{
    private const int LinearExamples = 10, LinearInputs = 15, PlaneExamples = 6, DeepExamples = 10, DeepInputs = 4, Steps = 8000, Tried = 8;
    private const double Fitted = .25, PlaneDecay = 1e-6, DeepDecay = 1e-3, Beyond = .01, Agreement = 1e-4;

    private static readonly Network[] Deep = [Network.Dense(DeepInputs, 16, 1), Network.Dense(DeepInputs, 12, 12, 1)];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b139-classification-is-not-interpolation",
        Paper = SourcePapers.SquareLoss,
        Place = "Observation 4, eq. 24, 25, appendix C",
        Hypothesis = "Binary labels that the network can interpolate; minimum norm with y_n f_n = 1 (eq. 24) and with y_n f_n ≥ 1 (eq. "
            + "25). “min ½‖W_k‖² for all k” has no solution for L ≥ 2, since layers can be rescaled (b17): read as the least ∏‖W_k‖.",
        Statement = "Minimum norm binary classification under the square loss with margin 1 is not (in general) interpolation of all the "
            + "data.",
        SetUp = $"Seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}. (i) One linear layer, {LinearExamples} inputs in R^{LinearInputs} labelled "
            + "by a half-space: the hard margin by quadratic programming, interpolation by X⁺y. (ii) All two-layer ReLU networks of any "
            + $"width, {PlaneExamples} inputs of gaussian-teacher in the plane: both minima over 1,440 directions of units by nonnegative "
            + $"least squares, λ = {Wording.Text(PlaneDecay)}, with a lower bound from the multipliers. (iii) Trained ReLU nets "
            + $"{string.Join(" and ", Deep.Select(PlaneNets.Name))}, {DeepExamples} inputs of gaussian-teacher, seeds 0–{Tried - 1}: "
            + $"{Wording.Count(Steps)} steps of descent on Σ(g − y)² + λΣ‖W_k‖², λ = {Wording.Text(DeepDecay)}, then, where all y g are "
            + $"within {Wording.Short(Fitted)} of 1, as many from there on Σ max(0, 1 − yg)² + λΣ‖W_k‖² and, to compare with, as many "
            + $"more on the first. Beyond its margin is y g > {1 + Beyond}; two norms agree where their ratio is above 1 − "
            + $"{Wording.Text(Agreement)}, and a multiplier is negative where y_nα_n < −{Wording.Text(Agreement)} Σ|α|. After a first "
            + "look the tolerance of the lower bound was widened to 2 % and that of |ρyf − 1| to .01.",
        Expected = "A smaller norm and examples beyond their margin in some data sets of each kind.",
        Check = Check,
    };

    private sealed record Pair(double Regression, double Classification, int Beyond)
    {
        public double Ratio => Classification / Regression;

        public bool Apart => Ratio < 1 - Agreement;
    }

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        const string sets = "data sets with an example beyond its margin at the least norm of classification",
            ratio = "least ratio of the norms, classification over regression";
        void Judged(string kind, Pair[] pairs)
        {
            judge.Measure($"{kind}: norm of classification over that of regression, by seed", [.. pairs.Select(static p => p.Ratio)]);
            judge.Measure($"{kind}: examples beyond their margin, by seed", [.. pairs.Select(static p => (double)p.Beyond)]);
            judge.Printed.In(kind).AtLeast(sets, pairs.Count(static p => p.Beyond > 0), 1);
            judge.Printed.In(kind).AtMost(ratio, pairs.Min(static p => p.Ratio), .999);
        }

        Pair[] linear = [.. Spread.Seeds.Select(Linear)];
        Judged("one linear layer", linear);

        (PlaneMinimumNorm Regression, PlaneMinimumNorm Classification)[] plane = [.. Spread.Seeds.Select(seed =>
            (PlaneRegression.Of(context, seed), PlaneClassification.Of(context, seed)))];
        judge.Premise.AtMost("plane: largest norm over its lower bound − 1", plane.Max(static p =>
            Math.Max(p.Regression.Norm / p.Regression.Bound, p.Classification.Norm / p.Classification.Bound) - 1), .02);
        judge.Premise.AtMost("plane: largest |ρyf − 1| of "
            + "regression", plane.Max(static p => p.Regression.Margins.Max(m => Math.Abs(m - 1))), .01);
        Pair[] planePairs = [.. plane.Select(static p =>
            new Pair(p.Regression.Norm, p.Classification.Norm, p.Classification.Margins.Count(static m => m > 1 + Beyond)))];
        Judged("two layers, any width", planePairs);
        judge.Measure("two layers, any width: least y_nα_n of regression over Σ|α|, by "
            + "seed", [.. plane.Select(static p => Least(p.Regression))]);
        double[] linearLeast = [.. Spread.Seeds.Select(LinearLeast)];
        judge.Measure("one linear layer: least y_nα_n of regression over Σ|α|, by seed", linearLeast);
        var agreement = judge.Amended("the two agree exactly where regression has no negative multiplier, y_nα_n ≥ 0 (b140): its minimum "
            + "is then that of eq. 25 as well (Karush–Kuhn–Tucker)");
        void Agree(string kind, IEnumerable<double> multipliers, Pair[] pairs) => agreement.In(kind).AtMost(
            "data sets, of 5, in which one is so and not the other",
            multipliers.Zip(pairs).Count(static p => p.First < -Agreement != p.Second.Apart), 0);
        Agree("one linear layer", linearLeast, linear);
        Agree("two layers, any width", plane.Select(static p => Least(p.Regression)), planePairs);

        foreach (var net in Deep)
        {
            context.Progress($"trained {PlaneNets.Name(net)}");
            Pair[] trained = [.. Enumerable.Range(0, Tried).Select(seed => Trained(net, seed, context)).OfType<Pair>()];
            judge.Hypothesis.AtLeast($"trained {PlaneNets.Name(net)}: starts that interpolate, of {Tried}", trained.Length, 5);
            if (trained.Length > 0) Judged($"trained {PlaneNets.Name(net)}", trained);
        }

        var without = linearLeast.Count(static m => m >= -Agreement);
        var planeWithout = plane.Count(static p => Least(p.Regression) >= -Agreement);
        var first = plane[0];
        double[] order = [.. Enumerable.Range(1, PlaneExamples).Select(static n => (double)n)];
        var chart = new Chart(new Panel("Margins at the least norm, two layers of any width, seed 0",
            new Axis("example", Min: .5, Max: PlaneExamples + .5), new Axis("ρ y f", Min: .9))
            .Points($"regression, ρ = {Text(first.Regression.Norm)}", order, first.Regression.Margins)
            .Points($"classification, ρ = {Text(first.Classification.Norm)}", order, first.Classification.Margins)
            .Level("margin 1", 1));
        return judge.Outcome(chart: chart, caption: "Both solutions are global minima over two-layer networks of any width.",
            holds: "Classification needs less norm than regression: over five data sets each the ratio is "
            + $"{Wording.Text(Spread.Of(linear.Select(static p => p.Ratio)))} for one linear layer and "
            + $"{Wording.Text(Spread.Of(planePairs.Select(static p => p.Ratio)))} for two layers of any width, where both minima are "
            + "global and bounded from below; trained networks that interpolate with the least norm that descent finds go on, once errors "
            + "beyond the margin no longer count, to a smaller one. “In general” is the right word: the two agree where no multiplier of "
            + $"regression is negative. That is so in {without} of 5 sets of one linear layer, which tests both directions, and in "
            + $"{planeWithout} of 5 in the plane{(planeWithout == 0 ? ", which tests one: a negative multiplier, a smaller norm" : "")}. "
            + "No negative multiplier is eq. 29's α_n > 0: where it holds, Observation 4 has nothing to say, and the reverse.");
    }

    /// <summary>Regression and classification of the five sets in the plane; b140 looks at the first.</summary>
    internal static readonly SharedResults<long, PlaneMinimumNorm>
        PlaneRegression = new(static (context, seed) => PlaneMinimumNorm.Solve(Plane(seed), PlaneDecay, false, context.Cancellation)),
        PlaneClassification = new(static (context, seed) => PlaneMinimumNorm.Solve(Plane(seed), PlaneDecay, true, context.Cancellation));

    /// <summary>The five sets in the plane.</summary>
    internal static Dataset Plane(long seed) => GaussianTeacher.Draw(PlaneExamples, 2, seed);

    /// <summary>min y_nα_n/Σ|α_n|.</summary>
    internal static double Least(PlaneMinimumNorm at) => at.Multipliers.Min() / at.Multipliers.Sum(Math.Abs);

    private static Pair Linear(long seed)
    {
        var data = ExampleSets.HalfSpace(LinearExamples, LinearInputs, seed);
        var w = HardMargin.Solve(data).MinimumNorm.ToArray();
        var beyond = Enumerable.Range(0, data.Count).Count(n => data.Y[n] * Vectors.Dot(w, data.Example(n)) > 1 + Beyond);
        return new Pair(Vectors.Norm(MinimumNorm.Of(data).Weights), Vectors.Norm(w), beyond);
    }

    // Regression is w = Σ β_n x_n, β = (XXᵀ)⁻¹y, and α = β/‖w‖: its Karush–Kuhn–Tucker multipliers, without a search.
    private static double LinearLeast(long seed)
    {
        var data = ExampleSets.HalfSpace(LinearExamples, LinearInputs, seed);
        var x = DenseMatrix.OfRowArrays(Enumerable.Range(0, data.Count).Select(n => data.Example(n).ToArray()));
        var y = data.Y.ToArray();
        var beta = (x * x.Transpose()).Cholesky().Solve(DenseVector.OfArray(y));
        return y.Zip(beta, static (a, b) => a * b).Min() / beta.SumMagnitudes();
    }

    // Null where descent does not interpolate.
    private static Pair? Trained(Network net, long seed, StudyContext context)
    {
        var data = GaussianTeacher.Draw(DeepExamples, DeepInputs, seed);
        var start = Initialization.Normal(net, new RandomStream(seed, 141));
        Initialization.ScaleLayers(net, start, [1.5]);
        var regression = new DecayedDescent(net, start, data, DeepDecay, false).Run(Steps, context.Cancellation);
        if (regression.Margins.Any(static m => Math.Abs(m - 1) > Fitted)) return null;
        var classification = new DecayedDescent(net, regression.Weights, data, DeepDecay, true).Run(Steps, context.Cancellation);
        regression.Run(Steps, context.Cancellation);
        return new Pair(regression.Norm, classification.Norm, classification.Margins.Count(static m => m > 1 + Beyond));
    }

    private static string Text(double value) => Wording.Text(value, 4);
}
