using System.Globalization;
using System.Text.RegularExpressions;

namespace Rhoflow.Lab.Weights;

/// <summary>
/// Which of two arrays comes first by its name: where the names first differ, both must have a number there. Words (body, fc_in, out) say
/// nothing about the order of layers.
/// </summary>
internal static partial class NameOrder
{
    /// <summary>True if the numbers in the names put <paramref name="a"/> before <paramref name="b"/>: 2.weight before 10.weight.</summary>
    public static bool IsBefore(string a, string b) => Compare(a, b) < 0;

    /// <summary>Whether the numbers in the names put all of them into one order.</summary>
    public static bool IsComplete(IReadOnlyList<string> names)
    {
        for (var i = 0; i < names.Count; i++)
            for (var j = 0; j < i; j++)
                if (Compare(names[i], names[j]) is null or 0) return false;
        return true;
    }

    // Negative, positive, or null where the names do not say.
    private static int? Compare(string a, string b)
    {
        var (x, y) = (Tokens().Matches(a), Tokens().Matches(b));
        for (var i = 0; i < Math.Min(x.Count, y.Count); i++)
        {
            if (x[i].Value == y[i].Value) continue;
            return Number(x[i].Value) is { } first && Number(y[i].Value) is { } second && first != second ? first.CompareTo(second) : null;
        }
        return null;
    }

    private static decimal? Number(string token) =>
        decimal.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    [GeneratedRegex("[0-9]+|[^0-9]+", RegexOptions.None, 1000)]
    private static partial Regex Tokens();
}
