using Rhoflow.Lab.Figures;
using Rhoflow.Lab.Inspection;
using Rhoflow.Lab.Plots;
using Rhoflow.Losses;
using Rhoflow.Observations;

namespace Rhoflow.Lab.Report;

/// <summary>The figures of a model that was inspected; each is there where what it shows was measured.</summary>
internal static class InspectionFigures
{
    private const int Bins = 40, MostSpectra = 12, Radii = 81;

    /// <summary>All that there are, in the order of the page.</summary>
    public static IEnumerable<PlotPicture> Of(InspectedModel model)
    {
        if (model.Inspection is { Point: { } point } inspection)
        {
            yield return Margins(point, Array(inspection, "test_margins_sorted"));
            yield return LossOverNorm(model.Network!.Loss, point);
            if (Collapse(inspection) is { } collapse) yield return collapse;
        }
        if (Spectra(model) is { } spectra) yield return spectra;
    }

    /// <summary>Sorted margins of train and test, and their histograms over one grid.</summary>
    private static PlotPicture Margins(Snapshot point, IReadOnlyList<double>? test)
    {
        double[] train = [.. point.NormalizedMargins.ToArray().Order()];
        var tests = test?.Where(double.IsFinite).Order().ToArray() is { Length: > 0 } t ? t : null;
        var sorted = Sorted(new Panel("Sorted", new Axis("share of the examples", Min: 0, Max: 1), new Axis("y f/ρ")), "train", train);
        if (tests is not null) sorted = Sorted(sorted, "test", tests);
        sorted = sorted.Level("0: errors are below", 0);
        var (low, high) = (Math.Min(train[0], tests?[0] ?? train[0]), Math.Max(train[^1], tests?[^1] ?? train[^1]));
        var panels = new List<Panel> { sorted };
        if (high > low)
        {
            var histogram = new Panel("Histogram", new Axis("y f/ρ"), new Axis("share of the examples", Min: 0));
            foreach (var (name, values) in tests is null ? [("train", train)] : new[] { ("train", train), ("test", tests) })
                histogram = histogram.With(Histogram($"{name}, histogram", values, low, high));
            panels.Add(histogram);
        }
        return Picture("Margins", "margins", "y f/ρ = y f(V): margins of the network with every ‖V_k‖ = 1", panels);
    }

    private static Panel Sorted(Panel panel, string name, double[] values) =>
        panel.Line(name, [.. values.Select((_, i) => (i + 0.5) / values.Length)], values);

    private static Series Histogram(string name, double[] values, double low, double high)
    {
        var shares = new double[Bins + 1];
        foreach (var v in values) shares[Math.Min(Bins - 1, (int)((v - low) / (high - low) * Bins))] += 1.0 / values.Length;
        shares[Bins] = shares[Bins - 1];
        return new Series(name, SeriesMark.Steps, [.. Enumerable.Range(0, Bins + 1).Select(i => low + (high - low) * i / Bins)], shares);
    }

    /// <summary>L(ρ f(V)) on the training set over ρ, and where the network stands.</summary>
    private static PlotPicture LossOverNorm(Loss loss, Snapshot point)
    {
        var at = point.LogRho / Math.Log(10);
        var (radii, losses) = (new double[Radii], new double[Radii]);
        var (f, weights) = (new double[point.Outputs.Length], new double[point.Outputs.Length]);
        for (var i = 0; i < Radii; i++)
        {
            radii[i] = at + (i - (Radii - 1) / 2) / 20.0;
            for (var n = 0; n < f.Length; n++) f[n] = point.Outputs[n] * Math.Pow(10, radii[i]);
            var value = loss.Evaluate(f, point.Targets, point.Outputs.Length / point.Targets.Length, weights);
            losses[i] = (value.LogLoss + point.LogReduction) / Math.Log(10);
        }
        var panel = new Panel("", new Axis("ρ", Scale.Exponent), new Axis("L(ρ f(V))", Scale.Exponent)).Line("train", radii, losses)
            .At("this network", at);
        return Picture("The loss over the norm", "loss-over-norm",
            "directions V held fixed; where every example is classified, an exponential-type loss falls as long as ρ grows", [panel]);
    }

