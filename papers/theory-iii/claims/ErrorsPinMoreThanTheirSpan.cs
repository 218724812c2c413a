using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Claim b88: what a misclassified example pins is the span of all examples that balance it, not its own.</summary>
internal static class ErrorsPinMoreThanTheirSpan
{
    private const double Early = 4, Late = 8, Pinned = 1e-2;
    private const int Inputs = 3, RandomExamples = 20, RandomInputs = 4;
    private static readonly double[] Start = [.1, -.2, .1];

    /// <summary>A set of inputs with label +1 (y_n absorbed), and those with Σ p_n z_n = 0 for some p_n &gt; 0.</summary>
    private sealed record Case(string Name, double[][] Rows, int Balanced);

    private static readonly Case[] Cases =
    [
        new("opposite pair", [[-.5 / 3, -1.0 / 3, -1.0 / 3], [.4, .8, .8]], 2),
        new("balanced in a plane", [[-.6, 0, 0], [1, 1, 0], [1, -1, 0], [0, .3, 1]], 3),
        new("balanced in space", [[-.3, -.3, -.3], [1, 0, 0], [0, 1, 0], [0, 0, 1]], 4),
    ];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b88-errors-pin-more-than-their-span",
        Paper = SourcePapers.TheoryIII,
        Place = "§6, after eq. 28",
        Hypothesis = "A linear network under the exponential loss, a small number of classification errors (§6; one here).",
        Statement = "Misclassification errors do not “regularize” all components of w but only the ones in the span of the misclassified "
            + "examples.",
        SetUp = $"Three sets in R³, labels absorbed: {string.Join("; ", Cases.Select(Words))}. Gradient flow from {Wording.Row(Start)}; a "
            + $"direction is pinned where the Hessian at t = {Wording.Decade(Early)} keeps an eigenvalue above {Wording.Text(Pinned)} "
            + $"(along free directions it falls like 1/t), and w no longer moves along it up to t = {Wording.Decade(Late)}. And "
            + $"{RandomExamples} directions in R^{RandomInputs} labelled by a half-space with the first label turned, seeds "
            + $"{Spread.Seeds[0]}–{Spread.Seeds[^1]}.",
        Expected = "As many pinned dimensions as the misclassified examples span.",
        Check = Check,
    };

    private static string Words(Case c) =>
        $"{c.Name}, z = {string.Join(", ", c.Rows.Select(static r => Wording.Row([.. r.Select(static v => Math.Round(v, 3))])))}";

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        const string quantity = "pinned dimensions beyond the span of the misclassified examples";
        const string relation = "pinned is the span of all examples that take part in a relation Σ p_n z_n = 0, p_n > 0";
        var counts = new List<(string Name, int Errors, int Span, int Pinned)>();
        Panel? panel = null;
        foreach (var c in Cases)
        {
            var data = new Dataset(c.Name, [.. c.Rows.SelectMany(static r => r)], [.. c.Rows.Select(static _ => 1.0)], Inputs);
            var risk = new EmpiricalRisk(Network.Dense(Inputs, 1), Loss.Exponential, data, Reduction.Sum);
            double[] decades = [.. Curves.Exponents(-2, Late, 103, Early)];
            var points = new UnconstrainedFlow(risk).From(Start, new IntegrationOptions { Tolerance = new(1e-11, 1e-13) })
                .At([.. decades.Select(Instant.FromLog10T)], context.Cancellation).ToArray();
            double[] before = points.First(p => p.Log10T == Early).Weights(), after = points[^1].Weights();
            int[] errors = [.. Enumerable.Range(0, data.Count).Where(n => Vectors.Dot(after, data.Example(n)) < 0)];
            var span = Rank([.. errors.Select(n => c.Rows[n])]);
            var (pinned, moved) = PinnedDirections(risk, before, after);
            judge.Hypothesis.Between($"{c.Name}: misclassified examples", errors.Length, 1, 1);
            judge.Premise.AtMost($"{c.Name}: largest move along a pinned direction from t = {Wording.Decade(Early)} to "
                + $"{Wording.Decade(Late)}", moved, 1e-2);
            judge.Printed.In(c.Name).AtMost(quantity, pinned - span, 0);
            if (span == Rank(c.Rows[..c.Balanced]))
                judge.Amended("the examples that balance the error lie in its own span").In(c.Name).AtMost(quantity, pinned - span, 0);
            judge.Amended(relation).Near($"{c.Name}: pinned dimensions over that span's", pinned / (double)Rank(c.Rows[..c.Balanced]), 1,
                absolute: 1e-12);
            counts.Add((c.Name, errors.Length, span, pinned));
            if (c == Cases[1])
            {
                panel = new Panel("One error that pins a plane", new Axis("t", Scale.Exponent), new Axis("w"));
                for (var i = 0; i < Inputs; i++)
                    panel = panel.Line($"w_{i + 1}", decades, [.. points.Select(p => p.Weights()[i])]);
            }
        }
        var random = Spread.Seeds.Select(s => Random(s, context)).Where(static r => r.Errors > 0).ToArray();
        judge.Measure("random sets that are no longer separable", random.Length);
        judge.Measure("random sets: misclassified examples, by seed", [.. random.Select(static r => (double)r.Errors)]);
        judge.Measure("random sets: pinned dimensions, by seed", [.. random.Select(static r => (double)r.Pinned)]);
        var said = string.Join("; ", counts.Select(
            static c => $"{c.Name}: {c.Errors} error spans {c.Span} dimension, {c.Pinned} are pinned"));
        return judge.Outcome(
            care: $"{said}. What is pinned is the span of all examples that balance the error (Σ p_n z_n = 0, p_n > 0), and only the "
                + "components outside it grow like log t. On the random sets that the turned label makes inseparable (misclassified: "
                + $"{string.Join(", ", random.Select(static r => r.Errors))}) {string.Join(", ", random.Select(static r => r.Pinned))} of "
                + $"{RandomInputs} dimensions are pinned.",
            chart: panel is null ? null : new Chart(panel), caption: "The misclassified example lies along the first axis. The second "
                + "component is pinned as well, by the two examples that balance it; only the third grows, like log t.");
    }

    private static (int Errors, int Pinned) Random(long seed, StudyContext context)
    {
        var set = ExampleSets.HalfSpace(RandomExamples, RandomInputs, seed);
        var data = new Dataset("one label turned", set.X.ToArray(), [.. set.Y.ToArray().Select(static (y, n) => n == 0 ? -y : y)],
            RandomInputs);
        var risk = new EmpiricalRisk(Network.Dense(RandomInputs, 1), Loss.Exponential, data, Reduction.Sum);
        var w = new UnconstrainedFlow(risk).From(new double[RandomInputs].Select((_, i) => .1 * (i + 1)).ToArray(),
            new IntegrationOptions())
            .At([Instant.FromLog10T(Early)], context.Cancellation).Single().Weights();
        var errors = Enumerable.Range(0, data.Count).Count(n => data.Y[n] * Vectors.Dot(w, data.Example(n)) < 0);
        return (errors, PinnedDirections(risk, w, w).Count);
    }

    private static (int Count, double Moved) PinnedDirections(EmpiricalRisk risk, double[] before, double[] after)
    {
        var (h, scale) = risk.Hessian(before);
        var evd = (DenseMatrix.OfArray(h) * Math.Exp(scale.LogScale)).Evd(Symmetricity.Symmetric);
        var step = DenseVector.OfArray([.. after.Zip(before, static (a, b) => a - b)]);
        int count = 0;
        var moved = 0.0;
        for (var i = 0; i < before.Length; i++)
        {
            if (evd.EigenValues[i].Real <= Pinned) continue;
            count++;
            moved = Math.Max(moved, Math.Abs(evd.EigenVectors.Column(i) * step));
        }
        return (count, moved);
    }

    private static int Rank(double[][] rows) => DenseMatrix.OfRowArrays(rows).Svd(false).S.Count(static s => s > 1e-9);
}
