using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rhoflow.Lab.Claims;

namespace Rhoflow.Lab.Report;

/// <summary>Texts and numbers as HTML.</summary>
internal static partial class Html
{
    /// <summary>Escaped for text and for attributes in double quotes.</summary>
    public static string Escape(string text) => WebUtility.HtmlEncode(text);

    /// <summary>Escaped, with the papers' indices and exponents set as such: ρ_k, W_{k−1}, e^{−ρf}, t^(−½ log t).</summary>
    public static string Text(string text)
    {
        var escaped = Escape(text);
        escaped = Exponent().Replace(escaped, m => $"<sup>{Bare(m.Groups["exponent"].Value)}</sup>");
        return Index().Replace(escaped, m => $"{m.Groups["letter"].Value}<sub>{Bare(m.Groups["index"].Value)}</sub>");
    }

    /// <summary>An id as it may stand in an anchor or a file name: slashes become hyphens.</summary>
    public static string Anchor(string id) => id.Replace('/', '-');

    /// <summary>Seconds as people read them.</summary>
    public static string Seconds(double seconds) =>
        seconds < 0.005 ? "&lt; 0.01 s" : seconds.ToString(seconds < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture) + " s";

    /// <summary>A measured value: numbers to six digits with all digits in the title, arrays as rows of numbers, null as a dash.</summary>
    public static string Value(JsonNode? value) => value switch
    {
        null => "<span title=\"not measured\">–</span>",
        JsonArray array => string.Join(", ", array.Select(Value)),
        JsonValue v when v.TryGetValue<double>(out var number) => Number(number),
        _ => Text(value.GetValueKind() == System.Text.Json.JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString()),
    };

    /// <summary>The mark of a verdict: symbol and word.</summary>
    public static string Badge(VerdictStyle style) =>
        $"<span class=\"verdict {style.Name}\"><span class=\"symbol\" aria-hidden=\"true\">{style.Symbol}</span> {style.Label}</span>";

    private static string Number(double number)
    {
        var full = number.ToString("R", CultureInfo.InvariantCulture).Replace("E", "e", StringComparison.Ordinal);
        var text = Check.Text(number);
        return text.Length < full.Length ? $"<span title=\"{full}\">{text}</span>" : text;
    }

    private static string Bare(string group) => group is ['{' or '(', .. var inner, '}' or ')'] ? inner : group;

    [GeneratedRegex(@"\^(?<exponent>\{[^{}<>]*\}|\([^()<>]*\)|[-−+]?[\p{L}\p{N}½]+|[*+])", RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Exponent();

    // One letter (with its accent) before, one to three after: ρ_k, ẇ_{k}, ρ_eq; not snake_case.
    [GeneratedRegex(@"(?<letter>(?<![\p{L}\p{N}_])\p{L}\p{M}*|[‖)])_(?<index>\{[^{}<>]*\}|[⊥∥∞*+−±]|[\p{L}\p{N}∞]{1,3}(?![\p{L}\p{N}_]))",
        RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Index();
}
