using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Measures.Margins;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Figure 9's panels: |f_n| = |y_n f_n| from the histograms of margins, both signs together.</summary>
internal static class OutputHistogram
{
    /// <summary>The chart.</summary>
    public static Chart Of(StudyContext context)
    {
        var quick = NormSweep.WithoutDecay.Quick(context);
        var panels = quick.Select(start => Shares($"|f_n| {NormPanels.Name(start)}: digits, seed 0", start.Runs[0]))
            .Append(NormPanels.Outputs(quick, NormPanels.Quick)).ToList();
        foreach (var start in NormSweep.WithoutDecay.Whole(context))
        {
            var run = start.Runs[0];
            var x = run.Epochs;
            panels.Add(run.Arrays is not null
                ? Shares($"|f_n| {NormPanels.Name(start)}: CIFAR-10", run)
                : new Panel($"Margins {NormPanels.Name(start)}: {NormPanels.Whole}", new Axis("1 + epoch", Scale.Log),
                new Axis("quantiles of y f̃"))
                    .Line("tenth", x, run["margin_q10"], 5).Line("median", x, run["margin_q50"], 0)
                    .Line("nine tenths", x, run["margin_q90"], 4));
        }
        return new Chart([.. panels]);
    }

    /// <summary>
    /// The share of examples with |m|/mean|m| in steps of <see cref="MarginHistogram.Width"/> from 0 up to
    /// <see cref="MarginHistogram.Highest"/>, from shares of signed m.
    /// </summary>
    public static double[] Absolute(ReadOnlySpan<double> signed)
    {
        // Bin 0 is open below Lowest; bin 1 + i begins at Lowest + i·Width.
        var zero = 1 + (int)Math.Round(-MarginHistogram.Lowest / MarginHistogram.Width);
        var shares = new double[MarginHistogram.Bins - 1 - zero];
        for (var i = 0; i < shares.Length; i++) shares[i] = signed[zero + i] + (zero - 1 - i > 0 ? signed[zero - 1 - i] : 0);
        return shares;
    }

    private static Panel Shares(string title, NormSweep.Training run)
    {
        var rows = run.Arrays!("margin_histogram");
        var epochs = run["epoch"];
        var panel = new Panel(title, new Axis("|f_n| over the mean", Min: 0, Max: 4), new Axis("share of examples in 0.1", Min: 0));
        foreach (var (at, colour) in new[] { (0, 7), (Array.FindIndex(epochs, static e => e >= 10), 1), (epochs.Length - 1, 0) })
        {
            var shares = Absolute(rows[at]);
            panel = panel.Line($"epoch {epochs[at]:0}", [.. shares.Select(static (_, i) => (i + .5) * MarginHistogram.Width)], shares,
                colour);
        }
        return panel;
    }
}
