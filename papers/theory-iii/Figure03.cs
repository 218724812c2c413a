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
        Caption = "Left, as in the paper: with more layers the product ρ of the norms grows faster and each norm ρ_k more slowly. Right: "
            + "taken to t = 1e300, the product exceeds log t by (2 − 2/K) log log t + log K (dashed) and no more, so every depth grows "
            + "like log t to leading order. The printed eq. 65 has K² for K, which would lift ρ by another log K. The paper leaves f̃ "
            + "and the start open; f̃ = 1 and ρ_k(0) = 0.8 are ours.",
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
        }
        return new Chart(product, layer, excess, late);
    }
}
