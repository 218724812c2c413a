namespace Rhoflow.Lab.Figures;

/// <summary>How values lie on an axis.</summary>
public enum Scale
{
    /// <summary>Evenly.</summary>
    Linear,
    /// <summary>Logarithmically; values at or below 0 are left out.</summary>
    Log,
    /// <summary>The values given are exponents of ten (log₁₀ t), so that t = 1e1000 can be drawn; labelled 10ᵏ.</summary>
    Exponent,
}

/// <summary>An axis.</summary>
/// <param name="Title">What is on it, with its unit: <c>log₁₀ t</c>, <c>‖v − v*‖</c>.</param>
/// <param name="Scale">How values lie on it.</param>
/// <param name="Min">Least value shown, or null for the data's own.</param>
/// <param name="Max">Greatest value shown, or null for the data's own.</param>
public sealed record Axis(string Title, Scale Scale = Scale.Linear, double? Min = null, double? Max = null)
{
    /// <summary>No line, ticks or grid: a panel with two such axes is a drawing, without a frame.</summary>
    public bool IsHidden { get; init; }

    /// <summary>What is written at these places in place of numbers; null: numbers.</summary>
    public IReadOnlyList<(double At, string Text)>? Labels { get; init; }
}
