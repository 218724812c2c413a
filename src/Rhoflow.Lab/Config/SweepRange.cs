using System.Globalization;

namespace Rhoflow.Lab.Config;

/// <summary>
/// Many values in few characters: <c>0..9</c>, <c>0..8..2</c> and <c>0.1..0.3..0.1</c> with a step, <c>lin:0..1..5</c> and
/// <c>log:1e-4..1e-1..4</c> with so many points, at equal distances and at equal ratios.
/// </summary>
internal static class SweepRange
{
    /// <summary>How ranges are written, for errors.</summary>
    public const string Grammar = "ranges are written 0..9, with a step 0..8..2 or 0.1..0.3..0.1, or with a number of points lin:0..1..5 "
        + "(equal distances) or log:1e-4..1e-1..4 (equal ratios); a text with '..' in it is put in quotes";

    private const int Most = 100_000;

    /// <summary>The values of a range, as text; null where the text is none.</summary>
    /// <param name="text">Between two commas of an override.</param>
    /// <param name="argument">The override as typed, for errors.</param>
    /// <exception cref="ConfigException">It begins like a range, and is none.</exception>
    public static IReadOnlyList<string>? Read(string text, string argument)
    {
        var form = text.StartsWith("log:", StringComparison.Ordinal) ? "log" : text.StartsWith("lin:", StringComparison.Ordinal) ? "lin"
            : "";
        var parts = (form.Length > 0 ? text[4..] : text).Split("..");
        if (form.Length == 0 && (parts.Length < 2 || !TryNumber(parts[0], out _))) return null;
        ConfigException Wrong(string what) => new($"override '{argument}': {what} '{text}'; {Grammar}");
        if (form.Length > 0)
        {
            if (parts.Length != 3 || !TryNumber(parts[0], out var a) || !TryNumber(parts[1], out var b) || !TryNumber(parts[2], out var n)
                || n != Math.Floor(n))
                throw Wrong("two ends and a number of points were expected in");
            if (n is < 2 or > Most) throw Wrong($"a number of points between 2 and {Most} was expected in");
            if (form == "log" && !(a > 0 && b > 0)) throw Wrong("both ends must be > 0 in");
            return Points(form == "log", a, b, (int)n);
        }
        if (parts.Length > 3 || !parts.All(static p => TryNumber(p, out _))) throw Wrong("this is no range:");
        if (parts.Length == 2)
        {
            if (!long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var from)
                || !long.TryParse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var to))
                throw Wrong("numbers that are not whole need a step in");
            if (to < from) throw Wrong("without a negative step this range runs backwards:");
            return to - (decimal)from < Most ? [.. Enumerable.Range(0, (int)(to - from + 1)).Select(i => Text(from + i))]
                : throw Wrong($"there are more than {Most} values in");
        }
        return Steps(parts, Wrong);
    }

    // Decimal arithmetic where it is exact, so that 0.1..0.3..0.1 ends with 0.3 and not with 0.30000000000000004.
    private static IReadOnlyList<string> Steps(string[] parts, Func<string, ConfigException> wrong)
    {
        double from = Number(parts[0]), to = Number(parts[1]), step = Number(parts[2]);
        if (step == 0) throw wrong("a step other than 0 was expected in");
        if ((to - from) * Math.Sign(step) < 0) throw wrong("the step leads away from the end in");
        // What is beyond a rounding of the last value is not reached.
        var count = Math.Floor((to - from) / step * (1 + 1e-12) + 1e-9);
        if (!(count < Most)) throw wrong($"there are more than {Most} values in");
        var range = Enumerable.Range(0, (int)count + 1);
        if (parts.All(IsExactDecimal) && Math.Abs(from) + Math.Abs(to) < 1e15)
        {
            decimal first = Decimal(parts[0]), by = Decimal(parts[2]);
            return [.. range.Select(i => Text((double)(first + i * by)))];
        }
        return [.. range.Select(i => Text(from + i * step))];
    }

    private static string[] Points(bool equalRatios, double a, double b, int n)
    {
        double la = Math.Log10(a), lb = Math.Log10(b);
        double Inner(double share) => equalRatios ? Math.Pow(10, la + (lb - la) * share) : a + (b - a) * share;
        return [.. Enumerable.Range(0, n).Select(i => Text(i == 0 ? a : i == n - 1 ? b : Plain(Inner(i / (n - 1.0)))))];
    }

    // 0.001 for what differs from it by roundings only.
    private static double Plain(double value) => double.Parse(value.ToString("G12", CultureInfo.InvariantCulture),
        CultureInfo.InvariantCulture) is var plain && Math.Abs(plain - value) <= 1e-15 * Math.Abs(value) ? plain : value;

    private static bool IsExactDecimal(string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var d) && (double)d == Number(text);

    private static decimal Decimal(string text) => decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static double Number(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static bool TryNumber(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    private static string Text(double value) => ConfigWriter.Number(value);

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
