using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Experiments;

namespace Rhoflow.Papers.SetUps;

/// <summary>
/// The trainings that a config beside a figure describes, with a sweep of overrides in the words of <c>./rhoflow run</c>. Two sweeps
/// of the same words are one, and trained once.
/// </summary>
internal sealed class TrainingSweep : IFigureRun, IEquatable<TrainingSweep>
{
    private readonly string[] _overrides;

    /// <param name="config">Paper key and file: <c>square-loss/figure-06</c>.</param>
    /// <param name="overrides">As on the command line: <c>init.frobenius=0.1,1,5</c>.</param>
    public TrainingSweep(string config, params string[] overrides)
    {
        (Config, _overrides) = (config, overrides);
        // With several values somewhere it is a sweep.
        var many = overrides.Any(static o => o.Contains(',', StringComparison.Ordinal) || o.Contains("..", StringComparison.Ordinal));
        Command = $"./rhoflow run {(many ? "-m " : "")}papers/{config}.yaml"
            + string.Concat(overrides.Select(static o => $" {FlowRun.Quoted(o)}"));
    }

    /// <summary>Paper key and file.</summary>
    public string Config { get; }

    /// <summary>As on the command line.</summary>
    public IReadOnlyList<string> Overrides => _overrides;

    /// <inheritdoc/>
    public string Command { get; }

    /// <summary>
    /// Whether a run that diverges is one of the results, of which the observations until then are read; otherwise it is a failure.
    /// </summary>
    public bool MayDiverge { get; init; }

    /// <summary>What is trained, in the order of the sweep.</summary>
    public IReadOnlyList<Experiment> Experiments() =>
        [.. Lab.Config.Overrides.Expand(_overrides, sweep: true).Select(set => FigureConfig.Read(Config, set))];

    /// <summary>The runs; finished ones are found again, interrupted ones resumed.</summary>
    /// <exception cref="InvalidOperationException">A run failed; its own sentence says why.</exception>
    public IReadOnlyList<MeasuredRun> Runs(StudyContext context) => MeasuredRun.Of(context, this);

    /// <inheritdoc/>
    public bool Equals(TrainingSweep? other) => other?.Command == Command;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TrainingSweep);

    /// <inheritdoc/>
    public override int GetHashCode() => Command.GetHashCode(StringComparison.Ordinal);
}
