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

    /// <summary>Text, axes and grid on a light ground. A dark ground replaces these three and nothing else.</summary>
    public const string Ink = "#1f2328", Line = "#8b949e", Grid = "#e3e6ea";
}
