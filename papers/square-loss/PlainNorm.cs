using Rhoflow.Lab.Figures;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Figure 11: ρ(t) of networks without normalization beside SQ eq. 28.</summary>
internal static class PlainNorm
{
    private const int Layers = 4, Substeps = 2000;

    /// <summary>ρ measured, and by SQ eq. 28 along the measured f.</summary>
    public static Panel Panel(IReadOnlyList<NormSweep.Start> starts, string size)
    {
        var panel = NormPanels.Norm(starts, size);
        for (var i = 0; i < starts.Count; i++)
        {
            var run = starts[i].Runs[0];
            // t is steps × rate; momentum 0.9 makes it ten times that.
            double[] t = [.. run["t"].Select(static t => 10 * t)], ratio = run.Ratio();
            panel = panel.Predicted($"eq. 28, {NormPanels.Name(starts[i])}", run.Epochs,
                Along(t, run["rho"][0], run["margin_mean"], [.. run["margin_mean"].Zip(ratio, static (c, r) => c / r)]), i);
        }
        return panel;
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
