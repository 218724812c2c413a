using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>
/// Claim b69: with fixed multipliers λ_k(‖V_k‖² − 1) the flow of (ρ_k, V_k) has no equilibrium that separates: ‖V_k‖ passes through its
/// turning point and shrinks, ρ_k grows for ever.
/// </summary>
internal static class FixedMultipliersStop
{
    private const double Late = 6;
    private const int Hidden = 3, Inputs = 3, Examples = 8;
    private static readonly double[] Lambdas = [.01, .1];
    private static readonly double[] Decades = Curves.Exponents(-3, Late, 55, Late / 2);

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b69-fixed-multipliers-stop",
        Paper = SourcePapers.TheoryIIIb,
        Place = "§13, eq. 48–52",
        Equations = ["T3.14", "PNAS.11", "T3b.47b", "T3b.49a", "T3b.51a"],
        Hypothesis = "Exponential loss, W_k = ρ_kV_k, penalties λ_k(‖V_k‖² − 1) with λ_k > 0, a start that separates (§13: ρ̇_k > 0, "
            + "C^k > 0, ρ_k grows for ever). λ_k “effectively determines T₀”: a number; or it is “set by V̇_k = 0”: it "
            + "follows C^k, which is the flow (B). The paper has both.",
        Statement = "At the time T₀ at which C^k = 2λ_k the equilibrium of ‖V_k‖² is reached: its change stops and V_k has unit norm.",
        SetUp = $"Flow of eq. 48 and 49 with constant λ_k = {string.Join(" and ", Lambdas.Select(static l => Wording.Text(l)))}, "
            + $"exponential loss (sum): one linear layer on the three examples in the plane, two linear layers {Inputs}-{Hidden}-1 and "
            + $"ReLUs {Inputs}-{Hidden}-1 on {Examples} directions labelled by a half-space, with weights that separate them at the start "
            + $"and ‖V_k‖ = 1, to t = {Wording.Decade(Late)}; beside it the second reading, for two linear layers. T₀: the "
            + "last instant at which ‖V_1‖² turns.",
        Expected = "‖V_k‖ is 1 from T₀ on, in both readings. (Algebra: with constant λ_k C^k → 0 pulls ‖V_k‖² below any level; "
            + "λ_k = C^k/2 makes d‖V_k‖²/dt = 0 at all times, so that no T₀ is determined.)",
        History = ["was ✗ until 2026-11-28, because ρ_k was asked to stop as well; the paper says that it grows for ever, and that what "
            + "stops is ‖V_k‖²"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var linear = ExampleSets.HalfSpace(Examples, Inputs, seed: 69);
        (string Name, Network Net, Dataset Data)[] cases =
        [
            ("one linear layer", Network.Dense(2, 1), ExampleSets.ThreeByTwo),
            ("two linear layers", Network.Linear(Inputs, Hidden, 1), linear),
            ("two layers of ReLUs", Network.Dense(Inputs, Hidden, 1), linear),
        ];
        var norms = new Panel("‖V_1‖", new Axis("t", Scale.Exponent), new Axis("‖V_1‖", Scale.Log));
        var growth = new Panel("ρ_1", new Axis("t", Scale.Exponent), new Axis("ρ_1", Scale.Log));
        double separated = double.PositiveInfinity, largest = 0, least = double.PositiveInfinity;
        var growing = $"ρ_1 at t = {Wording.Decade(Late)} over that at {Wording.Decade(Late / 2)}";
        var unit = $"‖V_1‖ at t = {Wording.Decade(Late)}";
        var colour = 0;
        foreach (var (name, net, data) in cases)
            foreach (var lambda in Lambdas)
            {
                context.Progress($"{name}, λ = {Wording.Text(lambda)}");
                var risk = new EmpiricalRisk(net, Loss.Exponential, data, Reduction.Sum);
                var start = Separating(net, data);
                separated = Math.Min(separated, Margin(risk, start));
                var points = new FixedMultipliersFlow(risk, [lambda])
                    .From(start, new IntegrationOptions { MaxSteps = 100_000, Tolerance = new(1e-8, 1e-10) })
                    .At([Instant.Zero, .. Decades.Instants()], context.Cancellation).ToArray();
                // State: ρ_k, then V. The first layer stands for all.
                double[] v = points.Column(p => Vectors.Norm(net.Layers[0].Of(p.State[net.Depth..])));
                double[] rho = points.Column(static p => p.State[0]);
                var label = $"{name}, λ = {Wording.Text(lambda)}";
                judge.Printed.In(label).Near(unit, v[^1], 1, absolute: .01);
                judge.Measure($"{label}: {growing}", rho[^1] / rho[Array.IndexOf(Decades, Late / 2) + 1]);
                judge.Measure($"{label}: T₀, where ‖V_1‖² turns last (0: it falls from the start)", Turns(points, v));
                judge.Measure($"{label}: normalized margin at the end", points[^1].Margin);
                (largest, least) = (Math.Max(largest, v[^1]), Math.Min(least, rho[^1]));
                norms = norms.Line(label, Decades, v[1..], colour);
                growth = growth.Line(label, Decades, rho[1..], colour++);
            }
        judge.Hypothesis.AtLeast("least margin y f at the starts", separated, 1e-3);
        judge.Amended("with constant λ_k V_k shrinks and ρ_k grows, since (cρ_k, V_k/c) has the same f at a smaller penalty")
            .AtMost($"greatest ‖V_1‖ at t = {Wording.Decade(Late)}", largest, .5);
        var (end, held, moved) = Held(cases[1].Net, cases[1].Data, context);
        const string follows = "two linear layers, λ_k = C^k/2";
        judge.Printed.In(follows).Near(unit, end, 1, absolute: .01);
        var narrow = judge.Amended("λ_k follows C^k at all times, which is the flow (B)");
        narrow.In(follows).Near(unit, end, 1, absolute: .01);
        narrow.In(follows).AtMost("greatest |‖V_k‖ − 1| from the start on", held, 1e-8);
        judge.Measure($"{follows}: {growing}", moved);
        return judge.Outcome(chart: new Chart(norms.Level("unit norm", 1), growth),
            caption: "An equilibrium of ‖V_k‖² would be level curves on the left from T₀ on.",
            care: $"If λ_k follows C^k (the flow (B)) ‖V_k‖ is 1 to {Wording.Text(held, 2)}, but from the start on: no T₀ is determined, "
                + $"and ρ_1 goes on growing, by a factor {Wording.Text(moved)} over the second half of log t. With a constant λ_k > 0 the "
                + $"norm does not stop at C^k = 2λ_k‖V_k‖²; it only turns there, and at t = {Wording.Decade(Late)} ‖V_1‖ is at most "
                + $"{Wording.Text(largest, 2)} and still falling, with ρ_1 at least {Wording.Text(least)}: ‖V_k‖² goes to 0 with C^k.");
    }

