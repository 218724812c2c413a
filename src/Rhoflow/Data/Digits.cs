using System.IO.Compression;
using Rhoflow.Numerics;

namespace Rhoflow.Data;

/// <summary>
/// The test part of E. Alpaydin and C. Kaynak's Optical Recognition of Handwritten Digits (1998): 1,797 grey images of 8 × 8 with pixels 0
/// … 16, classes 0 … 9. From the UCI Machine Learning Repository (data set 80, CC BY 4.0) as scikit-learn 1.2.1 passes it on, unchanged.
/// </summary>
public static class Digits
{
    /// <summary>8 × 8 × 1.</summary>
    public static readonly TensorShape Shape = new(8, 8, 1);

    /// <summary>0 … 9.</summary>
    public static readonly IReadOnlyList<string> ClassNames = Mnist.ClassNames;

    // A short run takes less time than reading them: a process that makes many reads them once.
    private static readonly Lazy<(byte[] X, double[] Y)> s_packed = new(Read);

    /// <summary>The whole set: 1797 × 64, y = 0 … 9.</summary>
    public static Dataset Load() =>
        Dataset.Of("digits", [.. s_packed.Value.X], [.. s_packed.Value.Y], Shape.Count, ClassNames, Shape, pixelMaximum: 16);

    private static (byte[] X, double[] Y) Read()
    {
        // 64 pixels and the label per line, without a header.
        using var packed = typeof(Digits).Assembly.GetManifestResourceStream("Rhoflow.Data.Embedded.digits.csv.gz")!;
        using var reader = new StreamReader(new GZipStream(packed, CompressionMode.Decompress));
        var x = new List<byte>();
        var y = new List<double>();
        while (reader.ReadLine() is { } line)
        {
            var cells = line.Split(',');
            for (var i = 0; i < Shape.Count; i++) x.Add(byte.Parse(cells[i], System.Globalization.CultureInfo.InvariantCulture));
            y.Add(byte.Parse(cells[Shape.Count], System.Globalization.CultureInfo.InvariantCulture));
        }
        return (x.ToArray(), [.. y]);
    }
}
