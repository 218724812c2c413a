using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Rhoflow.Data;
using Rhoflow.Numerics;

namespace Rhoflow.Tests.Data;

/// <summary>Small files in the formats of the real ones, written from the formats' descriptions.</summary>
internal static class SampleFiles
{
    /// <summary>The folder of the real sets, if there is one here.</summary>
    public static string? RealFolder => Environment.GetEnvironmentVariable("RHOFLOW_DATA") is { Length: > 0 } folder
        && Directory.Exists(folder) ? folder : null;

    public static void Write(string path, byte[] bytes)
    {
        if (!path.EndsWith(".gz", StringComparison.Ordinal))
        {
            File.WriteAllBytes(path, bytes);
            return;
        }
        using var gzip = new GZipStream(File.Create(path), CompressionLevel.Fastest);
        gzip.Write(bytes);
    }

    public static byte[] Gzip(byte[] bytes)
    {
        var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Fastest)) gzip.Write(bytes);
        return memory.ToArray();
    }

    /// <summary>Records of CIFAR-10: random pixels, labels as given.</summary>
    public static byte[] CifarRecords(long seed, params byte[] labels)
    {
        var random = new RandomStream(seed);
        var bytes = new byte[labels.Length * 3073];
        for (var i = 0; i < bytes.Length; i++) bytes[i] = i % 3073 == 0 ? labels[i / 3073] : (byte)random.NextInt(256);
        return bytes;
    }

    /// <summary>Five training files with the labels 0 … 9 twice each and a test file with 0 … 9, every second one gzip'ed.</summary>
    public static byte[] WriteCifar(string folder, bool names = true)
    {
        Directory.CreateDirectory(folder);
        byte[] labels = [3, 1, 4, 0, 5, 9, 2, 6, 8, 7, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
        var all = new List<byte>();
        for (var f = 0; f < 5; f++)
        {
            var records = CifarRecords(f, labels);
            all.AddRange(records);
            Write(Path.Combine(folder, Cifar10.TrainFiles[f] + (f % 2 == 0 ? ".gz" : "")), records);
        }
        Write(Path.Combine(folder, Cifar10.TestFile), CifarRecords(9, labels[10..]));
        if (names) File.WriteAllText(Path.Combine(folder, Cifar10.NamesFile), string.Join('\n', Cifar10.ClassNames) + "\n\n");
        return [.. all];
    }

    public static byte[] IdxImages(int count, int rows, int columns, long seed)
    {
        var random = new RandomStream(seed);
        var bytes = new byte[16 + count * rows * columns];
        foreach (var (at, value) in new[] { (0, 2051), (4, count), (8, rows), (12, columns) })
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at), value);
        foreach (ref var b in bytes.AsSpan(16)) b = (byte)random.NextInt(256);
        return bytes;
    }

    public static byte[] IdxLabels(params byte[] labels)
    {
        var bytes = new byte[8 + labels.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, 2049);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4), labels.Length);
        labels.CopyTo(bytes.AsSpan(8));
        return bytes;
    }

    /// <summary>Thirty training images with the labels 0 … 9 three times, ten test images; packed or not.</summary>
    public static void WriteMnist(string folder, bool packed)
    {
        Directory.CreateDirectory(folder);
        byte[] labels = [.. Enumerable.Range(0, 30).Select(i => (byte)(i % 10))];
        void Put(string name, byte[] bytes) => Write(Path.Combine(folder, packed ? name + ".gz" : name), bytes);
        Put(Mnist.TrainFiles[0], IdxImages(30, 28, 28, 1));
        Put(Mnist.TrainFiles[1], IdxLabels(labels));
        Put(Mnist.TestFiles[0], IdxImages(10, 28, 28, 2));
        Put(Mnist.TestFiles[1], IdxLabels(labels[..10]));
    }

    /// <summary>An array in NumPy's format.</summary>
    public static byte[] Npy(string descr, string shape, byte[] values, bool fortran = false, int version = 1)
    {
        var header = $"{{'descr': {(descr.StartsWith('[') ? descr : $"'{descr}'")}, 'fortran_order': {(fortran ? "True" : "False")}, "
            + $"'shape': {shape}, }}";
        var start = version == 1 ? 10 : 12;
        header = header.PadRight((start + header.Length + 64) / 64 * 64 - start - 1) + "\n";
        byte[] length = version == 1 ? [(byte)(header.Length % 256), (byte)(header.Length / 256)] : BitConverter.GetBytes(header.Length);
        return [0x93, .. Encoding.ASCII.GetBytes("NUMPY"), (byte)version, 0, .. length, .. Encoding.UTF8.GetBytes(header), .. values];
    }

    public static void WriteNpz(string path, params (string Name, byte[] Array)[] arrays)
    {
        using var archive = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        foreach (var (name, array) in arrays)
        {
            using var entry = archive.CreateEntry(name + ".npy").Open();
            entry.Write(array);
        }
    }
}
