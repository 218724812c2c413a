using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;

namespace Rhoflow.Papers.SetUps;

/// <summary>The configs beside figures, which the program carries with it, read as <c>./rhoflow run</c> reads a file.</summary>
internal static class FigureConfig
{
    /// <summary>What a config describes, with overrides put into it.</summary>
    /// <param name="config">Paper key and file: <c>theory-iii/figure-05</c>.</param>
    /// <param name="overrides">One value each: <c>flow.rho=0.5</c>.</param>
    /// <exception cref="ConfigException">The config, or an override, is wrong.</exception>
    /// <exception cref="InvalidOperationException">No such config is embedded.</exception>
    public static Experiment Read(string config, IReadOnlyList<string> overrides) =>
        Read(config, Overrides.Expand(overrides, sweep: false)[0]);

    /// <summary>The same with the overrides of one run of a sweep.</summary>
    /// <param name="config">Paper key and file.</param>
    /// <param name="assignments">Dotted paths and values.</param>
    public static Experiment Read(string config, IReadOnlyList<(string Path, string Value)> assignments)
    {
        using var stream = typeof(FigureConfig).Assembly.GetManifestResourceStream($"{config}.yaml")
            ?? throw new InvalidOperationException($"no config '{config}.yaml' is embedded");
        using var reader = new StreamReader(stream);
        var source = ConfigSource.Parse(reader.ReadToEnd(), $"papers/{config}.yaml");
        Overrides.Apply(source, assignments);
        return Experiment.Read(source);
    }
}
