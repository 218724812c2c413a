using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.Since;

/// <summary>Rank against minibatch, rate and decay, beside the bound; the spectra that are counted.</summary>
internal static class LowRankFigure
{
    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "since/low-rank",
        Paper = SincePage.Paper,
        Number = "1",
        Title = "Rank of trained layers against minibatch, rate and decay",
        Caption = $"Digits, {LowRankRuns.Words.Train} images, five seeds a setting, {LowRankRuns.Words.LayersOnDigits}, trained until "
            + $"decay alone has multiplied the start by e^{{−10}}, and for {LowRankRuns.Middle.Epochs} epochs. Dots: the number of σ_i > "
            + ".001 σ_1, the mean over the three hidden layers of 64 units; solid: medians; dashed: B log(2/ε)/(2μλ) with ε = .001, the "
            + "bound of arXiv 2206.05794 as noted from a summary, far above what a layer of 64 units can have. Below: the "
            + "singular values of the second layer, medians of five seeds.",
        Config = "papers/since/low-rank.yaml",
        Runs = static () => [.. LowRankRuns.All.Select(static s => s.Sweep)],
        FullRuns = LowRankRuns.FullRuns,
        Build = Build,
    };

    private static Chart Build(StudyContext context)
    {
        Panel Sweep(string title, string x, int sweep, Func<LowRankRuns, double> of)
        {
            var panel = new Panel(title, new Axis(x, Scale.Log), new Axis("rank", Scale.Log, Min: 10));
            foreach (var (name, settings, colour) in new[] { ("start erased", LowRankRuns.Erased[sweep].Settings, 0),
                ("196 epochs", LowRankRuns.SameEpochs[sweep].Settings, 2) })
            {
                double[] at = [.. settings.Select(of)];
                double[][] ranks = [.. settings.Select(s => s.Runs(context).Select(LowRankRuns.Rank).ToArray())];
                panel = panel.Line($"{name}, median", at, [.. ranks.Select(static r => Spread.Of(r).Median)], colour)
                    .Points($"{name}, a seed", [.. at.Zip(ranks).SelectMany(static p => p.Second.Select(_ => p.First))],
                        [.. ranks.SelectMany(static r => r)], colour);
            }
            var all = LowRankRuns.Erased[sweep].Settings;
            return panel.Predicted("B log(2/ε)/(2μλ)", [.. all.Select(of)], [.. all.Select(static s => s.Bound)], 1)
                .Level("full: 64", LowRankRuns.Width);
        }
        Panel Spectra(string title, IEnumerable<(string Name, LowRankRuns Setting)> settings)
        {
            var panel = new Panel(title, new Axis("i, number of the singular value"), new Axis("σ_i/σ_1 of W_2", Scale.Log, Min: 1e-6));
            double[] i = [.. Enumerable.Range(1, LowRankRuns.Width).Select(static i => (double)i)];
            foreach (var (name, setting) in settings)
            {
                double[][] all = [.. setting.Runs(context).Select(static r => LowRankRuns.Relative(r, 2))];
                panel = panel.Line(name, i, [.. i.Select((_, n) => Math.Max(1e-6, Spread.Of(all.Select(a => a[n])).Median))]);
            }
            return panel.Level("counted above", LowRankRuns.Tolerance);
        }
        IEnumerable<(string, LowRankRuns)> Named(int sweep, Func<LowRankRuns, string> name) =>
            LowRankRuns.Erased[sweep].Settings.Select(s => (name(s), s));
        return new Chart(
            Sweep("μ = .05, λ = .004", "examples of a minibatch, B", 0, static s => s.Batch),
            Sweep("B = 4, λ = .004", "rate μ", 1, static s => s.Rate),
            Sweep("B = 4, μ = .05", "decay λ", 2, static s => s.Decay),
            Spectra("By minibatch, start erased", Named(0, static s => $"B = {s.Batch}")),
            Spectra("By rate, start erased", Named(1, static s => $"μ = {Wording.Short(s.Rate)}")),
            Spectra("By decay, start erased", Named(2, static s => $"λ = {Wording.Short(s.Decay)}").Append(("λ = 0", LowRankRuns.Without))))
        { Columns = 3 };
    }
}
