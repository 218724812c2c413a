using Rhoflow.Data;
using Rhoflow.Lab.Models;
using Rhoflow.Networks;

namespace Rhoflow.Lab.Weights;

/// <summary>γ, β, running means and variances from a file's normalizations to the network's.</summary>
internal static class NormalizationReader
{
    /// <summary>Fills γ and β of θ; gives the running statistics, null where the file has none.</summary>
    /// <param name="matrices">The arrays of W_1 … W_K: a bias directly before a batch normalization is taken off its running mean.</param>
    /// <param name="places">Where vectors that were images have their numbers, if images come as channel, row, column; else null.</param>
    /// <param name="used">Gets the arrays that were used.</param>
    /// <param name="notes">Gets what was matched with what.</param>
    /// <exception cref="DataException">They do not fit, or are not the network's only way.</exception>
    public static double[]? Read(WeightChoice choice, Network network, NamedArrays file, ArrayRoles roles, double[] theta,
        ArrayInfo[] matrices, VectorOrder? places, HashSet<ArrayInfo> used, List<string> notes)
    {
        var found = Chosen(choice, roles, file);
        int[] nodes = [.. Enumerable.Range(0, network.Nodes.Count).Where(i => BiasReader.IsAlone(network, i)
            || network.Nodes[i] is not BiasNode && network.Nodes[i].Windows is { Means: not null } or { Gamma: not null }
                or { Beta: not null })];
        // Files without such a bias leave it 0.
        if (found.Count < nodes.Length) nodes = [.. nodes.Where(i => network.Nodes[i] is not BiasNode)];
        if (nodes.Length == 0) return null;
        if (found.Count == 0)
        {
            notes.Add($"{Path.GetFileName(file.Path)} has no arrays of normalizations: their γ, β and running statistics start anew");
            return null;
        }
        var statistics = network.StartStatistics();
        var order = Match(choice, network, file, nodes, found);
        for (var k = 0; k < nodes.Length; k++) Place(network, nodes[k], found[order[k]], file, places, theta, statistics, used, notes);
        notes.Add("normalizations: " + string.Join(", ", nodes.Select((n, k) => $"node {n + 1} = {found[order[k]].Name}")));
        TakeBiases(network, roles, file, matrices, statistics, [.. nodes.Where((_, k) => found[order[k]].Mean is not null)], used, notes);
        return network.StatisticsCount == 0 ? null : statistics;
    }

    private static IReadOnlyList<NormalizationArrays> Chosen(WeightChoice choice, ArrayRoles roles, NamedArrays file) =>
        choice.Normalizations is not { } names ? roles.Normalizations
            : [.. names.Select(n => roles.Normalizations.Find(m => m.Name == n) ?? throw new ArgumentException(
                $"weights.normalizations: {file.Path} has no normalization '{n}'; it has "
                + (roles.Normalizations.Count == 0 ? "none" : string.Join(", ", roles.Normalizations.Select(static m => m.Name)))))];

    private static int[] Match(WeightChoice choice, Network network, NamedArrays file, int[] nodes,
        IReadOnlyList<NormalizationArrays> found)
    {
        int Width(int k) => network.Nodes[nodes[k]].Windows is { Means: { } m } ? m.Count
            : (network.Nodes[nodes[k]].Windows.Gamma ?? network.Nodes[nodes[k]].Windows.Beta)!.Value.Count;
        bool Fits(int k, int i) => found[i].Count == Width(k)
            && (found[i].Mean is null && found[i].Variance is null || network.Nodes[nodes[k]].Windows.Means is not null)
            && (network.Nodes[nodes[k]] is not BiasNode || found[i].Scale is null);
        string Describe() => $"{string.Join(", ", found.Select(static m => $"{m.Name} ({m.Count})"))} for the network's "
            + string.Join(", ", nodes.Select((n, k) => $"node {n + 1} ({network.Nodes[n].Kind}, {Width(k)})"));
        if (found.Count != nodes.Length)
            throw new DataException($"{file.Path}: {found.Count} normalizations, {Describe()}. Name those to be used: "
                + choice.Remedy("normalizations", nodes.Select(static _ => "?")));
        if (choice.Normalizations is not null)
        {
            for (var k = 0; k < nodes.Length; k++)
                if (!Fits(k, k))
                    throw new DataException($"{file.Path}: normalizations {Describe()} do not fit in the order that was given");
            return [.. Enumerable.Range(0, nodes.Length)];
        }
        var way = Assignment.Find(nodes.Length, Fits, (i, j) => NameOrder.IsBefore(found[i].Name, found[j].Name));
        if (way.First is null) throw new DataException($"{file.Path}: normalizations {Describe()} do not fit");
        return way.Second is null ? way.First : throw new DataException($"{file.Path}: which normalization is which is not in the names: "
            + $"{Describe()}. Say it, first to last: {choice.Remedy("normalizations", nodes.Select(static _ => "?"))}");
    }

