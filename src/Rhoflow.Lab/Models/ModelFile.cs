using Rhoflow.Data;
using Rhoflow.Lab.Models.Onnx;

namespace Rhoflow.Lab.Models;

/// <summary>What a reader finds in a file.</summary>
/// <param name="Format">In words.</param>
/// <param name="Tensors">In the order of the file.</param>
internal sealed record ModelContent(string Format, IReadOnlyList<Tensor> Tensors)
{
    /// <summary>What else stands in the file, and what was taken for what.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Operators and opsets; null where the format has none.</summary>
    public OnnxModel? Onnx { get; init; }
}

/// <summary>
/// The file of a model that was trained elsewhere: named tensors, whose numbers are read when they are asked for. Nothing that stands in
/// such a file is executed, and no name in it is used as a path.
/// </summary>
internal sealed class ModelFile : IDisposable
{
    private static readonly string[] s_endings = [".safetensors", ".safetensors.index.json", ".pt", ".pth", ".npz", ".onnx"];

    private readonly List<IDisposable> _open = [];

    private ModelFile(string path) => Path = path;

    /// <summary>As it was named.</summary>
    public string Path { get; }

    /// <summary>Bytes of all its files.</summary>
    public long Bytes { get; private set; }

    /// <summary>What stands in it.</summary>
    public ModelContent Content { get; private set; } = new("", []);

    /// <summary>What files can be read, in words.</summary>
    public const string Formats =
        ".safetensors, the .safetensors.index.json of a sharded one, a state dict of PyTorch (.pt, .pth), .npz, .onnx";

    /// <summary>Whether a path is that of a file of weights, by the end of its name.</summary>
    public static bool IsNamed(string path) =>
        s_endings.Any(e => path.EndsWith(e, StringComparison.OrdinalIgnoreCase));

    /// <summary>Opens a file.</summary>
    /// <exception cref="DataException">It cannot be read, is damaged, or of no format that is known here.</exception>
    public static ModelFile Open(string path)
    {
        var model = new ModelFile(path);
        try
        {
            model.Content = model.Read(model.Store(path));
            RequireOwnNames(path, model.Content.Tensors);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Closes its files; its tensors cannot be read any more.</summary>
    public void Dispose()
    {
        foreach (var file in _open) file.Dispose();
    }

    /// <summary>By the first bytes where they say it, else by the end of the name.</summary>
    private ModelContent Read(ByteStore file)
    {
        bool Ends(string ending) => Path.EndsWith(ending, StringComparison.OrdinalIgnoreCase);
        if (Ends(".index.json"))
        {
            var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!;
            return ShardIndex.Read(file, Path, name => Store(System.IO.Path.Combine(folder, name)),
                name => File.Exists(System.IO.Path.Combine(folder, name)));
        }
        if (Ends(".safetensors")) return SafetensorsReader.Read(file);
        if (Ends(".onnx"))
            return OnnxReader.Read(file, new ExternalData(Path, System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path)), Store));
        Span<byte> start = stackalloc byte[(int)Math.Min(32, file.Length)];
        file.Read(0, start);
        if (start is [(byte)'P', (byte)'K', 3 or 5, 4 or 6, ..] || Ends(".npz"))
        {
            var entries = ZipDirectory.Read(file);
            return TorchReader.Is(entries) ? TorchReader.Read(file, entries) : NpzReader.Read(file, entries);
        }
        if (TorchReader.WhyNot(start) is { } why) throw new DataException($"{Path} {why}");
        if (Ends(".pt") || Ends(".pth")) throw new DataException($"{Path}: is no file of torch.save, or is damaged: it is no zip archive");
        throw new DataException($"{Path}: is neither the folder of a run nor a file of weights ({Formats})");
    }

    private FileStore Store(string path)
    {
        var store = new FileStore(path);
        _open.Add(store);
        Bytes += store.Length;
        return store;
    }

    private static void RequireOwnNames(string path, IReadOnlyList<Tensor> tensors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tensor in tensors)
            if (!names.Add(tensor.Name)) throw new DataException($"{path}: two arrays are called '{tensor.Name}'");
    }
}
