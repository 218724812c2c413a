using Rhoflow.Kernels;
using Rhoflow.Networks;
using Rhoflow.Observations;

namespace Rhoflow.Measures.Structure;

/// <summary>
/// The diagonals D(x_n) of SQ eq. 50, 52 over the training set: entry i is 1 where ReLU i is on. Of an image every position of a map
/// counts as a unit.
/// </summary>
/// <param name="Share">Mean of the entries over units and examples.</param>
/// <param name="Always">Share of the units that are on for all examples: D = I would be 1.</param>
/// <param name="Never">Share of the units that are on for none.</param>
internal readonly record struct ActiveUnits(double Share, double Always, double Never)
{
    /// <summary>The measure: one row for every layer that reads ReLUs and whose features are kept.</summary>
    public static readonly Measure Measure = new()
    {
        Family = "structure",
        Name = "active_units",
        Formula = "D(x_n) of the ReLUs that W_k reads: share of units and examples that are on, of units that are on for all examples "
            + "(always), and for none (never)",
        Reference = "SQ eq. 50, 52; SQ App. H",
        Variant = "of an image every position of a map is a unit",
        Need = MeasureNeed.Features,
        Cost = "N p",
        Columns = static s => [.. Layers(s).SelectMany(static k =>
            (string[])[$"active_share_{k}", $"active_always_{k}", $"active_never_{k}"])],
        Values = static m => [.. Layers(m.Setting).SelectMany(k => m.Features(k) is { } features
            && Of(features, m.Cancellation) is var units ? (double[])[units.Share, units.Always, units.Never]
            : [double.NaN, double.NaN, double.NaN])],
        Refuse = static s => s.Train is null ? "there are no training examples for units to be on for"
            : Layers(s).Any() ? null : "no layer whose features are kept (observe.features) reads ReLUs",
    };

    /// <summary>Of what enters a layer, N × p.</summary>
    /// <param name="features">Outputs of ReLUs: ≥ 0, and 0 where a unit is off.</param>
    /// <param name="cancellation">Looked at before every example.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static ActiveUnits Of(FeatureMatrix features, CancellationToken cancellation = default)
    {
        var on = new int[features.Width];
        var row = new double[features.Width];
        for (var n = 0; n < features.Count; n++)
        {
            cancellation.Look();
            features.CopyTo(n, 1, row);
            for (var i = 0; i < row.Length; i++)
                if (row[i] > 0) on[i]++;
        }
        int always = 0, never = 0;
        long sum = 0;
        foreach (var count in on)
        {
            sum += count;
            if (count == features.Count) always++;
            if (count == 0) never++;
        }
        double units = features.Width;
        return new ActiveUnits(sum / (units * features.Count), always / units, never / units);
    }

    private static IEnumerable<int> Layers(MeasureSetting s) => s.FeatureLayers.Where(k => ReadsUnits(s.Network, k));

    // Through what only reorders, such as a flattened image; not through pooling, whose output is on where any of its inputs is.
    private static bool ReadsUnits(Network network, int k)
    {
        var source = network.Nodes[network.NodeOf(k)].Sources[0];
        while (source != Node.NetworkInput && network.Nodes[source] is FlattenNode) source = network.Nodes[source].Sources[0];
        return source != Node.NetworkInput && network.Nodes[source].Elementwise == Activation.ReLU;
    }
}
