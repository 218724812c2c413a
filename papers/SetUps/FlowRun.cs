using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.FlowRuns;
using Rhoflow.Losses;
using Rhoflow.Networks;

namespace Rhoflow.Papers.SetUps;

/// <summary>
/// A flow as the config beside a figure says, with overrides in the words of <c>./rhoflow run</c>. It is prepared by the code of that
/// command
/// and followed in memory: what a claim or figure shows of it is what <see cref="Command"/> gives. Two runs of the same words are one, and
/// followed once.
/// </summary>
internal sealed class FlowRun : IFigureRun, IEquatable<FlowRun>
{
    private static readonly SharedResults<FlowRun, IReadOnlyList<FlowPoint>> Followed =
        new((context, run) => [.. run.Prepared.Start().At(run.Prepared.Instants, context.Cancellation)]);

    private readonly string _config;
    private readonly string[] _overrides;
    private readonly Lazy<FlowExperiment> _experiment;
    private readonly Lazy<PreparedFlow> _prepared;

    /// <param name="config">Paper key and file: <c>theory-iii/figure-05</c>.</param>
    /// <param name="overrides">As on the command line, one value each: <c>flow.kind=weight-normalization</c>.</param>
    public FlowRun(string config, params string[] overrides)
    {
        (_config, _overrides) = (config, overrides);
        _experiment = new(() => (FlowExperiment)FigureConfig.Read(config, overrides));
        _prepared = new(() => PreparedFlow.From(_experiment.Value));
        Command = $"./rhoflow run papers/{config}.yaml{string.Concat(overrides.Select(o => $" {Quoted(o)}"))}";
    }

    /// <summary>What a person types for it, from the root of the project.</summary>
    public string Command { get; }

    /// <summary>The config with the overrides in it, defaults filled in.</summary>
    public FlowExperiment Experiment => _experiment.Value;

    /// <summary>The experiment made ready: data, network, start, flow, instants.</summary>
    public PreparedFlow Prepared => _prepared.Value;

    /// <summary>The training set.</summary>
    public Dataset Data => Prepared.Train!;

    /// <summary>The network.</summary>
    public Network Network => Prepared.Flow.Network;

    /// <summary>θ(0). Not to be changed.</summary>
    public double[] Start => Prepared.Theta;

    /// <summary>L. A new one each time, since it owns what it computes in.</summary>
    public EmpiricalRisk Risk() => new(Network, Experiment.Loss.Loss, Data, Experiment.Loss.Reduction);

    /// <summary>The observations at the config's instants.</summary>
    /// <exception cref="IntegrationException">The flow could not be followed to the end.</exception>
    public IReadOnlyList<FlowPoint> Points(StudyContext context) => Followed.Of(context, this);

    /// <summary>The same run with further overrides.</summary>
    public FlowRun With(params string[] overrides) => new(_config, [.. _overrides, .. overrides]);

    /// <inheritdoc/>
    public bool Equals(FlowRun? other) => other?.Command == Command;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as FlowRun);

    /// <inheritdoc/>
    public override int GetHashCode() => Command.GetHashCode(StringComparison.Ordinal);

    // As a shell takes it for one word.
    internal static string Quoted(string word) =>
        word.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '=' or '-' or '_' or ',' or '/') ? word : $"'{word}'";
}
