using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Rhoflow.Lab.Datasets;

namespace Rhoflow.Lab.Experiments;

/// <summary>What determines a run's result, and its hash: a finished run is recognised by it.</summary>
public static partial class RunIdentity
{
    /// <summary>
    /// The first 8 hexadecimal digits of the SHA-256 of the canonical config: the resolved YAML without name and figures, data and weight
    /// files replaced by the hash of their content (wherever they lie), the version of the mathematics, and the extensions that are loaded.
    /// </summary>
    public static string Id(Experiment experiment) => Hash(Canonical(experiment))[..8];

    /// <summary>The text that is hashed.</summary>
    public static string Canonical(Experiment experiment)
    {
        var data = experiment.Data;
        if (data?.Path is { } path) data = data with { Path = DataFiles.Identity(path) };
        var init = experiment.Init;
        if (init?.File is { } file)
        {
            // What a run learned of its data decides how those of its successor are prepared.
            var learned = init.PreparesAnew || WeightKeys.PreparationOf(file) is not { } kept || !File.Exists(kept) ? ""
                : "-" + DataFiles.HashOf(kept);
            init = init with { File = file with { File = "sha256-" + DataFiles.HashOf(file.File) + learned } };
        }
        var network = experiment.Network;
        if (network?.File is { } graph) network = network with { File = "sha256-" + DataFiles.HashOf(graph) };
        var version = typeof(Networks.Network).Assembly.GetName().Version!;
        var yaml = (experiment with { Name = "run", Data = data, Network = network, Init = init, Figures = [] }).ToYaml();
        var extensions = string.Concat(LoadedExtension.All.Select(static e => $"with {e}\n"));
        return $"rhoflow {version.Major}.{version.Minor}.{version.Build}\n{extensions}{yaml}";
    }

    /// <summary>True for 8 lower-case hexadecimal digits.</summary>
    public static bool IsId(string text) => IdPattern().IsMatch(text);

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    [GeneratedRegex("^[0-9a-f]{8}$", RegexOptions.None, 1000)]
    private static partial Regex IdPattern();
}
