using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Measures.Collapse;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.Since;

/// <summary>Claim b143: free features collapse exactly, from every start, and a critical point beside is a strict saddle.</summary>
internal static class UnconstrainedFeaturesCollapse
{
    private const int Steps = 8000, Shown = 1200, Seen = 100;
    private const double Lambda = .01, Push = 1e-6, Difference = 1e-3;

    // K, d, n.
    private static readonly (int Classes, int Width, int Examples)[] Sizes = [(2, 4, 5), (4, 6, 5), (10, 12, 4)];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b143-free-features-collapse",
        Title = "Unconstrained features collapse exactly",
        Paper = SincePage.Paper,
        Place = "Zhu, Ding, Zhou, Li, You, Sulam, Qu: A geometric analysis of neural collapse with unconstrained features (2021), "
            + "theorems 3.1 and 3.2",
        Keywords = ["neural collapse", "simplex", "strict saddle"],
        Hypothesis = "min over W, H, b of (1/N)Σ CE(Wh_n + b, y_n) + λ_W‖W‖²/2 + λ_H‖H‖²/2 + λ_b‖b‖²/2, all λ > 0, classes of equal size, "
            + "features longer than the number of classes, d > K, and √(λ_Wλ_H) < 1/(K√n), above which the minimum is 0.",
        Statement = "The global minima are simplex equiangular tight frames, with features equal within a class and W aligned with their "
            + "means, and b = 0; every other critical point is a strict saddle, so that descent from random starts ends in collapse.",
        SetUp = $"K, d, n = {string.Join("; ", Sizes.Select(static s => $"{s.Classes}, {s.Width}, {s.Examples}"))}; λ = "
            + $"{Wording.Short(Lambda)} for all three; N(0, 1) starts, seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}; "
            + $"{Wording.Count(Steps)} steps of gradient descent; NC1 to NC4 by the measures that trained networks are measured with; loss "
            + "and ‖W‖² against their closed forms. Then, K = 4, the same with two classes kept alike, which ends at another critical "
            + $"point: second differences of L along the direction that parts them, and descent from there after a push "
            + $"of {Wording.Text(Push)}.",
        Expected = "All measures 0; the closed forms; negative curvature beside the minimum.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        double slope = 0, loss = 0, square = 0, bias = 0, worst = 0;
        foreach (var (classes, width, examples) in Sizes)
            foreach (var seed in Spread.Seeds)
            {
                context.Progress($"K = {classes}, seed {seed}");
                var model = new UnconstrainedFeatures(classes, width, examples, Lambda, new RandomStream(seed, 145));
                model.Descend(Steps, cancellation: context.Cancellation);
                var (end, left) = model.At();
                slope = Math.Max(slope, left);
                loss = Math.Max(loss, Math.Abs(end / model.LeastLoss - 1));
                square = Math.Max(square, Math.Abs(Vectors.Dot(model.W, model.W) / model.LeastSquare - 1));
                bias = Math.Max(bias, Vectors.Norm(model.B));
                worst = Math.Max(worst, Worst(model.Collapse()));
            }
        judge.Hypothesis.AtMost("largest λK√n", Sizes.Max(static s => Lambda * s.Classes * Math.Sqrt(s.Examples)), 1);
        judge.Premise.AtMost("largest ‖∇L‖ at the end", slope, 1e-10);
        judge.Printed.AtMost("largest |L/L_min − 1|, 15 runs", loss, 1e-10);
        judge.Printed.AtMost("largest |‖W‖²/closed form − 1|", square, 1e-8);
        judge.Printed.AtMost("largest ‖b‖", bias, 1e-8);
        judge.Printed.AtMost("largest of NC1 (traces), NC2 (lengths, angles), NC3 (distance), NC4", worst, 1e-8);

        var (k, d, n) = Sizes[1];
        double stillness = 0, curvature = double.NegativeInfinity, above = double.PositiveInfinity, after = 0;
        var lines = new List<(double[] Free, double[] Pushed)>();
        foreach (var seed in Spread.Seeds)
        {
            var model = new UnconstrainedFeatures(k, d, n, Lambda, new RandomStream(seed, 146));
            model.Descend(Steps, merged: true, context.Cancellation);
            var (at, left) = model.At();
            stillness = Math.Max(stillness, left);
            above = Math.Min(above, at / model.LeastLoss - 1);
            var direction = model.Parting();
            curvature = Math.Max(curvature, Curvature(model, direction, at));
            Vectors.Add(Push, direction, model.Parameters);
            var pushed = Path(model, context);
            model.Descend(Steps - Shown, cancellation: context.Cancellation);
            after = Math.Max(after, Math.Abs(model.At().Loss / model.LeastLoss - 1));
            lines.Add((Path(new UnconstrainedFeatures(k, d, n, Lambda, new RandomStream(seed, 145)), context), pushed));
        }
        judge.Premise.AtMost("two classes alike: largest ‖∇L‖ at the end", stillness, 1e-10);
        judge.Hypothesis.AtLeast("two classes alike: least L/L_min − 1", above, .01);
        judge.Printed.AtMost("two classes alike: largest second derivative of L along their parting, of five", curvature, -1e-4);
        judge.Printed.AtMost("after the push: largest |L/L_min − 1|", after, 1e-8);

        double[] steps = [.. Enumerable.Range(1, Seen).Select(static i => (double)i * Shown / Seen)];
        double[] Positive(double[] values) => [.. values.Select(static v => v > 1e-15 ? v : double.NaN)];
        var chart = new Chart(new Panel("Loss above the minimum, K = 4, seed 0", new Axis("step"), new Axis("L/L_min − 1", Scale.Log))
            .Line("from a random start", steps, Positive(lines[0].Free))
            .Line("from two classes alike, pushed apart by 1e-6", steps, Positive(lines[0].Pushed)));
        return judge.Outcome(chart: chart, caption: "The second curve stays at the saddle until its curvature has enlarged the push.",
            holds: $"From 15 random starts with 2, 4 and 10 classes descent ends at the closed form (loss to {Wording.Text(loss)}, ‖W‖² to "
                + $"{Wording.Text(square)}), and NC1 to NC4 are 0 to {Wording.Text(worst)}: the measures give exact collapse where it is "
                + $"exact. With two classes kept alike descent rests {Wording.Text(100 * above)} % or more above it, at a saddle (second "
                + $"derivative {Wording.Text(curvature)} or less), and leaves it when pushed. The theorem speaks of every "
                + "critical point; tried is one kind.");
    }

    private static double Worst(NeuralCollapse c) => new[]
    {
        c.Within.TraceRatio, c.Means.Equinorm, c.Means.Equiangularity, c.Means.Distance, c.Classifier!.Distance, c.Duality!.Distance,
        c.Centers.Disagreement,
    }.Max();

    private static double Curvature(UnconstrainedFeatures model, double[] direction, double at)
    {
        var scratch = new double[direction.Length];
        double Moved(double size)
        {
            var moved = (double[])model.Parameters.Clone();
            Vectors.Add(size / Vectors.Norm(direction), direction, moved);
            return model.Evaluate(moved, scratch);
        }
        return (Moved(Difference) - 2 * at + Moved(-Difference)) / (Difference * Difference);
    }

    private static double[] Path(UnconstrainedFeatures model, StudyContext context)
    {
        var path = new double[Seen];
        for (var i = 0; i < Seen; i++)
        {
            model.Descend(Shown / Seen, cancellation: context.Cancellation);
            path[i] = model.At().Loss / model.LeastLoss - 1;
        }
        return path;
    }
}
