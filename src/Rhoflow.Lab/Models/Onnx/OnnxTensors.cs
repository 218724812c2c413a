using Rhoflow.Data;

namespace Rhoflow.Lab.Models.Onnx;

/// <summary>
/// TensorProto: dims (1), data_type (2), float_data (4), int32_data (5), string_data (6), int64_data (7), name (8), raw_data (9),
/// double_data (10), uint64_data (11), external_data (13), data_location (14). Numbers stay where they lie, but for those that are written
/// as numbers of varying length.
/// </summary>
internal sealed class OnnxTensors(ByteStore file, ExternalData external)
{
    private static readonly string[] s_types =
    [
        "undefined", "float32", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool", "float16", "float64", "uint32",
        "uint64", "complex64", "complex128", "bfloat16", "float8_e4m3fn", "float8_e4m3fnuz", "float8_e5m2", "float8_e5m2fnuz", "uint4",
        "int4", "float4_e2m1",
    ];

    private static readonly Dictionary<string, ElementType> s_known =
        Enum.GetValues<ElementType>().ToDictionary(static t => t.Word(), static t => t, StringComparer.Ordinal);

    /// <summary>Tensors that were passed over, since their numbers are of a type that is not read.</summary>
    public List<string> PassedOver { get; } = [];

    /// <summary>Reads a tensor; null: it was passed over.</summary>
    /// <param name="field">The message.</param>
    /// <param name="name">Instead of its own name; null: its own.</param>
    /// <exception cref="DataException">It is damaged, or its numbers lie elsewhere than allowed.</exception>
    public Tensor? Read(WireField field, string? name = null)
    {
        var message = new Message();
        var reader = WireReader.Of(file, field);
        while (reader.Next(out var f))
            switch (f.Number)
            {
                case 1:
                    foreach (var size in WireReader.Varints(file, f))
                        if (message.Dims.Count <= Tensor.MostAxes) message.Dims.Add((long)size);
                    break;
                case 2: message.Type = f.Signed; break;
                case 3: message.Refused = "is stored in segments, which no reader knows"; break;
                case 4 or 5 or 7 or 10 or 11: message.Typed.Add(f); break;
                case 8: name ??= WireReader.Text(file, f); break;
                case 9 when message.Raw is null: message.Raw = f; break;
                case 9: message.Refused = "has two fields of raw bytes"; break;
                case 13: ReadPlace(f, message.Place); break;
                case 14: message.IsExternal = f.Value == 1; break;
                default: break;
            }
        name ??= "";
        if (message.Refused is { } why) throw Refused(field, name, why);
        var word = message.Type is >= 0 && message.Type < s_types.Length ? s_types[message.Type] : $"type {message.Type}";
        if (!s_known.TryGetValue(word, out var type))
        {
            PassedOver.Add($"{name} ({word})");
            return null;
        }
        var shape = message.Dims.ToArray();
        var store = message.IsExternal ? external.Open(message.Place, name)
            : message.Raw is { Wire: 2 } raw ? file.Part(raw.Begin, raw.Length, file.Name) : Numbers(field, name, type, message.Typed);
        var tensor = new Tensor(name, shape, type, store);
        return tensor.Count * type.Bytes() == store.Length ? tensor
            : throw Refused(field, name, $"of shape [{string.Join(", ", shape)}] and type {word} needs {tensor.Count * type.Bytes()} "
                + $"bytes; it has {store.Length}");
    }

    // Floats and doubles lie packed; others, and halves by their bits, are numbers of varying length.
    private ByteStore Numbers(WireField tensor, string name, ElementType type, List<WireField> fields)
    {
        if (fields.Count == 0) return new MemoryStore(file.Name, []);
        var expected = type switch
        {
            ElementType.Float32 => 4,
            ElementType.Float64 => 10,
            ElementType.Int64 => 7,
            ElementType.UInt32 or ElementType.UInt64 => 11,
            _ => 5,
        };
        if (fields.Find(f => f.Number != expected) is { Number: > 0 } other)
            throw Refused(tensor, name, $"has {type.Word()} numbers in field {other.Number}; they belong into field {expected}");
        if (expected is 4 or 10)
            return fields is [{ Wire: 2 } packed] ? file.Part(packed.Begin, packed.Length, file.Name)
                : throw Refused(tensor, name, "has its numbers in pieces");
        var (size, bytes) = (type.Bytes(), new List<byte>());
        foreach (var field in fields)
            foreach (var value in WireReader.Varints(file, field))
                for (var i = 0; i < size; i++) bytes.Add((byte)(value >> 8 * i));
        return new MemoryStore(file.Name, [.. bytes]);
    }

    private void ReadPlace(WireField field, Dictionary<string, string> place)
    {
        var (key, value) = ("", "");
        var reader = WireReader.Of(file, field);
        while (reader.Next(out var f))
            if (f.Number == 1) key = WireReader.Text(file, f, 4096);
            else if (f.Number == 2) value = WireReader.Text(file, f, 4096);
        if (!place.TryAdd(key, value))
            throw new DataException($"{file.Name}, byte {field.Begin}: the place of a tensor has two values for '{key}'");
    }

    private DataException Refused(WireField field, string name, string why) =>
        new($"{file.Name}, byte {field.Begin}: the tensor '{name}' {why}");

    private sealed class Message
    {
        public List<long> Dims { get; } = [];

        public List<WireField> Typed { get; } = [];

        public Dictionary<string, string> Place { get; } = new(StringComparer.Ordinal);

        public WireField? Raw { get; set; }

        public long Type { get; set; }

        public bool IsExternal { get; set; }

        public string? Refused { get; set; }
    }
}
