using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;

namespace Rhoflow.Data;

/// <summary>
/// Named arrays in the safetensors format: 8 bytes with the header's length, a JSON header {"name": {"dtype", "shape",
/// "data_offsets"}, …}, then the numbers, little-endian and row-major. It holds numbers only; reading never runs code.
/// </summary>
internal sealed class Safetensors
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);

    /// <summary>Name, shape and number type of every array, in the order of the file.</summary>
    public IEnumerable<(string Name, int[] Shape, string Type)> Arrays => _entries.Select(e => (e.Key, e.Value.Shape, e.Value.Type));

    /// <summary>Free text by key.</summary>
    public IDictionary<string, string> Metadata => _metadata;

    /// <summary>Adds an array of float (F32), double (F64) or long (I64) numbers.</summary>
    /// <exception cref="ArgumentException">The name is taken, or the shape does not hold that many numbers.</exception>
    public void Add<T>(string name, ReadOnlySpan<T> values, params ReadOnlySpan<int> shape) where T : unmanaged
    {
        int[] sides = shape.IsEmpty ? [values.Length] : [.. shape];
        if (sides.Aggregate(1L, static (a, b) => a * b) != values.Length)
            throw new ArgumentException($"array '{name}' has {values.Length} numbers, which is not {string.Join(" × ", sides)}");
        if (!_entries.TryAdd(name, new Entry(TypeOf<T>(), sides, MemoryMarshal.AsBytes(values).ToArray())))
            throw new ArgumentException($"there is an array '{name}' already");
    }

    /// <summary>True if an array of that name is there.</summary>
    public bool Has(string name) => _entries.ContainsKey(name);

    /// <summary>The shape of an array.</summary>
    public IReadOnlyList<int> Shape(string name) => Find(name).Shape;

    /// <summary>The array of that name with its bits as they are.</summary>
    /// <exception cref="DataException">No such array, or one of another type.</exception>
    public T[] Read<T>(string name) where T : unmanaged
    {
        var entry = Find(name);
        if (entry.Type != TypeOf<T>()) throw new DataException($"array '{name}' holds {entry.Type}; {TypeOf<T>()} was expected");
        return MemoryMarshal.Cast<byte, T>(entry.Bytes).ToArray();
    }

    /// <summary>The array of that name as float64, from F64, F32, F16 or BF16 numbers.</summary>
    /// <exception cref="DataException">No such array, or numbers of another type.</exception>
    public double[] ReadNumbers(string name)
    {
        var entry = Find(name);
        return entry.Type switch
        {
            "F64" => MemoryMarshal.Cast<byte, double>(entry.Bytes).ToArray(),
            "F32" => [.. MemoryMarshal.Cast<byte, float>(entry.Bytes).ToArray().Select(static v => (double)v)],
            "F16" => [.. MemoryMarshal.Cast<byte, Half>(entry.Bytes).ToArray().Select(static v => (double)v)],
            "BF16" => [.. MemoryMarshal.Cast<byte, ushort>(entry.Bytes).ToArray()
                .Select(static v => (double)BitConverter.Int32BitsToSingle(v << 16))],
            var other => throw new DataException($"array '{name}' holds {other}; numbers of type F64, F32, F16 or BF16 were expected"),
        };
    }

    /// <summary>Writes the format; the numbers begin at a multiple of 8 bytes.</summary>
    public void Write(Stream stream)
    {
        var header = new JsonObject();
        if (_metadata.Count > 0)
            header["__metadata__"] = new JsonObject(_metadata.Select(m => KeyValuePair.Create(m.Key, (JsonNode?)m.Value)));
        var offset = 0L;
        foreach (var (name, entry) in _entries)
        {
            header[name] = new JsonObject
            {
                ["dtype"] = entry.Type,
                ["shape"] = new JsonArray([.. entry.Shape.Select(s => (JsonNode)s)]),
                ["data_offsets"] = new JsonArray(offset, offset + entry.Bytes.Length),
            };
            offset += entry.Bytes.Length;
        }
        var text = header.ToJsonString();
        var json = Encoding.UTF8.GetBytes(text);
        var padded = (json.Length + 7) / 8 * 8;
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, padded);
        stream.Write(length);
        stream.Write(json);
        for (var i = json.Length; i < padded; i++) stream.WriteByte((byte)' ');
        foreach (var entry in _entries.Values) stream.Write(entry.Bytes);
    }

    /// <summary>Reads a file, strictly: every array must lie within it and hold as many bytes as its shape says.</summary>
    /// <exception cref="DataException">Not a safetensors file, or a damaged one: the file, the place and what was expected are
    /// named.</exception>
    public static Safetensors Load(string path)
    {
        byte[] file;
        try
        {
            file = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path}: cannot be read: {e.Message}", e);
        }
        return Parse(file, path);
    }

    private static Safetensors Parse(byte[] file, string path)
    {
        var header = SafetensorsHeader.Parse(
            file.AsSpan(SafetensorsHeader.LengthBytes, SafetensorsHeader.LengthOf(file, file.Length, path)), file.Length, path);
        var result = new Safetensors();
        foreach (var (key, value) in header.Metadata) result._metadata[key] = value;
        foreach (var e in header.Entries)
        {
            // What fills a file that is in memory has sizes that fit, but for arrays without numbers.
            if (Array.Exists(e.Shape, static s => s > int.MaxValue))
                throw new DataException($"{path}: array '{e.Name}' of shape [{string.Join(", ", e.Shape)}] is larger than can be held");
            result._entries.Add(e.Name, new Entry(e.Type, [.. e.Shape.Select(static s => (int)s)],
                file[(int)(header.Begin + e.From)..(int)(header.Begin + e.To)]));
        }
        return result;
    }

    private static string TypeOf<T>() =>
        typeof(T) == typeof(float) ? "F32"
        : typeof(T) == typeof(double) ? "F64"
        : typeof(T) == typeof(long) ? "I64"
        : throw new NotSupportedException($"arrays of {typeof(T).Name} are not written");

    private Entry Find(string name) => _entries.TryGetValue(name, out var entry)
        ? entry
        : throw new DataException(
        $"there is no array '{name}'; there are {(_entries.Count == 0 ? "none" : string.Join(", ", _entries.Keys.Take(20)))}");

    private sealed record Entry(string Type, int[] Shape, byte[] Bytes);
}
