using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace Rhoflow.Data;

/// <summary>
/// Named arrays in the safetensors format: 8 bytes with the header's length, a JSON header {"name": {"dtype", "shape",
/// "data_offsets"}, …}, then the numbers, little-endian and row-major. It holds numbers only; reading never runs code.
/// </summary>
internal sealed class Safetensors
{
    private const long LargestHeader = 100_000_000;

    private static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false };

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
        if (file.Length < 8)
            throw new DataException(
                $"{path}: {file.Length} bytes are too few for a safetensors file (a header's length of 8 bytes comes first)");
        var length = BinaryPrimitives.ReadInt64LittleEndian(file);
        if (length is < 2 or > LargestHeader || length > file.Length - 8)
            throw new DataException($"{path}, offset 0: the header would be {length} bytes long, in a file of {file.Length}; this is not "
                + "a safetensors file, or it is cut off");
        if (!Utf8.IsValid(file.AsSpan(8, (int)length)))
            throw new DataException($"{path}, offset 8: the header is not UTF-8 text; this is not a safetensors file, or it is damaged");
        JsonObject header;
        try
        {
            header = JsonNode.Parse(file.AsSpan(8, (int)length), null, s_strict) as JsonObject
                ?? throw new JsonException("it is not an object");
        }
        catch (JsonException e)
        {
            throw new DataException($"{path}, offset 8: the header cannot be read: {e.Message}", e);
        }
        var begin = 8 + length;
        var result = new Safetensors();
        var ranges = new List<(long From, long To, string Name)>();
        foreach (var (name, node) in header)
        {
            if (name == "__metadata__")
            {
                ReadMetadata(node, result._metadata, path);
                continue;
            }
            var (entry, from, to) = ReadEntry(name, node, file, begin, path);
            result._entries.Add(name, entry);
            ranges.Add((from, to, name));
        }
        RequireOneAfterAnother(ranges, file.Length - begin, path);
        return result;
    }

    private static void ReadMetadata(JsonNode? node, Dictionary<string, string> metadata, string path)
    {
        foreach (var (key, value) in node as JsonObject
            ?? throw new DataException($"{path}: the header's '__metadata__' is not a map of texts"))
            metadata[key] = value is JsonValue && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>()
                : throw new DataException($"{path}: the header's '__metadata__' has no text for '{key}'");
    }

    // The arrays fill the rest of the file without holes and without sharing a byte; else two names would be one array, or a part unread.
    private static void RequireOneAfterAnother(List<(long From, long To, string Name)> ranges, long length, string path)
    {
        ranges.Sort();
        var (end, before) = (0L, "the header");
        foreach (var (from, to, name) in ranges)
        {
            if (from < end)
                throw new DataException($"{path}: array '{name}' begins at byte {from} of the numbers, inside '{before}', which ends at "
                    + $"{end}; the file is damaged");
            if (from > end)
                throw new DataException($"{path}: the bytes {end} … {from} of the numbers, between '{before}' and '{name}', belong to no "
                    + "array; the file is damaged");
            (end, before) = (to, name);
        }
        if (end != length)
            throw new DataException($"{path}: the arrays end at byte {end} of the numbers; {length} bytes are there; the file is damaged");
    }

    private static (Entry Entry, long From, long To) ReadEntry(string name, JsonNode? node, byte[] file, long begin, string path)
    {
        try
        {
            var type = (string)node!["dtype"]!;
            int[] shape = [.. ((JsonArray)node["shape"]!).Select(static s => (int)s!)];
            if (node["data_offsets"] is not JsonArray { Count: 2 } offsets) throw new FormatException("two offsets were expected");
            long from = (long)offsets[0]!, to = (long)offsets[1]!;
            if (from < 0 || to < from || to > file.Length - begin)
                throw new DataException($"{path}: array '{name}' would lie at bytes {from} … {to} of the numbers, of which there are "
                    + $"{file.Length - begin}; the file is cut off or damaged");
            var expected = shape.Aggregate((long)SizeOf(type, name, path), static (a, b) => checked(a * b));
            if (Array.Exists(shape, static s => s < 0) || to - from != expected)
                throw new DataException($"{path}, offset {begin + from}: array '{name}' of shape [{string.Join(", ", shape)}] and type "
                    + $"{type} needs {expected} bytes; it has {to - from}");
            return (new Entry(type, shape, file[(int)(begin + from)..(int)(begin + to)]), from, to);
        }
        catch (Exception e) when (e is NullReferenceException or InvalidOperationException or InvalidCastException
            or FormatException or ArgumentException or OverflowException)
        {
            throw new DataException($"{path}: the header's entry '{name}' is not of the form {{\"dtype\", \"shape\", \"data_offsets\"}}",
                e);
        }
    }

    private static int SizeOf(string type, string name, string path) => type switch
    {
        "F64" or "I64" or "U64" => 8,
        "F32" or "I32" or "U32" => 4,
        "F16" or "BF16" or "I16" or "U16" => 2,
        "I8" or "U8" or "BOOL" => 1,
        _ => throw new DataException($"{path}: array '{name}' is of type '{type}', which is not known here"),
    };

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
