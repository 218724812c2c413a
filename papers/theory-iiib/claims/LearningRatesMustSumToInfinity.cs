using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>Claim b78: Σγ_n = ∞ is needed to converge, and γ_n → 0 to be rid of noise: both from linear recursions.</summary>
internal static class LearningRatesMustSumToInfinity
{
    private const int Steps = 1_000_000;
    private const double First = .5, Noise = 1;

    // γ_n = First/(n + 1)^a; the sum diverges up to a = 1.
    private static readonly double[] Exponents = [0, .5, 1, 1.5, 2];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b78-learning-rates-must-sum-to-infinity",
        Paper = SourcePapers.TheoryIIIb,
        Place = "§14, remark on the learning rate, eq. 64",
        Equations = ["T3b.64a"],
        Hypothesis = "dx/dt + γ(t)x = 0, its discretization x_{n+1} = (1 − γ_n)x_n, and the same with noise ε_n added to x (read as "
            + "independent, of mean 0 and constant variance).",
        Statement = "x(t) = x_0e^{−∫γ} reaches the minimum only if ∫γ dt = ∞, which corresponds to Σγ_n = ∞; with noise γ_nε_n → 0 is "
            + "needed, which implies at least γ_n → 0.",
        SetUp = $"γ_n = {Wording.Short(First)}/(n + 1)^a, a = {string.Join(", ", Exponents.Select(static a => Wording.Text(a)))}, "
            + $"{Wording.Count(Steps)} steps from x = 1; eq. 64 with γ(t) = {Wording.Short(First)}/(1 + t)^a integrated numerically and by "
            + "its solution; E x_n² under noise of variance "
            + $"{Wording.Text(Noise)} from E x_{{n+1}}² = (1 − γ_n)²E x_n² + γ_n²σ², and a constant ε = 1 beside it.",
        Expected = "x_n → 0 for a ≤ 1 alone; E x_n² → 0 for 0 < a ≤ 1 alone.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        judge.Identity("x(t) = x_0e^{−∫γ} solves eq. 64, and E x² obeys a linear recursion; both limits follow from Σγ_n and Σγ_n²");
        var solved = 0.0;
        var panel = new Panel("Without noise", new Axis("n", Scale.Log), new Axis("−log x_n", Scale.Log));
        var noisy = new Panel("E x_n² with noise of variance 1", new Axis("n", Scale.Log), new Axis("E x_n²", Scale.Log));
        foreach (var a in Exponents)
        {
            solved = Math.Max(solved, Solution(a));
            var (x, fall, variance, biased) = Run(a);
            panel = panel.Line($"a = {Wording.Text(a)}", x, fall);
            noisy = noisy.Line($"a = {Wording.Text(a)}", x, variance);
            // ∫γ over a decade is First·log 10 for a = 1.
            var still = fall[^1] - fall[^2];
            if (a <= 1) judge.Printed.In($"a = {Wording.Text(a)}").AtLeast("−log x_n gained over the last decade of n", still,
                .9 * First * Curves.Ln10);
            else judge.Printed.In($"a = {Wording.Text(a)}").AtMost("−log x_n gained over the last decade of n", still, .01);
            if (a is > 0 and <= 1) judge.Printed.In($"a = {Wording.Text(a)}").AtMost("E x_n² over that a decade of n before",
                variance[^1] / variance[^2], .4);
            else judge.Printed.In($"a = {Wording.Text(a)}").AtLeast("E x_n² over that a decade of n before",
                variance[^1] / variance[^2], .99);
            judge.Measure($"a = {Wording.Text(a)}: −log x_n, E x_n² at the end", fall[^1], variance[^1]);
            judge.Measure($"a = {Wording.Text(a)}: x_n at the end under the constant ε = 1", biased);
        }
        judge.Premise.AtMost("eq. 64 integrated against its solution, largest relative difference", solved, 1e-9);
        return judge.Outcome(chart: new Chart(panel, noisy),
            caption: "Left a curve must rise for ever (a ≤ 1), right it must fall for ever (0 < a ≤ 1).",
            holds: "x_n goes to 0 for a ≤ 1 and stops on the way for a > 1; E x_n² falls for 0 < a ≤ 1, stays at γσ²/(2 − γ) for a = 0 and "
                + "at what the first steps left for a > 1. Necessary, as the paper says, and not sufficient: under a constant ε = 1 x_n "
                + "goes to −1 at every a ≤ 1, though γ_nε_n → 0.");
    }

    // −log x_n, E x_n² and, under ε = 1, x_n, at every decade of n.
    private static (double[] N, double[] Fall, double[] Variance, double Biased) Run(double a)
    {
        double plain = 0, variance = 1, biased = 1;
        List<double> n = [], x = [], v = [];
        for (var i = 0; i < Steps; i++)
        {
            var gamma = First * Math.Pow(i + 1, -a);
            plain -= Math.Log(1 - gamma);
            variance = (1 - gamma) * (1 - gamma) * variance + gamma * gamma * Noise;
            biased -= gamma * (biased + 1);
            if (Math.Log10(i + 1) % 1 != 0) continue;
            n.Add(i + 1);
            x.Add(plain);
            v.Add(variance);
        }
        return ([.. n], [.. x], [.. v], biased);
    }

    // x' = −γx to t = 100 against e^{−∫γ}.
    private static double Solution(double a)
    {
        const double end = 100;
        var stepper = new ExplicitStepper(ButcherTableau.DormandPrince853,
            (t, x, dx) => dx[0] = -First * Math.Pow(1 + t, -a) * x[0], 0, [1], new Tolerance(1e-12, 1e-30));
        while (stepper.S < end)
            if (stepper.Step(end) != StepResult.Accepted) throw new ArithmeticException("eq. 64 cannot be followed");
        var integral = a == 1 ? First * Math.Log(1 + end) : First * (Math.Pow(1 + end, 1 - a) - 1) / (1 - a);
        return Math.Abs(stepper.Y[0] / Math.Exp(-integral) - 1);
    }
}
