using System.Text.Json.Nodes;
using Rhoflow.Lab.Models;
using Rhoflow.Lab.Runs;
using Rhoflow.Networks;

namespace Rhoflow.Lab.Inspection;

/// <summary>A model that was looked at, with data or by its weights alone: the same parts for tables, documents and pages.</summary>
/// <param name="Source">As it was named.</param>
/// <param name="About">What `inspect --json` has under "model".</param>
/// <param name="Layers">First to last; of weights alone in the order of the file.</param>
/// <param name="Measures">Of the whole model: family (empty for weights alone), column and value.</param>
/// <param name="NotMeasured">What does not apply, was left out or has no value, and why.</param>
internal sealed record InspectedModel(string Source, JsonObject About, IReadOnlyList<InspectedLayer> Layers,
    IReadOnlyList<(string Family, string Column, double Value)> Measures, IReadOnlyList<(string What, string Why)> NotMeasured)
{
    /// <summary>The network with its data; null: weights alone.</summary>
    public TrainedNetwork? Network { get; private init; }

    /// <summary>What was measured of it; null: weights alone.</summary>
    public NetworkInspection? Inspection { get; private init; }

    /// <summary>What the weights alone say; null: it was measured on data.</summary>
    public WeightInspection? Weights { get; private init; }

    /// <summary>Cancelled: what was measured until then is here.</summary>
    public bool IsInterrupted => Inspection?.IsInterrupted ?? Weights!.IsInterrupted;

    /// <summary>Of a network with data.</summary>
    public static InspectedModel Of(TrainedNetwork n, NetworkInspection inspection)
    {
        var homogeneity = Homogeneity.Of(n.Network);
        return new InspectedModel(n.Source, new JsonObject
        {
            ["source"] = n.Source,
            ["network"] = n.Network.ToString(),
            ["parameters"] = n.Network.ParameterCount,
            ["inputs"] = n.Network.Inputs,
            ["outputs"] = n.Network.Outputs,
            ["loss"] = n.Loss.Name,
            ["data"] = n.Train.Name,
            ["examples"] = n.Train.Count,
            ["test_examples"] = n.Test?.Count,
            ["homogeneity_degree"] = homogeneity.Degree,
            ["homogeneity_reason"] = homogeneity.Reason,
            ["notes"] = new JsonArray([.. n.Notes.Select(static note => (JsonNode)note)]),
        }, inspection.Layers, inspection.Measures,
            [.. inspection.NotMeasured, .. inspection.Dear.Select(static d => ($"{d.Measure.Family}/{d.Measure.Name}",
                $"it takes about {MeasureWatch.Words(d.Seconds)}; --measures {d.Measure.Family}"))])
        {
            Network = n,
            Inspection = inspection,
        };
    }

    /// <summary>Of a file of weights.</summary>
    public static InspectedModel Of(ModelFile model, WeightInspection inspection) => new(model.Path, new JsonObject
    {
        ["source"] = model.Path,
        ["format"] = model.Content.Format,
        ["bytes"] = model.Bytes,
        ["tensors"] = model.Content.Tensors.Count,
        ["parameters"] = inspection.Parameters,
        ["notes"] = new JsonArray([.. model.Content.Notes.Select(static n => (JsonNode)n)]),
    }, inspection.Layers, [.. inspection.Measures.Select(static m => ("", m.Column, m.Value))],
        [.. inspection.Tensors.Where(static t => t.WhyNot is not null).Select(static t => (t.Name, t.WhyNot!)), .. inspection.LeftOut])
    {
        Weights = inspection,
    };

    /// <summary>The document of `inspect --json`.</summary>
    public JsonObject ToJson()
    {
        var document = new JsonObject { ["model"] = About.DeepClone() };
        foreach (var (key, value) in Inspection?.ToJson() ?? Weights!.ToJson()) document[key] = value?.DeepClone();
        return document;
    }

    /// <summary>A measure of the whole model, or NAME_k of layer k; NaN where there is none.</summary>
    public double this[string column]
    {
        get
        {
            foreach (var (_, name, value) in Measures)
                if (name == column) return value;
            var cut = column.LastIndexOf('_');
            return cut > 0 && int.TryParse(column.AsSpan(cut + 1), out var k) && k >= 1 && k <= Layers.Count
                ? Layers[k - 1].Values.GetValueOrDefault(column[..cut], double.NaN) : double.NaN;
        }
    }

    /// <summary>The columns that this model has numbers for: those of the whole, then NAME_k layer by layer.</summary>
    public IEnumerable<string> Columns => Measures.Where(static m => !double.IsNaN(m.Value)).Select(static m => m.Column)
        .Concat(Layers.SelectMany(static l => l.Values.Keys).Distinct().SelectMany(name => Enumerable.Range(0, Layers.Count)
            .Where(k => !double.IsNaN(Layers[k].Values.GetValueOrDefault(name, double.NaN))).Select(k => $"{name}_{k + 1}")));
}
