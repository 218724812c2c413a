using System.Numerics;
using Rhoflow.Data;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Datasets;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Experiments;

/// <summary>From a <see cref="DataConfig"/> to the examples themselves.</summary>
public static class Preparation
{
    // The streams of data.seed. Synthetic sets take 0, 1 (gaussian-teacher), 10 and 11.
    private const int TrainStream = 1, LabelStream = 2, TestStream = 3, NoiseStream = 4, TestLabelStream = 5;

    private static readonly (string Name, InputStep Step)[] Known =
    [
        ("scale-pixels", Transform.ScalePixels),
        ("center", Transform.Center),
        ("unit-norm", Transform.UnitNorm),
        ("constant-input", Transform.ConstantInput),
        ("normalize-imagenet", Transform.NormalizeImageNet),
        ("normalize-cifar10", Transform.NormalizeCifar10),
        ("normalize-mnist", Transform.NormalizeMnist),
    ];

    /// <summary>The names of the transforms: x/255 (digits: x/16), x − mean of the training inputs, x/‖x‖, (x, 1),
    /// and per channel (x − μ)/σ with the constants that torchvision's users train with.</summary>
    public static readonly IReadOnlyList<string> TransformNames = [.. Known.Select(k => k.Name)];

    internal static InputStep StepOf(string name) => ChannelConstants.Parse(name) is { } constants ? constants.Step
        : Array.Find(Known, k => k.Name == name) is { Name: not null } known ? known.Step
        : throw new ArgumentException($"there is no transform '{name}'; there are {string.Join(", ", TransformNames)}");

    /// <summary>The training set, the test set if one is asked for, and what the training set taught.</summary>
    /// <param name="config">Where the examples come from and what is done to them.</param>
    /// <param name="precision">How the inputs are stored; flows need float64.</param>
    /// <param name="folders">Where data sets lie; null: where RHOFLOW_DATA says, or the user's cache.</param>
    /// <exception cref="DataException">Data that cannot be used.</exception>
    public static PreparedData Load(DataConfig config, Precision precision = Precision.Float64, DataFolders? folders = null) =>
        precision == Precision.Float32 ? Load<float>(config, null, folders) : Load<double>(config, null, folders);

    /// <summary>
    /// The data of an experiment. Where it starts from the weights of a run, they are prepared by what that run learned, as its network
    /// expects them, unless <c>init.weights.preparation: new</c> says otherwise.
    /// </summary>
    /// <exception cref="DataException">Data that cannot be used, or that are not what the weights were trained on.</exception>
    /// <exception cref="ConfigException">Other transforms than those that the weights were trained with.</exception>
    internal static PreparedData Load(Experiment e, DataFolders? folders)
    {
        if (e.Init?.Learned() is not { } learned) return Load(e.Data!, e.Precision, folders);
        const string remedy = "init.weights: {file: …, preparation: new} prepares the data anew";
        if (!learned.TransformNames.SequenceEqual(e.Data!.Transforms))
            throw (e.Init.Place?.Error($"the run that the weights come from had data.transforms: "
                + $"[{string.Join(", ", learned.TransformNames)}], and this one has [{string.Join(", ", e.Data.Transforms)}]; {remedy}"))!;
        try
        {
            var data = LoadBy(learned, e.Data, e.Precision, folders);
            return data with
            {
                Notes = [.. data.Notes, $"the data are prepared by what the run learned that the weights come from; {remedy}"],
            };
        }
        catch (DataException why)
        {
            throw new DataException($"{why.Message} (the weights come from a run, and its data decide; {remedy})", why);
        }
    }

    /// <summary>Data that were not trained on, by what the training examples taught: nothing is learned from them.</summary>
    /// <exception cref="DataException">Data that cannot be used, or that are not what the network was trained on.</exception>
    internal static PreparedData LoadBy(FittedPreparation fitted, DataConfig config, Precision precision, DataFolders? folders) =>
        precision == Precision.Float32 ? Load<float>(config, fitted, folders) : Load<double>(config, fitted, folders);

