using Rhoflow.Data;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Config;

/// <summary>From a <see cref="DataConfig"/> to the examples themselves.</summary>
public static class Preparation
{
    private static readonly (string Name, Transform Step)[] Known =
    [
        ("scale-pixels", Transform.ScalePixels),
        ("center", Transform.Center),
        ("unit-norm", Transform.UnitNorm),
        ("constant-input", Transform.ConstantInput),
    ];

    /// <summary>The names of the transforms: x/255, x − mean of the training inputs, x/‖x‖, (x, 1).</summary>
    public static readonly string[] TransformNames = [.. Known.Select(k => k.Name)];

    /// <summary>The training set, and the test set if one is asked for.</summary>
    /// <param name="precision">How the inputs are stored; flows need float64.</param>
    /// <exception cref="DataException">Data that cannot be used.</exception>
    public static (Dataset Train, Dataset? Test) Load(DataConfig config, Precision precision = Precision.Float64)
    {
        var all = Source(config);
        if (config.Classes is { } classes) all = all.Binary(classes[0], classes[1]);
        if (config.RandomLabels) all = WithRandomLabels(all, new RandomStream(config.Seed, stream: 2));
        var (train, test) = Split(all, config);
        Transform[] steps = [.. config.Transforms.Select(name => Known.First(k => k.Name == name).Step)];
        return precision == Precision.Float32 ? Transforms.Prepare<float>(train, test, steps) : Transforms.Prepare<double>(train, test, steps);
    }

    private static Dataset Source(DataConfig config)
    {
        if (config.Set == "iris") return Iris.Load();
        if (config.Path is { } path) return Csv.Read(path);
        return new Dataset("inline", [.. config.Inputs!.SelectMany(r => r)], config.Labels!, config.Inputs![0].Length);
    }

    private static (Dataset, Dataset?) Split(Dataset all, DataConfig config)
    {
        if (config.Train is null && config.Test == 0) return (all, null);
        var train = config.Train ?? all.Count - config.Test;
        if (train < 1 || (long)train + config.Test > all.Count)
            throw new DataException($"data '{all.Name}' has {all.Count} examples; train {(config.Train is null ? "" : $"{config.Train} ")}and test {config.Test} do not fit");
        var order = new RandomStream(config.Seed, stream: 1).Permutation(all.Count);
        return (all.Choose([.. order[..train].Order()]),
            config.Test == 0 ? null : all.Choose([.. order[train..(train + config.Test)].Order()]));
    }

    private static Dataset WithRandomLabels(Dataset data, RandomStream random)
    {
        var labels = data.Y.ToArray().Distinct().Order().ToArray();
        var y = data.Y.ToArray();
        for (var n = 0; n < y.Length; n++) y[n] = labels[random.NextInt(labels.Length)];
        return data.WithTargets(y, data.Name + " (random labels)");
    }
}
