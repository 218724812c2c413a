using Rhoflow.Lab.Claims;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.Schedules;

/// <summary>
/// Claim b83: on a deep network ρ(t) designed apart from V reaches more margin than gradient descent in the same work, and no more than
/// normalized steps.
/// </summary>
internal static class DesignedNormsReachTheMargin
{
    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b83-designed-norms-reach-the-margin",
        Paper = SchedulesPage.Paper,
        Place = "Theory III §13.1, §17; Square loss §6.1",
        Equations = ["T3.10", "SQ.28"],
        Hypothesis = "Deep networks that separate their data, ρ prescribed, V by descent (T3 §13.1, §17). “Better” is read as a larger "
            + "margin for the same work.",
        Statement = "A conjecture on what T3 §13.1 suggests to test: algorithms in which ρ(t) is designed and controlled apart "
            + "from the descent on V_k are better than gradient descent, "
            + "in which ρ is driven by the loss.",
        SetUp = "schedules/deep: ReLU layers 64-32-32-1 on 200 digits (3 against 8), exponential loss, 4,000 gradients on all examples, "
            + "all layers of norm 2 at the start, seeds 0–4. Every method has the best rate of those tried on seed 0 (deep.yaml). "
            + "Better: a larger least margin of the normalized network after the same work.",
        Expected = "Every designed schedule ends with a larger margin than gradient descent, in every seed.",
        Figures = ["schedules/deep"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        double[][] margins = [.. Enumerable.Range(0, DeepSchedules.Methods.Count)
            .Select(i => DeepSchedules.Runs(context, i).Select(static r => r.Last("margin_min")).ToArray())];
        int Of(string name) => Enumerable.Range(0, margins.Length).Single(i => DeepSchedules.Methods[i].Name == name);
        double Least(string name) => margins[Of(name)].Zip(margins[Of("GD")], static (m, gd) => m - gd).Min();
        double Median(string name) => Spread.Of(margins[Of(name)]).Median;
        foreach (var (i, (name, _)) in DeepSchedules.Methods.Index())
            judge.Measure($"{name}: least margin after 4,000 gradients", Spread.Of(margins[i]).ToString());
        const string linear = "ρ_k = 2 + k/10", logarithm = "ρ_k = 2 + log(1 + k)", rescaled = "ρ_k × 1.5 every 400", normalized = "η/‖∇L‖";
        const string gain = "margin minus that of gradient descent (least of five seeds)";
        judge.Hypothesis.AtLeast("least margin of gradient descent (it separates in every seed)", margins[Of("GD")].Min(), 1e-6);
        foreach (var name in (string[])[linear, logarithm, rescaled])
            judge.Printed.In(name).AtLeast(gain, Least(name), 0);
        const string grows = "schedules that make ρ grow beyond what gradient descent reaches in the same work";
        foreach (var name in (string[])[linear, rescaled])
            judge.Amended(grows).In(name).AtLeast(gain, Least(name), 0);
        judge.Amended(grows).AtMost($"{linear}: median margin over that of {normalized}, which needs no schedule",
            Median(linear) / Median(normalized), 1.05);
        var text = string.Join("; ",
            DeepSchedules.Methods.Index().Select(m => $"{m.Item.Name} {Wording.Text(Spread.Of(margins[m.Index]).Median)}"));
        return judge.Outcome(
            holds: $"Median least margins after 4,000 gradients: {text}.", fails: $"Median least margins after 4,000 gradients: {text}.",
            care: $"Median least margins after 4,000 gradients: {text}. A schedule that lets ρ grow only like a logarithm is behind "
                + "gradient descent; those that outgrow it are ahead, and normalized steps of the whole network are as good without a "
                + "schedule.");
    }
}
