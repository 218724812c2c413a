using System.Text;
using Rhoflow.Lab.Config;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Experiments;

/// <summary>
/// One run, fully described: everything that determines its result, defaults filled in. A <see cref="FlowExperiment"/> follows the
/// equations
/// of a flow, a <see cref="DescentExperiment"/> trains; other kinds join by <see cref="ExperimentKinds.Register"/>.
/// </summary>
public abstract record Experiment
{
    /// <summary>The name, which is that of the folder of its runs too: letters, digits, '-', '_' and '.'.</summary>
    public required string Name { get; init; }

    /// <summary>The seed of the starting weights, and of data and descent unless they have their own.</summary>
    public long Seed { get; init; }

    /// <summary>The precision that outputs and gradients are computed in; flows need float64.</summary>
    public Precision Precision { get; init; } = Precision.Float64;

    /// <summary>The examples; null for the scalar equations of the norms, which do without.</summary>
    public DataConfig? Data { get; init; }

    /// <summary>The network; null for the scalar equations of the norms, which do without.</summary>
    public NetworkConfig? Network { get; init; }

    /// <summary>The starting weights; null for scalar equations that have no network.</summary>
    public InitConfig? Init { get; init; }

    /// <summary>ℓ and its reduction.</summary>
    public required LossConfig Loss { get; init; }

    /// <summary>When the run is looked at, and what is written down.</summary>
    public required ObserveConfig Observe { get; init; }

    /// <summary>What is asked of a cluster, if the run is made on one. Not written back: the result does not depend on it.</summary>
    public SlurmOptions Slurm { get; init; } = SlurmOptions.None;

    /// <summary>What is drawn of its runs when they have ended; no part of their identity.</summary>
    public IReadOnlyList<PlotConfig> Figures { get; init; } = [];

    /// <summary>The kind of flow or descent: <c>unconstrained</c>, <c>sgd</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>Reads a config strictly.</summary>
    /// <exception cref="ConfigException">Anything wrong; the message names the place, the key and what is allowed.</exception>
    /// <exception cref="Data.DataException">Inline data that cannot be used.</exception>
    public static Experiment Read(ConfigSource source)
    {
        var map = source.Node.Map([.. ExperimentKinds.Keys]);
        var name = map["name"] is { } n ? ReadName(n) : DefaultName(source.Name);
        return ExperimentKinds.Of(map).Read(new ExperimentParts(map, name, map["seed"]?.Integer() ?? 0)) with
        {
            Slurm = SlurmOptions.Read(map["slurm"]),
            Figures = PlotConfig.ReadAll(map["figures"]),
        };
    }

    /// <summary>Reads a config file with overrides.</summary>
    /// <exception cref="ConfigException">Anything wrong; the message names the place, the key and what is allowed.</exception>
    /// <exception cref="Data.DataException">Inline data that cannot be used.</exception>
    public static Experiment Load(string file, IReadOnlyList<(string Path, string Value)> overrides)
    {
        var source = ConfigSource.Load(file);
        Overrides.Apply(source, overrides);
        return Read(source);
    }

    /// <summary>The fully resolved config as YAML; reading it gives the same experiment.</summary>
    public string ToYaml()
    {
        var writer = new ConfigWriter();
        writer.Entry("name", Name);
        writer.Entry("seed", Seed);
        writer.Entry("precision", Precision == Precision.Float32 ? "float32" : "float64");
        Data?.Write(writer);
        Network?.Write(writer);
        Init?.Write(writer);
        Loss.Write(writer);
        WriteKind(writer);
        Observe.Write(writer);
        PlotConfig.Write(writer, Figures);
        return writer.ToString();
    }

    /// <summary>Writes the section of its <see cref="ExperimentKind"/>, as it is to be read back.</summary>
    protected abstract void WriteKind(ConfigWriter writer);

    // What file systems allow for the name of a folder, in bytes.
    private const int LongestName = 255;

    private static string ReadName(ConfigNode node)
    {
        var name = node.Text();
        var bytes = Encoding.UTF8.GetByteCount(name);
        if (name.Length is > 100 || bytes > LongestName)
            throw node.Error($"it names the run's folder, so it may be 100 letters and {LongestName} bytes long; {name.Length} letters in "
                + $"{bytes} bytes were given");
        return IsFileName(name) ? name : throw node.Error(
            $"'{name}' names the run's folder, so it may hold letters, digits, '-', '_' and '.' only (and not begin with '.')");
    }

    private static string DefaultName(string file)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        return IsFileName(name) ? name : "run";
    }

    private static bool IsFileName(string name) =>
        name.Length is > 0 and <= 100 && Encoding.UTF8.GetByteCount(name) <= LongestName && name[0] != '.'
            && name.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.');
}
