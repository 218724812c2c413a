using Rhoflow.Data;
using Rhoflow.Descents;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.DescentRuns;
using Rhoflow.Lab.Experiments;
using Rhoflow.Losses;
using Rhoflow.Measures;
using Rhoflow.Numerics;

namespace Rhoflow.Benchmarks;

/// <summary>
/// What an observation of a network costs compared with a forward pass: an observation without derivatives on 10,000 images, in forward
/// passes over them.
/// </summary>
internal static class ObservationWorks
{
    private const int Threads = 2, Examples = 10_000, Classes = 10;

    private const string Config = """
        name: observe
        data: {set: digits}
        network:
          layers: [ {conv: {maps: 16, stride: 2}}, relu, {conv: {maps: 32, stride: 2}}, relu, {conv: {maps: 64, stride: 2}}, relu,
                    {conv: {maps: 128, stride: 2}}, relu, {dense: 10} ]
        init: {kind: kaiming}
        loss: square
        descent: {kind: sgd, learning-rate: 0.01, batch: 128, weight-decay: 1e-4, epochs: 1}
        observe: {measures: [loss, norms, margins, direction, normalized-loss, equilibrium, collapse]}
        """;

    public static IReadOnlyList<Work> All { get; } =
    [
        new("observe", Threads, "measures.py", [], Observe, 0, IsSingle: true, IsRate: false,
            new Goal(GoalKind.Cost, 1.5) { Beside = "a forward pass" }, "the products of the central path: N p² in float64")
        {
            Beside = Forward,
        },
    ];

    private static Action<int> Observe()
    {
        var (experiment, risk, training) = Start();
        var columns = new DescentColumns(experiment, risk.Network, risk.Data, null);
        var history = columns.Start(training.Replicas[0]);
        return count =>
        {
            for (var i = 0; i < count; i++)
                columns.Observe(training, training.Replicas[0], history, static need => need < MeasureNeed.Gradients, Threads);
        };
    }

    private static Action<int> Forward()
    {
        var (_, _, training) = Start();
        return count =>
        {
            for (var i = 0; i < count; i++) training.Evaluate(training.Replicas[0]);
        };
    }

    private static (DescentExperiment Experiment, DataRisk<float> Risk, Training<float> Training) Start()
    {
        var experiment = (DescentExperiment)Experiment.Read(ConfigSource.Parse(Config, "observe"));
        var shape = new TensorShape(32, 32, 3);
        var network = experiment.Network!.Build(shape);
        var random = new RandomStream(0);
        var x = new float[Examples * shape.Count];
        foreach (ref var pixel in x.AsSpan()) pixel = (float)(random.NextNormal() / 55);
        double[] y = [.. Enumerable.Range(0, Examples).Select(static n => (double)(n % Classes))];
        var data = Dataset.Of("images", x, y, shape.Count, [.. Enumerable.Range(0, Classes).Select(static c => $"{c}")], shape);
        var start = new ReplicaStart(experiment.Init!.Build(network, 0), DescentSetUp.Options(experiment.Descent));
        var risk = new DataRisk<float>(network, Loss.Square, data);
        return (experiment, risk, new Training<float>(risk, [start], new TrainingOptions { Threads = Threads }));
    }
}
