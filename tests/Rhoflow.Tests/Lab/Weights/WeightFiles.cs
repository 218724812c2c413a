using System.IO.Compression;
using System.Text;
using Rhoflow.Data;

namespace Rhoflow.Tests.Lab.Weights;

/// <summary>Files of weights as other libraries write them.</summary>
internal static class WeightFiles
{
    /// <summary>An array to be written.</summary>
    public sealed record Named(string Name, double[] Values, params int[] Shape);

    public static Named Draw(Random random, string name, params int[] shape) =>
        new(name, [.. Enumerable.Range(0, shape.Aggregate(1, static (a, b) => a * b)).Select(_ => 2 * random.NextDouble() - 1)], shape);

    /// <summary>Sorted by name, as the public library does it.</summary>
    public static string Safetensors(TemporaryFolder folder, params Named[] arrays)
    {
        var file = new Safetensors();
        foreach (var a in arrays.OrderBy(static a => a.Name, StringComparer.Ordinal)) file.Add<double>(a.Name, a.Values, a.Shape);
        var path = folder / "weights.safetensors";
        using var stream = File.Create(path);
        file.Write(stream);
        return path;
    }

    public static string Npz(TemporaryFolder folder, params Named[] arrays)
    {
        var path = folder / "weights.npz";
        File.Delete(path);
        using var archive = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (var a in arrays)
        {
            using var entry = archive.CreateEntry(a.Name + ".npy").Open();
            var shape = string.Concat(a.Shape.Select(static s => $"{s}, "));
            var header = $"{{'descr': '<f8', 'fortran_order': False, 'shape': ({shape}), }}\n";
            entry.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, (byte)(header.Length >> 8), .. Encoding.ASCII.GetBytes(header)]);
            entry.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(a.Values.AsSpan()));
        }
        return path;
    }

    /// <summary>y = W a (W row-major, outputs × inputs), in plain loops.</summary>
    public static double[] Times(double[] w, double[] a)
    {
        var y = new double[w.Length / a.Length];
        for (var i = 0; i < y.Length; i++)
            for (var j = 0; j < a.Length; j++) y[i] += w[i * a.Length + j] * a[j];
        return y;
    }

    public static double[] ReLU(double[] a) => [.. a.Select(static v => Math.Max(0, v))];

    /// <summary>PyTorch's conv2d of one image: x and result as channel, row, column; kernel as maps, channels, k, k.</summary>
    public static double[] Convolve(double[] x, int side, double[] kernel, int maps, int channels, int k, int stride, int pad)
    {
        var outSide = (side + 2 * pad - k) / stride + 1;
        var y = new double[maps * outSide * outSide];
        for (var m = 0; m < maps; m++)
            for (var r = 0; r < outSide; r++)
                for (var s = 0; s < outSide; s++)
                    for (var c = 0; c < channels; c++)
                        for (var a = 0; a < k; a++)
                            for (var b = 0; b < k; b++)
                                if (r * stride + a - pad is >= 0 and var i && i < side && s * stride + b - pad is >= 0 and var j
                                    && j < side)
                                    y[(m * outSide + r) * outSide + s] += kernel[((m * channels + c) * k + a) * k + b]
                                        * x[(c * side + i) * side + j];
        return y;
    }
}
