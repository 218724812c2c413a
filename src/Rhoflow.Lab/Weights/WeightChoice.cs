namespace Rhoflow.Lab.Weights;

/// <summary>A file of weights, and what was said about which of its arrays are which.</summary>
/// <param name="File">Absolute path: .safetensors, .npz, or the arrays/W.npy of a flow.</param>
public sealed record WeightChoice(string File)
{
    /// <summary>The file as the config names it.</summary>
    public string Given { get; init; } = File;

    /// <summary>The arrays of W_1 … W_K; null: by their names and shapes.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>The arrays' prefixes of the normalizations, first to last; null: by their names and shapes.</summary>
    public IReadOnlyList<string>? Normalizations { get; init; }

    /// <summary>
    /// nchw or nhwc: the order of the columns of a dense layer that reads an image as one vector; null: as the kernels of the file say.
    /// </summary>
    public string? Layout { get; init; }

    /// <summary>Whether the last input of every example is the constant 1, so that the first layer has a bias.</summary>
    public bool HasConstantInput { get; init; }

    /// <summary>It is one of many files of a folder that is watched, for which the config speaks of all of them.</summary>
    public bool IsOfFolder { get; init; }

    /// <summary>How a config says more about the file.</summary>
    internal string Remedy(string key, IEnumerable<string> values) => IsOfFolder ? $"watch.{key}=[{string.Join(", ", values)}]"
        : $"init.weights: {{file: {Given}, {key}: [{string.Join(", ", values)}]}}";
}

/// <summary>Starting weights from a file.</summary>
/// <param name="Theta">θ, P numbers.</param>
/// <param name="Statistics">Running means and variances; null where the file has none.</param>
/// <param name="Notes">Which array became what, and what was not used.</param>
public sealed record LoadedWeights(double[] Theta, double[]? Statistics, IReadOnlyList<string> Notes);
