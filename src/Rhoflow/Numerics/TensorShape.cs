namespace Rhoflow.Numerics;

/// <summary>
/// The shape of what one example is at some place of a network: an image of Height × Width positions with Channels numbers each,
/// stored row-major with the channel fastest (NHWC). A plain vector of d numbers is 1 × 1 × d.
/// </summary>
public readonly record struct TensorShape(int Height, int Width, int Channels)
{
    /// <summary>A vector of d numbers.</summary>
    public static TensorShape Vector(int d) => new(1, 1, d);

    /// <summary>Positions, Height · Width: how many rows of channels one example has.</summary>
    public int Positions => Height * Width;

    /// <summary>All numbers of one example.</summary>
    public int Count => Height * Width * Channels;

    /// <summary>True for 1 × 1 × d.</summary>
    public bool IsVector => Height == 1 && Width == 1;

    /// <summary>H×W×C, or the length of a vector.</summary>
    public override string ToString() => IsVector ? $"{Channels}" : $"{Height}×{Width}×{Channels}";
}
