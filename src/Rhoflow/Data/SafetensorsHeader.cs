using System.Text.Json;
using System.Text.Unicode;

namespace Rhoflow.Data;

/// <summary>One array as the header of a safetensors file has it.</summary>
/// <param name="Name">Any text; never a path to anything.</param>
/// <param name="Type">F32 …, one of <see cref="SafetensorsHeader.SizeOf"/>.</param>
/// <param name="Shape">Sizes ≥ 0.</param>
/// <param name="From">Its first byte, counted from the first byte behind the header.</param>
/// <param name="To">Behind its last byte.</param>
internal sealed record SafetensorsEntry(string Name, string Type, long[] Shape, long From, long To);

/// <summary>
/// The header of a safetensors file, checked against the file's length: every array lies in the file, has as many bytes as its shape and
/// type need, shares no byte with another, and no byte belongs to none. Only as much memory is taken as the header's own text justifies.
/// </summary>
/// <param name="Entries">In the order of the header.</param>
/// <param name="Metadata">Free text by key.</param>
/// <param name="Begin">Where the numbers begin in the file.</param>
internal sealed record SafetensorsHeader(IReadOnlyList<SafetensorsEntry> Entries, IReadOnlyDictionary<string, string> Metadata, long Begin)
{
    /// <summary>The bytes in front of the header, which give its length.</summary>
    public const int LengthBytes = 8;

    private const long Largest = 100_000_000;

    /// <summary>The header's length, from the first bytes of a file.</summary>
    /// <exception cref="DataException">The file is too short for it.</exception>
    public static int LengthOf(ReadOnlySpan<byte> start, long fileLength, string path)
    {
        if (fileLength < LengthBytes)
            throw new DataException(
                $"{path}: {fileLength} bytes are too few for a safetensors file (a header's length of 8 bytes comes first)");
        var length = System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(start);
        if (length is < 2 or > Largest || length > fileLength - LengthBytes)
            throw new DataException($"{path}, offset 0: the header would be {length} bytes long, in a file of {fileLength}; this is not "
                + "a safetensors file, or it is cut off");
        return (int)length;
    }

    /// <summary>Reads the header's text.</summary>
    /// <param name="json">All of it.</param>
    /// <param name="fileLength">Of the whole file.</param>
    /// <param name="path">What errors call the file.</param>
    /// <exception cref="DataException">Not such a header, or one that the file does not bear out.</exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, long fileLength, string path)
    {
        if (!Utf8.IsValid(json))
            throw new DataException($"{path}, offset 8: the header is not UTF-8 text; this is not a safetensors file, or it is damaged");
        var (entries, metadata) = (new List<SafetensorsEntry>(), new Dictionary<string, string>(StringComparer.Ordinal));
        var begin = LengthBytes + json.Length;
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new JsonException("it is not an object");
            var names = new HashSet<string>(StringComparer.Ordinal);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                if (!names.Add(name)) throw new JsonException($"'{name}' stands there twice");
                reader.Read();
                if (name == "__metadata__") ReadMetadata(ref reader, metadata, path);
                else entries.Add(ReadEntry(ref reader, name, fileLength - begin, begin, path));
            }
            // Behind the last brace only white space may stand.
            reader.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new DataException($"{path}, offset 8: the header cannot be read: {e.Message}", e);
        }
        RequireOneAfterAnother(entries, fileLength - begin, path);
        return new SafetensorsHeader(entries, metadata, begin);
    }

    /// <summary>Bytes of one number.</summary>
    /// <exception cref="DataException">A type that is not known here.</exception>
    public static int SizeOf(string type, string name, string path) => type switch
    {
        "F64" or "I64" or "U64" => 8,
        "F32" or "I32" or "U32" => 4,
        "F16" or "BF16" or "I16" or "U16" => 2,
        "I8" or "U8" or "BOOL" or "F8_E4M3" or "F8_E5M2" => 1,
        _ => throw new DataException($"{path}: array '{name}' is of type '{type}', which is not known here"),
    };

    private static void ReadMetadata(ref Utf8JsonReader reader, Dictionary<string, string> metadata, string path)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new DataException($"{path}: the header's '__metadata__' is not a map of texts");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
                throw new DataException($"{path}: the header's '__metadata__' has no text for '{key}'");
            if (!metadata.TryAdd(key, reader.GetString()!)) throw new JsonException($"'{key}' stands there twice");
        }
    }

    private static SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name, long numbers, long begin, string path)
    {
        string? type = null;
        long[]? shape = null, offsets = null;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        if (reader.TokenType != JsonTokenType.StartObject) reader.Skip();
        else
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var key = reader.GetString()!;
                if (!seen.Add(key)) throw new JsonException($"'{key}' of '{name}' stands there twice");
                reader.Read();
                if (key == "dtype" && reader.TokenType == JsonTokenType.String) type = reader.GetString();
                else if (key == "shape") shape = Numbers(ref reader);
                else if (key == "data_offsets") offsets = Numbers(ref reader);
                else reader.Skip();
            }
        DataException Malformed(Exception? inner = null)
        {
            var message = $"{path}: the header's entry '{name}' is not of the form {{\"dtype\", \"shape\", \"data_offsets\"}}";
            return inner is null ? new DataException(message) : new DataException(message, inner);
        }
        if (type is null || shape is null || offsets is not [var from, var to]) throw Malformed();
        if (from < 0 || to < from || to > numbers)
            throw new DataException($"{path}: array '{name}' would lie at bytes {from} … {to} of the numbers, of which there are "
                + $"{numbers}; the file is cut off or damaged");
        long expected;
        try
        {
            expected = shape.Aggregate((long)SizeOf(type, name, path), static (a, b) => checked(a * b));
        }
        catch (OverflowException e)
        {
            throw Malformed(e);
        }
        if (Array.Exists(shape, static s => s < 0) || to - from != expected)
            throw new DataException($"{path}, offset {begin + from}: array '{name}' of shape [{string.Join(", ", shape)}] and type "
                + $"{type} needs {expected} bytes; it has {to - from}");
        return new SafetensorsEntry(name, type, shape, from, to);
    }

    // Null for what is no list of whole numbers; the reader then stands at its end all the same.
    private static long[]? Numbers(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return null;
        }
        var (numbers, whole) = (new List<long>(), true);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var n)) numbers.Add(n);
            else
            {
                whole = false;
                reader.Skip();
            }
        }
        return whole ? [.. numbers] : null;
    }

    // The arrays fill the rest of the file without holes and without sharing a byte; else two names would be one array, or a part unread.
    private static void RequireOneAfterAnother(IReadOnlyList<SafetensorsEntry> entries, long length, string path)
    {
        var (end, before) = (0L, "the header");
        foreach (var e in entries.OrderBy(static e => e.From).ThenBy(static e => e.To).ThenBy(static e => e.Name, StringComparer.Ordinal))
        {
            if (e.From < end)
                throw new DataException($"{path}: array '{e.Name}' begins at byte {e.From} of the numbers, inside '{before}', which ends "
                    + $"at {end}; the file is damaged");
            if (e.From > end)
                throw new DataException($"{path}: the bytes {end} … {e.From} of the numbers, between '{before}' and '{e.Name}', belong to "
                    + "no array; the file is damaged");
            (end, before) = (e.To, e.Name);
        }
        if (end != length)
            throw new DataException($"{path}: the arrays end at byte {end} of the numbers; {length} bytes are there; the file is damaged");
    }
}
