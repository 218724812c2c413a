namespace Rhoflow.Lab.Figures;

/// <summary>Colours and sizes that all pictures share.</summary>
public static class Theme
{
    /// <summary>Eight colours told apart with any colour vision (after Okabe and Ito), readable on white and on near-black.</summary>
    public static IReadOnlyList<string> Palette { get; } =
        ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8a6d00", "#7f7f7f"];

    /// <summary>Panel width in an SVG, in pixels.</summary>
    public const int PanelWidth = 640;

    /// <summary>Panel height in an SVG, in pixels.</summary>
    public const int PanelHeight = 400;

    /// <summary>Text, axes, grid and ground on a light page.</summary>
    public const string Ink = "#1f2328", Line = "#8b949e", Grid = "#e3e6ea", Ground = "#ffffff";

    /// <summary>What takes the place of a colour on a dark page; the palette's other colours serve on both.</summary>
    public static IReadOnlyDictionary<string, string> Dark { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        [Ink] = "#dfe4ea",
        [Line] = "#6b7480",
        [Grid] = "#2b3138",
        [Ground] = "#14181d",
        [Palette[0]] = "#3d9be0",
        [Palette[1]] = "#f07f3c",
        [Palette[2]] = "#22b98c",
        [Palette[6]] = "#c9a227",
        [Palette[7]] = "#a3a3a3",
    };
}
