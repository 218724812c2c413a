using Rhoflow.Numerics;

namespace Rhoflow.Data;

/// <summary>A file of a set as it should be.</summary>
/// <param name="Name">Without .gz.</param>
/// <param name="Bytes">Unpacked.</param>
/// <param name="Sha256">Of the unpacked content, lower-case hexadecimal.</param>
/// <param name="Labels">Where its label bytes stand (the first, and how far apart); null: it has none.</param>
/// <param name="Required">Whether the set can be read without it.</param>
public sealed record CatalogueFile(string Name, long Bytes, string Sha256, (int First, int Stride)? Labels = null, bool Required = true);

/// <summary>
/// Where the files of a set can be had: every name of <paramref name="Files"/> under any of <paramref name="Addresses"/>.
/// </summary>
/// <param name="Addresses">The official place and its mirrors, ending in a slash, in the order they are tried.</param>
/// <param name="Files">Either one .tar.gz with all files, or one .gz per file.</param>
/// <param name="Megabytes">About how much it is.</param>
public sealed record Download(IReadOnlyList<string> Addresses, IReadOnlyList<string> Files, int Megabytes);

/// <summary>What is known about a named set.</summary>
/// <param name="Classes">Names in the order of the labels.</param>
/// <param name="Shape">Of its images; null where examples are no images.</param>
/// <param name="Inputs">d.</param>
/// <param name="TrainCounts">Examples of each class, in the official training part, or in all where there is no test part.</param>
/// <param name="TestCounts">Examples of each class in the official test part; empty where there is none.</param>
/// <param name="TrainFiles">How many of <paramref name="Files"/>, from the first on, are the training part.</param>
/// <param name="Source">Who made it.</param>
/// <param name="Terms">On what terms it is passed on.</param>
/// <param name="Files">None for sets that are built in.</param>
public sealed record CatalogueEntry(
    string Name, IReadOnlyList<string> Classes, TensorShape? Shape, int Inputs,
    IReadOnlyList<int> TrainCounts, IReadOnlyList<int> TestCounts,
    int TrainFiles, string Source, string Terms, IReadOnlyList<CatalogueFile> Files, Download? Download)
{
    /// <summary>Examples to train on.</summary>
    public int Train => TrainCounts.Sum();

    /// <summary>Examples of the official test part; 0 where there is none.</summary>
    public int Test => TestCounts.Sum();

    /// <summary>True where training and test examples were set apart by the authors.</summary>
    public bool HasTestPart => Test > 0;
}

/// <summary>The named sets that are not synthetic. Digests are of the unpacked files.</summary>
public static class Catalogue
{
    private const int CifarFile = 30_730_000;

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<CatalogueEntry> All =
    [
        new("iris", ["setosa", "versicolor", "virginica"], null, 4, [50, 50, 50], [], 0,
            "R. A. Fisher, The use of multiple measurements in taxonomic problems, 1936; measurements by E. Anderson",
            "published measurements", [], null),
        new("digits", Digits.ClassNames, Digits.Shape, Digits.Shape.Count, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180], [], 0,
            "E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, 1998 (UCI 80)", "CC BY 4.0", [], null),
        new("mnist", Mnist.ClassNames, Mnist.Shape, Mnist.Shape.Count,
            [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949], [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009], 2,
            "Y. LeCun, C. Cortes and C. J. C. Burges, The MNIST database of handwritten digits", "CC BY-SA 3.0",
            [
                new(Mnist.TrainFiles[0], 47_040_016, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
                new(Mnist.TrainFiles[1], 60_008, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5", (8, 1)),
                new(Mnist.TestFiles[0], 7_840_016, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
                new(Mnist.TestFiles[1], 10_008, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2", (8, 1)),
            ],
            new(["https://ossci-datasets.s3.amazonaws.com/mnist/", "https://yann.lecun.com/exdb/mnist/"],
                [.. Mnist.TrainFiles.Concat(Mnist.TestFiles).Select(f => f + ".gz")], 12)),
        new("cifar10", Cifar10.ClassNames, Cifar10.Shape, Cifar10.Shape.Count, [.. Enumerable.Repeat(5000, 10)],
            [.. Enumerable.Repeat(1000, 10)], 5,
            "A. Krizhevsky, Learning multiple layers of features from tiny images, 2009", "no licence stated; the authors ask to be cited",
            [
                new(Cifar10.TrainFiles[0], CifarFile, "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5", (0, 3073)),
                new(Cifar10.TrainFiles[1], CifarFile, "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed", (0, 3073)),
                new(Cifar10.TrainFiles[2], CifarFile, "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67", (0, 3073)),
                new(Cifar10.TrainFiles[3], CifarFile, "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48", (0, 3073)),
                new(Cifar10.TrainFiles[4], CifarFile, "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add", (0, 3073)),
                new(Cifar10.TestFile, CifarFile, "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b", (0, 3073)),
                new(Cifar10.NamesFile, 61, "558e74b5e208382e186da55784b4bac2cd52e558448e1b5800990fdb28ed8033", Required: false),
            ],
            new(["https://www.cs.toronto.edu/~kriz/"], ["cifar-10-binary.tar.gz"], 170)),
    ];

    /// <summary>The entry of that name; null if there is none.</summary>
    public static CatalogueEntry? Find(string name) => All.FirstOrDefault(e => e.Name == name);
}
