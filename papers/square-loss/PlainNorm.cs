using Rhoflow.Lab.Figures;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Figure 11: ρ(t) of networks without normalization beside SQ eq. 28.</summary>
internal static class PlainNorm
{
    private const int Layers = NormTraining.Layers, Substeps = 2000;

    /// <summary>ρ by both definitions, and ∏ρ_k by SQ eq. 28 along the measured f of the first seed.</summary>
    public static IEnumerable<Panel> Panels(NormGroup group)
    {
        Panel[] panels = [.. NormPanels.Norms(group)];
        foreach (var start in group.Starts)
        {
            var run = start.Runs[0];
            // t is steps × rate; momentum 0.9 makes it ten times that.
            double[] t = [.. run["t"].Select(static t => 10 * t)], ratio = run.Ratio;
            panels[0] = panels[0].Predicted($"eq. 28, {start.Name}", run.Iterations,
                Along(t, run["rho"][0], run["margin_mean"], [.. run["margin_mean"].Zip(ratio, static (c, r) => c / r)]), start.Colour);
        }
        return panels;
    }

    /// <summary>
    /// ρ̇ = 2Lρ^{2−2/L}(C − ρF) for C = mean y f and F = mean f² given at instants and linear between them; implicit in the factor C − ρF,
    /// which is stiff where ρ is large.
    /// </summary>
    public static double[] Along(double[] t, double start, double[] c, double[] f)
    {
        var rho = new double[t.Length];
        rho[0] = start;
        for (var i = 1; i < t.Length; i++)
        {
            var p = rho[i - 1];
            var h = (t[i] - t[i - 1]) / Substeps;
            for (var s = 1; s <= Substeps; s++)
            {
                var w = (double)s / Substeps;
                var a = 2 * Layers * Math.Pow(p, 2 - 2.0 / Layers) * h;
                p = (p + a * ((1 - w) * c[i - 1] + w * c[i])) / (1 + a * ((1 - w) * f[i - 1] + w * f[i]));
                p = Math.Max(p, 0);
            }
            rho[i] = p;
        }
        return rho;
    }
}
