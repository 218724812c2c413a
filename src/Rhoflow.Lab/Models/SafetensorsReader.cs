using Rhoflow.Data;

namespace Rhoflow.Lab.Models;

/// <summary>Arrays of a .safetensors file; of the file only the header is read.</summary>
internal static class SafetensorsReader
{
    /// <exception cref="DataException">Not such a file, or a damaged one; the file, the place and what was expected are named.</exception>
    public static ModelContent Read(ByteStore file)
    {
        Span<byte> start = stackalloc byte[SafetensorsHeader.LengthBytes];
        start.Clear();
        if (file.Length >= start.Length) file.Read(0, start);
        var length = SafetensorsHeader.LengthOf(start, file.Length, file.Name);
        var header = SafetensorsHeader.Parse(file.Bytes(SafetensorsHeader.LengthBytes, length), file.Length, file.Name);
        return new ModelContent("safetensors",
            [.. header.Entries.Select(e => new Tensor(e.Name, e.Shape, TypeOf(e.Type), file, header.Begin + e.From))])
        {
            Notes = header.Metadata.Count == 0 ? []
                : [$"the file says: {string.Join(", ", header.Metadata.Take(8).Select(static m => $"{m.Key} = {Short(m.Value)}"))}"],
        };
    }

    private static ElementType TypeOf(string type) => type switch
    {
        "F64" => ElementType.Float64,
        "F32" => ElementType.Float32,
        "F16" => ElementType.Float16,
        "BF16" => ElementType.BFloat16,
        "F8_E4M3" => ElementType.Float8E4M3,
        "F8_E5M2" => ElementType.Float8E5M2,
        "I64" => ElementType.Int64,
        "I32" => ElementType.Int32,
        "I16" => ElementType.Int16,
        "I8" => ElementType.Int8,
        "U64" => ElementType.UInt64,
        "U32" => ElementType.UInt32,
        "U16" => ElementType.UInt16,
        "U8" => ElementType.UInt8,
        _ => ElementType.Bool,
    };

    private static string Short(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
