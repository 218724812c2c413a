using Rhoflow.Networks;

namespace Rhoflow.Descents;

/// <summary>A window of θ that one task of a step works on.</summary>
/// <param name="Layer">k − 1, or −1 for γ and β of batch normalization.</param>
/// <param name="IsWhole">A whole layer in coordinates of its own; otherwise a part of a plain one.</param>
/// <param name="NormOffset">Where the layer's norms begin.</param>
internal readonly record struct Segment(int Offset, int Count, int Layer, bool IsWhole, int NormOffset)
{
    // Small enough that the passes of a step find it in the first cache.
    private const int Largest = 4096;

    /// <summary>Covers θ, first to last.</summary>
    /// <param name="norms">How many norms a layer has; null: W itself moves.</param>
    public static Segment[] Cover(Network network, Func<Layer, int>? norms)
    {
        var segments = new List<Segment>();
        void Plain(int from, int to, int layer)
        {
            for (; from < to; from += Largest) segments.Add(new Segment(from, Math.Min(Largest, to - from), layer, false, 0));
        }
        var (at, norm) = (0, 0);
        foreach (var (k, layer) in network.Layers.Index().OrderBy(static l => l.Item.Offset))
        {
            Plain(at, layer.Offset, -1);
            at = layer.Offset + layer.Count;
            if (norms is null)
            {
                Plain(layer.Offset, at, k);
                continue;
            }
            segments.Add(new Segment(layer.Offset, layer.Count, k, true, norm));
            norm += norms(layer);
        }
        Plain(at, network.ParameterCount, -1);
        return [.. segments];
    }
}
