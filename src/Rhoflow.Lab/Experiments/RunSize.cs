using System.Globalization;
using Rhoflow.Data;
using Rhoflow.Lab.Config;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Experiments;

/// <summary>
/// What a run takes at least, from its config alone: nothing is loaded, drawn or allocated for it. Bounds from below, so that nothing is
/// refused that could be done.
/// </summary>
/// <param name="Bytes">Of memory: examples, weights with their gradient, and the units of a minibatch.</param>
/// <param name="Seconds">On all cores at 10¹¹ multiplications a second each, and a microsecond a step.</param>
/// <param name="DiskBytes">Of the run's folder.</param>
/// <param name="Weights">Of the network; 0 where its size is not known before the data are read.</param>
/// <param name="Observations">How often the run is looked at.</param>
public sealed record RunSize(double Bytes, double Seconds, double DiskBytes, double Weights, double Observations)
{
    private const double MultiplicationsPerSecond = 1e11, SecondsPerStep = 1e-6, BytesOfARow = 400;

    // A stack of 20,000 layers has 20,000 columns in every family of measures; no paper has a hundredth of it.
    private const int MostLayers = 2_000;

    // A run that takes longer than this is a mistake in a config.
    private const double MostSeconds = 30 * 86_400.0;

    /// <summary>The size of a run.</summary>
    /// <exception cref="ConfigException">A network that cannot be built, or sizes whose product no array can have.</exception>
    public static RunSize Of(Experiment e)
    {
        if (e.Network is { Layers.Count: > MostLayers } deep)
            throw deep.Place.Error($"{deep.Layers.Count} layers are more than the {MostLayers} that are tried without --force");
        var (shape, examples) = Data(e.Data);
        var network = e.Network is not { } layers ? null : shape is { } input ? layers.Build(input) : Smallest(layers);
        var training = e is DescentExperiment;
        double number = e.Precision == Precision.Float32 ? 4 : 8;
        double weights = network?.ParameterCount ?? 0, units = 0, multiplications = 0;
        foreach (var node in network?.Nodes ?? [])
        {
            units += node.Shape.Count;
            if (node.Layer is { } k) multiplications += network!.Layers[k] is { Kind: LayerKind.Diagonal } d ? d.Rows
                : (double)network.Layers[k].Rows * network.Layers[k].Columns * node.Shape.Positions;
        }
        var descent = (e as DescentExperiment)?.Descent;
        double observations = training ? e.Observe.Epochs.Count : e.Observe.Instants.Count;
        // θ, and in the precision of training weights, gradient and step; flows keep the stages of an explicit step.
        var ofWeights = training ? 8 + 3 * number : e is FlowExperiment ? 16 * 8 : 8 + number;
        var together = descent is { Batch: > 0 and var batch } ? Math.Min(batch, examples) : Math.Min(2048, examples);
        var bytes = examples * (shape?.Count ?? 0) * number + weights * ofWeights + 2 * units * together * number;
        var epochs = (double)(descent?.Epochs ?? 0);
        var steps = epochs * Math.Max(1, descent is { Batch: > 0 and var b } ? Math.Floor(examples / b) : 1);
        var seconds = (3 * epochs + observations) * examples * multiplications / (MultiplicationsPerSecond * Environment.ProcessorCount)
            + SecondsPerStep * steps;
        var disk = observations * (BytesOfARow + 8 * examples + (e.Observe.Weights ? 16 * weights : 0));
        return new RunSize(bytes, seconds, disk, weights, observations);
    }

    /// <summary>Refuses what cannot be done here, with the forecast.</summary>
    /// <param name="memory">Bytes that there are.</param>
    /// <param name="disk">Bytes that are free where the run is written.</param>
    /// <exception cref="ConfigException">It does not fit.</exception>
    public void Require(double memory, double disk)
    {
        const string Overrule = "Make it smaller, or add --force to try all the same";
        if (Bytes > memory)
            throw new ConfigException($"this run needs at least {Size(Bytes)} of memory"
                + $"{(Weights > 0 ? $" ({Number(Weights)} weights)" : "")}, and {Size(memory)} "
                + $"are there. {Overrule}");
        if (DiskBytes > disk)
            throw new ConfigException($"this run writes at least {Size(DiskBytes)} ({Number(Observations)} observations"
                + $"{(Weights > 0 ? $", {Number(Weights)} weights" : "")}), and {Size(disk)} are free. {Overrule}");
        if (Seconds > MostSeconds)
            throw new ConfigException($"this run takes at least {Number(Math.Ceiling(Seconds / 86_400))} days on this machine. {Overrule}");
    }

    // Whatever a file holds has one input at least; of images nothing is known before they are read.
    private static Network? Smallest(NetworkConfig layers)
    {
        try
        {
            return layers.Build(TensorShape.Vector(1));
        }
        catch (Exception e) when (e is ConfigException or DataException)
        {
            return null;
        }
    }

    // What is not known before a file is read counts as nothing.
    private static (TensorShape? Shape, double Examples) Data(DataConfig? data)
    {
        switch (data)
        {
            case null: return (null, 0);
            case { Inputs: { } x }: return (TensorShape.Vector(x[0].Count), x.Count);
            case { Drawn: { } drawn }:
                var inputs = drawn.Inputs;
                return (TensorShape.Vector(inputs), drawn.Examples);
            case { Set: { } set } when Catalogue.Find(set) is { } known:
                return (known.Shape ?? TensorShape.Vector(known.Inputs), Math.Min(data.Train ?? known.Train, known.Train));
            default: return (null, 0);
        }
    }

    private static string Size(double bytes) => bytes switch
    {
        < 1e9 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.#} MB"),
        < 1e12 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.#} GB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e12:g4} TB"),
    };

    private static string Number(double value) => value.ToString("0", CultureInfo.InvariantCulture);
}
