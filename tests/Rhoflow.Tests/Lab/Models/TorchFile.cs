using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace Rhoflow.Tests.Lab.Models;

/// <summary>Files as torch.save writes them, from the descriptions of zip and of pickles, and others that it never would.</summary>
internal static class TorchFile
{
    public static readonly byte[] Start = [0x80, 2], Stop = [(byte)'.'], Dictionary = [(byte)'}'], List = [(byte)']'],
        Mark = [(byte)'('], SetItems = [(byte)'u'], Reduce = [(byte)'R'], TupleEnd = [(byte)'t'],
        Append = [(byte)'a'], SetItem = [(byte)'s'];

    /// <summary>A zip archive of stored entries.</summary>
    public static byte[] Zip(params (string Name, byte[] Content)[] entries)
    {
        var (file, directory) = (new MemoryStream(), new MemoryStream());
        foreach (var (name, content) in entries)
        {
            var (raw, crc, offset) = (Encoding.UTF8.GetBytes(name), Crc32.HashToUInt32(content), (uint)file.Position);
            byte[] sizes = [.. U32(crc), .. U32((uint)content.Length), .. U32((uint)content.Length), .. U16(raw.Length)];
            file.Write([0x50, 0x4b, 3, 4, 20, 0, 0, 8, 0, 0, 0, 0, 0, 0, .. sizes, .. U16(0), .. raw, .. content]);
            directory.Write([0x50, 0x4b, 1, 2, 20, 0, 20, 0, 0, 8, 0, 0, 0, 0, 0, 0, .. sizes, .. new byte[12], .. U32(offset), .. raw]);
        }
        var begin = (uint)file.Position;
        file.Write(directory.ToArray());
        file.Write([0x50, 0x4b, 5, 6, 0, 0, 0, 0, .. U16(entries.Length), .. U16(entries.Length), .. U32((uint)directory.Length),
            .. U32(begin), 0, 0]);
        return file.ToArray();
    }

    /// <summary>An archive with that pickle and storages 0, 1, ….</summary>
    public static byte[] Archive(byte[] pickle, params byte[][] storages) =>
        Zip([("m/data.pkl", pickle), .. storages.Select(static (s, i) => ($"m/data/{i}", s)), ("m/version", "3\n"u8.ToArray())]);

    /// <summary>{name: tensor, …}.</summary>
    public static byte[] StateDict(params (string Name, byte[] Value)[] items) =>
        [.. Start, .. Ordered(items), .. Stop];

    /// <summary>OrderedDict of texts.</summary>
    public static byte[] Ordered(params (string Name, byte[] Value)[] items) =>
        [.. Global("collections", "OrderedDict"), (byte)')', .. Reduce, .. Mark,
            .. items.SelectMany(static i => (byte[])[.. Text(i.Name), .. i.Value]), .. SetItems];

    /// <summary>A tensor that is a view of a storage.</summary>
    public static byte[] Tensor(string storage, int key, long count, long offset, long[] shape, long[] strides) =>
    [
        .. Global("torch._utils", "_rebuild_tensor_v2"), .. Mark, .. Storage(storage, key, count), .. Number(offset), .. Numbers(shape),
        .. Numbers(strides), 0x89, .. Global("collections", "OrderedDict"), (byte)')', .. Reduce, .. TupleEnd, .. Reduce,
    ];

    /// <summary>The persistent id of a storage, resolved.</summary>
    public static byte[] Storage(string type, int key, long count) =>
        [.. Mark, .. Text("storage"), .. Global("torch", type), .. Text($"{key}"), .. Text("cpu"), .. Number(count), .. TupleEnd,
            (byte)'Q'];

    public static byte[] Global(string module, string name) => [(byte)'c', .. Encoding.UTF8.GetBytes($"{module}\n{name}\n")];

    public static byte[] Text(string text)
    {
        var raw = Encoding.UTF8.GetBytes(text);
        return [(byte)'X', .. U32((uint)raw.Length), .. raw];
    }

    public static byte[] Number(long value)
    {
        if (value is >= 0 and < 256) return [(byte)'K', (byte)value];
        var raw = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(raw, value);
        return [0x8a, 8, .. raw];
    }

    public static byte[] Numbers(long[] values) => [.. Mark, .. values.SelectMany(Number), .. TupleEnd];

    public static byte[] U16(int value) => [(byte)value, (byte)(value >> 8)];

    public static byte[] U32(uint value) => [(byte)value, (byte)(value >> 8), (byte)(value >> 16), (byte)(value >> 24)];
}
