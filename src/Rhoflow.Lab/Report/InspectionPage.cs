using System.Globalization;
using System.Text;
using Rhoflow.Lab.Files;
using Rhoflow.Lab.Inspection;
using Rhoflow.Lab.Plots;
using Rhoflow.Losses;
using Rhoflow.Measures.Catalog;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Report;

/// <summary>
/// The page of one inspected model, in one file: what network it is and whether it is homogeneous, the figures, the examples with the
/// smallest margins, the bounds with what they ask for, every measure, and of every node and array whether it was measured or why not.
/// </summary>
internal static class InspectionPage
{
    private const int MostExamples = 24;

    /// <summary>Writes it.</summary>
    /// <param name="file">Where to.</param>
    /// <param name="model">What was inspected.</param>
    /// <param name="made">The command that made it.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string file, InspectedModel model, string made)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        AtomicFile.Write(file, Of(model, made));
    }

    /// <summary>The page as text.</summary>
    public static string Of(InspectedModel model, string made)
    {
        var title = Path.GetFileName(Path.TrimEndingDirectorySeparator(model.Source));
        var html = new StringBuilder($"<h1>{Html.Escape(title)}</h1>\n<p class=\"sub\">{Html.Escape(Lead(model))}</p>\n");
        if (model.Network is not null) Homogeneous(html, model);
        foreach (var picture in InspectionFigures.Of(model))
        {
            html.Append($"<h2>{Html.Escape(picture.Title)}</h2>\n").Append(PlotPage.Figure(picture));
            if (picture.FileName == "margins") Closest(html, model);
        }
        Bounds(html, model);
        Layers(html, model);
        Table(html, "All measures", ["family", "measure", "value"], model.Measures.Where(static m => !double.IsNaN(m.Value))
            .Select(static m => (IReadOnlyList<string>)[m.Family, m.Column, Number(m.Value)]), texts: 2, folded: true);
        Nodes(html, model);
        Table(html, "Not measured", ["what", "why"], model.NotMeasured.Select(static m => (IReadOnlyList<string>)[m.What, m.Why]),
            texts: 2);
        foreach (var note in model.About["notes"]!.AsArray().Select(static note => (string)note!).Concat(model.Inspection?.Notes ?? []))
            html.Append($"<p class=\"hint\">{Html.Escape(note)}</p>\n");
        if (model.IsInterrupted) html.Append("<p class=\"hint\">Interrupted: this is what was measured until then.</p>\n");
        html.Append($"<p class=\"hint\">Made by <code>{Html.Escape(made)}</code></p>\n");
        return PlotPage.Frame(title, html.ToString());
    }

    private static string Lead(InspectedModel model) => model.Network is { } n
        ? string.Create(CultureInfo.InvariantCulture, $"{n.Network}: {n.Network.ParameterCount} parameters, {n.Loss.Name} loss, "
            + $"{n.Train.Count} training examples of {n.Train.Name}{(n.Test is { } t ? $", {t.Count} test examples" : "")}; {model.Source}")
        : string.Create(CultureInfo.InvariantCulture,
            $"{(string?)model.About["format"]}: {model.Weights!.Parameters} parameters, weights alone, without data; {model.Source}");

    private static void Homogeneous(StringBuilder html, InspectedModel model)
    {
        var n = model.Network!;
        var h = Homogeneity.Of(n.Network);
        var layers = string.Join(", ", h.Layers.Select(static (e, k) => $"{(e is { } d ? $"{d}" : "none")} in W_{k + 1}"));
        html.Append("<h2>Homogeneity</h2>\n<p>").Append(Html.Plain((h.Reason, h.Layers.All(static e => e is not null)) switch
        {
            (null, true) => $"f(cθ; x) = c^{h.Degree} f(θ; x) for c > 0, degree by layer: {layers}. So f = ρ f(V), ρ the product of the "
                + "norms ρ_k to these degrees, and margins divided by ρ do not depend on the scale of the weights.",
            (null, false) => $"f(cθ; x) = c^{h.Degree} f(θ; x) for c > 0 with all parameters together, but not in each W_k alone "
                + $"({layers}: biases and scales move with it). Margins here are those of f/ρ, ρ the product of the norms of the matrices: "
                + "they rank examples of this network. What does not depend on the scale of the parameters is min y f/‖θ‖^"
                + $"{h.Degree}{Exact(model, h.Degree)}.",
            _ => $"The network is not exactly homogeneous: {h.Reason}. Degree by layer: {layers}. Margins here are those of f/ρ all the "
                + "same, ρ the product of the norms of the matrices with batch normalization folded in: they rank examples of this "
                + "network, but are not invariant under a rescaling of its weights, so they do not compare it with another as those of "
                + "homogeneous networks do. " + Nearly(model, n.Network),
        }));
        if (h.Reason is not null)
            html.Append(" (<a href=\"https://arxiv.org/abs/2502.16075\">Cai, Zhou, Wu, Mei, Lindsey, Bartlett 2025</a>)");
        html.Append("</p>\n");
    }

    // What theory has for such networks, as numbers.
    private static string Nearly(InspectedModel model, Network network)
    {
        if (Homogeneity.Leading(network) is not { M: { } m })
            return $"It is not near-homogeneous either: {Homogeneity.Leading(network).WhyNot}.";
        double Of(string column) => model[column];
        var text = "What theory has for such networks are near-homogeneous margins min y f/‖θ‖^M, where |⟨θ, ∂f/∂θ⟩ − M f| is bounded by a "
            + $"polynomial in ‖θ‖ of degree below M: here M = {m}";
        if (!double.IsNaN(Of("near_homogeneous_margin"))) text += $" and the margin is {Number(Of("near_homogeneous_margin"))}";
        if (!double.IsNaN(Of("homogenized_margin")))
            text += $", that of the limit f(cθ)/c^M for large c {Number(Of("homogenized_margin"))}, and the left side for the examples "
                + $"with the smallest margins at most {Number(Of("near_homogeneity_gap"))} in the same units";
        return text + ".";
    }

    // Of the parameters as they are, biases and scales among them.
    private static string Exact(InspectedModel model, int? degree)
    {
        if (model.Inspection!.Point is not { } point || degree is not { } d) return "";
        var log = Math.Log(Vectors.Norm(model.Network!.Theta.Span));
        return $" = {Number(point.Margin * Math.Exp(point.LogRho - d * log))} here";
    }

    // Support vectors: the smallest margins, with the images where examples are images.
    private static void Closest(StringBuilder html, InspectedModel model)
    {
        var (point, data) = (model.Inspection!.Point!, model.Network!.Train);
        var margins = point.NormalizedMargins.ToArray();
        var outputs = point.Outputs.Length / margins.Length;
        var images = ImageUri.IsImage(data.Shape);
        var rows = SupportVectors.Order(margins).Take(MostExamples).Select(n =>
        {
            var f = point.Outputs.Slice(n * outputs, outputs);
            var predicted = outputs == 1 ? Math.Sign(f[0]) : f.IndexOf(f.ToArray().Max());
            return (N: n, Label: Class(data.Y[n], outputs), Margin: margins[n], Predicted: Class(predicted, outputs));
        }).ToArray();
        html.Append("<h3>The smallest margins</h3>\n");
        if (images)
            html.Append("<p class=\"sub\">The images as the network sees them, after their preparation, each from its smallest number "
                + "(black) to its largest (white).</p>\n");
        html.Append("<div class=\"scroll\"><table class=\"runs\"><thead><tr>").Append(images ? "<th></th>" : "")
            .Append("<th>example</th><th class=\"text\">label</th><th class=\"text\">predicted</th><th>y f/ρ</th></tr></thead><tbody>\n");
        foreach (var (n, label, margin, predicted) in rows)
        {
            html.Append("<tr>");
            if (images)
                html.Append($"<td><img src=\"{ImageUri.Of(data.Example(n), data.Shape!.Value)}\" alt=\"example {n + 1}\" width=\"56\" "
                    + "style=\"image-rendering:pixelated\"></td>");
            html.Append(CultureInfo.InvariantCulture, $"<td>{n + 1}</td><td class=\"text\">{Html.Escape(label)}</td><td class=\"text\">")
                .Append(Html.Escape(predicted)).Append($"</td><td>{Number(margin)}</td></tr>\n");
        }
        html.Append("</tbody></table></div>\n");

        string Class(double y, int count) => data.ClassNames is { } names && (count == 1 ? y > 0 ? 1 : 0 : (int)y) is >= 0 and var c
            && c < names.Count ? count == 1 ? names[names.Count - 1 - c] : names[c] : Number(y);
    }

    private static void Bounds(StringBuilder html, InspectedModel model)
    {
        var measured = MeasureCatalog.All.Where(static m => m.Family == "bounds").ToArray();
        if (model.Network is not { } n || measured.Length == 0) return;
        var values = model.Measures.ToDictionary(static m => m.Column, static m => m.Value, StringComparer.Ordinal);
        var setting = new Measures.MeasureSetting(n.Network, n.Loss, n.Train, n.Test);
        var rows = measured.Where(m => m.Refuse(setting) is null).SelectMany(m => m.Columns(setting)
            .Where(c => values.TryGetValue(c, out var v) && !double.IsNaN(v))
            .Select(c => (IReadOnlyList<string>)[c, Number(values[c]), m.Formula, m.Variant, m.Reference]));
        Table(html, "Bounds, and what they assume", ["bound", "value", "formula", "assumes", "source"], rows, texts: 5);
    }

    private static void Layers(StringBuilder html, InspectedModel model)
    {
        string[] columns = [.. model.Layers.SelectMany(static l => l.Values.Keys).Distinct(StringComparer.Ordinal)
            .Where(c => model.Layers.Any(l => double.IsFinite(l.Values.GetValueOrDefault(c, double.NaN))))];
        Table(html, "Layers", ["layer", "kind", "shape", .. columns], model.Layers.Select(l => (IReadOnlyList<string>)
            [l.Name, l.Kind, string.Join(" × ", l.Shape), .. columns.Select(c => Number(l.Values.GetValueOrDefault(c, double.NaN)))]),
            texts: 2);
    }

    // Every node of the network, or every array of the file.
    private static void Nodes(StringBuilder html, InspectedModel model)
    {
        if (model.Network is { } n)
            Table(html, "Every node", ["node", "kind", "gives", "measured"], n.Network.Nodes.Select((node, i) => (IReadOnlyList<string>)
                [$"{i + 1}", node.Kind, node.Shape.ToString(), node.Layer is { } k ? $"as W_{k + 1}" : "no matrix of weights: it "
                    + "enters outputs, margins and features"]), texts: 4, folded: true);
        else
            Table(html, "Every array", ["array", "shape", "type", "measured"], model.Weights!.Tensors.Select(
                static t => (IReadOnlyList<string>)[t.Name, t.Form, t.Type, t.WhyNot ?? "yes"]), texts: 4, folded: true);
    }

    private static void Table(StringBuilder html, string title, IReadOnlyList<string> heads, IEnumerable<IReadOnlyList<string>> rows,
        int texts, bool folded = false)
    {
        var all = rows.ToArray();
        if (all.Length == 0) return;
        string Cells(string tag, IReadOnlyList<string> cells) => string.Concat(cells.Select((c, i) =>
            $"<{tag}{(i < texts ? " class=\"text\"" : "")}>{Html.Escape(c)}</{tag}>"));
        html.Append(folded ? $"<details><summary>{Html.Escape(title)} ({all.Length})</summary>\n" : $"<h2>{Html.Escape(title)}</h2>\n")
            .Append($"<div class=\"scroll\"><table class=\"runs\"><thead><tr>{Cells("th", heads)}</tr></thead><tbody>\n");
        foreach (var row in all) html.Append($"<tr>{Cells("td", row)}</tr>\n");
        html.Append("</tbody></table></div>\n").Append(folded ? "</details>\n" : "");
    }

    private static string Number(double value) => double.IsNaN(value) ? "" : value.ToString("G6", CultureInfo.InvariantCulture);
}
