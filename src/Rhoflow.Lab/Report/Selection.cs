using System.Globalization;
using System.Text.RegularExpressions;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Report;

/// <summary>A word that names no claim and no figure; the message lists the nearest ids.</summary>
public sealed class UnknownIdException(string message) : Exception(message);

/// <summary>The claims and figures that were asked for, in the order of the catalogue.</summary>
/// <param name="Studies">The claims, and the figures: those named, and those that the chosen claims refer to.</param>
public sealed partial record Selection(IReadOnlyList<IStudy> Studies)
{
    /// <summary>The claims.</summary>
    public IReadOnlyList<Claim> Claims { get; } = [.. Studies.OfType<Claim>()];

    /// <summary>The figures.</summary>
    public IReadOnlyList<PaperFigure> Figures { get; } = [.. Studies.OfType<PaperFigure>()];

    /// <summary>
    /// Each word is an id, a paper's key, the beginning of an id up to a hyphen or slash (<c>b08</c>, <c>b8</c>, <c>theory-iii/figure</c>),
    /// or any other beginning; the first of these that matches something counts. No words: everything.
    /// </summary>
    /// <exception cref="UnknownIdException">A word matches nothing.</exception>
    public static Selection Of(IReadOnlyList<string> words, IReadOnlyList<IStudy> studies)
    {
        if (words.Count == 0) return new(studies);
        var names = studies.Select(s => (s.Id, s.Paper.Key)).ToList();
        var chosen = words.SelectMany(word => Matches(word, names)).ToHashSet(StringComparer.Ordinal);
        chosen.UnionWith(studies.OfType<Claim>().Where(c => chosen.Contains(c.Id)).SelectMany(c => c.Figures).ToList());
        return new([.. studies.Where(s => chosen.Contains(s.Id))]);
    }

    private static IReadOnlyList<string> Matches(string word, IReadOnlyList<(string Id, string Paper)> all)
    {
        var wanted = word.Trim().TrimEnd('/').ToLowerInvariant();
        if (Number().Match(wanted) is { Success: true } number)
        {
            wanted = $"b{int.Parse(number.Groups["number"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture):00}";
        }
        Func<(string Id, string Paper), bool>[] rules =
        [
            x => x.Id.Equals(wanted, StringComparison.OrdinalIgnoreCase),
            x => x.Paper.Equals(wanted, StringComparison.OrdinalIgnoreCase),
            x => x.Id.StartsWith(wanted + "-", StringComparison.OrdinalIgnoreCase)
                || x.Id.StartsWith(wanted + "/", StringComparison.OrdinalIgnoreCase),
            x => wanted.Length > 0 && x.Id.StartsWith(wanted, StringComparison.OrdinalIgnoreCase),
        ];
        foreach (var rule in rules)
        {
            var ids = all.Where(rule).Select(x => x.Id).ToList();
            if (ids.Count > 0) return ids;
        }
        var names = all.SelectMany(x => new[] { x.Id, x.Paper }).Distinct(StringComparer.Ordinal);
        var nearest = string.Join(", ", Closest(wanted, names, 4));
        throw new UnknownIdException(
            $"no claim or figure is called '{word}'. Nearest: {nearest}. './rhoflow list claims' and './rhoflow list figures' show all; a "
            + "beginning will do.");
    }

    // The distance to the best beginning of an id, since a beginning is what people type.
    private static IEnumerable<string> Closest(string word, IEnumerable<string> names, int count) =>
        names.OrderBy(name => Enumerable.Range(Math.Max(0, word.Length - 2), 5).Where(n => n <= name.Length).Append(name.Length)
                .Min(n => Nearest.Distance(word, name[..n])))
            .ThenBy(name => name.Length).ThenBy(name => name, StringComparer.Ordinal).Take(count);

    [GeneratedRegex(@"^b(?<number>[0-9]{1,6})$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Number();
}
