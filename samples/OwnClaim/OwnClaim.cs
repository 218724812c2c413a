using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Losses;
using Rhoflow.Networks;

namespace MyLab;

/// <summary>A claim of one's own: on one example gradient flow goes straight.</summary>
public static class OwnClaim
{
    private static readonly Paper s_notes = new("notes", "Notes", "A. Student: Notes on gradient flow") { Year = 2026 };

    /// <summary><c>rhoflow reproduce z01 --with OwnClaim.dll</c>.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "z01-one-example-straight-line",
        Paper = s_notes,
        Place = "§1",
        Statement = "On one example the weights of a linear neuron move along a straight line, in the direction of y x.",
        Hypothesis = "One linear layer with one output, one example, the exponential loss.",
        SetUp = "x = (1, 2), y = 1, W(0) = (0.3, −0.1), followed to t = 1e100.",
        Expected = "The angle between W(t) − W(0) and y x is 0.",
        Check = static context =>
        {
            double[] x = [1, 2], start = [0.3, -0.1];
            var risk = new EmpiricalRisk(Network.Dense(inputs: 2, 1), Loss.Exponential, new Dataset("one example", x, [1], 2));
            var judge = new Judge();
            judge.Hypothesis.That("the network is linear", risk.Network.IsLinear);
            foreach (var p in new UnconstrainedFlow(risk).From(start).At(Clock.DecadesOfT(1, 100), context.Cancellation))
            {
                if (p.Log10T is not (1 or 10 or 100)) continue;
                var w = p.Weights();
                var (a, b) = (w[0] - start[0], w[1] - start[1]);
                judge.Printed.AtMost($"angle at t = 1e{p.Log10T:0}", Math.Abs(Math.Atan2(b * x[0] - a * x[1], a * x[0] + b * x[1])), 1e-8);
            }
            return judge.Outcome(holds: "The weights do not leave the line.");
        },
    };
}
