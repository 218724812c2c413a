using Rhoflow.Approximation;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoreticalIssues;

/// <summary>Claim b161: Theorem 1: shallow networks take ε^{−n/m}, and in one model of approximation nothing takes less.</summary>
internal static class ShallowRateIsBestPossible
{
    private static readonly double[] s_smoothness = [1, 2, 3];

    /// <summary>D: M = D² = 16 … 144 ridges.</summary>
    private static readonly int[] s_sides = [4, 6, 8, 10, 12];

    /// <summary>N at which widths are compared with their law.</summary>
    private static readonly double[] s_parameters = [1e4, 1e6, 1e8, 1e10];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b161-shallow-rate-is-best-possible",
        Paper = SourcePapers.TheoreticalIssues,
        Place = "§2C, Theorem 1",
        Equations = ["PNAS.1"],
        Hypothesis = "Functions of n variables with m derivatives, all of norm 1; shallow networks with any smooth σ that is no "
            + "polynomial. “Best possible” is said of dist(f, V_N), the infimum over all networks (§2B). So it is not right "
            + "for every σ that the theorem admits: for n = 1 there is a smooth σ of which one unit comes as near as one "
            + "likes to every function of the class (computed below for m = 1); for n > 1 Maiorov and Pinkus (Neurocomputing "
            + "25:81, 1999; from memory, not looked up) have a sigmoidal σ with the rate of sums of ridge functions, N to "
            + "the power −m/(n−1). It is right where the parameters depend continuously on f (DeVore, Howard and Micchelli "
            + "1989); that model is computed here, in L2 on Sobolev's ball.",
        Statement = "“For f ∈ W_m^n the complexity of shallow networks that provide accuracy at least ε is N = O(ε^{−n/m}) and is the best "
            + "possible.”",
        SetUp = "n = 1: σ with zigzags of k pieces of slope ±1 side by side, all two to the k of them for every k (corners "
            + "rounded as little as one likes), and for random functions of slope at most 1 the zigzag that follows f: one "
            + $"unit. n = 2: softplus ridges of a fixed rule, M = D² for D = {string.Join(", ", s_sides)}, and the function "
            + "of the ball (m = 1, 2, 3) that their span approximates worst in L2, found by 30 steps of the power method on "
            + "64 × 64 midpoints (from below; functions of that ball have vanishing odd normal derivatives at the faces). "
            + "Beside it the width: the (M + 1)-th semi-axis of the ball, below which no method with M parameters that "
            + "depend continuously on f can come for all f of the ball, by counting frequencies. n = 4, 8, 16: the widths "
            + "alone, measured. An error over a class, which no single function shows. Not shown: the sup norm, and n > 2 "
            + "from above.",
        Expected = "Printed, any dependence on f: units that grow like 1/ε for n = m = 1, which one σ refutes. With continuous "
            + "parameters: worst error ~ M to the power −m/2 and at most 4 widths over 16 ≤ M ≤ 144.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var (pieces, distances) = OneUnit();
        judge.Measure($"one unit, n = 1: largest distance from 100 functions, zigzags of {string.Join(", ", pieces)} pieces", distances);
        const string growth = "growth of the units from the first ε to the last over the least that the law allows";
        judge.Printed.In("a σ that holds all zigzags, n = 1, m = 1").AtLeast(growth, 1 / (distances[0] / distances[^1]), 1);
        var continuous = judge.Amended("the parameters depend continuously on f");
        double[] least = [4, 64], axes = SobolevWidths.Of(1, 1, least);
        continuous.In("n = 1, m = 1, by the width").AtLeast(growth, least[1] / least[0] / (axes[0] / axes[1]), 1);
        context.Progress("worst functions");
        double[] units = [.. s_sides.Select(static d => (double)d * d)];
        double[][] errors = [.. s_sides.Select(d =>
            WorstFunction.Errors(RidgeDictionary.Plane(d, new RidgeProfile(d / 2.0)), s_smoothness, context.Cancellation))];
        var panel = new Panel("Worst function of the ball, n = 2", new Axis("ridges M", Scale.Log), new Axis("L2 error", Scale.Log));
        List<string> sentences = [];
        for (var i = 0; i < s_smoothness.Length; i++)
        {
            var m = s_smoothness[i];
            double[] e = [.. errors.Select(r => r[i])], width = SobolevWidths.Of(2, m, units);
            var ratios = e.Zip(width, static (a, b) => a / b).ToArray();
            var exponent = ApproximationError.Exponent(units, e);
            judge.Premise.AtLeast($"m = {m}: worst error over the width, which it cannot be below", ratios.Min(), 1 - 1e-6);
            continuous.In($"n = 2, m = {m}").Near("exponent of the worst error", exponent, -m / 2, relative: .15);
            continuous.In($"n = 2, m = {m}").AtMost("largest ratio of the worst error to the width", ratios.Max(), 4);
            sentences.Add($"m = {m}: {Text(exponent)}, {Wording.Text(ratios.Min())} … {Wording.Text(ratios.Max())} widths");
            panel = panel.Line($"ridges, m = {m}", units, e, i).Predicted($"width, m = {m}", units, width, i);
        }
        List<string> laws = [];
        foreach (var n in new[] { 4, 8, 16 })
        {
            // Of sixteen variables 1e4 frequencies end at |k|² = 6 and 1e10 at 59: the law of volumes is not reached there.
            var exponent = ApproximationError.Exponent(s_parameters, SobolevWidths.Of(n, 2, s_parameters));
            judge.Measure($"n = {n}, m = 2: exponent of the width, N = 1e4 … 1e10", exponent);
            laws.Add($"{Text(exponent)} (n = {n}, −m/n = {Text(-2.0 / n)})");
        }
        var text = $"n = 2: exponents of the worst function's error, and its multiple of the width: {string.Join("; ", sentences)}. Widths "
            + $"for m = 2: {string.Join(", ", laws)}.";
        return judge.Outcome(holds: text, fails: text, open: text,
            care: "Not for every σ, if the best network may jump with f: one unit comes within "
                + $"{Wording.Text(distances[^1], 2)} of every function of the class that was drawn, n = 1. With parameters that depend "
                + $"continuously on f, in L2: {text} For n > 2 only the bound from below, by counting.",
            chart: new Chart(panel), caption: "Solid: ridges whose directions and offsets are fixed by a rule (M outer weights). Dashed: "
                + "no method with as many parameters, continuous in f, is better on the whole ball.");
    }

    // For functions of slope at most 1 on [0, 1]: how far the zigzag of slope ±1 is that turns towards f after every piece.
    private static (int[] Pieces, double[] Distances) OneUnit()
    {
        int[] pieces = [4, 8, 16, 32, 64];
        const int functions = 100, points = 1024;
        var random = new RandomStream(1);
        var distances = new double[pieces.Length];
        for (var n = 0; n < functions; n++)
        {
            double[] f = new double[points + 1];
            for (var i = 0; i < points; i += 32)
            {
                var slope = 2 * random.NextDouble() - 1;
                for (var j = i; j < i + 32; j++) f[j + 1] = f[j] + slope / points;
            }
            foreach (var (i, k) in pieces.Index())
            {
                var (zigzag, slope) = (0.0, 1);
                for (var j = 0; j < points; j++)
                {
                    if (j % (points / k) == 0) slope = f[j] >= zigzag ? 1 : -1;
                    zigzag += (double)slope / points;
                    distances[i] = Math.Max(distances[i], Math.Abs(f[j + 1] - zigzag));
                }
            }
        }
        return (pieces, distances);
    }

    private static string Text(double value) => Wording.Text(value).Replace('-', '−');
}
