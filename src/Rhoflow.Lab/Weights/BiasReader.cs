using Rhoflow.Data;
using Rhoflow.Networks;

namespace Rhoflow.Lab.Weights;

/// <summary>Biases of a file into the bias nodes of the network: the bias that belongs to the array of W_k goes behind W_k.</summary>
internal static class BiasReader
{
    /// <summary>Whether a bias stands behind no matrix and no convolution, so that its array is a module of its own.</summary>
    public static bool IsAlone(Network network, int node) => network.Nodes[node] is BiasNode { Sources: [var source] }
        && (source < 0 || network.Nodes[source].Layer is not { } k || network.Layers[k].Kind == LayerKind.Diagonal);

    /// <summary>Fills them; those without an array stay 0.</summary>
    /// <param name="matrices">The arrays of W_1 … W_K.</param>
    /// <param name="used">Arrays that have a place; gets those that find one here.</param>
    /// <param name="notes">Gets what was matched with what.</param>
    /// <exception cref="DataException">A bias has another length than its layer has rows.</exception>
    public static void Read(Network network, ArrayRoles roles, NamedArrays file, double[] theta, ArrayInfo[] matrices,
        HashSet<ArrayInfo> used, List<string> notes)
    {
        var without = new List<int>();
        for (var node = 0; node < network.Nodes.Count; node++)
        {
            if (network.Nodes[node] is not BiasNode bias) continue;
            var source = bias.Sources[0];
            if (source < 0 || network.Nodes[source].Layer is not { } k || roles.Biases.GetValueOrDefault(matrices[k]) is not { } array
                || used.Contains(array))
            {
                // NormalizationReader looks for it.
                if (!IsAlone(network, node)) without.Add(node + 1);
                continue;
            }
            var window = bias.Windows.Beta!.Value;
            var numbers = file.Numbers(array);
            if (numbers.Length != window.Count)
                throw new DataException($"{file.Path}: array '{array.Name}' is {array.Form}; the bias behind W{k + 1} (node {node + 1}) "
                    + $"needs {window.Count}");
            numbers.CopyTo(window.Of(theta.AsSpan()));
            used.Add(array);
        }
        if (without.Count > 0)
            notes.Add($"{Path.GetFileName(file.Path)} has no bias for node{(without.Count > 1 ? "s" : "")} {string.Join(", ", without)}: "
                + "0");
    }
}
