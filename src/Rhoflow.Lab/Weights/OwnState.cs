using Rhoflow.Data;
using Rhoflow.Lab.Files;
using Rhoflow.Networks;

namespace Rhoflow.Lab.Weights;

/// <summary>
/// What this program's own files have beside W_1 … W_K: γ, β and running statistics in the checkpoint of a descent, or in its
/// best.safetensors;
/// the whole θ in the arrays/W.npy of a flow.
/// </summary>
internal static class OwnState
{
    private static readonly string[] s_coordinates = ["state.x", "theta"], s_statistics = ["state.statistics", "statistics"];

    /// <summary>The arrays of such a file that are no weight matrices.</summary>
    public static IReadOnlyList<ArrayInfo> Of(NamedArrays file) => !file.IsOwn ? []
        : [.. file.Arrays.Where(static a => a.Name.StartsWith("state.", StringComparison.Ordinal)
            || a.Name.StartsWith("history.", StringComparison.Ordinal) || s_coordinates.Contains(a.Name) || s_statistics.Contains(a.Name))];

    /// <summary>Puts γ and β of such a file into θ; gives its running statistics, null where the file is none.</summary>
    /// <exception cref="DataException">They do not fit the network.</exception>
    public static double[]? Restore(NamedArrays file, Network network, double[] theta)
    {
        if (!file.IsOwn) return null;
        var nodes = network.Nodes.Where(static n => n.Windows is { Gamma: not null } or { Beta: not null }).ToArray();
        ReadOnlySpan<double> x = nodes.Length == 0 ? [] : Numbers(file, s_coordinates, network.ParameterCount);
        foreach (var node in nodes)
        {
            if (node.Windows.Gamma is { } gamma) gamma.Of(x).CopyTo(gamma.Of(theta.AsSpan()));
            if (node.Windows.Beta is { } beta) beta.Of(x).CopyTo(beta.Of(theta.AsSpan()));
        }
        return network.StatisticsCount == 0 ? [] : Numbers(file, s_statistics, network.StatisticsCount);
    }

    /// <summary>θ from the last row of arrays/W.npy.</summary>
    /// <exception cref="DataException">It cannot be read, or is of another network.</exception>
    public static LoadedWeights OfFlow(string path, Network network)
    {
        double[][] rows;
        try
        {
            rows = Npy.Read(path);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path}: the weights cannot be read: {e.Message}", e);
        }
        if (rows.Length == 0 || rows[^1].Length != network.ParameterCount)
            throw new DataException(
                $"{path}: {(rows.Length == 0 ? 0 : rows[^1].Length)} weights for a network of {network.ParameterCount}");
        return new LoadedWeights(rows[^1], null, [$"weights of {Path.GetFileName(path)}: the last of {rows.Length} observations"]);
    }

    private static double[] Numbers(NamedArrays file, string[] names, int count)
    {
        var array = names.Select(file.Find).FirstOrDefault(static a => a is not null)
            ?? throw new DataException($"{file.Path}: there is no array '{names[0]}', which the network's normalizations need");
        var numbers = file.Numbers(array);
        return numbers.Length == count ? numbers
            : throw new DataException($"{file.Path}: array '{array.Name}' has {numbers.Length} numbers; the network needs {count}");
    }
}
