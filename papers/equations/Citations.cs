using System.Globalization;
using System.Text.RegularExpressions;
using Rhoflow.Lab.Claims;

namespace Rhoflow.Papers.Equations;

/// <summary>A reference to an equation: a paper's short name and the number.</summary>
/// <param name="Paper"><c>T3</c>, <c>T3b</c>, <c>SQ</c> or <c>PNAS</c>.</param>
/// <param name="Number">The paper's number.</param>
/// <param name="Letter">Of a line without a number; see <see cref="Equation.Letter"/>.</param>
public readonly record struct Citation(string Paper, int Number, string Letter = "")
{
    /// <summary>The id in the table: <c>T3.22</c>.</summary>
    public string Id => $"{Paper}.{Number}{Letter}";
}

/// <summary>Reads references to equations out of text.</summary>
public static partial class Citations
{
    /// <summary>
    /// The references in <paramref name="text"/> that have the one form of comments: <c>T3 eq. 22</c>, or several at once,
    /// <c>T3 eq. 8, 17, 51</c>.
    /// </summary>
    public static IEnumerable<Citation> In(string text)
    {
        foreach (Match match in OneForm().Matches(text))
            foreach (var (number, letter) in Numbers(match.Groups["list"].Value))
                yield return new Citation(match.Groups["paper"].Value, number, letter);
    }

    /// <summary>
    /// The references in the place of a claim, which is prose about its <paramref name="paper"/> and may go on to others:
    /// “eq. 63–65, §12.2; Theory IIIb eq. 55–57”.
    /// </summary>
    /// <param name="paper">The paper whose equations are meant until another is named.</param>
    /// <param name="place">The text.</param>
    /// <param name="papers">The papers that may be named, by <see cref="Paper.Name"/>.</param>
    public static IEnumerable<Citation> InPlace(Paper paper, string place, IReadOnlyList<Paper> papers)
    {
        foreach (Match match in Prose().Matches(place))
        {
            var name = match.Groups["paper"].Value;
            if (name.Length > 0) paper = papers.FirstOrDefault(p => p.Name == (name == "Memo 112" ? "Square loss" : name)) ?? paper;
            else if (paper.Short.Length > 0)
                foreach (var (number, letter) in Numbers(match.Groups["list"].Value))
                    yield return new Citation(paper.Short, number, letter);
        }
    }

    /// <summary>
    /// The reference that a person types, in any case: <c>T3.22</c>, <c>T3 eq. 22</c>, <c>t3 22</c>; null where it is none.
    /// </summary>
    public static Citation? Asked(string text)
    {
        var match = Loose().Match(text);
        return match.Success && int.TryParse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture, out var number)
            ? new Citation(match.Groups["paper"].Value, number, match.Groups["letter"].Value) : null;
    }

    // “7 and 31”, “10, 41–45”, “65a”: every number with its letter, ranges spelled out.
    private static IEnumerable<(int Number, string Letter)> Numbers(string list)
    {
        foreach (Match part in Range().Matches(list))
        {
            var first = int.Parse(part.Groups["first"].Value, CultureInfo.InvariantCulture);
            var last = part.Groups["last"].Success ? int.Parse(part.Groups["last"].Value, CultureInfo.InvariantCulture) : first;
            for (var n = first; n <= last; n++) yield return (n, part.Groups["letter"].Value);
        }
    }

    [GeneratedRegex(@"\b(?<paper>T3b|T3|SQ|PNAS) eq\. (?<list>\d+(?:[a-h]\b)?(?:, \d+[a-h]?\b(?![.^²]\d))*)",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OneForm();

    [GeneratedRegex(
        @"(?<paper>Theory IIIb|Theory III|Theoretical issues|Square loss|Memo 112)|\b[Ee]q\. (?<list>\d+(?:[a-h]\b)?(?:–\d+)?"
        + @"(?:(?:, | and )\d+(?:[a-h]\b)?(?:–\d+)?)*)",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Prose();

    [GeneratedRegex(@"^\s*(?<paper>T3b|T3|SQ|PNAS)(?:\s*\.\s*|\s+)(?:eq\.?\s*)?\[?(?<number>\d+)(?<letter>[a-h]?)\]?\s*$",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Loose();

    [GeneratedRegex(@"(?<first>\d+)(?<letter>[a-h]?)(?:–(?<last>\d+))?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Range();
}
