using Rhoflow.Data;

namespace Rhoflow.Lab.Models;

/// <summary>Arrays of a .npz file by the names of its entries (NAME.npy); of each only the header is read.</summary>
internal static class NpzReader
{
    /// <param name="file">The archive.</param>
    /// <param name="entries">Its entries.</param>
    /// <exception cref="DataException">It is damaged, or an array is none of numbers.</exception>
    public static ModelContent Read(ByteStore file, IReadOnlyList<ZipEntry> entries)
    {
        var (tensors, others) = (new List<Tensor>(), new List<string>());
        foreach (var entry in entries)
        {
            if (!entry.Name.EndsWith(".npy", StringComparison.Ordinal))
            {
                others.Add(entry.Name);
                continue;
            }
            var name = entry.Name[..^4];
            if (name.StartsWith('/') || name.Split('/', '\\').Contains(".."))
                throw new DataException($"{file.Name}: the array '{name}' has the name of a path out of the archive");
            var content = PackedStore.Of(file, entry);
            using var header = DataFile.Over(new StoreStream(content), content.Name, content.Length, content.Length, entry.Crc,
                content.Length);
            var (descr, fortran, sizes) = NumpyArray.Header(header);
            var type = NumpyType.Of(descr, content.Name);
            if (type.Kind is 'U' or 'S')
            {
                others.Add($"{name} (text)");
                continue;
            }
            long[] shape = [.. sizes.Select(static s => (long)s)];
            var tensor = new Tensor(name, shape, Of(type), content, header.Offset, fortran ? FirstAxisFastest(shape) : null, type.Big);
            if (header.Offset + tensor.Count * type.Bytes != content.Length)
                throw new DataException($"{content.Name}: {content.Length} bytes were found; "
                    + $"{header.Offset + tensor.Count * type.Bytes} were expected by its header ({tensor.Form} of {type.Bytes} bytes)");
            tensors.Add(tensor.CheckedBy(() => PackedStore.RequireWhole(content, entry)));
        }
        if (tensors.Count == 0) throw new DataException($"{file.Name}: holds no arrays of numbers (entries called NAME.npy)");
        return new ModelContent("NumPy", tensors)
        {
            Notes = others.Count == 0 ? [] : [$"not read: {DataReading.Few(others)}"],
        };
    }

    private static ElementType Of(NumpyType type) => (type.Kind, type.Bytes) switch
    {
        ('f', 8) => ElementType.Float64,
        ('f', 4) => ElementType.Float32,
        ('f', _) => ElementType.Float16,
        ('i', 8) => ElementType.Int64,
        ('i', 4) => ElementType.Int32,
        ('i', 2) => ElementType.Int16,
        ('i', _) => ElementType.Int8,
        ('u', 8) => ElementType.UInt64,
        ('u', 4) => ElementType.UInt32,
        ('u', 2) => ElementType.UInt16,
        ('u', _) => ElementType.UInt8,
        _ => ElementType.Bool,
    };

    private static long[] FirstAxisFastest(long[] shape)
    {
        var (strides, stride) = (new long[shape.Length], 1L);
        for (var a = 0; a < shape.Length; stride *= Math.Max(1, shape[a++])) strides[a] = stride;
        return strides;
    }
}
