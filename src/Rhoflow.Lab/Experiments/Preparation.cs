using Rhoflow.Data;
using Rhoflow.Lab.Datasets;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Experiments;

/// <summary>From a <see cref="DataConfig"/> to the examples themselves.</summary>
public static class Preparation
{
    // The streams of data.seed. Synthetic sets take 0, 1 (gaussian-teacher), 10 and 11.
    private const int TrainStream = 1, LabelStream = 2, TestStream = 3, NoiseStream = 4, TestLabelStream = 5;

    private static readonly (string Name, Transform Step)[] Known =
    [
        ("scale-pixels", Transform.ScalePixels),
        ("center", Transform.Center),
        ("unit-norm", Transform.UnitNorm),
        ("constant-input", Transform.ConstantInput),
    ];

    /// <summary>The names of the transforms: x/255 (digits: x/16), x − mean of the training inputs, x/‖x‖, (x, 1).</summary>
    public static readonly IReadOnlyList<string> TransformNames = [.. Known.Select(k => k.Name)];

    /// <summary>The training set, and the test set if one is asked for.</summary>
    /// <param name="precision">How the inputs are stored; flows need float64.</param>
    /// <param name="folders">Where data sets lie; null: where RHOFLOW_DATA says, or the user's cache.</param>
    /// <exception cref="DataException">Data that cannot be used.</exception>
    public static (Dataset Train, Dataset? Test) Load(DataConfig config, Precision precision = Precision.Float64,
        DataFolders? folders = null)
    {
        var (train, test) = Choose(config, folders ?? DataFolders.Of(null));
        if (config.LabelNoise > 0) train = Labels.WithNoise(train, config.LabelNoise, new RandomStream(config.Seed, NoiseStream));
        Transform[] steps = [.. config.Transforms.Select(name => Known.First(k => k.Name == name).Step)];
        return precision == Precision.Float32 ? Transforms.Prepare<float>(train, test, steps)
            : Transforms.Prepare<double>(train, test, steps);
    }

    // Images are still bytes here; what is not chosen is freed at once.
    private static (Dataset, Dataset?) Choose(DataConfig config, DataFolders folders)
    {
        using var source = Source.Of(config, folders);
        var train = OfClasses(source.Train, config.Classes);
        var labelled = config.RandomLabels ? Labels.Random(train, new RandomStream(config.Seed, LabelStream)) : train;
        if (!source.HasTestPart) return Split(labelled, config);
        var chosen = source.OfTrain(
            labelled.Choose(Labels.Balanced(train, config.Train, "train", new RandomStream(config.Seed, TrainStream))));
        if (source.Test is null) return (chosen, null);
        var test = OfClasses(source.Test, config.Classes);
        var indices = Labels.Balanced(test, config.Test, "test", new RandomStream(config.Seed, TestStream));
        var labelledTest = config.RandomLabels ? Labels.Random(test, new RandomStream(config.Seed, TestLabelStream)) : test;
        return (chosen, source.OfTest(labelledTest.Choose(indices)));
    }

    private static Dataset OfClasses(Dataset data, IReadOnlyList<string>? classes) => classes switch
    {
        null => data,
        [var plus, var minus] => data.Binary(plus, minus),
        _ => data.OfClasses(classes),
    };

    private static (Dataset, Dataset?) Split(Dataset all, DataConfig config)
    {
        var test = config.Test ?? 0;
        if (config.Train is null && test == 0) return (all, null);
        var train = config.Train ?? all.Count - test;
        if (train < 1 || (long)train + test > all.Count)
            throw new DataException($"data '{all.Name}' has {all.Count} examples; train "
                + $"{(config.Train is null ? "" : $"{config.Train} ")}and test {test} do not fit");
        var order = new RandomStream(config.Seed, TrainStream).Permutation(all.Count);
        return (all.Choose([.. order[..train].Order()]),
            test == 0 ? null : all.Choose([.. order[train..(train + test)].Order()]));
    }
}
