using Rhoflow.Data;
using Rhoflow.Lab.Claims;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>Claim b25: ⟨W*, ∇L(W)⟩ &lt; 0 holds at W = W* and for linear f, not for any W of a nonlinear network.</summary>
internal static class GradientAgainstTheSeparator
{
    private const int Inputs = 4, Hidden = 8, Examples = 12, Draws = 4000;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b25-gradient-against-the-separator",
        Paper = SourcePapers.TheoryIIIb,
        Place = "Appendix on the cross-entropy loss, after eq. 60",
        Equations = ["T3b.60a"],
        Hypothesis = "A network of rectified units, data that W* separates, W any weights, cross-entropy (appendix after eq. 60; of two "
            + "classes it is the logistic loss).",
        Statement = "If W* separates the data, then W*ᵀ∇_W L < 0 for any value of W, by the property Wᵀ∇_W f(x; W) = f(x; W) of rectified "
            + "networks.",
        SetUp = $"ReLU nets {Inputs}-{Hidden}-1, {Examples} directions of gaussian-teacher labelled by a random W*, W random and "
            + $"independent of it (both standard normal), exponential and logistic loss, {Draws} draws of (W*, W) for each of the seeds "
            + $"{Spread.Seeds[0]}–{Spread.Seeds[^1]}. The same with one linear layer, and with W = W*.",
        Expected = "⟨W*, ∇L(W)⟩ < 0 at every draw.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var relu = Network.Dense(Inputs, Hidden, 1);
        double[] exponential = [.. Spread.Seeds.Select(s => Violations(relu, Loss.Exponential, s, same: false))];
        double[] logistic = [.. Spread.Seeds.Select(s => Violations(relu, Loss.Logistic, s, same: false))];
        judge.Measure("share of draws with ⟨W*, ∇L(W)⟩ ≥ 0, exponential, by seed", exponential);
        judge.Measure("share of draws with ⟨W*, ∇L(W)⟩ ≥ 0, logistic, by seed", logistic);
        judge.Printed.AtMost("share of draws with ⟨W*, ∇L(W)⟩ ≥ 0, exponential (median of five seeds)", Spread.Of(exponential).Median, 0);
        judge.Printed.AtMost("share of draws with ⟨W*, ∇L(W)⟩ ≥ 0, logistic (median of five seeds)", Spread.Of(logistic).Median, 0);
        judge.Amended("it holds for linear f, where ∇f does not depend on W")
            .AtMost("the same share for one linear layer (most over seeds)",
            Spread.Seeds.Max(s => Violations(Network.Dense(Inputs, 1), Loss.Exponential, s, same: false)), 0);
        judge.Amended("it holds at W = W*").AtMost("the same share at W = W* (most over seeds)",
            Spread.Seeds.Max(s => Violations(relu, Loss.Exponential, s, same: true)), 0);
        // Neither is a narrower form: the statement is about rectified networks, and about W that are not yet W*.
        return judge.Outcome(fails: $"For ReLU nets {Inputs}-{Hidden}-1 ⟨W*, ∇L(W)⟩ is not negative in {Percent(exponential)} of "
            + $"{Draws * Spread.Seeds.Count} draws with the exponential loss and in {Percent(logistic)} with the logistic. Wᵀ∇f(W) = "
            + "f(W) speaks of one and the same W; it gives the inequality at W = W*, and for linear f everywhere (no violation "
            + "measured).");
    }

    private static string Percent(double[] shares) =>
        $"{Lab.Claims.Check.Text(100 * shares.Average())} % ({Lab.Claims.Check.Text(100 * shares.Min())} … "
        + $"{Lab.Claims.Check.Text(100 * shares.Max())} % by seed)";

    private static double Violations(Network net, Loss loss, long seed, bool same)
    {
        var random = new RandomStream(seed, 15);
        var x = GaussianTeacher.Draw(Examples, Inputs, seed);
        var descent = new double[net.ParameterCount];
        var outputs = new ChainPasses(net, x.X, Examples);
        int violated = 0, counted = 0;
        while (counted < Draws)
        {
            double[] star = Initialization.Normal(net, random), w = same ? star : Initialization.Normal(net, random);
            outputs.Forward(star);
            var f = outputs.Outputs[..Examples].ToArray();
            if (f.Contains(0)) continue; // An output of exactly 0 is separated by nothing.
            var data = new Dataset(x.Name, x.X.ToArray(), [.. f.Select(v => v > 0 ? 1.0 : -1.0)], Inputs);
            new EmpiricalRisk(net, loss, data, Reduction.Sum).Evaluate(w, descent);
            counted++;
            if (-Vectors.Dot(star, descent) >= 0) violated++;
        }
        return violated / (double)Draws;
    }
}
