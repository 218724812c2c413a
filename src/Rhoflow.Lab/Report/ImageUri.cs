using System.Buffers.Binary;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Report;

/// <summary>Images of examples as addresses that hold the picture itself (an uncompressed bitmap, 24 bits a pixel).</summary>
internal static class ImageUri
{
    private const int Header = 54;

    /// <summary>Whether examples of this shape are images: more than one row and column, of one channel or three.</summary>
    public static bool IsImage(TensorShape? shape) => shape is { Height: > 1, Width: > 1, Channels: 1 or 3 };

    /// <summary>One example, row, column, channel; its smallest number is black, its largest white.</summary>
    public static string Of(ReadOnlySpan<double> x, TensorShape shape)
    {
        double low = double.PositiveInfinity, high = double.NegativeInfinity;
        foreach (var v in x) (low, high) = (Math.Min(low, v), Math.Max(high, v));
        var stride = (3 * shape.Width + 3) / 4 * 4;
        var file = new byte[Header + stride * shape.Height];
        (file[0], file[1]) = ((byte)'B', (byte)'M');
        foreach (var (at, value) in new[] { (2, file.Length), (10, Header), (14, 40), (18, shape.Width), (22, shape.Height) })
            BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), value);
        (file[26], file[28]) = (1, 24);
        for (var row = 0; row < shape.Height; row++)
            for (var column = 0; column < shape.Width; column++)
                for (var c = 0; c < 3; c++)
                {
                    // Blue, green, red; the last row comes first.
                    var value = x[(row * shape.Width + column) * shape.Channels + (shape.Channels == 1 ? 0 : 2 - c)];
                    file[Header + (shape.Height - 1 - row) * stride + 3 * column + c] =
                        high > low ? (byte)Math.Round(255 * (value - low) / (high - low)) : (byte)128;
                }
        return $"data:image/bmp;base64,{Convert.ToBase64String(file)}";
    }
}
