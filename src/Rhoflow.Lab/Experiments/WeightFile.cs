using Rhoflow.Data;
using Rhoflow.Networks;

namespace Rhoflow.Lab.Experiments;

/// <summary>
/// W_1 … W_K from a safetensors file: the arrays named W1 … WK as this program writes them, or else the two-dimensional arrays in the
/// order of the file (rows = outputs; columns of a convolution in the order row, column, channel).
/// </summary>
internal static class WeightFile
{
    /// <exception cref="DataException">The file cannot be read, or its arrays do not fit the network; what was expected and found is
    /// named.</exception>
    public static double[][][] Read(string path, Network network)
    {
        var file = Safetensors.Load(path);
        string[] names = file.Has("W1")
            ? [.. Enumerable.Range(1, network.Depth).Select(static k => $"W{k}")]
            : [.. file.Arrays.Where(static a => a.Shape.Length == 2).Select(static a => a.Name)];
        if (names.Length != network.Depth)
            throw new DataException(
                $"{path}: {names.Length} weight matrices ({string.Join(", ", names)}) for a network of {network.Depth} layers");
        return [.. names.Select((name, k) => Matrix(path, file, name, network.Layers[k], k))];
    }

    private static double[][] Matrix(string path, Safetensors file, string name, Layer layer, int k)
    {
        if (!file.Has(name)) throw new DataException($"{path}: there is no array '{name}' for layer {k + 1}");
        var shape = file.Shape(name);
        int[] expected = layer.Kind == LayerKind.Diagonal ? [layer.Rows] : [layer.Rows, layer.Columns];
        if (!shape.SequenceEqual(expected))
            throw new DataException($"{path}: array '{name}' is {string.Join(" × ", shape)}; layer {k + 1} of the network needs "
                + $"{string.Join(" × ", expected)}");
        var numbers = file.ReadNumbers(name);
        return layer.Kind == LayerKind.Diagonal ? [numbers] : [.. numbers.Chunk(layer.Columns)];
    }
}
