using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// One training of figures 1–12: its columns, and its sorted margins. With ρ = ∏ρ_k, f_n = g_n/ρ; in the paper's model (SQ §2.3) ρ_k = 1
/// for k &lt; L, so that ρ is ρ_L and f_n = g_n/ρ_L: both are given.
/// </summary>
/// <param name="Column">A column, one number per observation.</param>
internal sealed record NormTraining(Func<string, double[]> Column)
{
    /// <summary>Columns of what batch normalization gives by the statistics of the whole training set begin so.</summary>
    public const string WholeSet = "whole_set_";

    /// <summary>Numbers of a kept curve of margins at an observation, and of one at the end.</summary>
    public const int Quantiles = 33, FinalQuantiles = 101;

    /// <summary>L.</summary>
    public const int Layers = 4;

    /// <summary>Whether there is such a column.</summary>
    public Func<string, bool> Has { get; init; } = static _ => true;

    /// <summary>y_n f̃_n in ascending order, or as many quantiles of them, of an observation; null: not kept.</summary>
    public Func<int, double[]>? Margins { get; init; }

    /// <summary>The same at the end, by running statistics ("") or those of the whole set; null: not kept.</summary>
    public Func<string, double[]?> FinalMargins { get; init; } = static _ => null;

    /// <summary>A column.</summary>
    public double[] this[string column] => Column(column);

    /// <summary>Whether it ended before its last epoch, which only divergence brings about.</summary>
    /// <param name="epochs">It was to have.</param>
    public bool Diverged(int epochs) => Column("epoch")[^1] < epochs;

    /// <summary>1 + steps, for logarithmic axes.</summary>
    public double[] Iterations => [.. Column("step").Select(static s => 1 + s)];

    /// <summary>ρ_L: the last layer's norm. Nothing is folded into it where batch normalization stands in front of ReLUs alone.</summary>
    public double[] LastNorm => Column($"rho_{Layers}");

    /// <summary>ρ/ρ_L = ∏_{k&lt;L} ρ_k: what f_n by ∏ρ_k is multiplied by to have f_n by ρ_L.</summary>
    public double[] Below => [.. Column("rho").Zip(LastNorm, static (all, last) => all / last)];

    /// <summary>
    /// Σ y f/Σ f² with f = g/∏ρ_k. Of a table without it, it comes from the loss: L = ρ²F − 2ρC + 1, with C and F the means of y f and f².
    /// </summary>
    public double[] Ratio
    {
        get
        {
            if (Has("rho_equilibrium_undecayed")) return Column("rho_equilibrium_undecayed");
            double[] rho = Column("rho"), c = Column("margin_mean"), log10Loss = Column("log10_loss");
            return [.. rho.Select((r, i) => c[i] * r * r / (Math.Pow(10, log10Loss[i]) - 1 + 2 * r * c[i]))];
        }
    }

    /// <summary>Σ y g/Σ g² = (Σ y f/Σ f²)/ρ by either ρ: 1 at rest without decay.</summary>
    public double[] Quotient => [.. Ratio.Zip(Column("rho"), static (r, rho) => r / rho)];

    /// <summary>SQ eq. 7 for ρ_L: Σ y f/(Nλ + Σ f²) with f = g/ρ_L; the loss is a mean here.</summary>
    /// <param name="lambda">λ.</param>
    public double[] LastEquilibrium(double lambda)
    {
        double[] c = Column("margin_mean"), ratio = Ratio, below = Below;
        return [.. c.Select((v, i) => below[i] * v / (lambda + below[i] * below[i] * v / ratio[i]))];
    }


    /// <summary>A run that was made now.</summary>
    public static NormTraining Of(MeasuredRun run)
    {
        var margins = new Lazy<double[][]>(() => run.Rows("margins_sorted"));
        return new NormTraining(c => run[c])
        {
            Has = run.Has,
            Margins = i => margins.Value[i],
            FinalMargins = statistics => statistics.Length == 0 ? margins.Value[^1]
                : run.Has(statistics + "rho") ? run.Rows(statistics + "margins_sorted")[^1] : null,
        };
    }

    /// <summary>A kept one; null where there is none.</summary>
    /// <param name="config">Paper key and file.</param>
    /// <param name="name">The table's name.</param>
    public static NormTraining? Kept(string config, string name)
    {
        if (KeptRun.Find(config, name) is not { } run) return null;
        var final = KeptRun.Find(config, $"{name}-margins");
        return new NormTraining(c => run[c])
        {
            Has = run.Has,
            Margins = run.Has("m1") ? i => run.Rows("m", Quantiles)[i] : null,
            FinalMargins = statistics => final is null || !final.Has(statistics + "margin") ? null : final[statistics + "margin"],
        };
    }
}
