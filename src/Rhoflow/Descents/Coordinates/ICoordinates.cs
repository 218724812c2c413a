using System.Numerics;
using Rhoflow.Networks;

namespace Rhoflow.Descents;

/// <summary>
/// How one layer's weights are written in the coordinates that a descent moves: x (as many numbers as W_k) and norms (ρ_k, or one g per
/// row). Pure functions on the spans of one layer; steps are given as what is added, −η∇ with its momentum.
/// </summary>
internal interface ICoordinates<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>How many norms the layer has.</summary>
    int Norms(Layer layer);

    /// <summary>x and norms of the weights w.</summary>
    void Split(Layer layer, ReadOnlySpan<T> w, Span<T> x, Span<double> norms);

    /// <summary>w of x and norms.</summary>
    void Compose(Layer layer, ReadOnlySpan<T> x, ReadOnlySpan<double> norms, Span<T> w);

    /// <summary>Turns h = −∂L/∂W into −∂L/∂x in place, and gives −∂L/∂norms.</summary>
    /// <returns>‖−∂L/∂x‖², of a unit-norm x its tangential part.</returns>
    double Pull(Layer layer, ReadOnlySpan<T> x, ReadOnlySpan<double> norms, Span<T> h, Span<double> normPull);

    /// <summary>x moves by the step <paramref name="g"/>, which it may overwrite.</summary>
    /// <returns>Null, or why the step does not exist (then x is as it was).</returns>
    string? Move(Layer layer, Span<T> x, Span<T> g);
}

/// <summary>The coordinates of a <see cref="Normalization"/>.</summary>
internal static class Coordinates<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Null: W itself moves.</summary>
    public static ICoordinates<T>? Of(Normalization normalization) => normalization switch
    {
        Normalization.None => null,
        Normalization.Weight => new WeightNormalizationCoordinates<T>(perRow: false),
        Normalization.WeightPerRow => new WeightNormalizationCoordinates<T>(perRow: true),
        _ => new UnitNormCoordinates<T>(normalization),
    };
}
