using Rhoflow.Data;
using Rhoflow.Lab.Claims;
using Rhoflow.Measures.Bounds;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// Claim b141: of two interpolating networks of one shape the one of smaller ρ has the smaller bound, because the bound is A ρ + ε.
/// </summary>
internal static class BoundRisesWithTheNorm
{
    private const int Inputs = 4, Examples = 8, Fresh = 400, Steps = 6000;
    private const double Delta = .05, Interpolated = .1, Gamma = 1 - Interpolated;

    private static readonly double[] Starts = [.1, 20];
    private static readonly Network[] Shapes = [Network.Dense(Inputs, 32, 1), Network.Dense(Inputs, 24, 24, 1)];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b141-bound-rises-with-the-norm",
        Paper = SourcePapers.SquareLoss,
        Place = "appendix F, eq. 42–45",
        Hypothesis = "Two solutions of zero empirical loss g^a = ρ_af^a, g^b = ρ_bf^b by one ReLU architecture, ρ_a < ρ_b; one bound for "
            + "both, with the same c_1, c_2, N and δ.",
        Statement = "R_N(G) = ρ R_N(F̃), so that L_0(f^a) ≤ Aρ_a + ε and L_0(f^b) ≤ Aρ_b + ε: the bound for f^a is better. The same "
            + "follows with the normalized networks and their margins (eq. 45).",
        SetUp = $"Model (5)–(6), λ = 0, from ρ0 = {Wording.Short(Starts[0])} and {Starts[1]}, ReLU nets "
            + $"{string.Join(" and ", Shapes.Select(PlaneNets.Name))}, {Examples} inputs of gaussian-teacher, {Wording.Count(Steps)} "
            + $"steps, seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}; pairs that interpolate to {Wording.Short(Interpolated)}. The bound "
            + $"twice: of g, with γ = {Wording.Short(Gamma)}, below which no y g lies, and the complexity of networks with the norms of g, "
            + $"and of f̃, with γ/ρ and the complexity of normalized ones; constants of Golowich et al., δ = {Wording.Short(Delta)}. "
            + $"Beside it the error on {Fresh} fresh inputs of the same teacher.",
        Expected = "One number by both ways; ordered as ρ.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        judge.Identity("networks are homogeneous, and Aρ + ε rises with ρ: what is compared is one upper bound at two values of ρ, not "
            + "two errors");
        double gap = 0, scaling = 0, least = double.PositiveInfinity;
        int pairs = 0, ordered = 0, errors = 0, alike = 0;
        foreach (var net in Shapes)
            foreach (var seed in Spread.Seeds)
            {
                var all = GaussianTeacher.Draw(Examples + Fresh, Inputs, seed);
                var train = new Dataset("training", all.X[..(Examples * Inputs)].ToArray(), all.Y[..Examples].ToArray(), Inputs);
                var start = Initialization.Normal(net, new RandomStream(seed, 143));
                NormalizedDescent[] ends = [.. Starts.Select(rho =>
                    new NormalizedDescent(net, start, train, 0, rho).Run(Steps, context.Cancellation))];
                double[][] margins = [.. ends.Select(e => Margins(e.Outputs(train.X), train.Y))];
                if (margins.Any(static m => m.Max(static q => Math.Abs(q - 1)) > Interpolated)) continue;
                pairs++;
                var inputs = new InputNorms(Examples, Math.Sqrt(Examples), 1);
                var bounds = new double[2];
                for (var i = 0; i < 2; i++)
                {
                    var rho = Math.Abs(ends[i].Rho);
                    double[] unit = [.. Enumerable.Repeat(1.0, net.Depth)], scaled = [.. unit[1..], rho];
                    double complexity = Math.Exp(NormBounds.Golowich(scaled, inputs)),
                        normalized = Math.Exp(NormBounds.Golowich(unit, inputs));
                    scaling = Math.Max(scaling, Math.Abs(complexity / (rho * normalized) - 1));
                    // No training margin lies below γ, so that the empirical loss is 0; on the other way both are divided by ρ.
                    bounds[i] = RampBound.Of(margins[i], Gamma, complexity, 1, Delta).Total;
                    var other = RampBound.Of([.. margins[i].Select(m => m / rho)], Gamma / rho, normalized, 1, Delta).Total;
                    gap = Math.Max(gap, Math.Abs(bounds[i] / other - 1));
                    least = Math.Min(least, bounds[i]);
                }
                double[] rates = [.. ends.Select(e => Margins(e.Outputs(all.X[(Examples * Inputs)..]), all.Y[Examples..])
                    .Count(static m => m <= 0) / (double)Fresh)];
                var smaller = Math.Abs(ends[0].Rho) < Math.Abs(ends[1].Rho) ? 0 : 1;
                if (bounds[smaller] < bounds[1 - smaller]) ordered++;
                if (rates[smaller] < rates[1 - smaller]) errors++;
                if (rates[smaller] == rates[1 - smaller]) alike++;
                judge.Measure($"{PlaneNets.Name(net)}, seed {seed}: ρ from the small and from the large start; errors on fresh inputs",
                    Math.Abs(ends[0].Rho), Math.Abs(ends[1].Rho), rates[0], rates[1]);
            }
        judge.Hypothesis.AtLeast("pairs that interpolate, of 10", pairs, 5);
        judge.Printed.AtMost("largest |R_N(G)/(ρR_N(F̃)) − 1| of the bounds", scaling, 1e-12);
        judge.Printed.AtMost("largest |bound of g/bound of f̃ − 1|", gap, 1e-12);
        judge.Printed.AtLeast("share of pairs whose bounds are ordered as ρ", ordered / (double)pairs, 1);
        judge.Measure("least bound (above 1 it says nothing)", least);
        judge.Measure("pairs in which the smaller ρ has fewer errors on fresh inputs; as many", errors, alike);
        return judge.Outcome(holds: $"The smaller ρ has fewer errors on fresh inputs in only {errors} of {pairs} pairs of interpolating "
            + $"networks ({alike} tie): what is ordered as ρ is the bound, which is Aρ + ε, by algebra. It is one number by g and by f̃ "
            + $"(to {Wording.Text(gap)}), and at least {Wording.Text(least)}, where 1 is trivial.");
    }

    private static double[] Margins(ReadOnlySpan<double> g, ReadOnlySpan<double> y)
    {
        var margins = new double[g.Length];
        for (var n = 0; n < margins.Length; n++) margins[n] = y[n] * g[n];
        return margins;
    }
}
