using Rhoflow.Data;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Datasets;

/// <summary>
/// A folder of PNG and JPEG images with one sub-folder a class, as torchvision's ImageFolder has them: classes and the images of each in
/// the order of their names; those that begin with a dot belong to the system. Sub-folders train and test (or val) with the classes in them
/// are the two parts.
/// </summary>
internal sealed class ImageFolder
{
    private static readonly string[] s_testNames = ["test", "val"];

    private readonly IReadOnlyList<(string Path, int Class)> _files;
    private readonly string _folder;
    private readonly IReadOnlyList<string> _classes;
    private readonly IReadOnlyList<string> _leftOut;

    private ImageFolder(string folder, IReadOnlyList<string> classes)
    {
        (_folder, _classes) = (folder, classes);
        var (files, leftOut) = (new List<(string, int)>(), new List<string>());
        foreach (var (k, name) in classes.Index())
        {
            var of = Path.Combine(folder, name);
            if (!Directory.Exists(of)) continue;
            if (Sorted(Directory.EnumerateDirectories(of)).FirstOrDefault() is { } deeper)
                throw new DataException($"{of} holds the folder '{deeper}': images lie in one folder a class, directly");
            foreach (var file in Sorted(Directory.EnumerateFiles(of)))
                if (ImageFile.IsNamed(file)) files.Add((Path.Combine(of, file), k));
                else leftOut.Add($"{name}/{file}");
        }
        leftOut.AddRange(Sorted(Directory.EnumerateFiles(folder)));
        (_files, _leftOut) = (files, leftOut);
        if (files.Count == 0) throw new DataException($"{folder}: there is no .png, .jpg or .jpeg image in its folders");
    }

    /// <summary>Whether there are images in the folders of a folder, or in theirs.</summary>
    public static bool Is(string folder)
    {
        // What cannot be looked into is found, and said, by whoever reads it.
        var readable = new EnumerationOptions { IgnoreInaccessible = true };
        bool Holds(string of) => Directory.EnumerateFiles(of, "*", readable).Any(ImageFile.IsNamed);
        return Directory.Exists(folder) && Directory.EnumerateDirectories(folder, "*", readable)
            .Any(of => Holds(of) || Directory.EnumerateDirectories(of, "*", readable).Any(Holds));
    }

