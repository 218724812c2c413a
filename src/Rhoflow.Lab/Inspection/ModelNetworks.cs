using Rhoflow.Data;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Datasets;
using Rhoflow.Lab.DescentRuns;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Extensions;
using Rhoflow.Lab.Models.Onnx;
using Rhoflow.Lab.Runs;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Inspection;

/// <summary>
/// A network that was trained elsewhere, on data: the file of its weights, what they are the weights of, and how inputs were prepared. All
/// are words of configs, so that a person who wants to go on can train from the same.
/// </summary>
public static class ModelNetworks
{
    private const string Descent = "{kind: sgd, learning-rate: 0.01, epochs: 1}";

    /// <summary>The network with its data.</summary>
    /// <param name="model">A file of weights; of an .onnx file the graph is the network, unless another is given.</param>
    /// <param name="network">A config that has network: and may have data:, loss: and init:; null: none.</param>
    /// <param name="data">A set or path; null: what the config has.</param>
    /// <param name="overrides">KEY=VALUE, as for a run.</param>
    /// <param name="folders">Where data sets lie; null: where RHOFLOW_DATA says, or the user's cache.</param>
    /// <param name="shared">Data that other models were loaded with; null: none.</param>
    /// <param name="threads">How many may work in another program that computes the graph; no influence on results.</param>
    /// <exception cref="ConfigException">Something is not said that cannot be known, or wrong.</exception>
    /// <exception cref="DataException">A file cannot be read, or does not fit.</exception>
    public static TrainedNetwork Load(string model, string? network, string? data, IReadOnlyList<string> overrides,
        DataFolders? folders = null, ModelData? shared = null, int threads = 1)
    {
        var source = network is null ? ConfigSource.Parse("{}", "inspect", Directory.GetCurrentDirectory()) : ConfigSource.Load(network);
        var given = source.Node.IsScalar ? [] : source.Node.Keys;
        var path = Path.GetFullPath(model);
        var changes = new List<(string Path, string Value)>();
        var isGraph = path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase);
        if (network is null && isGraph) changes.Add(("network.file", ForeignModel.Quoted(path)));
        // A config made for training says how its weights are drawn, which those of the file are not.
        if (given.Contains("init"))
            foreach (var key in new[] { "kind", "scale", "frobenius" }) changes.Add(($"init.{key}", "null"));
        changes.Add(("init.weights.file", ForeignModel.Quoted(path)));
        if (data is not null) changes.AddRange(ForeignModel.Data(data));
        if (!given.Contains("descent") && !given.Contains("flow")) changes.Add(("descent", Descent));
        if (!given.Contains("name")) changes.Add(("name", "inspect"));
        changes.AddRange(Overrides.Expand(overrides, sweep: false)[0]);
        var saysLoss = given.Contains("loss") || changes.Exists(static c => c.Path.StartsWith("loss", StringComparison.Ordinal));
        if (!saysLoss) changes.Add(("loss", "cross-entropy"));
        if (network is null && !isGraph
            && !changes.Exists(static c => c.Path.StartsWith("network.layers", StringComparison.Ordinal)))
        {
            throw new ConfigException($"{model} holds weights and no graph: --network N.yaml says what they are the weights of (a config "
                + "with network: {layers: […]}, as for a run)");
        }
        if (!given.Contains("data") && !changes.Exists(static c => c.Path is "data" or "data.set" or "data.path" or "data.inline"))
            throw new ConfigException($"{model}: what it does on data needs data: --data D, a set (rhoflow data list) or a file");
        Overrides.Apply(source, changes);
        ForeignModel.RequirePreparation(source, model);
        var read = Experiment.Read(source);
        var prepared = (shared ?? new ModelData()).Of(source.Node.At("data").ToJson()?.ToJsonString() ?? "", read, folders);
        return Of(model, read, saysLoss, prepared, threads);
    }

    private static TrainedNetwork Of(string model, Experiment e, bool saysLoss, PreparedData data, int threads)
    {
        var (network, graph) = Build(e.Network!, data.Train, threads);
        var notes = new List<string>(graph?.Notes ?? []);
        if (!saysLoss)
        {
            if (network.Outputs == 1) e = e with { Loss = e.Loss with { Loss = Loss.Logistic } };
            notes.Add($"losses are {e.Loss.Loss.Name}, since none was said (loss=…)");
        }
        data = data.For(e, network.Outputs);
        PreparedDescent.Require(data.Train, network, e);
        if (data.Test is { } test) PreparedDescent.Require(test, network, e);
        var start = graph is not null ? new InitialWeights(graph.Theta, null, []) : e.Init!.Start(network, e.Seed, e.Data);
        return new TrainedNetwork
        {
            Source = model,
            Network = network,
            Graph = graph,
            Theta = start.Theta,
            Statistics = start.Statistics ?? network.StartStatistics(),
            Loss = e.Loss.Loss,
            Precision = e.Precision,
            Train = data.Train,
            Test = data.Test,
            BatchNorm = e.Observe.Detail.BatchNorm,
            Notes = [.. data.AllNotes, .. start.Notes, .. notes],
        };
    }

    // A graph that is no network here may be computed by another program, of which only outputs and features are known.
    private static (Network Network, RuntimeGraph? Graph) Build(NetworkConfig config, Dataset data, int threads)
    {
        try
        {
            return (config.Build(data.Shape ?? TensorShape.Vector(data.Inputs)), null);
        }
        catch (GraphDataException refused) when (config.File is not null)
        {
            var runtime = GraphRuntimes.Find() ?? throw new DataException($"{refused.Message}. {GraphRuntimes.Remedy}", refused);
            try
            {
                var graph = RuntimeGraph.Open(config.File, runtime, data, threads);
                return (graph.Network, graph);
            }
            catch (DataException e)
            {
                throw new DataException($"{refused.Message}; and {e.Message}", e);
            }
        }
    }
}
