using Rhoflow.Data;
using Rhoflow.Lab.Datasets;

namespace Rhoflow.Lab.Experiments;

/// <summary>
/// All examples that a config's data come from, before any is chosen. Images are read into memory that is lent for the choice.
/// </summary>
/// <param name="Train">The training part, or all examples.</param>
/// <param name="Test">The authors' test part; null if there is none, or if it is not asked for.</param>
/// <param name="HasTestPart">Whether the authors set a test part apart.</param>
internal sealed record Source(Dataset Train, Dataset? Test, bool HasTestPart) : IDisposable
{
    private LentImages? _train, _test;

    /// <summary>The chosen training examples, with their images where <see cref="Train"/> has only the places of those.</summary>
    /// <param name="chosen">Made from <see cref="Train"/>.</param>
    public Dataset OfTrain(Dataset chosen) => _train?.Of(chosen) ?? chosen;

    /// <summary>The chosen test examples, with their images where <see cref="Test"/> has only the places of those.</summary>
    /// <param name="chosen">Made from <see cref="Test"/>.</param>
    public Dataset OfTest(Dataset chosen) => _test?.Of(chosen) ?? chosen;

    /// <inheritdoc/>
    public void Dispose()
    {
        _train?.Dispose();
        _test?.Dispose();
    }

    /// <summary>Reads what is asked for, with the monomials of its input where those are the inputs.</summary>
    /// <exception cref="DataException">Data that cannot be read, or have more than one input for monomials.</exception>
    public static Source Of(DataConfig config, DataFolders folders)
    {
        var source = Read(config, folders);
        if (config.Monomials is not { } degree) return source;
        try
        {
            return source with { Train = source.Train.Monomials(degree), Test = source.Test?.Monomials(degree) };
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    // Of two classes of CIFAR-10 only those two, no test part where none is wanted.
    private static Source Read(DataConfig config, DataFolders folders)
    {
        var wanted = config.Classes is { } classes && !classes.Contains("rest") ? classes : null;
        Source Whole(Dataset data) => new(data, null, false);
        if (config.Drawn is { } drawn) return Whole(drawn.Draw(config.Seed));
        return (config.Set, config.Path) switch
        {
            ("iris", _) => Whole(Iris.Load()),
            ("digits", _) => Whole(Digits.Load()),
            ({ } set, _) => FromFolder(set, folders.Require(Catalogue.Find(set)!), wanted, config.Test != 0),
            (_, { } path) when DataFiles.IsOfImages(path) => FromImages(path, wanted, config.Test != 0, folders.Reading),
            (_, { } path) when DataFiles.IsFolder(path) => FromFolder(DataFiles.Recognize(path), path, wanted, config.Test != 0),
            (_, { } path) when DataFiles.IsNumpy(path) => FromNumpy(path, config.Format, config.Test != 0),
            (_, { } path) => Whole(Csv.Read(path, config.Format)),
            _ => Whole(new Dataset("inline", [.. config.Inputs!.SelectMany(r => r)], [.. config.Labels!], config.Inputs![0].Count)),
        };
    }

    private static Source FromFolder(string set, string folder, IReadOnlyList<string>? classes, bool wantsTest)
    {
        LentImages Lend(bool test) => set == "mnist" ? Mnist.Lend(test, folder, classes) : Cifar10.Lend(test, folder, classes);
        var train = Lend(test: false);
        try
        {
            var test = wantsTest ? Lend(test: true) : null;
            return new(train.Examples, test?.Examples, true) { _train = train, _test = test };
        }
        catch
        {
            train.Dispose();
            throw;
        }
    }

    private static Source FromImages(string folder, IReadOnlyList<string>? classes, bool wantsTest, Action<string>? progress)
    {
        var (first, second) = ImageFolder.Open(folder);
        var train = first.Lend(classes, progress, null, out var shape);
        try
        {
            var test = wantsTest ? second?.Lend(classes, progress, shape, out _) : null;
            return new(train.Examples, test?.Examples, second is not null) { _train = train, _test = test };
        }
        catch
        {
            train.Dispose();
            throw;
        }
    }

    private static Source FromNumpy(string path, DataFormat format, bool test)
    {
        var (all, official) = Numpy.Read(path, format);
        return new(all, test ? official : null, official is not null);
    }
}
