using System.Globalization;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Figures;
using Rhoflow.Lab.Tables;

namespace Rhoflow.Lab.Plots;

/// <summary>
/// Turns the traces of a panel into curves with names: one a run, or the band of those that differ in the band's keys only.
/// </summary>
/// <param name="keys">Which keys do what.</param>
/// <param name="config">The figure.</param>
/// <param name="xIsKey">One observation a run: runs are joined along x.</param>
/// <param name="notes">What has to be said.</param>
internal sealed class CurvePlot(PlotKeys keys, PlotConfig config, bool xIsKey, Notebook notes)
{
    /// <summary>Groups of runs that have a colour of their own where none was asked for, at most.</summary>
    private const int MostNamed = 8;

    /// <summary>The curves of a panel.</summary>
    /// <param name="traces">Of its runs.</param>
    /// <param name="quantity">What is drawn, where the figure has several; else null.</param>
    /// <param name="fallback">The name of curves that nothing tells apart.</param>
    public IReadOnlyList<Curve> Curves(IReadOnlyList<Trace> traces, string? quantity, string fallback)
    {
        RunColumn[] apart = [.. keys.Facets, .. keys.Color is { } c ? [c] : (RunColumn[])[], .. keys.Rest];
        var together = keys.Bands.Count > 0 || xIsKey;
        var groups = PlotKeys.Groups([.. traces.Select(static t => t.Run).Distinct()], apart);
        RunColumn[] naming = keys.Color is { } colour ? [colour] : groups.Count is > 1 and <= MostNamed ? [.. keys.Rest] : [];
        if (keys.Bands.Count > 0 && keys.Rest.Count > 0 && groups.Count > 1 && keys.Color is not null)
            notes.Add($"the runs differ also in {string.Join(", ", keys.Rest.Select(static k => k.Name))}: a band for each; --facet or "
                + "--where "
                + "tells them apart, --band takes them together");
        var curves = new List<Curve>();
        foreach (var group in groups)
        {
            var own = traces.Where(t => group.Contains(t.Run)).ToArray();
            foreach (var part in together ? own.GroupBy(static t => t.Label).Select(static g => g.ToArray())
                : own.Select(static t => (Trace[])[t]))
            {
                var name = string.Join(", ", ((string?[])[quantity, keys.Label(naming, part[0].Run), part[0].Label])
                    .Where(static n => !string.IsNullOrEmpty(n)));
                if (name.Length == 0) name = fallback;
                (string, string)[] values =
                [
                    .. PlotKeys.Pairs(together ? apart : [.. apart, .. keys.Bands], part[0].Run).DistinctBy(static p => p.Key),
                    .. quantity is null ? [] : ((string, string)[])[("quantity", quantity)],
                    .. part[0].Label is { } label ? [("observation", label)] : ((string, string)[])[],
                ];
                curves.Add(together ? Together(name, values, part)
                    : new Curve(name, values, part[0].Run.Id, part[0].X, part[0].Y, null, null, null));
            }
        }
        return curves;
    }

    private Curve Together(string name, (string, string)[] values, Trace[] part)
    {
        if (part.FirstOrDefault(static t => !Bands.Grows(t.X)) is { } folded)
            throw new ConfigException($"--band needs an x that grows along each run; in run {folded.Run.Id} "
                + $"{config.X ?? "x"} does not: choose another x (step, epoch, t), or leave --band out");
        var band = Bands.Of([.. part.Select(static t => (t.X, t.Y))], config.Spread);
        if (band.Interpolated) notes.Add("the runs of a band are not observed at the same x; between observations they are interpolated");
        var runs = part.Select(static t => t.Run.Id).Distinct(StringComparer.Ordinal).ToArray();
        if (keys.Bands.Count > 0 && band.Counts.Min() < band.Counts.Max())
            notes.Add(string.Create(CultureInfo.InvariantCulture,
                $"{name}: {band.Counts.Min()} to {band.Counts.Max()} runs, not all reach over the whole x"));
        var wide = band.Counts.Max() > 1;
        return new Curve(name, values, runs.Length == 1 ? runs[0] : null, band.X, band.Middle, wide ? band.Low : null, wide ? band.High
            : null,
            wide ? band.Counts : null);
    }

    /// <summary>Curves as series: one colour a name, along the ramp where there are more names than the palette has colours.</summary>
    public static IReadOnlyList<Series> Draw(IReadOnlyList<Curve> curves, SeriesMark mark, IReadOnlyList<string> names,
        IReadOnlyDictionary<string, double>? tones = null)
    {
        double? Tone(string name) => tones?.TryGetValue(name, out var tone) == true ? tone
            : names.Count > Theme.Palette.Count - 1 ? names.ToList().IndexOf(name) / (names.Count - 1.0) : null;
        return [.. curves.Where(static c => !c.IsLaw)
            .Select(c => new Series(c.Name, mark, c.X, c.Y, Math.Max(0, names.ToList().IndexOf(c.Name)))
        {
            Low = c.Low,
            High = c.High,
            Counts = c.Counts,
            Detail = c.Run is null ? null
                : string.Join(", ", c.Keys.Where(static k => k.Value.Length > 0).Select(static k => $"{k.Key} = {k.Value}")
                .Append(c.Run)),
            Tone = Tone(c.Name),
        })];
    }
}
