namespace Rhoflow.Networks;

/// <summary>A range of numbers in a vector.</summary>
/// <param name="Offset">Where it begins.</param>
/// <param name="Count">How many numbers.</param>
public readonly record struct Window(int Offset, int Count)
{
    /// <summary>The range of <paramref name="vector"/>.</summary>
    public Span<TNumber> Of<TNumber>(Span<TNumber> vector) => vector.Slice(Offset, Count);

    /// <inheritdoc cref="Of{TNumber}(Span{TNumber})"/>
    public ReadOnlySpan<TNumber> Of<TNumber>(ReadOnlySpan<TNumber> vector) => vector.Slice(Offset, Count);
}

/// <summary>The windows of θ and of the vector of running statistics that a node owns.</summary>
/// <param name="Layer">k − 1 of the weight matrix W_k in <see cref="Network.Layers"/>; null without one.</param>
/// <param name="Gamma">γ of a normalization in θ, which starts at 1; null without it.</param>
/// <param name="Beta">β of a normalization, or a bias b, in θ, which starts at 0; null without it.</param>
/// <param name="Means">Running means, which start at 0; null without them.</param>
/// <param name="Variances">Running variances, which start at 1; null without them.</param>
public sealed record NodeWindows(int? Layer = null, Window? Gamma = null, Window? Beta = null, Window? Means = null,
    Window? Variances = null)
{
    /// <summary>No window.</summary>
    public static readonly NodeWindows None = new();

    /// <summary>Whether the node has numbers in θ.</summary>
    public bool HasParameters => Layer is not null || Gamma is not null || Beta is not null;

    internal NodeWindows Shifted(int layers, int parameters) => this with
    {
        Layer = Layer + layers,
        Gamma = Gamma is { } gamma ? gamma with { Offset = gamma.Offset + parameters } : null,
        Beta = Beta is { } beta ? beta with { Offset = beta.Offset + parameters } : null,
    };
}
