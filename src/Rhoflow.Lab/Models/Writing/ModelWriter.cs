using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using Rhoflow.Data;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Files;
using Rhoflow.Networks;

namespace Rhoflow.Lab.Models.Writing;

/// <summary>A network's weights, or its graph with them, as a file that PyTorch, ONNX Runtime and NumPy read.</summary>
internal static class ModelWriter
{
    /// <summary>The formats.</summary>
    public static readonly IReadOnlyList<string> Formats = ["safetensors", "onnx", "npz"];

    /// <summary>Writes a file, in full or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="format">One of <see cref="Formats"/>.</param>
    /// <param name="network">Its layers.</param>
    /// <param name="theta">θ.</param>
    /// <param name="statistics">Running means and variances.</param>
    /// <param name="isDouble">Whether numbers are written as float64; else they are rounded to float32.</param>
    /// <param name="metadata">Free text by key; npz has no place for it.</param>
    /// <returns>Its arrays.</returns>
    /// <exception cref="ConfigException">The format has no place for the network.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static IReadOnlyList<ModuleArray> Write(string path, string format, Network network, ReadOnlySpan<double> theta,
        ReadOnlySpan<double> statistics, bool isDouble, IReadOnlyDictionary<string, string> metadata)
    {
        var modules = ModuleArrays.Of(network, theta, statistics);
        switch (format)
        {
            case "onnx":
                var model = OnnxWriter.Write(network, modules, isDouble, metadata);
                AtomicFile.Write(path, stream => stream.Write(model.Bytes));
                break;
            case "safetensors":
                AtomicFile.Write(path, stream => Safetensors(modules, isDouble, metadata).Write(stream));
                break;
            case "npz":
                AtomicFile.Write(path, stream => Archive(stream, modules, isDouble));
                break;
            default: throw new ArgumentException($"no format is called '{format}'", nameof(format));
        }
        return modules.All;
    }

    // "format": "pt" is what readers of PyTorch's own tensors look for.
    private static Safetensors Safetensors(ModuleArrays modules, bool isDouble, IReadOnlyDictionary<string, string> metadata)
    {
        var file = new Safetensors();
        file.Metadata["format"] = "pt";
        foreach (var (key, text) in metadata) file.Metadata[key] = text;
        foreach (var array in modules.All)
            if (isDouble) file.Add<double>(array.Name, array.Values, array.Shape);
            else file.Add<float>(array.Name, Single(array), array.Shape);
        return file;
    }

    // Entries carry the first moment that a zip archive can name, so that the same network gives the same bytes.
    private static void Archive(Stream stream, ModuleArrays modules, bool isDouble)
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var array in modules.All)
        {
            var entry = archive.CreateEntry($"{array.Name}.npy", CompressionLevel.NoCompression);
            entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
            using var content = entry.Open();
            var shape = string.Join(", ", array.Shape) + (array.Shape.Length == 1 ? "," : "");
            var header = $"{{'descr': '<f{(isDouble ? 8 : 4)}', 'fortran_order': False, 'shape': ({shape}), }}";
            // Magic bytes, version 1.0 and the header's length: ten bytes in front of it; all together a multiple of 64.
            header = header.PadRight((header.Length + 11 + 63) / 64 * 64 - 11) + "\n";
            content.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, (byte)(header.Length >> 8), .. Encoding.ASCII.GetBytes(header)]);
            content.Write(isDouble ? MemoryMarshal.AsBytes<double>(array.Values) : MemoryMarshal.AsBytes<float>(Single(array)));
        }
    }

    private static float[] Single(ModuleArray array) => Array.ConvertAll(array.Values, static v => (float)v);
}
