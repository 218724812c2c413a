using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Theory III figure 3, Theory IIIb figure 7: the product of the norms, and each of them, for K layers.</summary>
internal static class Figure03
{
    /// <summary>The figure of Theory III.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "theory-iii/figure-03",
        Paper = SourcePapers.TheoryIII,
        Number = "3",
        Title = "Norms of K layers on one example",
        Caption = "Above, as in the paper: with more layers the product ρ of the norms grows faster and each norm ρ_k more slowly. Then, "
            + "taken to t = 1e300, the product exceeds log t by (2 − 2/K) log log t + log K (dashed) and no more, so every depth grows "
            + "like log t to leading order. Last, both laws for the product beside what was measured: as printed with K² (T3 eq. 65, T3b "
            + "eq. 57; dashed), and with K (dots), each solved from the same start. The paper leaves f̃ and the start open; f̃ = 1 and "
            + "ρ_k(0) = 0.8 are ours.",
        Config = "papers/theory-iii/figure-03.yaml",
        Runs = static () => [.. NormGrowth.Layers.Select(NormGrowth.Run)],
        Build = Build,
    };

    /// <summary>The same as figure 7 of Theory IIIb.</summary>
    public static PaperFigure InTheoryIIIb { get; } =
        Figure with { Id = "theory-iiib/figure-07", Paper = SourcePapers.TheoryIIIb, Number = "7" };

    private static Chart Build(StudyContext context)
    {
        var product = new Panel("Product of the norms", new Axis("t", Scale.Log), new Axis("ρ = ∏ρₖ"));
        var layer = new Panel("Norm of one layer", new Axis("t", Scale.Log), new Axis("ρₖ"));
        var excess = new Panel("Product beyond log t; law (2 − 2/K) log log t + log K", new Axis("t", Scale.Exponent),
            new Axis("ρ − log t"));
        var late = new Panel("Norm of one layer; law: that of the product to the power 1/K", new Axis("t", Scale.Exponent),
            new Axis("ρₖ", Scale.Log));
        var laws = new Panel("Product of the norms beside both laws", new Axis("t", Scale.Log), new Axis("ρ = ∏ρₖ"));
        for (var i = 0; i < NormGrowth.Layers.Count; i++)
        {
            var k = NormGrowth.Layers[i];
            var all = NormGrowth.Flow(context, k);
            var early = all.Where(p => p.Log10T <= 4).ToList();
            product = product.Line($"K = {k}", early.Column(p => p.T), early.Column(p => p.Rho), i);
            layer = layer.Line($"K = {k}", early.Column(p => p.T), early.Column(p => p.RhoK[0]), i);
            var to300 = all.Where(p => p.Log10T is >= 1 and <= 300).ToList();
            double[] law = [.. to300.Where(p => p.Log10T >= 5).Select(p => p.Log10T)];
            excess = excess.Line($"K = {k}", to300.Log10T(), to300.Column(p => p.Rho - p.At.LogT), i)
                .Predicted($"K = {k}, law", law, e => NormGrowth.Law(k, e) - e * Curves.Ln10, i);
            late = late.Line($"K = {k}", to300.Log10T(), to300.Column(p => p.RhoK[0]), i)
                .Predicted($"K = {k}, law", law, e => Math.Pow(NormGrowth.Law(k, e), 1.0 / k), i);
            if (k is not (2 or 10)) continue;
            var dots = early.Where((_, at) => at % 10 == 0).ToList();
            laws = laws.Line($"K = {k}", early.Column(p => p.T), early.Column(p => p.Rho), i)
                .Predicted($"K = {k}, printed: K²", early.Column(p => p.T), [.. early.Select(p => Printed(k, p))], i)
                .Points("corrected: K", dots.Column(p => p.T), [.. dots.Select(p => Corrected(k, p))], 7);
        }
        return new Chart(product, layer, excess, late, laws) { Findings = Findings(context) };
    }

    private static double Printed(int k, FlowPoint p) => NormGrowth.Solution(k, printed: true).Rho(p.At.LogT);

    private static double Corrected(int k, FlowPoint p) => NormGrowth.Solution(k).Rho(p.At.LogT);

    private static string Findings(StudyContext context)
    {
        FlowPoint At(int k, double decade) => NormGrowth.Flow(context, k).AtDecade(decade);
        var worst = NormGrowth.Layers.Max(k => NormGrowth.Flow(context, k).Where(static p => p.Log10T is >= 0 and <= 300)
            .Max(p => Math.Abs(Corrected(k, p) / p.Rho - 1)));
        string Beside(int k) => $"for K = {k} it is {Wording.Text(At(k, 4).Rho, 4)} at t = 1e4, where the printed law has "
            + $"{Wording.Text(Printed(k, At(k, 4)), 4)}, and at t = 1e100 the printed law is "
            + $"{Wording.Text(Printed(k, At(k, 100)) - At(k, 100).Rho)} above it (log K = {Wording.Text(Math.Log(k))})";
        return $"The measured product differs from the law with K by at most {Wording.Text(worst, 1)} of itself up to t = 1e300; "
            + $"{Beside(2)}; {Beside(10)}.";
    }
}
