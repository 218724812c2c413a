using System.Text.Json.Nodes;
using Rhoflow.Data;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;

namespace Rhoflow.Lab.WatchRuns;

/// <summary>From what a person says of a folder of checkpoints to the experiment that measures them.</summary>
public static class WatchWords
{
    /// <summary>The experiment. Of a config made for training, what trains is left out.</summary>
    /// <param name="folder">Where checkpoints appear.</param>
    /// <param name="network">A config that has network: and may have data:, loss: and observe:; null: the overrides say it.</param>
    /// <param name="data">A set or path; null: what the config has.</param>
    /// <param name="measures">Families or single measures; none: what the config has, or what costs no more than outputs.</param>
    /// <param name="overrides">KEY=VALUE, as for a run.</param>
    /// <param name="note">Told what was not said.</param>
    /// <exception cref="ConfigException">Something is not said that cannot be known, or wrong.</exception>
    /// <exception cref="DataException">Inline data that cannot be used.</exception>
    public static WatchExperiment Read(string folder, string? network, string? data, IReadOnlyList<string> measures,
        IReadOnlyList<string> overrides, Action<string>? note = null)
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (!Directory.Exists(path))
            throw new ConfigException($"there is no folder '{folder}'; make it first where training has not begun");
        var source = network is null ? ConfigSource.Parse("{}", "watch", Directory.GetCurrentDirectory()) : ConfigSource.Load(network);
        var given = source.Node.IsScalar ? [] : source.Node.Keys;
        var changes = new List<(string Path, string Value)>
        {
            ("name", Name(path)), ("watch.folder", ForeignModel.Quoted(path)),
        };
        if (given.Contains("init")) changes.AddRange(Arrays(source.Node.At("init")));
        foreach (var key in new[] { "descent", "flow", "init", "observe.at", "observe.gradients", "observe.curvature" })
            if (given.Contains(key.Split('.')[0])) changes.Add((key, "null"));
        if (data is not null) changes.AddRange(ForeignModel.Data(data));
        if (measures.Count > 0) changes.Add(("observe.measures", $"[{string.Join(", ", measures)}]"));
        changes.AddRange(Overrides.Expand(overrides, sweep: false)[0]);
        bool Said(string key) => given.Contains(key.Split('.')[0])
            || changes.Exists(c => c.Path.StartsWith(key, StringComparison.Ordinal) && !Overrides.IsNull(c.Value));
        if (!Said("network"))
            throw new ConfigException($"checkpoints hold weights and no graph: --network N.yaml says what they are the weights of (a "
                + "config with network: {layers: […]}, as for a run); of .onnx files network.file=ONE.onnx does");
        if (!given.Contains("data") && !changes.Exists(static c => c.Path is "data" or "data.set" or "data.path" or "data.inline"))
            throw new ConfigException($"{folder}: what networks do on data needs data: --data D, a set (rhoflow data list) or a file");
        var saysLoss = Said("loss");
        if (!saysLoss) changes.Add(("loss", "cross-entropy"));
        Overrides.Apply(source, changes);
        ForeignModel.RequirePreparation(source, folder);
        var experiment = (WatchExperiment)Experiment.Read(source);
        if (saysLoss) return experiment;
        if (EndsInOneUnit(experiment.Network!))
            experiment = experiment with { Loss = experiment.Loss with { Loss = Losses.Loss.Logistic } };
        note?.Invoke($"losses are {experiment.Loss.Loss.Name}, since none was said (loss=…)");
        return experiment;
    }

    // "[…, {dense: 1}, bias]"
    private static bool EndsInOneUnit(NetworkConfig network) => network.Layers.LastOrDefault(static l => l.Yaml.Contains("dense",
        StringComparison.Ordinal) || l.Yaml.Contains("conv", StringComparison.Ordinal)) is { } last
        && last.Yaml.Replace(" ", "", StringComparison.Ordinal) == "{dense:1}";

    // What a config says of the arrays of its first weights holds for those of checkpoints too.
    private static IEnumerable<(string Path, string Value)> Arrays(ConfigNode init)
    {
        if (!init.IsMap || !init.Keys.Contains("weights") || init.At("weights") is not { IsMap: true } weights) yield break;
        foreach (var key in WeightKeys.OfArrays.Select(static k => k.Name).Where(weights.Keys.Contains))
            if (weights.At(key).ToJson() is JsonNode value) yield return ($"watch.{key}", value.ToJsonString());
    }

    // Names of folders are names of runs where they can be.
    private static string Name(string path)
    {
        string name = new([.. Path.GetFileName(path).Select(static c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-')
            .SkipWhile(static c => c is '.' or '-').Take(100)]);
        return name.Length == 0 ? "watch" : ForeignModel.Quoted(name);
    }
}