    private static PreparedData Load<T>(DataConfig config, FittedPreparation? fitted, DataFolders? folders)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var notes = new List<string>();
        var (train, test, classes) = Choose(config, folders ?? DataFolders.Of(null), fitted, notes);
        if (config.LabelNoise > 0) train = Labels.WithNoise(train, config.LabelNoise, new RandomStream(config.Seed, NoiseStream));
        if (fitted is not null)
        {
            train = fitted.Transforms.Apply<T>(InShapeOf(fitted, train, notes));
            test = test is null ? null : fitted.Transforms.Apply<T>(InShapeOf(fitted, test, notes));
            return new PreparedData(train, test, fitted) { Notes = notes, IsOther = true };
        }
        if (config.Transforms.Contains("scale-pixels") && train.Shape is null)
            notes.Add($"data.transforms: scale-pixels divides by what a full pixel has, and the {train.Inputs} inputs of '{train.Name}' "
                + "are no images");
        var (changed, transforms) = FittedTransforms.Fit<T>(train, [.. config.Transforms.Select(StepOf)]);
        return new PreparedData(changed, test is null ? null : transforms.Apply<T>(test), new FittedPreparation(transforms)
        {
            ClassNames = classes.Names,
            HasSigns = classes.Signs,
            Columns = train.Reading is { LabelName: not null } named && named.Inputs.Count == train.Inputs ? named.Inputs : [],
            LabelName = train.Reading?.LabelName,
            TransformNames = config.Transforms,
        })
        { Notes = notes };
    }

    // Tables of as many numbers as the training images have are read as such images, and the other way round; it is said.
    private static Dataset InShapeOf(FittedPreparation fitted, Dataset data, List<string> notes)
    {
        var shape = fitted.Transforms.Shape;
        if (data.Shape == shape || data.Inputs != fitted.Inputs || data.Shape is not null && shape is not null) return data;
        notes.Add(shape is { } s ? $"the {data.Inputs} inputs of '{data.Name}' are read as images of {s}: row, column, channel"
            : $"the images of '{data.Name}' are read as {data.Inputs} inputs: row, column, channel");
        return data.WithShape(shape);
    }

    // The label stands in the column of the training data's name; only a table without names is read by its positions.
    private static Source Read(DataConfig config, DataFolders folders, FittedPreparation? fitted, List<string> notes)
    {
        if (fitted?.LabelName is not { } label || config.Path is not { } path || !DataFiles.IsTable(path) || DataFiles.IsNumpy(path))
            return Source.Of(config, folders);
        Source source;
        try
        {
            source = Source.Of(config with { Format = config.Format with { Label = label } }, folders);
        }
        catch (DataException)
        {
            source = Source.Of(config, folders);
            if (source.Train.Reading?.LabelName is not null) throw;
        }
        return source with { Train = ColumnMatch.Of(source.Train, fitted.Columns, notes) };
    }

    // Images are still bytes here; what is not chosen is freed at once.
    private static (Dataset Train, Dataset? Test, (IReadOnlyList<string>? Names, bool Signs) Classes) Choose(
        DataConfig config, DataFolders folders, FittedPreparation? fitted, List<string> notes)
    {
        using var source = Read(config, folders, fitted, notes);
        var all = fitted is null ? source.Train
            : LabelNumbers.Of(source.Train, fitted.ClassNames, fitted.HasSigns, config.Classes, notes);
        var classes = (all.ClassNames, all.ClassNames is null && all.IsBinary);
        var train = OfClasses(all, config.Classes);
        var labelled = config.RandomLabels ? Labels.Random(train, new RandomStream(config.Seed, LabelStream)) : train;
        if (!source.HasTestPart)
        {
            var (first, second) = Split(labelled, config);
            return (source.OfTrain(first), second is null ? null : source.OfTrain(second), classes);
        }
        var chosen = source.OfTrain(
            labelled.Choose(Labels.Balanced(train, config.Train, "train", new RandomStream(config.Seed, TrainStream))));
        if (source.Test is null) return (chosen, null, classes);
        var numbered = fitted is null && all.ClassNames is null ? source.Test
            : LabelNumbers.Of(source.Test, all.ClassNames, fitted?.HasSigns == true, config.Classes, notes);
        var test = OfClasses(numbered, config.Classes);
        var indices = Labels.Balanced(test, config.Test, "test", new RandomStream(config.Seed, TestStream));
        var labelledTest = config.RandomLabels ? Labels.Random(test, new RandomStream(config.Seed, TestLabelStream)) : test;
        return (chosen, source.OfTest(labelledTest.Choose(indices)), classes);
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
