using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Datasets;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Runs;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.FlowRuns;

/// <summary>
/// An experiment made ready: data loaded, network and flow built, starting weights drawn. The only place where configs meet the
/// library's flows. Whatever is wrong with the experiment is found here, before a folder exists.
/// </summary>
public sealed class PreparedFlow : PreparedRun
{
    private PreparedFlow(FlowExperiment experiment, Flow flow, double[] theta, EmpiricalRisk? risk, Dataset? test, PreparedData? data)
        : base(experiment)
    {
        Experiment = experiment;
        (Fitted, DataNotes) = (data?.Fitted, data?.AllNotes ?? []);
        (Flow, Theta, Train, Test) = (flow, theta, risk?.Data, test);
        Options = ReadOptions(experiment.Flow);
        Instants = [.. experiment.Observe.Instants.Select(t => t.ToInstant())];
        Columns = FlowColumns.For(experiment, flow, risk, test);
    }

    /// <inheritdoc/>
    public override FlowExperiment Experiment { get; }

    /// <summary>The equations.</summary>
    public Flow Flow { get; }

    /// <summary>The starting weights θ(0), P numbers; ρ_1 … ρ_K for the scalar equations.</summary>
    public ReadOnlySpan<double> InitialWeights => Theta;

    internal double[] Theta { get; }

    /// <summary>The training set; null for the scalar equations.</summary>
    public Dataset? Train { get; }

    /// <summary>The test set; null where there is none.</summary>
    public Dataset? Test { get; }

    /// <summary>Tolerance, clock, method, start and end.</summary>
    public IntegrationOptions Options { get; }

    /// <summary>The observed instants, increasing.</summary>
    public IReadOnlyList<Instant> Instants { get; }

    /// <summary>What is written of every observation.</summary>
    internal FlowColumns Columns { get; }

    /// <inheritdoc/>
    public override int Unknowns => Flow.Dimension;

    /// <inheritdoc/>
    public override int? Examples => Train?.Count;

    /// <inheritdoc/>
    public override int Observations => Instants.Count;

