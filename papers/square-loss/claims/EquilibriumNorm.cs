using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Claim b32: ρ_eq = Σ y f/(λ + Σ f²) is where ρ̇ = 0, for any V.</summary>
internal static class EquilibriumNorm
{
    private const int Inputs = 5, Hidden = 8, Examples = 20;
    private static readonly double[] Lambdas = [0, .01, 1];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b32-equilibrium-norm",
        Paper = SourcePapers.SquareLoss,
        Place = "eq. 7 and 31, §2.3.1",
        Hypothesis = "Square loss, normalized V_k and decay λ on ρ (eq. 5, 6); ρ̇ = 0 at the V_k that there are.",
        Statement = "The equilibrium value of ρ is ρ_eq = Σ y_n f_n/(λ + Σ f_n²).",
        SetUp = $"Flow (5)–(6). (i) ρ̇ at ρ_eq for random V of nets {Inputs}-1, {Inputs}-{Hidden}-1, {Inputs}-{Hidden}-{Hidden}-1 (ReLU), "
            + $"{Examples} examples of gaussian-teacher, λ = {string.Join(", ", Lambdas.Select(static l => Wording.Short(l)))}, "
            + $"seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}. (ii) One linear layer, same data, λ = "
            + $"{string.Join(" and ", Lambdas[1..].Select(static l => Wording.Short(l)))}: ρ where the whole flow comes to rest, against "
            + "the formula with the f_n found there and against the norm of ridge regression.",
        Expected = "ρ̇ = 0 at ρ_eq; the resting ρ is ρ_eq.",
        History = ["was ✓ until 2026-11-28, because ρ̇ = 0 at ρ_eq, which cannot fail, counted as a test"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        double rate = 0, rest = 0, ridge = 0;
        foreach (var seed in Spread.Seeds)
        {
            var data = GaussianTeacher.Draw(Examples, Inputs, seed);
            foreach (var net in new[] { Network.Dense(Inputs, 1), Network.Dense(Inputs, Hidden, 1),
                Network.Dense(Inputs, Hidden, Hidden, 1) })
                foreach (var lambda in Lambdas)
                {
                    var risk = new EmpiricalRisk(net, Loss.Square, data, Reduction.Sum);
                    var flow = new BatchNormWeightDecayFlow(risk, lambda, rho: 1);
                    var state = flow.Start(Initialization.Normal(net, new RandomStream(seed, 19)));
                    var f = risk.Outputs(state.AsSpan(1)).ToArray();
                    var (eq, size) = Formula(data.Y, f, lambda);
                    state[0] = eq;
                    var velocity = new double[state.Length];
                    var scale = Math.Exp(flow.NewWorkspace().Velocity(0, state, velocity));
                    rate = Math.Max(rate, Math.Abs(scale * velocity[0]) / size);
                }
            foreach (var lambda in Lambdas[1..])
            {
                var net = Network.Dense(Inputs, 1);
                var end = new BatchNormWeightDecayFlow(new EmpiricalRisk(net, Loss.Square, data, Reduction.Sum), lambda, rho: .1)
                    .From(ExampleSets.Normal(Inputs, seed, stream: 20), new IntegrationOptions { Tolerance = new(1e-12, 1e-14) })
                    .At([Instant.FromLog10T(10)], context.Cancellation).Single();
                var v = end.V.ToArray();
                var f = new EmpiricalRisk(net, Loss.Square, data, Reduction.Sum).Outputs(v).ToArray();
                var (eq, _) = Formula(data.Y, f, lambda);
                rest = Math.Max(rest, Math.Abs(end.Rho / eq - 1));
                ridge = Math.Max(ridge, Math.Abs(Math.Abs(end.Rho) / Vectors.Norm(MinimumNorm.Of(data).Ridge(lambda)) - 1));
            }
        }
        judge.Identity("eq. 7 is eq. 5 with ρ̇ = 0, solved for ρ; that the linear flow rests there, on ridge regression, is computed");
        judge.Printed.AtMost("largest |ρ̇| at ρ_eq and random V, over Σ|f|", rate, 1e-13);
        judge.Printed.AtMost("largest |ρ/ρ_eq − 1| where the linear flow rests", rest, 1e-9);
        judge.Printed.AtMost("largest |ρ/‖w_ridge‖ − 1| where the linear flow rests", ridge, 1e-9);
        return judge.Outcome(holds: $"At ρ_eq ρ̇ vanishes for 45 random V (to {Lab.Claims.Check.Text(rate)}), and ten linear flows rest "
            + $"there (to {Lab.Claims.Check.Text(rest)}), on the ridge solution. The formula fixes ρ for given V only: f_n, and with it "
            + "ρ_eq, moves with V.");
    }

    private static (double Rho, double Size) Formula(ReadOnlySpan<double> y, double[] f, double lambda)
    {
        double top = 0, bottom = lambda, size = 0;
        for (var n = 0; n < f.Length; n++)
        {
            top += y[n] * f[n];
            bottom += f[n] * f[n];
            size += Math.Abs(f[n]);
        }
        return (top / bottom, size);
    }
}
