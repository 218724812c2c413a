namespace Rhoflow.Data;

/// <summary>
/// The shape of an image whose numbers are stored row by row, pixel by pixel, channel by channel: x[row][column][channel] stands at
/// (row · Width + column) · Channels + channel.
/// </summary>
public readonly record struct ImageShape(int Height, int Width, int Channels)
{
    /// <summary>H·W, the number of pixels.</summary>
    public int Pixels => Height * Width;

    /// <summary>H·W·C, the number of inputs of an image.</summary>
    public int Inputs => Pixels * Channels;

    public override string ToString() => $"{Height}×{Width}×{Channels}";
}
