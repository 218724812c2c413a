using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Experiments;

/// <summary>What has to be said of a network that was trained elsewhere, in the words of configs.</summary>
internal static class ForeignModel
{
    /// <summary><c>--data D</c>: a set, or a file or folder.</summary>
    /// <exception cref="ConfigException">It is neither.</exception>
    public static IReadOnlyList<(string Path, string Value)> Data(string given)
    {
        if (DataConfig.Sets.Contains(given)) return [("data.set", given), ("data.path", "null")];
        return File.Exists(given) || Directory.Exists(given) ? [("data.path", Quoted(Path.GetFullPath(given))), ("data.set", "null")]
            : throw new ConfigException($"--data {given}: there is no such file or folder, and no set of that name"
                + Nearest.Hint(given, DataConfig.Sets, "sets"));
    }

    /// <summary>What was done to the inputs is in no file of weights, and is not guessed.</summary>
    /// <exception cref="ConfigException">It is not said.</exception>
    public static void RequirePreparation(ConfigSource source, string model)
    {
        if (source.Node.At("data") is { IsScalar: false } data && data.Keys.Contains("transforms")) return;
        throw new ConfigException($"{model}: how inputs were prepared when it was trained is not in the file, and is not guessed: "
            + $"data.transforms=[…] says it, of {string.Join(", ", Preparation.TransformNames)}; data.transforms=[] leaves them as they "
            + "are. PyTorch's ToTensor is scale-pixels");
    }

    /// <summary>A path as a value of YAML.</summary>
    public static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
