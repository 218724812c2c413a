namespace Rhoflow.Lab.Figures;

/// <summary>Colours and sizes that all pictures share.</summary>
public static class Theme
{
    /// <summary>Eight colours told apart with any colour vision (after Okabe and Ito), readable on white and on near-black.</summary>
    public static IReadOnlyList<string> Palette { get; } =
        ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8a6d00", "#7f7f7f"];

    /// <summary>Colours in an order, for ordered values that are more than the palette has; readable on light and dark.</summary>
    public static IReadOnlyList<string> Ramp { get; } = ["#3a5fcd", "#7a5bd0", "#b35ab8", "#db6390", "#ea7f5f", "#dfa93a"];

    /// <summary>The colour at a place 0 … 1 of the ramp, between its neighbours.</summary>
    public static string Tone(double place)
    {
        var at = Math.Clamp(place, 0, 1) * (Ramp.Count - 1);
        var (from, to) = (Ramp[(int)Math.Floor(at)], Ramp[(int)Math.Ceiling(at)]);
        var share = at - Math.Floor(at);
        int Mixed(int i) =>
            (int)Math.Round((1 - share) * Convert.ToInt32(from[i..(i + 2)], 16) + share * Convert.ToInt32(to[i..(i + 2)], 16));
        return $"#{Mixed(1):x2}{Mixed(3):x2}{Mixed(5):x2}";
    }

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
