using System.Globalization;

namespace Rhoflow.Papers.Equations;

/// <summary>
/// The numbers that stand beside equations in the four papers, in the order in which they are read, taken from the texts alone: what the
/// table must have. No paper leaves out a number or prints one twice. Theory III prints 5 in a footnote, after 7.
/// </summary>
internal static class PrintedNumbers
{
    private static readonly Dictionary<string, string> s_byPaper = new(StringComparer.Ordinal)
    {
        ["T3"] = "1-4, 6-7, 5, 8-81",
        ["T3b"] = "1-64",
        ["SQ"] = "1-57",
        ["PNAS"] = "1-22",
    };

    /// <summary>The papers, by <see cref="Lab.Claims.Paper.Short"/>.</summary>
    public static IReadOnlyCollection<string> Papers => s_byPaper.Keys;

    /// <summary>The numbers of a paper in the order of its text.</summary>
    public static IReadOnlyList<int> Of(string paper) =>
    [
        .. s_byPaper[paper].Split(", ").SelectMany(static part =>
        {
            int[] ends = [.. part.Split('-').Select(static n => int.Parse(n, CultureInfo.InvariantCulture))];
            return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
        }),
    ];
}
