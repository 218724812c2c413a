using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;
using Rhoflow.Regression;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>Claim b48: the minimum-norm polynomial interpolates almost perfectly and overfits in the end.</summary>
internal static class MinimumNormOverfitsEventually
{
    private const int Finer = 512, Finest = 300, Twice = 150, Ends = 4;
    private static readonly int[] Again = [75, 300];
    private static readonly int[] Compared = [5, 30, 40, 75, 100, 150, 200, 300];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b48-minimum-norm-overfits-eventually",
        Paper = SourcePapers.TheoryIIIb,
        Place = "Figure 6, §9",
        Hypothesis = "Least squares with monomials, minimum-norm solution, more monomials than examples (figure 6). Overfitting is what "
            + "the abstract defines: the expected error gets worse with more parameters.",
        Statement = "“The pseudoinverse solution is the best, independently of overparametrization. It does not overfit in the ideal "
            + "noiseless case (up to numerical noise). Figure 6 shows an example” (§9). “The figure shows how eventually the minimum norm "
            + "solution overfits” (figure 6’s caption).",
        History = ["was ✓ until 2026-11-28, because the caption was quoted without the sentence of §9 on the same figure, which "
            + "contradicts it"],
        SetUp = $"{PolynomialDegrees.Words}; degrees to {PolynomialDegrees.Largest}, with {Finer} bits again at "
            + $"{string.Join(" and ", Again)}, and in double precision.",
        Expected = "Test error falls to about 0 around degree 25–40 and rises for degrees beyond 200 (caption), and if the rise is "
            + "numerical noise, is 0 in exact arithmetic (§9).",
        Figures = ["theory-iiib/figure-06"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var exact = PolynomialDegrees.Exact.Of(context);
        var rounded = PolynomialDegrees.Double.Of(context);
        int Place(int degree) => Array.FindIndex(exact, r => r.Degree == degree);
        DegreeResult At(int degree) => exact[Place(degree)];
        var finer = PolynomialDegrees.Sweep(Finer);
        foreach (var degree in Again)
            judge.Premise.Near($"test error at degree {degree} with {Finer} bits over that with {PolynomialRegression.DefaultBits}",
                finer.At(degree).TestError / At(degree).TestError, 1, absolute: 1e-12);
        judge.Measure("degrees", [.. Compared.Select(d => (double)d)]);
        judge.Measure("test errors, exact", [.. Compared.Select(d => At(d).TestError)]);
        judge.Measure("test errors, double precision", [.. Compared.Select(d => rounded[Place(d)].TestError)]);
        judge.Measure("‖w‖", [.. Compared.Select(d => Math.Sqrt(At(d).NormSquared))]);
        judge.Hypothesis.AtMost($"training error at degree {Finest} over the mean of y²",
            2 * At(Finest).TrainError, 1e-20);
        judge.Measure("test error at degree 40 over that at degree 5", At(40).TestError / At(5).TestError);
        judge.Measure($"test error at degree {Finest} over the least of all", At(Finest).TestError / exact.Min(r => r.TestError));
        judge.Measure($"test error at degree {Finest} over that at {PolynomialDegrees.Nodes - 1}, the first that interpolates",
            At(Finest).TestError / At(PolynomialDegrees.Nodes - 1).TestError);
        // §9: what is left is noise of double precision, to which the target's mean square ½ is known to 2⁻⁵³.
        const string noise = "test error in exact arithmetic";
        var rounding = Math.ScaleB(1, -53);
        judge.Printed.In($"§9, degree {Finest}").AtMost(noise, At(Finest).TestError, rounding);
        judge.Amended($"§9: to twice as many monomials as points (degree {Twice}) the error is below the rounding of double precision")
            .In($"degree {Twice}").AtMost(noise, At(Twice).TestError, rounding);
        judge.Measure("first degree with more", exact.First(r => r.Degree >= PolynomialDegrees.Nodes - 1 && r.TestError > rounding).Degree);
        var ends = PolynomialDegrees.LargestErrors(Finest, Ends);
        judge.Measure($"the {Ends} test points of largest error at degree {Finest}", ends.Points);
        var share = judge.Measure($"share of the test error at degree {Finest} that lies at these {Ends} of 600 points", ends.Share);
        judge.Measure($"test error at degree {Finest} without them", At(Finest).TestError * (1 - share) * 600 / (600 - Ends));
        var beyond = exact.Where(r => r.Degree >= PolynomialDegrees.Nodes - 1).ToArray();
        var tens = exact.Where(r => r.Degree >= 80 && r.Degree % 10 == 0).ToArray();
        judge.Printed.In("caption").AtLeast("least growth of the test error over ten degrees, from 80 on",
            tens.Zip(tens.Skip(1)).Min(p => p.Second.TestError / p.First.TestError), 1);
        judge.Measure("largest test error among degrees 70 … 80 (no peak at the threshold)",
            exact.Where(r => r.Degree is >= 70 and <= 80).Max(r => r.TestError));
        judge.Measure("largest over least ‖w‖ from degree 75 on",
            Math.Sqrt(beyond.Max(r => r.NormSquared) / beyond.Min(r => r.NormSquared)));
        double[] x = [.. beyond.Select(r => (double)r.Degree)];
        var chart = new Chart(new Panel("Beyond the interpolation threshold", new Axis("degree"),
            new Axis("mean squared test error", Scale.Log))
            .Line("exact", x, [.. beyond.Select(r => r.TestError)], 1)
            .Points("double precision", x, [.. beyond.Select(r => rounded[Place(r.Degree)].TestError)], 7));
        return judge.Outcome(chart: chart, caption: "The same formula, w = Φ⁺y, in two arithmetics.",
            care: $"The test error is {Wording.Text(At(5).TestError)} at degree 5, {Wording.Text(At(40).TestError)} at 40, "
                + $"{Wording.Text(At(75).TestError)} at 75, where the polynomial first interpolates, and then grows again: "
                + $"{Wording.Text(At(100).TestError)}, {Wording.Text(At(200).TestError)} and {Wording.Text(At(300).TestError)} at 100, "
                + "200, 300, at a norm that hardly changes (1.38e10). It is small to the end, for a target of mean square ½, and "
                + $"{Wording.Text(100 * share, 2)} % of it lie at {Ends} of the 600 test points, x = "
                + $"{Wording.Row([.. ends.Points.Select(p => Math.Round(p, 4))])}, beyond or next to the outermost nodes: overfitting at "
                + "the ends of the interval. There is no peak at 76 parameters. In double precision the same has "
                + $"{Wording.Text(rounded[Place(100)].TestError, 1)} at 100 and {Wording.Text(rounded[Place(300)].TestError, 2)} at 300: "
                + "rounding, not overfitting. So the caption is right, and §9 only up to about twice as many monomials as points.");
    }
}
