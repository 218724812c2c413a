using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.Since;

/// <summary>Claim b152: gradient flow raises the smoothed margin, and its rise bounds the angle between θ and −∇L.</summary>
internal static class DirectionsReachKkt
{
    // The integrator's own error; both theorems have no free number.
    private const double Rounding = 1e-6, Broken = 1e-3;

    // The trainings: 10^−5 is far below 1/N, and what they are compared from.
    private const double Early = -5;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b152-directions-reach-kkt-points",
        Paper = SincePage.Paper,
        Title = "The margin rises and the direction turns towards a KKT point",
        Keywords = ["maximum margin", "KKT", "homogeneous networks"],
        Place = "Lyu and Li (ICLR 2020), Theorem 4.1; Theorem 4.4 and its proof (gradient flow)",
        Hypothesis = "Gradient flow; a network that is locally Lipschitz and homogeneous of degree D; an exponential loss; a time t₀ at "
            + "which Σ ℓ_n < 1.",
        Statement = "From t₀ on the smoothed normalized margin γ̃ = log(1/Σ ℓ_n)/‖θ‖^D does not fall. Between any two times the mean over "
            + "log ‖θ‖ of β⁻² − 1, β = cos(θ, −∇L), is at most (1/D) Δlog γ̃/Δlog ‖θ‖; γ̃ being bounded, β comes as near to 1 as one "
            + "likes, and limits of θ/‖θ‖ are KKT points of min ‖θ‖² with y_n f_n ≥ 1.",
        SetUp = "Digits, 3 against 8, 100 images, 64-16-1 with squared units, D = 3, five starts, followed to t = 10^12 "
            + "(margin-flow.yaml): smooth, so that the flow exists and is the one of the theorems. Judged in every interval "
            + "between observations: that γ̃ "
            + "does not fall, and that the smaller of β⁻² − 1 at its ends is at most the bound. ε and δ of the best multipliers are "
            + "measured after their definition C.6: ε over ‖θ‖, δ as the mean of the slacks by the multipliers. Beside it, measured and "
            + "not judged: 64-16-16-1 with ReLUs by gradient descent and with momentum .99 (to-the-limit.yaml), of which no theorem of "
            + "the paper speaks: those of gradient descent ask for smooth networks and small steps, and a rate that grows until the loss "
            + "rises is the largest that is tolerated. At first these trainings were judged, by ε at most .1; the paper has no such "
            + "number, and its rate promises none by then.",
        Expected = "No interval in which log γ̃ falls by more than 1e-6 (an integrator's error; broken above 1e-3), none in which the "
            + "smaller β⁻² − 1 exceeds its bound. The limit itself no flow that ends has reached.",
        Figures = ["since/to-the-limit"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        MarginFlow[] flows = [.. MarginFlow.Sweep.Runs(context).Select(static r => new MarginFlow(r))];
        double[] falls = [.. flows.Select(static f => f.LargestFall)], shares = [.. flows.Select(static f => f.LargestShareOfBound)];
        judge.Measure("log₁₀ t₀, by seed", [.. flows.Select(static f => f["log10_t"][0])]);
        judge.Measure("log₁₀ L at the end, by seed", [.. flows.Select(static f => f["log10_loss"][^1])]);
        judge.Measure("γ̃ at the end over that at the first observation from t₀ on, by seed",
            [.. flows.Select(static f => Math.Exp(f.LogMargin[^1] - f.LogMargin[0]))]);
        foreach (var (name, column) in new[] { ("β", "gradient_alignment"), ("ε", "kkt_epsilon"), ("δ", "kkt_slackness") })
        {
            judge.Measure($"{name} at the first observation from t₀ on, by seed", [.. flows.Select(f => f[column][0])]);
            judge.Measure($"{name} at the end, by seed", [.. flows.Select(f => f[column][^1])]);
        }
        judge.Hypothesis.AtMost("largest training error from t₀ on", flows.Max(static f => f["train_error"].Max()), 0);
        judge.Printed.AtMost("largest fall of log γ̃ between observations, worst seed", falls.Max(), Rounding, Broken);
        judge.Printed.AtMost("largest share of its bound that the smaller β⁻² − 1 has, worst seed", shares.Max(), 1 + Rounding, 1 + Broken);
        var text = $"γ̃ rises in every interval, least by {Wording.Text(-falls.Max(), 2)} of itself, and the smaller β⁻² − 1 has at most "
            + $"{Wording.Text(shares.Max(), 2)} of its bound. β goes to "
            + $"{Wording.Text(Spread.Of(flows.Select(static f => f["gradient_alignment"][^1])).Median, 2)}, ε to "
            + $"{Wording.Text(Spread.Of(flows.Select(static f => f["kkt_epsilon"][^1])).Median, 2)} (medians): a KKT point is far at "
            + $"t = 10^12, as the rate allows. Beside it {string.Join("; ", Trainings(judge, context))}.";
        return judge.Outcome(chart: Chart(flows), holds: text, care: text, fails: text, open: text);
    }

    private static IEnumerable<string> Trainings(Judge judge, StudyContext context)
    {
        foreach (var runs in new[] { LimitRuns.Plain, LimitRuns.Momentum })
        {
            var all = runs.Runs(context);
            string Measured(string name, string column)
            {
                double[][] values = [.. all.Select(r => LimitRuns.After(r, column, Early).Values)];
                judge.Measure($"{runs.Name}: {name} at the first observation below 10^−5, by seed", [.. values.Select(static v => v[0])]);
                judge.Measure($"{runs.Name}: {name} at the end, by seed", [.. values.Select(static v => v[^1])]);
                return $"{name} from {Wording.Text(Spread.Of(values.Select(static v => v[0])).Median, 2)} to "
                    + Wording.Text(Spread.Of(values.Select(static v => v[^1])).Median, 2);
            }
            double[] depths = [.. all.Select(static r => r.Last("log10_loss"))];
            judge.Measure($"{runs.Name}: log₁₀ L at the end, by seed", depths);
            yield return $"{runs.Name} with ReLUs, to 10^{Wording.Text(Spread.Of(depths).Median, 4)}: {Measured("ε", "kkt_epsilon")}, "
                + Measured("δ", "kkt_slackness");
        }
    }

    private static Chart Chart(MarginFlow[] flows)
    {
        var bounds = new Panel("How far θ is from −∇L", new Axis("log₁₀ t"), new Axis("β⁻² − 1", Scale.Log));
        foreach (var (seed, flow) in flows.Index())
            bounds = bounds.Line($"measured, start {seed}", flow["log10_t"], flow.Tangent, seed)
                .Predicted($"bound, start {seed}", flow["log10_t"][1..],
                    [.. Enumerable.Range(1, flow.LogNorm.Length - 1).Select(flow.Bound)], seed);
        var margins = new Panel("Smoothed margin", new Axis("log₁₀ t"), new Axis("γ̃"));
        foreach (var (seed, flow) in flows.Index())
            margins = margins.Line($"start {seed}", flow["log10_t"], [.. flow.LogMargin.Select(Math.Exp)], seed);
        return new Chart(margins, bounds);
    }
}
