using System.Text;

namespace Rhoflow.Tests.Lab.Models;

/// <summary>Messages of Protocol Buffers, field by field, and an ONNX model of them.</summary>
internal static class OnnxFile
{
    /// <summary>A number of varying length.</summary>
    public static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value > 127; value >>= 7) bytes.Add((byte)(value | 128));
        return [.. bytes, (byte)value];
    }

    /// <summary>A field that is a number.</summary>
    public static byte[] Number(int field, long value) => [.. Varint((ulong)field << 3), .. Varint((ulong)value)];

    /// <summary>A field that is bytes, a text or a message.</summary>
    public static byte[] Bytes(int field, params byte[][] parts)
    {
        byte[] content = [.. parts.SelectMany(static p => p)];
        return [.. Varint((ulong)field << 3 | 2), .. Varint((ulong)content.Length), .. content];
    }

    public static byte[] Text(int field, string text) => Bytes(field, Encoding.UTF8.GetBytes(text));

    /// <summary>A TensorProto's fields: dims, type, name, and those of its numbers.</summary>
    public static byte[] Tensor(string name, int type, long[] dims, params byte[][] numbers) =>
    [
        .. Bytes(1, [.. dims.Select(static d => Varint((ulong)d))]), .. Number(2, type), .. numbers.SelectMany(static n => n),
        .. Text(8, name),
    ];

    public static byte[] Node(string op, string[] inputs, string[] outputs, params byte[][] attributes) =>
    [
        .. inputs.SelectMany(static i => Text(1, i)), .. outputs.SelectMany(static o => Text(2, o)), .. Text(4, op),
        .. attributes.SelectMany(static a => Bytes(5, a)),
    ];

    /// <summary>A ModelProto.</summary>
    public static byte[] Model(params byte[][] graph) =>
        [.. Number(1, 8), .. Text(2, "tests"), .. Bytes(7, [.. graph, Text(2, "g")]), .. Bytes(8, Text(1, ""), Number(2, 17))];

    /// <summary>An external_data entry of a tensor.</summary>
    public static byte[] Place(string key, string value) => Bytes(13, Text(1, key), Text(2, value));
}