    /// <inheritdoc/>
    public override FittedPreparation? Fitted { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> DataNotes { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Notes => [.. DataNotes, .. Columns.Notes];

    /// <summary>Makes a flow ready.</summary>
    /// <param name="e">What to follow.</param>
    /// <param name="folders">Where data sets lie; null: where RHOFLOW_DATA says, or the user's cache.</param>
    /// <exception cref="ConfigException">Layers that do not chain, weights that do not fit, a zero layer where a direction is
    /// needed.</exception>
    /// <exception cref="DataException">Data that cannot be used, or do not fit the network and loss.</exception>
    public static PreparedFlow From(FlowExperiment e, DataFolders? folders = null)
    {
        if (!e.Flow.Kind.IsScalar) return From(e, Preparation.Load(e, folders));
        var scalar = ScalarStart.Of(e, folders);
        return new PreparedFlow(e, BuildFlow(e.Flow, scalar), scalar.Start.ToArray(), null, null, null);
    }

    /// <summary>Makes a flow of data that are ready.</summary>
    internal static PreparedFlow From(FlowExperiment e, PreparedData data)
    {
        var (train, test) = data;
        var network = e.Network!.Build(train.Inputs);
        if (network.WhyNotAChain is { } beyond)
            throw e.Network.Place.Error(
                $"flows follow chains of dense and diagonal layers with activations; here {beyond}. A 'descent' trains such networks");
        var (theta, _, weightNotes) = e.Init!.Start(network, e.Seed, e.Data);
        data = data with { Notes = [.. data.Notes, .. weightNotes] };
        RequireNumbers(network, theta, e);
        if (e.Flow.Kind.StartNorms(e.Flow.Settings) is { } norms) ScaleTo(network, theta, norms, e.Flow.Place);
        data = data.For(e, network.Outputs);
        (train, test) = data;
        RequireLabels(train, e);
        var risk = new EmpiricalRisk(network, e.Loss.Loss, train, e.Loss.Reduction);
        var run = new PreparedFlow(e, BuildFlow(e.Flow, FlowProblem.Of(risk, theta)), theta, risk, test, data);
        try
        {
            run.Flow.Start(theta);
        }
        catch (ArgumentException error)
        {
            throw e.Flow.Place.Error($"{error.Message} Choose another init");
        }
        return run;
    }

    /// <inheritdoc/>
    public override double ForecastSeconds() => FlowForecast.Seconds(this);

    /// <summary>The files that its observations go to, after so many rows.</summary>
    internal ObservationWriter Writer(RunFolder folder, int keepRows) =>
        new(folder, Columns.Table, Flow.Targets.Length, Experiment.Observe.Weights ? Flow.Network : null, keepRows);

    /// <summary>The trajectory, from the start.</summary>
    public Trajectory Start() => Start(null);

    /// <summary>The same, telling every few seconds how far it is.</summary>
    internal Trajectory Start(Action<string>? told) => Flow.From(Theta, Options with { Told = told });

    /// <summary>The instant of a time in a config.</summary>
    public static Instant ToInstant(TimeValue t) => double.IsFinite(t.T)
        && t.T > 0 ? Exact(t) : t == TimeValue.Zero ? Instant.Zero : Instant.FromLog10T(t.Log10T);

    // Both ways of writing a time are kept exact: t = 5 has log10 t = 0.69897…, log10 t = 10 has t = 1e10.
    private static Instant Exact(TimeValue t) => t.Log10T == Math.Log10(t.T) ? Instant.FromT(t.T) : Instant.FromLog10T(t.Log10T);

    private static Flow BuildFlow(FlowConfig f, FlowProblem problem)
    {
        try
        {
            return f.Kind.Build(f.Settings, problem);
        }
        catch (ArgumentException e)
        {
            // Numbers, one a layer, of another count: the key that has them is to be named.
            var layers = f.Kind.IsScalar ? problem.Start.Length : problem.Risk.Network.Depth;
            var numbers = f.Kind.Keys.FirstOrDefault(k => f.Settings.Get(k) is double[] { Length: > 1 } list && list.Length != layers);
            throw (numbers is null ? f.Place : f.Place.At(numbers.Name)).Error(e.Message);
        }
    }

    private static IntegrationOptions ReadOptions(FlowConfig f) => new()
    {
        Tolerance = new Tolerance(f.Relative, f.Absolute),
        Clock = f.Clock switch { "t" => ClockKind.T, "tau" => ClockKind.Tau, _ => ClockKind.LogT },
        Method = f.Method switch
        {
            "dormand-prince" => Method.DormandPrince,
            "dop853" => Method.Dop853,
            "radau" => Method.Radau,
            _ => Method.Auto,
        },
        Begin = f.From.ToInstant(),
        TrackTau = true,
        Until = f.Until switch
        {
            null => new Until(),
            { T: { } t } => new Until(Time: t.ToInstant()),
            { Key: "tau", Value: var tau } => new Until(Tau: tau),
            { Value: var loss } => new Until(Log10Loss: loss),
        },
    };

    private static void ScaleTo(Network network, double[] theta, double[] norms, ConfigNode place)
    {
        try
        {
            Initialization.ScaleLayers(network, theta, norms);
        }
        catch (ArgumentException e)
        {
            throw place.At("rho-k").Error(e.Message);
        }
    }

    private static void RequireNumbers(Network network, double[] theta, FlowExperiment e)
    {
        if (!Array.TrueForAll(theta, double.IsFinite))
            throw e.Init!.Place?.Error("the initial weights leave the range of a double; choose a smaller scale")
                ?? new ConfigException("the initial weights are not finite");
        if (e.Flow.Kind.NeedsDirection)
            for (var k = 0; k < network.Depth; k++)
                if (Vectors.Norm(network.Layers[k].Of(theta)) == 0)
                    throw (e.Init!.Place ?? e.Flow.Place).Error(
                        $"layer {k + 1} starts at zero, but {e.Flow.Kind.Name} needs a direction V_{k + 1} = W_{k + 1}/‖W_{k + 1}‖; give "
                        + "it a nonzero start (only unconstrained flows may start at zero)");
    }

    // The message of a multi-class or otherwise labelled set says what to do about it.
    private static void RequireLabels(Dataset train, Experiment e)
    {
        if (train.IsBinary || e.Loss.Loss.TakesRealTargets) return;
        var n = train.Y.IndexOfAnyExcept(1.0, -1.0);
        throw new DataException(train.ClassNames is { } names
            ? $"data '{train.Name}' has the classes {string.Join(", ", names)}; the {e.Loss.Loss.Name} loss needs two, as labels −1 and "
            + $"+1: choose them with data.classes: [{names[0]}, {(names.Count > 1 ? names[1] : "rest")}] or [{names[0]}, rest]"
            : $"data '{train.Name}': y[{n}] is {train.Y[n]}; the {e.Loss.Loss.Name} loss needs labels −1 and +1."
                + LabelCoding.Remedy(train, e.Loss.Loss, 1));
    }
}
