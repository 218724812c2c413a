namespace Rhoflow.Kernels;

/// <summary>
/// Where a packed right-hand operand (K×N) has its numbers: blocks of <see cref="Depth"/> rows, in each block the panels of one tile's
/// width, in a panel row after row. What a tile reads is contiguous, and so is what a block needs in the cache.
/// </summary>
internal readonly record struct PanelLayout(int K, int N, int PanelColumns)
{
    /// <summary>
    /// Rows of a block. Sums are taken block by block, so this number, and nothing else, decides the rounding of a product.
    /// </summary>
    public const int Depth = 256;

    public int Blocks => (K + Depth - 1) / Depth;
    public int Panels => (N + PanelColumns - 1) / PanelColumns;

    /// <summary>Numbers in all, the zeros that fill the last panel included.</summary>
    public int Length => checked(K * Panels * PanelColumns);

    /// <summary>Rows of that block.</summary>
    public int DepthOf(int block) => Math.Min(Depth, K - block * Depth);

    /// <summary>The first number of a panel in a block.</summary>
    public nint Offset(int block, int panel) =>
        ((nint)block * Depth * Panels + (nint)panel * DepthOf(block)) * PanelColumns;
}