    private static void Place(Network network, int node, NormalizationArrays from, NamedArrays file, VectorOrder? places, double[] theta,
        double[] statistics, HashSet<ArrayInfo> used, List<string> notes)
    {
        var windows = network.Nodes[node].Windows;
        void Put(ArrayInfo? array, Window? window, double[] into, double neutral, string what, string remedy)
        {
            if (array is null)
            {
                if (window is not null) notes.Add($"{from.Name} has no {what}: it starts at {neutral}");
                return;
            }
            // C × H × W numbers of a layer normalization are PyTorch's, whatever else the file says.
            var order = array.Shape.Count == 3 ? (places ?? new VectorOrder(network)).Of(node) : places?.OfVector(node);
            var numbers = VectorOrder.Ours(file.Numbers(array), order);
            if (window is { } at)
            {
                if (numbers.Length != at.Count)
                    throw new DataException($"{file.Path}: array '{array.Name}' is {array.Form}; node {node + 1} needs {at.Count}");
                numbers.CopyTo(at.Of(into.AsSpan()));
            }
            else if (!Array.TrueForAll(numbers, v => v == neutral))
                throw new DataException($"{file.Path}: '{array.Name}' is {what} of a normalization, which node {node + 1} of the network "
                    + $"does not have; write {remedy}");
            used.Add(array);
        }
        var affine = network.Nodes[node].Kind == "batch-norm" ? "{batch-norm: {affine: true}}" : "{layer-norm: {gamma: true, beta: true}}";
        Put(from.Scale, windows.Gamma, theta, 1, "γ", affine);
        Put(from.Shift, windows.Beta, theta, 0, "β", affine);
        Put(from.Mean, windows.Means, statistics, 0, "running mean", "batch-norm there");
        Put(from.Variance, windows.Variances, statistics, 1, "running variance", "batch-norm there");
        if (windows.Variances is { } variances && variances.Of(statistics.AsSpan()).ToArray().Any(static v => v < 0))
            throw new DataException($"{file.Path}: array '{from.Variance!.Name}' has a negative variance");
    }

    // (Wx + b) − μ = Wx − (μ − b): the bias of a layer that only a batch normalization reads is no parameter of its own.
    private static void TakeBiases(Network network, ArrayRoles roles, NamedArrays file, ArrayInfo[] matrices, double[] statistics,
        int[] normalized, HashSet<ArrayInfo> used, List<string> notes)
    {
        for (var k = 0; k < matrices.Length; k++)
        {
            if (!roles.Biases.TryGetValue(matrices[k], out var bias) || used.Contains(bias)) continue;
            var layer = network.NodeOf(k + 1);
            int[] readers = [.. Enumerable.Range(0, network.Nodes.Count).Where(i => network.Nodes[i].Sources.Contains(layer))];
            if (readers is not [var only] || !normalized.Contains(only) || network.Nodes[only].Windows.Means is not { } means) continue;
            var b = file.Numbers(bias);
            var mean = means.Of(statistics.AsSpan());
            if (b.Length != mean.Length) continue;
            for (var i = 0; i < b.Length; i++) mean[i] -= b[i];
            used.Add(bias);
            notes.Add($"{bias.Name} is taken off the running mean of node {only + 1}");
        }
    }
}
