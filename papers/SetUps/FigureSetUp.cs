using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Losses;
using Rhoflow.Networks;

namespace Rhoflow.Papers.SetUps;

/// <summary>What the config beside a figure describes, made ready: the numbers in the YAML are the numbers that are integrated.</summary>
internal sealed class FigureSetUp
{
    private FigureSetUp(Experiment config)
    {
        Config = config;
        Data = Preparation.Load(config.Data!).Train;
        Network = config.Network!.Build(Data.Inputs);
        Start = config.Init!.Build(Network, config.Seed);
    }

    /// <summary>The config, defaults filled in.</summary>
    public Experiment Config { get; }

    /// <summary>The training set.</summary>
    public Dataset Data { get; }

    /// <summary>The network.</summary>
    public Network Network { get; }

    /// <summary>θ(0).</summary>
    public double[] Start { get; }

    /// <summary>L; a new one a call, since it owns the room it computes in.</summary>
    public EmpiricalRisk Risk() => new(Network, Config.Loss.Loss, Data, Config.Loss.Reduction);

    /// <summary>Tolerance and beginning as the config says.</summary>
    public IntegrationOptions Options => new()
    {
        Tolerance = new(Config.Flow.Relative, Config.Flow.Absolute),
        Begin = Instant.FromT(Config.Flow.From.T),
    };

    /// <summary>The observed instants, exactly as written.</summary>
    public Instant[] Instants => [.. Config.Observe.Instants.Select(t => double.IsFinite(t.T) ? Exact(t) : Instant.FromLog10T(t.Log10T))];

    /// <summary>The config beside a figure: <c>theory-iii/figure-05</c>.</summary>
    public static FigureSetUp Load(string figure) => new(LoadConfig(figure));

    /// <summary>The same for the scalar equations, which have neither data nor network.</summary>
    public static Experiment LoadConfig(string figure)
    {
        using var stream = typeof(FigureSetUp).Assembly.GetManifestResourceStream($"{figure}.yaml")
            ?? throw new InvalidOperationException($"no config '{figure}.yaml' is embedded");
        using var reader = new StreamReader(stream);
        return Experiment.Read(ConfigSource.Parse(reader.ReadToEnd(), $"papers/{figure}.yaml"));
    }

    // A decade is looked up by its exponent, which must be the number that was written.
    private static Instant Exact(TimeValue t) => Math.Round(t.Log10T) is var e && t.T == Math.Pow(10, e) ? Instant.FromLog10T(e) : Instant.FromT(t.T);
}