    /// <summary>The training part and the authors' test part; of a folder without these, all images and null.</summary>
    /// <exception cref="DataException">Classes of the test part that the training part does not have, or no images.</exception>
    public static (ImageFolder Train, ImageFolder? Test) Open(string folder)
    {
        try
        {
            var (train, test) = Parts(folder);
            var names = Sorted(Directory.EnumerateDirectories(train)).ToArray();
            if (names.Length == 0) throw new DataException($"{train} has no folders: one a class is expected, with the images in it");
            if (test is null) return (new ImageFolder(train, names), null);
            var unknown = Sorted(Directory.EnumerateDirectories(test)).Except(names, StringComparer.Ordinal).ToArray();
            return unknown.Length == 0 ? (new ImageFolder(train, names), new ImageFolder(test, names)) : throw new DataException(
                $"{test} has the classes {DataReading.Few(unknown)}, which {train} has not: {DataReading.Few(names)}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"the folder '{folder}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>All files of both parts, in order: what the content of the folder is.</summary>
    public static IEnumerable<string> Files(string folder)
    {
        var (train, test) = Open(folder);
        return train._files.Concat(test?._files ?? []).Select(static f => f.Path);
    }

    /// <summary>Reads the images of some classes into memory that is lent for the choice of examples.</summary>
    /// <param name="classes">Of these; null: of all.</param>
    /// <param name="progress">Told how many images are read.</param>
    /// <param name="shape">What images have to be; null: as the first is, RGB where any is.</param>
    /// <exception cref="DataException">An image of another size, or a damaged one: its name.</exception>
    public LentImages Lend(IReadOnlyList<string>? classes, Action<string>? progress, ImageHeader? shape, out ImageHeader of)
    {
        var keep = ClassFilter.Of(_folder, _classes, classes);
        var files = _files.Where(f => keep[f.Class]).ToArray();
        if (files.Length == 0) throw new DataException($"{_folder}: no image of {string.Join(", ", classes ?? _classes)}");
        var headers = new ImageHeader[files.Length];
        Each(files.Length, n => headers[n] = ImageFile.Header(files[n].Path),
            n => progress?.Invoke($"looking at image {n} of {files.Length} in {_folder}"));
        var expected = shape ?? headers[0] with { Channels = headers.Max(static h => h.Channels) };
        for (var n = 0; n < files.Length; n++)
            if (headers[n].Height != expected.Height || headers[n].Width != expected.Width)
                throw new DataException($"{files[n].Path} is {headers[n].Height} × {headers[n].Width}, but "
                    + $"{(shape is null ? files[0].Path : "the training part")} is {expected.Height} × {expected.Width}: all images need "
                    + "the same size");
            else if (headers[n].Channels > expected.Channels)
                throw new DataException($"{files[n].Path} is RGB, but the training part is grey");
        of = expected;
        var size = expected.Height * expected.Width * expected.Channels;
        if ((long)size * files.Length > int.MaxValue)
            throw new DataException($"{_folder}: {files.Length} images of {expected} are {(long)size * files.Length} bytes; at most "
                + $"{int.MaxValue} are held");
        var grey = expected.Channels == 3 ? headers.Count(static h => h.Channels == 1) : 0;
        return LentImages.Read(Path.GetFileName(Path.TrimEndingDirectorySeparator(_folder)),
            new TensorShape(expected.Height, expected.Width, expected.Channels), allocate =>
            {
                var memory = allocate(size * files.Length);
                Each(files.Length, n => ImageFile.Pixels(files[n].Path, expected.Channels).CopyTo(memory.Span[(n * size)..]),
                    n => progress?.Invoke($"reading image {n} of {files.Length} in {_folder}"));
                return ([.. files.Select(static f => (double)f.Class)], _classes);
            }, new DataReading
            {
                File = Path.GetFileName(Path.TrimEndingDirectorySeparator(_folder)),
                HasNamedClasses = true,
                Facts = [$"{files.Length} images of {expected}", .. grey > 0 ? [$"{grey} grey ones are read as RGB"]
                    : Array.Empty<string>(),
                    .. _leftOut.Count > 0 ? [$"left out, no .png or .jpg: {DataReading.Few(_leftOut)}"] : Array.Empty<string>()],
                Dropped = _leftOut,
            });
    }

    private static (string Train, string? Test) Parts(string folder)
    {
        var train = Path.Combine(folder, "train");
        var test = s_testNames.Select(n => Path.Combine(folder, n)).Where(Is).ToArray();
        if (!Is(train) || test.Length == 0) return (folder, null);
        return test.Length == 1 ? (train, test[0])
            : throw new DataException($"{folder} has a test and a val folder: data.path: {train} takes the training part alone");
    }

    // The first fault in the order of the files, whichever thread finds its own first.
    private static void Each(int count, Action<int> work, Action<int> done)
    {
        var (finished, gate) = (0, new Lock());
        (int N, DataException Why)? first = null;
        Parallel.For(0, count, (n, loop) =>
        {
            try
            {
                work(n);
                if (Interlocked.Increment(ref finished) is var so && so % 256 == 0) done(so);
            }
            catch (DataException e)
            {
                lock (gate)
                    if (first is null || n < first.Value.N) first = (n, e);
                // What stands before it is still looked at.
                loop.Break();
            }
        });
        if (first is { } fault) throw fault.Why;
    }

    private static IEnumerable<string> Sorted(IEnumerable<string> paths) =>
        paths.Select(static p => Path.GetFileName(p)!).Where(static n => n[0] != '.').Order(StringComparer.Ordinal);
}
