using Rhoflow.Descents;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Claim b90: the four techniques that keep a unit norm are one flow for small steps, and rest at the same points.</summary>
internal static class UnitNormTechniquesAgree
{
    private const int Inputs = 4, Hidden = 5, Examples = 10, Halvings = 7, LongSteps = 20_000;
    private const double Rho = 3, Time = 2, Largest = .125, LongStep = .05, TooLarge = 3;

    private delegate string? Move(Span<double> v, Span<double> g);

    private static readonly (string Name, Move Step)[] Techniques =
    [
        ("Lagrange multiplier", static (v, g) => Spheres.Lagrange<double>(v, g)),
        ("coefficient normalization", static (v, g) => Spheres.Coefficient<double>(v, g)),
        ("tangent gradient", static (v, g) => Spheres.Tangent(v, g)),
        ("true gradient", static (v, g) => Spheres.Geodesic(v, g)),
    ];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b90-unit-norm-techniques-agree",
        Paper = SourcePapers.TheoryIII,
        Place = "§10, eq. 45–50",
        Hypothesis = "Gradient descent under ‖V_k‖ = 1, small values of the step size (§10).",
        Statement = "For small values of the step size the Lagrange multiplier, the coefficient normalization and the tangent gradient "
            + "method are equivalent to each other and good approximations of the true gradient method.",
        SetUp = $"Deep linear network {Inputs}-{Hidden}-1 at fixed ρ = {Rho}, {Examples} directions labelled by a half-space, exponential "
            + $"loss (mean), seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}; each layer moves by g = −η∂L/∂V_k with one of the four steps, to "
            + $"time {Time}, η = {Wording.Text(Largest)} halved {Halvings - 1} times; beside it the flow itself (the tangent flow, "
            + $"integrated to 1e-11). And {Wording.Count(LongSteps)} steps of η = {Wording.Text(LongStep)}, to rest.",
        Expected = "Every distance falls at least in proportion to η; between the Lagrange, tangent and true gradients like η².",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        double[] steps = [.. Enumerable.Range(0, Halvings).Select(static i => Largest / (1 << i))];
        var apart = new double[Techniques.Length, Techniques.Length][];
        var fromFlow = Techniques.Select(_ => new double[Halvings]).ToArray();
        for (var a = 0; a < Techniques.Length; a++)
            for (var b = 0; b < a; b++) apart[a, b] = new double[Halvings];
        var rests = 0.0;
        foreach (var seed in Spread.Seeds)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var risk = Risk(seed);
            var start = Start(risk.Network, seed);
            var flow = new TangentFlow(risk, 2, Rho).From(start, new IntegrationOptions { Tolerance = new(1e-11, 1e-13) })
                .At([Instant.FromT(Time)], context.Cancellation).Single().V.ToArray();
            for (var i = 0; i < Halvings; i++)
            {
                var ends = Techniques.Select(t => Descend(risk, start, t.Step, steps[i], (int)Math.Round(Time / steps[i]))!).ToArray();
                for (var a = 0; a < ends.Length; a++)
                {
                    fromFlow[a][i] = Math.Max(fromFlow[a][i], Vectors.Distance(ends[a], flow));
                    for (var b = 0; b < a; b++) apart[a, b][i] = Math.Max(apart[a, b][i], Vectors.Distance(ends[a], ends[b]));
                }
            }
            var functions = Techniques.Select(t => Descend(risk, start, t.Step, LongStep, LongSteps)!)
                .Select(v => risk.Outputs(v).ToArray()).ToArray();
            rests = Math.Max(rests, functions.Max(f => Vectors.Distance(f, functions[0]) / Vectors.Norm(f)));
        }
        for (var a = 0; a < Techniques.Length; a++)
        {
            judge.Premise.Between($"{Techniques[a].Name}: order of its distance from the flow", Order(fromFlow[a]), .9, 1.1);
            for (var b = 0; b < a; b++)
                judge.Printed.In($"{Techniques[b].Name}, {Techniques[a].Name}")
                    .AtLeast("order η^k in which their distance falls with the step, k", Order(apart[a, b]), .9);
        }
        judge.Printed.AtMost($"largest distance of any two at η = {Wording.Text(steps[^1])}",
            Pairs().Max(p => apart[p.A, p.B][^1]), 1e-2);
        judge.Printed.AtMost("largest relative difference of the outputs at rest", rests, 1e-6);
        const string second = "the Lagrange, the tangent and the true gradient agree to one order more than coefficient normalization";
        judge.Amended(second).Between("least order among the three", Pairs().Where(static p => p.A != 1 && p.B != 1)
            .Min(p => Order(apart[p.A, p.B])), 1.8, 2.2);
        var refused = Spread.Seeds.Count(s => Descend(Risk(s), Start(Risk(s).Network, s), Techniques[0].Step, TooLarge, 1) is null);
        judge.Measure($"seeds of five at which the Lagrange step does not exist at η = {TooLarge} (‖g‖² > 1 + (V·g)²)", refused);
        var panel = new Panel("Distance at time 2, largest of five seeds", new Axis("step η", Scale.Log), new Axis("distance", Scale.Log));
        foreach (var (a, b) in Pairs()) panel = panel.Line($"{Techniques[b].Name} – {Techniques[a].Name}", steps, apart[a, b]);
        panel = panel.Predicted("∝ η", steps, eta => apart[1, 0][^1] * eta / steps[^1])
            .Predicted("∝ η²", steps, eta => apart[2, 0][^1] * Math.Pow(eta / steps[^1], 2));
        return judge.Outcome(
            holds: $"At time {Time} any two of the four are at most {Wording.Text(Pairs().Max(p => apart[p.A, p.B][0]))} apart at η = "
                + $"{Wording.Text(steps[0])} and {Wording.Text(Pairs().Max(p => apart[p.A, p.B][^1]))} at {Wording.Text(steps[^1])}. The "
                + $"Lagrange, tangent and true gradients agree to second order ({Wording.Text(apart[2, 0][^1])} between the first two); "
                + "coefficient normalization, whose step keeps the radial part of g, to first. All rest at the same outputs (to "
                + $"{Wording.Text(rests)}). At η = {TooLarge} the Lagrange step does not exist at {refused} of five starts.",
            chart: new Chart(panel), caption: "Pairs with coefficient normalization fall like η, the others like η².");
    }

    private static IEnumerable<(int A, int B)> Pairs() =>
        Enumerable.Range(0, Techniques.Length).SelectMany(static a => Enumerable.Range(0, a).Select(b => (a, b)));

    private static double Order(double[] distances) => Math.Log2(distances[^3] / distances[^1]) / 2;

    private static EmpiricalRisk Risk(long seed) => new(Network.Linear(Inputs, Hidden, 1), Loss.Exponential,
        ExampleSets.HalfSpace(Examples, Inputs, seed), Reduction.Mean);

    private static double[] Start(Network net, long seed)
    {
        var v = Initialization.Normal(net, new RandomStream(seed, 33));
        Initialization.ScaleLayers(net, v, [1]);
        return v;
    }

    // Null where a step does not exist.
    private static double[]? Descend(EmpiricalRisk risk, double[] start, Move move, double step, int count)
    {
        var v = (double[])start.Clone();
        var g = new double[v.Length];
        for (var i = 0; i < count; i++)
        {
            var value = risk.EvaluateScaled(v, Rho, g);
            Vectors.Scale(step * Rho * Math.Exp(value.LogScale), g, g);
            foreach (var layer in risk.Network.Layers)
                if (move(layer.Of(v.AsSpan()), layer.Of(g.AsSpan())) is not null) return null;
        }
        return v;
    }
}