    // The last t at which d‖V_1‖/dt changes its sign.
    private static double Turns(FlowPoint[] points, double[] v)
    {
        for (var i = v.Length - 2; i > 0; i--)
            if ((v[i + 1] - v[i]) * (v[i] - v[i - 1]) < 0) return points[i].T;
        return 0;
    }

    // ‖V_1‖ at the end, the greatest |‖V_k‖ − 1|, and the growth of ρ_1.
    private static (double End, double Held, double Moved) Held(Network net, Dataset data, StudyContext context)
    {
        var risk = new EmpiricalRisk(net, Loss.Exponential, data, Reduction.Sum);
        var points = new LagrangeFlow(risk).From(Separating(net, data)).At([Instant.Zero, .. Decades.Instants()], context.Cancellation)
            .ToArray();
        return (Vectors.Norm(net.Layers[0].Of(points[^1].State[net.Depth..])),
            points.Max(p => net.Layers.Max(l => Math.Abs(Vectors.Norm(l.Of(p.State[net.Depth..])) - 1))),
            points[^1].RhoK[0] / points[Array.IndexOf(Decades, Late / 2) + 1].RhoK[0]);
    }

    private static double Margin(EmpiricalRisk risk, double[] theta)
    {
        var f = risk.Outputs(theta).ToArray();
        return Enumerable.Range(0, f.Length).Min(n => f[n] * risk.Data.Y[n]);
    }

    // The direction of the hard margin in one layer; in two, spread over units in both directions, so that ReLUs see all examples too.
    private static double[] Separating(Network net, Dataset data)
    {
        var u = Limits.HardMargin.Solve(data).Direction.ToArray();
        if (net.Depth == 1) return u;
        var theta = net.Zeros();
        double[] last = [1, -1, .5];
        for (var h = 0; h < Hidden; h++)
        {
            net.Layers[1].Of(theta)[h] = last[h];
            for (var i = 0; i < Inputs; i++) net.Layers[0].Of(theta)[h * Inputs + i] = last[h] * u[i];
        }
        return theta;
    }
}
