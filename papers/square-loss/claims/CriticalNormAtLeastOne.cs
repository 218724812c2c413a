using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Claim b34: critical points with ρ &lt; 1 exist, with weight decay or with a misclassified example.</summary>
internal static class CriticalNormAtLeastOne
{
    private const int Inputs = 5, Hidden = 8, Examples = 20, Nets = 200;
    private const double Start = .1, Lambda = 1, Second = .9;
    private static readonly double[] Direction = [.6, .8];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b34-critical-norm-at-least-one",
        Paper = SourcePapers.SquareLoss,
        Place = "§3, footnote 6; appendix B after eq. 23",
        Hypothesis = "|f_n| ≤ 1, λ → 0 and a critical point of zero square loss, in a network of L ≥ 2 layers (§2; footnote 6).",
        Statement = "ρ ≥ 1 for a critical point to exist, because the critical point with the smallest possible ρ is for ρ = 1, f_n "
            + "y_n = 1.",
        SetUp = $"Flow (5)–(6), one linear layer, ‖x‖ ≤ 1, ρ0 = {Wording.Short(Start)}, until it rests: four times x = (1, 0), y = 1 with "
            + $"λ = {Wording.Short(Lambda)} from v0 = {Wording.Row(Direction)}; and on the line x = 1, y = 1 with x = "
            + $"{Wording.Short(Second)}, y = −1 and λ = 0 from v0 = 1. Then Σyf/Σf² of random ReLU nets {Inputs}-{Hidden}-1 "
            + $"on {Examples} unit inputs labelled by their own sign (λ = 0, all y f > 0), {Nets} nets for each of the seeds "
            + $"{Spread.Seeds[0]}–{Spread.Seeds[^1]}.",
        Expected = "ρ ≥ 1 at every critical point.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var decay = Rest(new Dataset("four alike", [1, 0, 1, 0, 1, 0, 1, 0], [1, 1, 1, 1], 2), Lambda, Direction, context);
        var mixed = Rest(new Dataset("two that conflict", [1, Second], [1, -1], 1), lambda: 0, [1], context);
        judge.Premise.AtMost("largest tangent velocity where the flows rest", Math.Max(decay.Speed, mixed.Speed), 1e-9);
        judge.Printed.AtLeast($"ρ at rest, f = 1 four times, λ = {Wording.Short(Lambda)}", decay.Rho, 1);
        judge.Printed.AtLeast($"ρ at rest, y f = 1 and {Wording.Short(-Second)}, λ = 0", mixed.Rho, 1);
        var least = double.PositiveInfinity;
        foreach (var seed in Spread.Seeds)
        {
            var random = new RandomStream(seed, 22);
            var net = Network.Dense(Inputs, Hidden, 1);
            var x = GaussianTeacher.Draw(Examples, Inputs, seed);
            for (var i = 0; i < Nets; i++)
            {
                var v = Initialization.Normal(net, random);
                Initialization.ScaleLayers(net, v, [1]);
                var f = new EmpiricalRisk(net, Loss.Square, x, Reduction.Sum).Outputs(v).ToArray();
                double top = f.Sum(Math.Abs), bottom = f.Sum(a => a * a);
                if (bottom > 0) least = Math.Min(least, top / bottom);
            }
        }
        judge.Amended("with λ = 0 and all y f > 0 it is true, since |f̃| ≤ ‖x‖ ≤ 1")
            .AtLeast($"least Σyf/Σf² of {Nets * Spread.Seeds.Count} random nets that separate", least, 1);
        return judge.Outcome(fails: $"Four examples with f = 1 and λ = 1 rest at ρ = {Lab.Claims.Check.Text(decay.Rho)} = 4/(1 + 4); y f "
            + $"= 1, −.9 with λ = 0 rest at {Lab.Claims.Check.Text(mixed.Rho)} = .1/1.81. It is true for λ = 0 if all y f > 0 (least of "
            + $"{Nets * Spread.Seeds.Count} random nets {Lab.Claims.Check.Text(least)}).");
    }

    private static (double Rho, double Speed) Rest(Dataset data, double lambda, double[] start, StudyContext context)
    {
        var flow = new BatchNormWeightDecayFlow(new EmpiricalRisk(Network.Dense(data.Inputs, 1), Loss.Square, data, Reduction.Sum), lambda,
            rho: Start);
        var end = flow.From(start, new IntegrationOptions { Tolerance = new(1e-12, 1e-14) })
            .At([Instant.FromLog10T(10)], context.Cancellation).Single();
        var velocity = new double[flow.Dimension];
        var scale = Math.Exp(flow.NewWorkspace().Velocity(0, end.State, velocity));
        return (end.Rho, scale * Vectors.Norm(velocity));
    }
}