    /// <summary>NC1 … NC4 of what enters each W_k.</summary>
    private static PlotPicture? Collapse(NetworkInspection inspection)
    {
        var values = inspection.Measures.ToDictionary(static m => m.Column, static m => m.Value, StringComparer.Ordinal);
        var depth = inspection.Layers.Count;
        double Of(string column, int k) => k == depth ? values.GetValueOrDefault(column, double.NaN)
            : values.TryGetValue($"{column}_{k}", out var v) ? v
            : inspection.Layers[k - 1].Values.GetValueOrDefault(column, double.NaN);
        (string Title, Scale Scale, string[] Columns)[] panels =
        [
            ("NC1: within classes", Scale.Log, ["nc1_pinv", "nc1_trace_ratio", "nc1_cdnv"]),
            ("NC2: means", Scale.Linear, ["nc2_equinorm", "nc2_equiangularity", "nc2_etf"]),
            ("NC3: W and means", Scale.Linear, ["nc3_distance", "nc3_etf"]),
            ("NC4: nearest class mean", Scale.Linear, ["nc4_disagreement", "ncc_error"]),
        ];
        double[] layers = [.. Enumerable.Range(1, depth).Select(static k => (double)k)];
        var drawn = new List<Panel>();
        foreach (var (title, scale, columns) in panels)
        {
            var panel = new Panel(title, new Axis("features that enter W_k, k"), new Axis("", scale, scale == Scale.Linear ? 0 : null));
            foreach (var column in columns)
            {
                double[] y = [.. layers.Select(k => Of(column, (int)k))];
                if (!y.Any(double.IsFinite)) continue;
                panel = y.Count(double.IsFinite) > 1 ? panel.Line(column, layers, y) : panel.Points(column, layers, y);
            }
            if (panel.Series.Count > 0) drawn.Add(panel);
        }
        return drawn.Count == 0 ? null : Picture("Neural collapse", "collapse", "at 0 classes are points, means a simplex", drawn);
    }

    /// <summary>Singular values of each layer, with the edge of a random matrix where it was measured.</summary>
    private static PlotPicture? Spectra(InspectedModel model)
    {
        var spectra = model.Weights?.Spectra ?? Cut(model);
        var panels = new List<Panel>();
        foreach (var (layer, values) in model.Layers.Zip(spectra).Where(static l => l.Second.Any(static v => v > 0)).Take(MostSpectra))
            panels.Add(Spectrum(layer, values));
        var left = spectra.Count(static s => s.Count > 0) - panels.Count;
        return panels.Count == 0 ? null : Picture("Spectra", "spectra", "singular values of W_k, of a convolution those of maps × patch"
            + (left > 0 ? $"; of the first {panels.Count} layers" : ""), panels);
    }

    private static Panel Spectrum(InspectedLayer layer, IReadOnlyList<double> values)
    {
        double[] positive = [.. values.Where(static v => v > 0).OrderDescending()];
        var panel = new Panel($"{layer.Name}, {string.Join(" × ", layer.Shape)}", new Axis("rank"), new Axis("σ", Scale.Log))
            .Line("σ", [.. positive.Select(static (_, i) => i + 1.0)], positive);
        return layer.Values.GetValueOrDefault("mp_edge", double.NaN) is > 0 and var edge
            ? panel.Level("edge of a random matrix", edge) : panel;
    }

    // One array has the singular values of all layers, one after the other.
    private static IReadOnlyList<IReadOnlyList<double>> Cut(InspectedModel model)
    {
        if (Array(model.Inspection!, "singular_values") is not { } all) return [];
        var (cut, at) = (new List<IReadOnlyList<double>>(), 0);
        foreach (var layer in model.Layers)
        {
            var count = layer.Kind == "diagonal" ? layer.Shape[0] : layer.Shape.Min();
            if (at + count > all.Count) return [];
            cut.Add([.. all.Skip(at).Take(count)]);
            at += count;
        }
        return cut;
    }

    private static IReadOnlyList<double>? Array(NetworkInspection inspection, string name) =>
        inspection.Arrays.Where(a => a.Name == name).Select(static a => a.Values).FirstOrDefault();

    private static PlotPicture Picture(string title, string file, string subtitle, IReadOnlyList<Panel> panels) =>
        new(new Chart([.. panels]) { Merged = true, Columns = Math.Min(2, panels.Count), Title = title, Subtitle = subtitle },
            [.. panels.Select(static p => new PlotPanel(p.Title, [.. p.Series.Select(static s =>
                new Curve(s.Name, [("curve", s.Name)], null, [.. s.X], [.. s.Y], null, null, null))]))],
            new PlotColumns("x", "y", "low", "high"), file, []);
}
