using System.Text.RegularExpressions;

namespace Rhoflow.Lab.Claims;

/// <summary>A section of a paper, by which its page in the report is divided.</summary>
/// <param name="Number">As the paper counts: <c>4</c>, <c>G</c>.</param>
/// <param name="Title">As the paper prints it.</param>
public sealed partial record PaperSection(string Number, string Title)
{
    /// <summary>As it is named in a heading: §4, Appendix G.</summary>
    public string Label { get => field ?? (char.IsAsciiDigit(Number[0]) ? $"§{Number}" : $"Appendix {Number}"); init; }

    /// <summary>
    /// The section of <paramref name="paper"/> in which a claim of that <see cref="Claim.Place"/> stands: the first that the place cites
    /// before it goes on to another paper; null where it cites none.
    /// </summary>
    public static PaperSection? Of(Paper paper, string place)
    {
        foreach (var cited in Cited().Matches(place.Split(';')[0]).Select(m => m.Groups["number"].Value))
        {
            if (paper.Sections.FirstOrDefault(s => string.Equals(s.Number, cited, StringComparison.OrdinalIgnoreCase)) is { } section)
                return section;
        }
        return null;
    }

    // "§12.2", "§2C", "Appendix H.3", "App. E", "appendix 16": the number without its subsection.
    [GeneratedRegex(@"(?:§|\b[Aa]pp(?:endix|\.)\s*)(?<number>\d+|[A-Z](?![\p{L}\p{N}]))", RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Cited();
}
