using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>
/// Claim b72: cross-entropy with several classes behaves like the exponential loss of the differences f_y − f_c: direction, norms, margin.
/// </summary>
internal static class MulticlassFollowsTheMargin
{
    private const int Inputs = 5, Classes = 3, Examples = 30, Hidden = 6;
    private const double DeepEnd = 30;
    private static readonly double[] Decades = [1, 2, 3, 4, 6, 8, 10, 20, 50, 100, 200, 500, 1000];
    private static readonly double[] DeepDecades = Curves.Exponents(0, DeepEnd, 61);

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b72-multiclass-follows-the-margin",
        Paper = SourcePapers.TheoryIIIb,
        Place = "§14, remark on cross-entropy (its last sentence), eq. 58–60",
        Hypothesis = "Cross-entropy with C classes, a network without biases, data for which some W* has f_y − f_c > 0 for all c ≠ y (the "
            + "remark), gradient flow. Networks are linear here: eq. 58 has ReLUs in every layer, for which nothing is measured. The "
            + "remark’s other sentence, ⟨W*, ∇L⟩ < 0 for any W, is b25’s.",
        Statement = "Up to a slightly different normalization and a summation over classes the dynamics of gradient descent for "
            + "cross-entropy are those of the exponential loss, and the results apply to multi-class classification.",
        SetUp = $"{Examples} uniform directions in {Inputs} dimensions, {Classes} classes: the greatest of {Classes} random linear "
            + $"outputs. One linear layer from a normal start, gradient flow to t = {Wording.Decade(Decades[^1])}, beside the hard margin "
            + $"of the examples (e_y − e_c)⊗x with all c ≠ y; cross-entropy over Σ_n Σ_c e^{{−(f_y − f_c)}}; and two linear layers "
            + $"{Inputs}-{Hidden}-{Classes} from small normal starts to t = {Wording.Decade(DeepEnd)}, seeds "
            + $"{Spread.Seeds[0]}–{Spread.Seeds[^1]} (data and starts).",
        Expected = "What b07, b02 and b14 find with two classes: the direction goes to the hard margin like 1/log t, squared norms of "
            + "layers grow alike, ‖W‖ diverges, and the smoothed margin rises after separation.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var panel = new Panel("Direction of one layer against the multi-class hard margin", new Axis("log₁₀ t", Scale.Log),
            new Axis("‖W/‖W‖ − V*‖", Scale.Log));
        var margins = new Panel("Two layers: smoothed margin", new Axis("t", Scale.Exponent), new Axis("−log L/ρ"));
        double error = 0, slope = 0, ratio = 0, apart = 0, fall = 0, separation = double.PositiveInfinity, norm = double.PositiveInfinity;
        double span = 0;
        foreach (var seed in Spread.Seeds)
        {
            context.Progress($"seed {seed}");
            var data = Draw(seed);
            var differences = Differences(data);
            var svm = HardMargin.Solve(differences);
            separation = Math.Min(separation, svm.Margin);
            var net = Network.Linear(Inputs, Classes);
            var points = new UnconstrainedFlow(Risk(net, data)).From(Initialization.Normal(net, new RandomStream(seed, 72)))
                .At([.. Decades.Select(Instant.FromLog10T)], context.Cancellation).ToArray();
            double[] errors = points.Column(p => Vectors.Distance(Centred(p.Weights()), svm.Direction));
            panel = panel.Line($"seed {seed}", Decades, errors, (int)seed);
            error = Math.Max(error, errors[^1]);
            slope = Math.Max(slope, Math.Abs(errors[^1] * Decades[^1] / (errors[^2] * Decades[^2]) - 1));
            // log Σ_n Σ_c e^{−(f_y − f_c)}, which the exponential loss of the differences is.
            var early = points[Array.IndexOf(Decades, 10)];
            ratio = Math.Max(ratio, Math.Abs(early.LogLoss
                - new EmpiricalRisk(Network.Dense(Inputs * Classes, 1), Loss.Exponential, differences, Reduction.Sum)
                    .LogLoss(early.Weights())));

            var deep = Network.Linear(Inputs, Hidden, Classes);
            var start = Initialization.Normal(deep, new RandomStream(seed, 73), scale: .3);
            var path = new UnconstrainedFlow(Risk(deep, data)).From(start)
                .At([Instant.Zero, .. DeepDecades.Instants()], context.Cancellation).ToArray();
            double[] gap = path.Column(static p => p.RhoK[0] * p.RhoK[0] - p.RhoK[1] * p.RhoK[1]);
            apart = Math.Max(apart, gap.Max(g => Math.Abs(g - gap[0])) / Math.Pow(path[^1].RhoK[0], 2));
            var after = path.SkipWhile(static p => !(p.Margin > 0 && p.LogLoss < 0)).ToArray();
            if (after.Length == 0) throw new InvalidOperationException("the flow did not separate the classes");
            double[] smoothed = after.Column(static p => p.SmoothedMargin);
            fall = Math.Max(fall, smoothed.Zip(smoothed.Skip(1), static (a, b) => a - b).Max());
            norm = Math.Min(norm, path[^1].Rho / path[path.Length / 2].Rho);
            span = Math.Max(span, path[^1].Margin);
            margins = margins.Line($"seed {seed}", after.Log10T(), smoothed, (int)seed);
        }
        judge.Hypothesis.AtLeast("least multi-class margin of the data", separation, 1e-3);
        judge.Printed.In("one layer")
            .AtMost($"distance from the multi-class hard margin at t = {Wording.Decade(Decades[^1])}", error, .01);
        judge.Printed.In("one layer").AtMost("change of distance × log t from t = 1e500 to 1e1000, relative", slope, .05);
        judge.Printed.In("one layer").AtMost("|log of cross-entropy over the sum of exponentials| at t = 1e10", ratio, 1e-6);
        judge.Printed.In("two layers").AtMost("change of ρ_1² − ρ_2² along the flow, over ρ_1²", apart, 1e-6);
        judge.Printed.In("two layers").AtMost("greatest fall of the smoothed margin after separation", fall, 1e-9);
        judge.Printed.In("two layers").AtLeast($"ρ at t = {Wording.Decade(DeepEnd)} over that at t = {Wording.Decade(DeepEnd / 2)}", norm,
            1.2);
        judge.Measure("two layers: greatest normalized margin at the end", span);
        return judge.Outcome(chart: new Chart(panel, margins), caption: "As with two classes (b07): the distance falls like 1/log t.",
            holds: $"One layer: at t = {Wording.Decade(Decades[^1])} the direction is {Wording.Text(error, 2)} or less from the "
                + "multi-class hard margin and falls like 1/log t; cross-entropy is the sum of exponentials to "
                + $"{Wording.Text(ratio, 2)} at t = 1e10. Two layers: ρ_1² − ρ_2² stays to {Wording.Text(apart, 2)}, the smoothed margin "
                + "never falls after separation, ρ diverges. What fails with two classes fails here too: dependence on the start in deep "
                + "networks (b18), and ⟨W*, ∇L⟩ < 0 for any W (b25).");
    }

    private static EmpiricalRisk Risk(Network net, Dataset data) =>
        new(net, Loss.CrossEntropy, data, Reduction.Sum, static (n, d) => new ChainPasses(n, d.X, d.Count));

    private static Dataset Draw(long seed)
    {
        var x = GaussianTeacher.Draw(Examples, Inputs, seed).X.ToArray();
        var w = ExampleSets.Normal(Inputs * Classes, seed, stream: 74);
        double Output(int n, int c) => Vectors.Dot(w.AsSpan(c * Inputs, Inputs), x.AsSpan(n * Inputs, Inputs));
        return new Dataset($"{Classes} classes, seed {seed}", x,
            [.. Enumerable.Range(0, Examples).Select(n => (double)Enumerable.Range(0, Classes).MaxBy(c => Output(n, c)))], Inputs,
            [.. Enumerable.Range(0, Classes).Select(static c => $"{c}")]);
    }

    // (e_y − e_c) ⊗ x_n for every c ≠ y, all labelled +1: f_y − f_c is linear in W.
    private static Dataset Differences(Dataset data)
    {
        var rows = new List<double>();
        for (var n = 0; n < data.Count; n++)
            for (var c = 0; c < Classes; c++)
                if (c != (int)data.Y[n])
                {
                    var row = new double[Inputs * Classes];
                    data.Example(n).CopyTo(row.AsSpan((int)data.Y[n] * Inputs));
                    Vectors.Scale(-1, data.Example(n), row.AsSpan(c * Inputs, Inputs));
                    rows.AddRange(row);
                }
        return new Dataset("differences of " + data.Name, [.. rows], [.. Enumerable.Repeat(1.0, rows.Count / (Inputs * Classes))],
            Inputs * Classes);
    }

    // W/‖W‖ without the mean over classes, which no difference f_y − f_c sees and no gradient moves.
    private static double[] Centred(double[] w)
    {
        for (var i = 0; i < Inputs; i++)
        {
            var mean = Enumerable.Range(0, Classes).Average(c => w[c * Inputs + i]);
            for (var c = 0; c < Classes; c++) w[c * Inputs + i] -= mean;
        }
        Vectors.Scale(1 / Vectors.Norm(w), w, w);
        return w;
    }
}
