using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Claim b95, T3 eq. 62: two unequal layers in the variables r² = ρ_1² + ρ_2² and γ = e^{ρ_1ρ_2f}.</summary>
internal static class TwoUnequalLayers
{
    private const int Steps = 4000;
    private const double End = 1000;
    private static readonly (double F, double[] Norms)[] Starts = [(1, [1, .3]), (.5, [1.5, .7]), (2, [.4, .9])];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b95-two-unequal-layers",
        Paper = SourcePapers.TheoryIII,
        Place = "§12.2, eq. 61 and 62",
        Hypothesis = "Gradient flow under the exponential loss, two layers of any norms, one example with f̃ > 0 constant (§12.2).",
        Statement = "For two layers, with r² = ρ_1² + ρ_2² and γ = e^{ρ_1ρ_2f}, γ̇ = f²r² and rṙ = 2 log γ/γ: a coupled system, from "
            + "which the asymptotic behaviour is not read off easily.",
        SetUp = "Norms by their own equations 61 from "
            + string.Join("; ", Starts.Select(static s => $"{Wording.Row(s.Norms)} with f̃ = {Wording.Short(s.F)}"))
            + $", to t = 1e300; beside them eq. 62 in {Wording.Count(Steps)} steps of Runge and Kutta even in log(1 + t), to t = "
            + $"{Wording.Count((long)End)}.",
        Expected = "The same r and γ. (ρ_1² − ρ_2² is conserved, so that r⁴ − (2 log γ/f)² is: one equation is left, and γ ~ 2f t log t.)",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        double apart = 0, drift = 0, law = 0;
        var panel = new Panel("γ by eq. 61 and by eq. 62", new Axis("t", Scale.Log), new Axis("γ", Scale.Log));
        foreach (var (f, norms) in Starts)
        {
            var points = Run(f, norms).Points(context);
            double Square(FlowPoint p) => p.RhoK[0] * p.RhoK[0] + p.RhoK[1] * p.RhoK[1];
            double LogGamma(FlowPoint p) => f * p.RhoK[0] * p.RhoK[1];
            double Kept(FlowPoint p) => Square(p) * Square(p) - Math.Pow(2 * LogGamma(p) / f, 2);
            List<(double T, double LogGamma, double Square)> path = Follow(f, norms);
            var end = points.AtDecade(3);
            apart = Math.Max(apart, Math.Max(Math.Abs(path[^1].Square / Square(end) - 1), Math.Abs(path[^1].LogGamma - LogGamma(end))));
            var early = points.Where(p => p.Log10T <= 8).ToList();
            drift = Math.Max(drift, early.Max(p => Math.Abs(Kept(p) / Kept(early[0]) - 1)));
            var last = points[^1];
            law = Math.Max(law, Math.Abs(LogGamma(last) - last.At.LogT - Math.Log(2 * f * last.At.LogT)));
            var name = $"f = {Wording.Short(f)} from {Wording.Row(norms)}";
            early = [.. early.Where(p => p.Log10T is >= -1 and <= 3)];
            panel = panel.Line(name, early.Column(p => p.T), early.Column(p => Math.Exp(LogGamma(p))))
                .Points($"{name}, eq. 62", [.. path.Where((_, i) => i % 200 == 199).Select(static p => p.T)],
                    [.. path.Where((_, i) => i % 200 == 199).Select(static p => Math.Exp(p.LogGamma))]);
        }
        judge.Printed.AtMost("largest difference of r² (relative) and log γ at t = 1000, three starts", apart, 1e-8);
        judge.Amended("ρ_1² − ρ_2² uncouples it: r⁴ − (2 log γ/f)² is conserved").AtMost("largest relative drift of it to t = 1e8", drift,
            1e-7);
        judge.Amended("its asymptotic behaviour is γ ~ 2f t log t, as of equal layers").AtMost(
            "largest |log γ − log(2f t log t)| at t = 1e300, three starts", law, .05);
        judge.Identity("the chain rule makes it of T3 eq. 61");
        return judge.Outcome(chart: new Chart(panel), caption: "Lines: both norms by eq. 61; dots: eq. 62.",
            holds: $"Both systems give the same r and γ (to {Wording.Text(apart)}). They part only in form: r⁴ − (2 log γ/f)² = (ρ_1² − "
                + "ρ_2²)² is conserved, which leaves γ̇ = f²√(c² + (2 log γ/f)²), and γ ~ 2f t log t from any start (log γ differs from "
                + $"that by {Wording.Text(law)} at t = 1e300).");
    }

    private static FlowRun Run(double f, double[] norms) => NormGrowth.Run(2).With(Override.Of("flow.f", f),
        $"flow.rho-k=[{string.Join(", ", norms.Select(Lab.Config.ConfigWriter.Number))}]", "flow.until.log10-t=300",
        "observe.at.log10-t=[{from: -1, to: 4, count: 101}, {from: 4, to: 300, count: 149}, 8]");

    // (log γ)˙ = f²r²/γ and (r²)˙ = 4 log γ/γ in u = log(1 + t).
    private static List<(double T, double LogGamma, double Square)> Follow(double f, double[] norms)
    {
        double q = f * norms[0] * norms[1], s = norms[0] * norms[0] + norms[1] * norms[1], h = Math.Log(1 + End) / Steps;
        List<(double, double, double)> path = [];
        (double Q, double S) Rate(double u, double logGamma, double square) =>
            (Math.Exp(u - logGamma) * f * f * square, Math.Exp(u - logGamma) * 4 * logGamma);
        for (var i = 0; i < Steps; i++)
        {
            var u = i * h;
            var a = Rate(u, q, s);
            var b = Rate(u + h / 2, q + h / 2 * a.Q, s + h / 2 * a.S);
            var c = Rate(u + h / 2, q + h / 2 * b.Q, s + h / 2 * b.S);
            var d = Rate(u + h, q + h * c.Q, s + h * c.S);
            q += h / 6 * (a.Q + 2 * b.Q + 2 * c.Q + d.Q);
            s += h / 6 * (a.S + 2 * b.S + 2 * c.S + d.S);
            path.Add((Math.Exp(u + h) - 1, q, s));
        }
        return path;
    }
}
