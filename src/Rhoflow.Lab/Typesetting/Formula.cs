namespace Rhoflow.Lab.Typesetting;

/// <summary>A formula to be set.</summary>
/// <param name="Tex">In TeX.</param>
/// <param name="Display">On a line of its own, with large sums and fractions.</param>
public readonly record struct Formula(string Tex, bool Display);
