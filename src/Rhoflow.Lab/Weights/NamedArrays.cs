using System.IO.Compression;
using Rhoflow.Data;
using Rhoflow.Lab.Files;
using Rhoflow.Lab.Models;

namespace Rhoflow.Lab.Weights;

/// <summary>One array of a file.</summary>
/// <param name="Name">As the file has it.</param>
/// <param name="Shape">The length of each axis.</param>
internal sealed record ArrayInfo(string Name, IReadOnlyList<int> Shape)
{
    /// <summary>The name without its last part: the module of PyTorch and others.</summary>
    public string Module => Cut < 0 ? Name : Name[..Cut];

    /// <summary>The last part of the name: weight, bias, running_mean; empty where the name has one part.</summary>
    public string Part => Cut < 0 ? "" : Name[(Cut + 1)..].ToLowerInvariant();

    /// <summary>Whether it is a kernel of Flax or Keras, whose axes are inputs × outputs.</summary>
    public bool IsKernel => Part == "kernel";

    /// <summary>"4 × 1 × 3 × 3".</summary>
    public string Form => Shape.Count == 0 ? "one number" : string.Join(" × ", Shape);

    /// <summary>Name and form.</summary>
    public override string ToString() => $"{Name} ({Form})";

    private int Cut => Name.LastIndexOfAny(['.', '/', ':']) is > 0 and var dot ? dot
        : Name.LastIndexOf('_') is > 0 and var line && Parts.IsKnown(Name[(line + 1)..]) ? line : -1;
}

/// <summary>The arrays of a file of weights by their names.</summary>
internal sealed class NamedArrays
{
    private readonly Func<string, double[]> _read;

    private NamedArrays(string path, IReadOnlyList<ArrayInfo> arrays, bool isOwn, Func<string, double[]> read) =>
        (Path, Arrays, IsOwn, _read) = (path, arrays, isOwn, read);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>In the order of the file, which says nothing: writers sort by name.</summary>
    public IReadOnlyList<ArrayInfo> Arrays { get; }

    /// <summary>Whether a descent of this program wrote it.</summary>
    public bool IsOwn { get; }

    /// <exception cref="DataException">The file cannot be read, or is damaged.</exception>
    public static NamedArrays Open(string path) =>
        path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase) ? OpenSafetensors(path)
            : path.EndsWith(".npz", StringComparison.OrdinalIgnoreCase) ? OpenArchive(path) : OpenModel(path);

    /// <summary>The numbers of an array, row-major.</summary>
    /// <exception cref="DataException">Numbers of a type that weights do not have, or one that is not finite.</exception>
    public double[] Numbers(ArrayInfo array)
    {
        double[] numbers;
        try
        {
            numbers = _read(array.Name);
        }
        catch (DataException e) when (!e.Message.StartsWith(Path, StringComparison.Ordinal))
        {
            throw new DataException($"{Path}: {e.Message}", e);
        }
        return Array.FindIndex(numbers, static v => !double.IsFinite(v)) is >= 0 and var bad
            ? throw new DataException($"{Path}: array '{array.Name}' has {numbers[bad]} at place {bad}; weights are finite numbers")
            : numbers;
    }

    /// <summary>The array of that name; null where there is none.</summary>
    public ArrayInfo? Find(string name) => Arrays.FirstOrDefault(a => a.Name == name);

    private static NamedArrays OpenSafetensors(string path)
    {
        var file = Safetensors.Load(path);
        var isOwn = file.Metadata.ContainsKey("run")
            || file.Metadata.TryGetValue("format", out var format) && format.StartsWith("rhoflow descent", StringComparison.Ordinal);
        if (isOwn) ArraySeal.Check(file, path);
        return new NamedArrays(path, [.. file.Arrays.Select(static a => new ArrayInfo(a.Name, a.Shape))], isOwn, file.ReadNumbers);
    }

    // The file is opened again for each array: it stays nobody's business for how long.
    private static NamedArrays OpenModel(string path)
    {
        using var file = ModelFile.Open(path);
        ArrayInfo[] arrays = [.. file.Content.Tensors.Select(t => t.Shape.All(static s => s <= int.MaxValue) && t.Count <= Array.MaxLength
            ? new ArrayInfo(t.Name, [.. t.Shape.Select(static s => (int)s)])
            : throw new DataException($"{path}: array '{t.Name}' ({t.Form}) is larger than a network here can be"))];
        return new NamedArrays(path, arrays, false, name =>
        {
            using var again = ModelFile.Open(path);
            var tensor = again.Content.Tensors.First(t => t.Name == name);
            if (!tensor.Type.IsFloating())
                throw new DataException($"array '{name}' holds {tensor.Type.Word()} numbers; weights are floating-point numbers");
            var numbers = new double[tensor.Count];
            tensor.Read(0, numbers);
            return numbers;
        });
    }

    private static NamedArrays OpenArchive(string path)
    {
        try
        {
            using var archive = ZipFile.OpenRead(path);
            var arrays = new Dictionary<string, NumpyArray>(StringComparer.Ordinal);
            foreach (var entry in archive.Entries.Where(static e => e.FullName.EndsWith(".npy", StringComparison.Ordinal)))
            {
                var name = entry.FullName[..^4];
                using var file = DataFile.Over(entry.Open(), $"{path} ({name})", entry.Length, entry.CompressedLength, entry.Crc32, null);
                if (!arrays.TryAdd(name, NumpyArray.Read(file))) throw new DataException($"{path}: the array '{name}' stands there twice");
            }
            return new NamedArrays(path, [.. arrays.Select(static a => new ArrayInfo(a.Key, a.Value.Sizes))], false,
                name => arrays[name].Values switch
                {
                    double[] v => v,
                    float[] v => Array.ConvertAll(v, static f => (double)f),
                    var other => throw new DataException(
                        $"array '{name}' holds {other.GetType().GetElementType()!.Name} numbers; weights are floating-point numbers"),
                });
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or NotSupportedException or ArgumentException
            or OverflowException)
        {
            throw new DataException($"{path}: not a zip archive, or a damaged one: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path}: cannot be read: {e.Message}", e);
        }
    }
}
