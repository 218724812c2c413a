using Rhoflow.Data;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Limits;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// Claim b56: recurrent and feed-forward networks learn the same function if they are linear, and not if they have ReLUs; their matrices
/// differ in either case.
/// </summary>
internal static class RecurrentIsFeedForward
{
    private const int Width = 8, Examples = 24, Steps = 6000, Fresh = 200;
    private const double Lambda = .1, Rho0 = 1;
    private static readonly int[] Iterations = [1, 2, 3, 4];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b56-recurrent-equals-feed-forward",
        Paper = SourcePapers.SquareLoss,
        Place = "Appendix H.1, last paragraph",
        Equations = ["SQ.53", "SQ.54"],
        Hypothesis = "Linear networks of square matrices (appendix H), and feed-forward networks of T layers that converge to V_1 = … = "
            + "V_T = P (H.1: “if we assume”).",
        Statement = "If feed-forward networks of T layers converge to V_1 = … = V_T = P, recurrent networks (weights shared across "
            + "layers) under T iterations should be identical to feed-forward networks of T layers without weight sharing.",
        SetUp = $"T = {Iterations[0]} … {Iterations[^1]} square layers {Width} × {Width} under a row, linear and with ReLUs, flow (5)–(6) "
            + $"with λ = {Wording.Short(Lambda)}, ρ0 = {Rho0}, {Examples} examples of a "
            + "teacher network; the recurrent network starts at the feed-forward one's first matrix, with the same row; "
            + $"seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]} of data and weights, {Steps} adaptive Euler steps. Outputs on {Fresh} fresh "
            + "inputs: ‖ρf_r − ρf_f‖/‖ρf_f‖, beside two feed-forward "
            + "networks of other starts; |cos(V_j, V_k)| of the feed-forward layers. Starts at which an example or more gives ∂f/∂V = 0 "
            + "everywhere are drawn again.",
        Expected = "Difference 0, where the cosines are 1.",
        History = ["was ≈ until 2026-11-28, because equal layers, which the paper assumes, were judged as part of the statement"],
        Check = Check,
    };

    private sealed record Pair(double Recurrent, double Other, double Cosine, double Ridge);

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var (linear, relu) = (Pairs(true, context), Pairs(false, context));
        double[] Of(Pair[][] pairs, int t, Func<Pair, double> value) => [.. pairs[t - 1].Select(value)];
        judge.Premise.AtMost("T = 1, where both are one network: largest difference",
            Of(relu, 1, p => p.Recurrent).Concat(Of(linear, 1, p => p.Recurrent)).Max(), 1e-12);
        judge.Premise.AtMost("linear, T = 3: feed-forward network beside ridge regression, median",
            Spread.Of(Of(linear, 3, p => p.Ridge)).Median, .01);
        foreach (var (name, pairs) in new[] { ("linear", linear), ("ReLU", relu) })
        {
            judge.Measure($"{name}, T = 3: recurrent beside feed-forward, by seed", Of(pairs, 3, p => p.Recurrent));
            judge.Measure($"{name}, T = 3: two feed-forward networks, by seed", Of(pairs, 3, p => p.Other));
            judge.Measure($"{name}, T = 3: mean |cos(V_j, V_k)| of the feed-forward layers, by seed", Of(pairs, 3, p => p.Cosine));
        }
        judge.Hypothesis.AtLeast("linear, T = 3: median |cos(V_j, V_k)| of feed-forward layers",
            Spread.Of(Of(linear, 3, p => p.Cosine)).Median, .95);
        const string difference = "median difference of the outputs";
        judge.Printed.In("linear, T = 3").AtMost(difference, Spread.Of(Of(linear, 3, p => p.Recurrent)).Median, .05);
        judge.Measure("ReLU, T = 3: median difference of the outputs", Spread.Of(Of(relu, 3, p => p.Recurrent)).Median);
        judge.Measure("ReLU, T = 3: median |cos(V_j, V_k)| of feed-forward layers", Spread.Of(Of(relu, 3, p => p.Cosine)).Median);
        judge.Measure("linear: starts of 5 from which the recurrent network ends within 1 % of the feed-forward one, T = 1, 2, 3, 4",
            [.. Iterations.Select(t => (double)Of(linear, t, p => p.Recurrent).Count(r => r < .01))]);
        judge.Amended("linear networks, as functions, where the recurrent one reaches its global minimum: both are ridge regression")
            .AtMost("linear, T = 2, 3, 4: largest of the median differences",
            Iterations.Skip(1).Max(t => Spread.Of(Of(linear, t, p => p.Recurrent)).Median), .05);

        double[] at = [.. Iterations.SelectMany(t => Enumerable.Repeat((double)t, 5))];
        double[] All(Pair[][] pairs, Func<Pair, double> value) => [.. pairs.SelectMany(p => p.Select(value))];
        double[] Beside(double shift) => [.. at.Select(t => t + shift)];
        var chart = new Chart(
            new Panel("Outputs on fresh inputs", new Axis("layers or iterations T", Min: .6, Max: 4.4),
                new Axis("relative difference", Min: 0))
                .Points("ReLU: recurrent, feed-forward", Beside(-.09), All(relu, p => p.Recurrent))
                .Points("ReLU: two feed-forward", Beside(-.03), All(relu, p => p.Other))
                .Points("linear: recurrent, feed-forward", Beside(.03), All(linear, p => p.Recurrent))
                .Points("linear: two feed-forward", Beside(.09), All(linear, p => p.Other))
                .Level("claimed", 0),
            new Panel("Layers of the feed-forward network", new Axis("layers T", Min: 1.6, Max: 4.4),
                new Axis("mean |cos(V_j, V_k)|", Min: 0, Max: 1))
                .Points("ReLU", at[5..], All(relu, p => p.Cosine)[5..])
                .Points("linear", Beside(.06)[5..], All(linear, p => p.Cosine)[5..])
                .Level("claimed", 1));
        string Text3(Pair[][] pairs, Func<Pair, double> value) => Wording.Text(Spread.Of(Of(pairs, 3, value)));
        var others = Iterations.Sum(t => Of(linear, t, p => p.Recurrent).Count(r => r >= .01));
        judge.Measure("linear: recurrent starts of 20 that rest at a worse stationary point", others);
        var numbers = $"T = 3, medians and extremes of five: linear outputs differ by {Text3(linear, p => p.Recurrent)}, their layers "
            + $"have |cos| = {Text3(linear, p => p.Cosine)}: V_k = u_ku_{{k−1}}ᵀ with any unit vectors u_k between the layers. With ReLUs "
            + $"outputs differ by {Text3(relu, p => p.Recurrent)} (two feed-forward networks by {Text3(relu, p => p.Other)}), |cos| = "
            + $"{Text3(relu, p => p.Cosine)}.";
        return judge.Outcome(chart: chart, caption: "Linear networks of either kind become ridge regression as functions, with layers "
            + "that are not equal; with ReLUs neither the functions nor the matrices agree, and feed-forward networks do not agree among "
            + "themselves.",
            holds: numbers, care: numbers, fails: numbers);
    }

    private static Pair[][] Pairs(bool linear, StudyContext context) =>
        [.. Iterations.Select(t => Spread.Seeds.Select(seed => Compare(t, linear, seed, context)).ToArray())];

    private static Pair Compare(int t, bool linear, long seed, StudyContext context)
    {
        int[] widths = [.. Enumerable.Repeat(Width, t), 1];
        var network = linear ? Network.Linear(Width, widths) : Network.Dense(Width, widths);
        var data = TeacherData.Of(seed, Examples, Width);
        var random = new RandomStream(seed, 41);
        var (start, other) = (Start(network, data, random), Start(network, data, random));
        var fresh = TeacherData.Of(seed + 100, Fresh, Width).X;
        NormalizedDescent Train(double[] theta, bool tied) =>
            new NormalizedDescent(network, theta, data, Lambda, Rho0, tied).Run(Steps, context.Cancellation);
        var forward = Train(start, false);
        double[] f = forward.Outputs(fresh), r = Train(start, true).Outputs(fresh), g = Train(other, false).Outputs(fresh);
        double sum = 0, count = 0;
        for (var j = 0; j < t; j++)
            for (var k = 0; k < j; k++, count++)
                sum += Math.Abs(Vectors.Dot(network.Layers[j].Of(forward.V), network.Layers[k].Of(forward.V)));
        var w = MinimumNorm.Of(data).Ridge(Lambda);
        var ridge = new double[Fresh];
        for (var n = 0; n < Fresh; n++) ridge[n] = Vectors.Dot(w, fresh.Slice(n * Width, Width));
        return new Pair(Apart(r, f), Apart(g, f), count == 0 ? 1 : sum / count, Apart(ridge, f));
    }

    private static double Apart(double[] a, double[] b) => Vectors.Distance(a, b) / Vectors.Norm(b);

    // Both the network and the recurrent one that begins at its first matrix have to be alive on every example.
    private static double[] Start(Network network, Dataset data, RandomStream random)
    {
        while (true)
        {
            var theta = Initialization.Normal(network, random);
            var tied = (double[])theta.Clone();
            foreach (var layer in network.Layers.SkipLast(1)) network.Layers[0].Of(theta).CopyTo(layer.Of(tied));
            if (ConstraintEquations.Residuals(network, theta, data.X).Concat(ConstraintEquations.Residuals(network, tied, data.X))
                .All(r => r.All(double.IsFinite))) return theta;
        }
    }
}
