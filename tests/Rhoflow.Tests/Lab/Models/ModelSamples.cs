using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Rhoflow.Data;
using Rhoflow.Lab.Models;
using Shouldly;

namespace Rhoflow.Tests.Lab.Models;

/// <summary>Files of models written byte by byte from the descriptions of their formats, and what must hold of any damaged one.</summary>
internal static class ModelSamples
{
    /// <summary>A safetensors file of float32 arrays.</summary>
    public static byte[] Safetensors(params (string Name, long[] Shape, float[] Values)[] arrays) => Safetensors(
        [.. arrays.Select(static a => (a.Name, "F32", a.Shape, MemoryMarshal.AsBytes<float>(a.Values).ToArray()))]);

    /// <summary>A safetensors file of any arrays.</summary>
    public static byte[] Safetensors(params (string Name, string Type, long[] Shape, byte[] Bytes)[] arrays)
    {
        var (header, at) = (new StringBuilder("{"), 0);
        foreach (var (name, type, shape, bytes) in arrays)
        {
            header.Append(CultureInfo.InvariantCulture, $"{(header.Length > 1 ? "," : "")}\"{name}\":{{\"dtype\":\"{type}\",")
                .Append(CultureInfo.InvariantCulture, $"\"shape\":[{string.Join(',', shape)}],")
                .Append(CultureInfo.InvariantCulture, $"\"data_offsets\":[{at},{at + bytes.Length}]}}");
            at += bytes.Length;
        }
        return WithHeader(header.Append('}').ToString(), [.. arrays.SelectMany(static a => a.Bytes)]);
    }

    /// <summary>A safetensors file with that header.</summary>
    public static byte[] WithHeader(string header, byte[] numbers)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        return [.. length, .. json, .. numbers];
    }

    /// <summary>All numbers of a tensor.</summary>
    public static double[] Numbers(this Tensor tensor)
    {
        var numbers = new double[tensor.Count];
        tensor.Read(0, numbers);
        return numbers;
    }

    /// <summary>
    /// A damaged file is read, all its numbers too, or refused by the reader's own exception in a short sentence that names the file. What
    /// is allocated is bounded by the file's own size.
    /// </summary>
    public static void ReadOrRefused(byte[] bytes, string name, Func<ByteStore, ModelContent> read)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            var content = read(new MemoryStore(name, bytes));
            var window = new double[64];
            foreach (var tensor in content.Tensors)
            {
                tensor.Count.ShouldBeLessThanOrEqualTo(2000L * bytes.Length);
                var first = (int)Math.Min(window.Length, tensor.Count);
                tensor.Read(0, window.AsSpan(0, first));
                tensor.Read(tensor.Count - first, window.AsSpan(0, first));
            }
        }
        catch (DataException e)
        {
            e.Message.ShouldContain(name);
            e.Message.Any(char.IsControl).ShouldBeFalse(e.Message);
            e.Message.Length.ShouldBeLessThan(3000);
        }
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(4_000_000 + 200L * bytes.Length);
    }

    /// <summary>Up to four changes: bits, bytes, cuts, doubled parts, numbers at the ends of their ranges, words of the format.</summary>
    public static byte[] Mutate(byte[] bytes, Random random, params byte[][] words)
    {
        byte[] changed = [.. bytes];
        for (var k = random.Next(4); k >= 0 && changed.Length > 0; k--)
        {
            var at = random.Next(random.Next(2) == 0 ? Math.Min(changed.Length, 200) : changed.Length);
            var count = Math.Min(random.Next(1, 12), changed.Length - at);
            switch (random.Next(words.Length > 0 ? 8 : 7))
            {
                case 0: changed[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: changed[at] = (byte)random.Next(256); break;
                case 2: changed = [.. changed[..at], .. changed[(at + count)..]]; break;
                case 3: changed = [.. changed[..(at + count)], .. changed[at..]]; break;
                case 4: changed = changed[..(random.Next(3) == 0 ? at : changed.Length)]; break;
                case 5: changed.AsSpan(at, count).Fill((byte)(random.Next(2) * 255)); break;
                case 6: changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8)); break;
                default: changed = [.. changed[..at], .. words[random.Next(words.Length)], .. changed[at..]]; break;
            }
        }
        return changed;
    }
}
