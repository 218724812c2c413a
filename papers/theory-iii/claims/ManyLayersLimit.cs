using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Limits;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Claim b96: the limit K → ∞ of T3 eq. 65 exists in the time Kt.</summary>
internal static class ManyLayersLimit
{
    private const double Rho0 = .8, Time = 10;
    private const int Many = 10_000, Integrated = 100;
    private static readonly int[] Layers = [2, 3, 5, 10, 30, 100, 1000, Many];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b96-many-layers-limit",
        Paper = SourcePapers.TheoryIII,
        Place = "§12.2, after eq. 65",
        Equations = ["T3.65", "T3.65b", "T3b.57b", "PNAS.19b"],
        Hypothesis = "Gradient flow under the exponential loss, K equal layer norms, one example with f̃ > 0 constant (§12.2); the same "
            + "product ρ at the start for every K.",
        Statement = "For larger K the product diverges faster, with the limit K → ∞ given by R(t) = L⁻¹(α_∞t + C), L(z) = li(z) − z/log z, "
            + "α_∞ = lim f̃^{2/K}K².",
        SetUp = $"R(t) of K = {string.Join(", ", Layers.Select(static k => Wording.Count(k)))} equal layers in closed form, f̃ = 1, ρ(0) = "
            + $"{Wording.Short(Rho0)}; the norms of {Integrated} layers by their own equations 61 beside it.",
        Expected = $"At t = {Time} R approaches a limit as K grows. (α_∞ is infinite; in the time s = Kt, Ṙ = f̃^{{2/K}}(log R)^{{2−2/K}} "
            + "→ log²R, and dL/dz = 1/log²z.)",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        double LogR(int k, double t) => new NormGrowthSolution(k, 1, Rho0).LogR(Math.Log(t));
        var run = NormGrowth.Run(Integrated).With(Override.Of("flow.rho-k", Math.Pow(Rho0, 1.0 / Integrated)), "flow.until.log10-t=1",
            "observe.at.log10-t=[0, 1]").Points(context);
        judge.Premise.Near($"log R of {Integrated} integrated norms at t = {Time} over the closed "
            + "form", run[^1].Rho / LogR(Integrated, Time),
            1, relative: 1e-7);
        double[] atTime = [.. Layers.Select(k => LogR(k, Time))], rescaled = [.. Layers.Select(k => LogR(k, Time / k))];
        judge.Measure($"log R at t = {Time}, K = 2 … {Wording.Count(Many)}", atTime);
        judge.Measure($"log R at Kt = {Time}", rescaled);
        const string change = "change of log R from K = 1,000 to 10,000";
        judge.Printed.AtLeast($"least rise of log R at t = {Time} from one K to the next", atTime.Zip(atTime.Skip(1), static (a,
            b) => b - a).Min(),
            0);
        judge.Printed.In($"at t = {Time}").AtMost(change, Math.Abs(atTime[^1] - atTime[^2]), .01);
        var corrected = judge.Amended("time is measured in units of 1/K, where the constant is 1");
        corrected.In($"at Kt = {Time}").AtMost(change, Math.Abs(rescaled[^1] - rescaled[^2]), .01);
        // L(e^q) = li(e^q) − e^q/q.
        static double L(double q) => LogarithmicIntegral.OfExp(q) - Math.Exp(q) / q;
        corrected.Near($"(L(R) − L(R_0))/(Kt) at Kt = {Time}, K = {Wording.Count(Many)}", (L(rescaled[^1]) - L(Rho0)) / Time, 1,
            relative: .001);
        double[] x = [.. Layers.Select(static k => (double)k)];
        var chart = new Chart(
            new Panel("From the same ρ(0)", new Axis("K", Scale.Log), new Axis("log R")).Line($"at t = {Time}", x, atTime)
                .Predicted("log K + constant", x, k => atTime[^1] + Math.Log(k / Many)).Line($"at Kt = {Time}", x, rescaled, 3)
                .Level("limit", rescaled[^1]));
        return judge.Outcome(chart: chart,
            caption: "At a fixed t log R grows by log K without bound; at a fixed Kt it has a limit.",
            care: $"The product grows with K (log R = {Wording.Text(atTime[0])}, {Wording.Text(atTime[5])}, {Wording.Text(atTime[^1])} at "
                + $"t = {Time} for K = 2, 100, {Wording.Count(Many)}), but without a limit: α_∞ is infinite, and log R rises by log K. In "
                + $"the time Kt there is one, with L as printed and the constant 1: log R at Kt = {Time} is "
                + $"{Wording.Text(rescaled[^2], 5)} and {Wording.Text(rescaled[^1], 5)} for K = 1,000 and {Wording.Count(Many)}. It needs "
                + "the same ρ(0); from layers below 1 (figure 3 has ρ_k(0) = .8) ρ(0) = ρ_k(0)^K goes to 0, and the product waits the "
                + "longer the larger K is.");
    }
}
