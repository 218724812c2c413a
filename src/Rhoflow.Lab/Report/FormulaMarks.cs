using System.Net;
using System.Text.RegularExpressions;
using Rhoflow.Lab.Typesetting;

namespace Rhoflow.Lab.Report;

/// <summary>
/// Formulas in pages that are being written: first TeX in a mark of its own, <c>&lt;tex&gt;\rho_k&lt;/tex&gt;</c>, so that the formulas of
/// all pages are set together; then MathML, or Unicode text where there is none.
/// </summary>
internal static partial class FormulaMarks
{
    /// <summary>A formula in a line of text.</summary>
    public static string Inline(string tex) => $"<tex>{WebUtility.HtmlEncode(tex)}</tex>";

    /// <summary>A formula on a line of its own.</summary>
    public static string Display(string tex) => $"<tex display>{WebUtility.HtmlEncode(tex)}</tex>";

    /// <summary>The formulas that are marked in <paramref name="page"/>.</summary>
    public static IEnumerable<Formula> In(string page) => Mark().Matches(page).Select(Of);

    /// <summary>The page with every mark replaced.</summary>
    public static string Set(string page, IReadOnlyDictionary<Formula, string> mathMl) => Mark().Replace(page, mark =>
        Of(mark) is var formula && mathMl.TryGetValue(formula, out var set) ? set
            : $"<span class=\"formula\">{WebUtility.HtmlEncode(PlainTex.Of(formula.Tex))}</span>");

    private static Formula Of(Match mark) => new(WebUtility.HtmlDecode(mark.Groups["tex"].Value), mark.Groups["display"].Success);

    [GeneratedRegex("<tex(?<display> display)?>(?<tex>[^<]*)</tex>", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Mark();
}
