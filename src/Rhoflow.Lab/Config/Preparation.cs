using Rhoflow.Data;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Config;

/// <summary>From a <see cref="DataConfig"/> to the examples themselves.</summary>
public static class Preparation
{
    private static readonly (string Name, Func<Dataset, Dataset> Apply)[] Known =
    [
        ("scale-pixels", static d => d.WithInputs([.. d.X.ToArray().Select(v => v / 255)], d.Inputs)),
        ("center", static d => d.Center()),
        ("unit-norm", static d => d.UnitNorm()),
        ("constant-input", static d => d.ConstantInput()),
    ];

    /// <summary>The names of the transforms: x/255, x − mean of the training inputs, x/‖x‖, (x, 1).</summary>
    public static readonly string[] TransformNames = [.. Known.Select(k => k.Name)];

    /// <summary>The training set, and the test set if one is asked for.</summary>
    /// <exception cref="DataException">Data that cannot be used.</exception>
    public static (Dataset Train, Dataset? Test) Load(DataConfig config)
    {
        var all = Source(config);
        if (config.Classes is { } classes) all = all.Binary(classes[0], classes[1]);
        if (config.RandomLabels) all = WithRandomLabels(all, new RandomStream(config.Seed, stream: 2));
        var (train, test) = Split(all, config);
        foreach (var name in config.Transforms)
            (train, test) = name == "center" ? CenterBoth(train, test) : (Apply(name, train), test is null ? null : Apply(name, test));
        return (train, test);
    }

    private static Dataset Apply(string name, Dataset data) => Known.First(k => k.Name == name).Apply(data);

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
        return new Dataset(data.Name + " (random labels)", data.X.ToArray(), y, data.Inputs, data.ClassNames);
    }

    // Test inputs are moved by the training inputs' mean: the test set must not influence its own preparation.
    private static (Dataset, Dataset?) CenterBoth(Dataset train, Dataset? test)
    {
        var centered = train.Center();
        if (test is null) return (centered, null);
        var x = test.X.ToArray();
        for (var i = 0; i < x.Length; i++) x[i] -= train.X[i % train.Inputs] - centered.X[i % train.Inputs];
        return (centered, test.WithInputs(x, test.Inputs));
    }
}
