namespace Rhoflow.Lab.Typesetting;

/// <summary>A part of a text: prose, or a formula.</summary>
/// <param name="Text">As it is written.</param>
/// <param name="Tex">The formula in TeX; null for prose.</param>
internal readonly record struct TextPiece(string Text, string? Tex);
