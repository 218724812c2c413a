using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Typesetting;

namespace Rhoflow.Lab.Report;

/// <summary>Texts and numbers as HTML.</summary>
internal static class Html
{
    // No line begins with the comma after a formula.
    private const string Joined = "\u2060";

    /// <summary>Escaped for text and for attributes in double quotes.</summary>
    public static string Escape(string text) => WebUtility.HtmlEncode(text);

    /// <summary>Escaped, with its formulas (ρ_k, W_{k−1}, e^{−ρf}) marked to be set.</summary>
    public static string Text(string text)
    {
        var pieces = FormulasInText.Of(text);
        return string.Concat(pieces.Select((p, i) => p.Tex is { } tex ? FormulaMarks.Inline(tex)
            : i > 0 && (p.Text[0] is ',' or '.' or ';' or ':' or ')') ? Joined + Escape(p.Text) : Escape(p.Text)));
    }

    /// <summary>Escaped for attributes, with its formulas in Unicode.</summary>
    public static string Plain(string text) => Escape(FormulasInText.Plain(text));

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
}
