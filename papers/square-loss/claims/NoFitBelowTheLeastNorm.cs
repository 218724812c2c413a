using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Claim b118: no minimum of zero loss for ρ &lt; ρ_min, degenerate ones for every larger ρ.</summary>
internal static class NoFitBelowTheLeastNorm
{
    private const int Steps = 200;
    private static readonly double[] Above = [1.05, 1.5, 3], Below = [.5, .9, .98];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b118-no-fit-below-the-least-norm",
        Title = "No fit below a least norm, many above it",
        Paper = SourcePapers.SquareLoss,
        Place = "§3 (“The emerging picture is a landscape”); §2.3, footnote 8 of §3",
        Hypothesis = "L ≥ 2, ‖x‖ = 1, more weights than examples, so that zero square loss is reached for some ρ.",
        Statement = "There are no zero-loss minima for ρ < ρ_min; with increasing ρ there are zero-loss minima, degenerate with W − N "
            + "dimensions.",
        SetUp = $"{string.Join(" and ", MinimumNormCase.All.Select(static c => $"ReLU nets {c.Words}"))}: five directions at equal angles "
            + "with labels by chance, and digits 3 and 8. At fixed ρ the least Σ(ρf − y)² over V from "
            + $"{MinimumNormCase.Starts} random starts by Levenberg–Marquardt steps on the spheres, {Steps} at most, and also beginning "
            + "from the ends at neighbouring ρ. In the plane with two layers it is known: the values of networks with ‖W_1‖‖W_2‖ ≤ ρ are "
            + "ρ times the convex hull of (±(u·x_n)₊)_n, ‖u‖ = 1, whose distance from y an active-set method finds, with a vector that "
            + "proves that no network does better; networks made of its units are evaluated beside. Fit: a mean square up to "
            + $"{LeastLossCurve.Fit}. That “in practice” ρ_min ≫ 1 is measured and not judged. The data were made smaller after "
            + "first looks, for conditioning and speed (8, then 7, then 5 directions; 20, then 10 digits).",
        Expected = "Least loss > 0 and falling up to ρ_min, 0 beyond; ends at one ρ that differ; rank N of the Jacobian at them.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        judge.Identity("ρ_min is defined as the least ρ with a fit, so none lies below it; that the fits above it differ, each with N "
            + "independent conditions, is computed");
        var panels = new List<Panel>();
        var sentences = new List<string>();
        foreach (var of in MinimumNormCase.All)
        {
            var curve = LeastLossCurve.Of(context, of);
            var least = curve.Minimum;
            judge.Measure($"{of.Name}: ρ_min", least);
            var descent = new SphereLeastSquares(of.Network, of.Data);
            double[] At(double share) => [.. of.AtRho(share * least, Steps).Select(e => e.Loss / of.Data.Count)];
            if (curve.IsCertified) Certify(judge, of, least, context);
            foreach (var share in Below)
            {
                var ends = At(share);
                judge.Printed.In(of.Name).AtLeast($"least mean square at {Wording.Short(share)} ρ_min",
                    Math.Min(ends.Min(), MeanSquare(curve, share * least)), 10 * LeastLossCurve.Fit);
            }
            foreach (var share in Above)
            {
                var found = of.AtRho(share * least, Steps);
                SphereLeastSquares.End[] fits = [.. found.Where(e => e.Loss <= LeastLossCurve.Fit * of.Data.Count)];
                judge.Printed.In(of.Name).AtLeast($"starts of {MinimumNormCase.Starts} that end in a fit at {Wording.Short(share)} ρ_min",
                    fits.Length, 2);
                if (fits.Length < 2) continue;
                judge.Printed.In(of.Name).AtLeast($"least distance between two of the fits’ V at {Wording.Short(share)} ρ_min",
                    fits.SelectMany((a, i) => fits.Skip(i + 1).Select(b => Vectors.Distance(a.V, b.V))).Min(), 1e-2);
                // At fixed ρ the fits near one are V with P − L dimensions under N conditions.
                judge.Printed.In(of.Name).That($"N = {of.Data.Count} independent conditions on V at every fit, {Wording.Short(share)} "
                    + $"ρ_min",
                    fits.All(e => descent.Rank(e.V) == of.Data.Count));
            }
            panels.Add(Panel(of, curve, At));
            sentences.Add($"{of.Name}: ρ_min = "
                + $"{Wording.Text(least, 4)}{(curve.IsCertified ? ", certified" : ", the least that was found")}");
        }
        var text = $"{string.Join("; ", sentences)}. Below it the least loss is positive by definition; above it fits of several starts "
            + "differ, some of them only by the order of their units, and have P − L − N dimensions each at fixed ρ (W − N with the "
            + "norms). A single descent over V may stay above the least loss: "
            + "the dots.";
        return judge.Outcome(holds: text, care: text, fails: text, open: text, chart: new Chart([.. panels]),
            caption: "Lines: the least loss that is known at each ρ. Dots: where descents over V from random starts end at that ρ.");
    }

    // ρ_min from both sides: no network of smaller norm interpolates, and one of this norm does.
    private static void Certify(Judge judge, MinimumNormCase of, double least, StudyContext context)
    {
        var minimum = new PlaneLeastLoss(of.Data).Minimum(context.Cancellation);
        var net = Network.Dense(2, minimum.Units.Count, 1);
        double[] w = [.. minimum.Units.SelectMany(static u => u.W), .. minimum.Units.Select(static u => u.A)];
        var norms = new double[2];
        NormsAndDirections.Norms(net, w, norms);
        judge.Premise.AtMost($"{of.Name}: mean square of the network made of the certificate’s units",
            Math.Exp(new EmpiricalRisk(net, Loss.Square, of.Data).LogLoss(w)), LeastLossCurve.Fit);
        judge.Premise.Near($"{of.Name}: ‖W_1‖‖W_2‖ of it over the lower bound of the certificate",
            norms[0] * norms[1] / minimum.LowerBound, 1,
            relative: 1e-6);
        judge.Premise.Near($"{of.Name}: ρ_min of the curve over that bound", least / minimum.LowerBound, 1, relative: 1e-3);
    }

    private static double MeanSquare(LeastLossCurve curve, double rho) =>
        curve.MeanSquare[Math.Max(0, Array.FindLastIndex(curve.Rho, r => r <= rho))];

    private static Panel Panel(MinimumNormCase of, LeastLossCurve curve, Func<double, double[]> at)
    {
        double[] shown = [.3, .45, .6, .75, .9, 1.05, 1.3, 1.7], drawn = [.. curve.MeanSquare.Select(static m => Math.Max(m, 1e-9))];
        int[] kept = [.. Enumerable.Range(0, drawn.Length).Where(i => curve.Rho[i] <= 1.001 * curve.Minimum)];
        double[][] ends = [.. shown.Select(at)];
        return new Panel($"{of.Words}", new Axis("ρ"), new Axis("mean of (ρf − y)²", Scale.Log, Min: 1e-6, Max: 2))
            .Line(curve.IsCertified ? "least loss, certified" : "least loss found", [.. kept.Select(i => curve.Rho[i])],
                [.. kept.Select(i => Math.Max(drawn[i], 1e-6))], 0)
            .Points("one descent each", [.. shown.SelectMany((s, i) => ends[i].Select(_ => s * curve.Minimum))],
                [.. ends.SelectMany(static e => e.Select(static l => Math.Max(l, 1e-6)))], 1)
            .At("ρ_min", curve.Minimum);
    }
}
