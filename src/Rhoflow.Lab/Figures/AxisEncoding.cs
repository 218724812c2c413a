using System.Text.Json.Nodes;

namespace Rhoflow.Lab.Figures;

/// <summary>The x or y channel of a panel.</summary>
internal static class AxisEncoding
{
    // ASCII digits to superscripts, as a Vega expression on the text of an exponent; Vega writes a minus sign, not a hyphen.
    private static readonly string Superscript =
        "−-0123456789".Zip("⁻⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
            .Aggregate("format({0}, 'd')", (text, pair) => $"replace({text}, /{pair.First}/g, '{pair.Second}')");

    // Between 0.01 and 9999 plain digits, beyond them 10ᵏ and 2·10ᵏ (a small number added keeps floor from falling below a whole one).
    private static readonly string Mantissa = "format(datum.value / pow(10, floor(log(datum.value) / LN10 + 1e-9)), '.2~g')";

    /// <summary>The label of a value on a logarithmic axis or legend, as a Vega expression.</summary>
    public static readonly string PowerLabel =
        "datum.value > 0.009 && datum.value < 9999 ? format(datum.value, '~g') : "
        + $"({Mantissa} == '1' ? '' : {Mantissa} + '·') + '10' + {Exponent("floor(log(datum.value) / LN10 + 1e-9)")}";

    // Between whole exponents nothing is written: a tick at 10^0.5 helps nobody.
    private static readonly string ExponentLabel =
        "abs(datum.value - round(datum.value)) < 1e-9 ? (datum.value == 0 ? '1' : datum.value == 1 ? '10' : '10' + "
        + $"{Exponent("datum.value")}) : ''";

    /// <param name="field">x or y.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="values">All that is drawn along it.</param>
    public static JsonObject Of(string field, Axis axis, IEnumerable<double> values)
    {
        var scale = new JsonObject { ["nice"] = false };
        if (axis.Scale == Scale.Log) scale["type"] = "log";
        else scale["zero"] = false;
        if (axis.Min is { } min) scale["domainMin"] = min;
        if (axis.Max is { } max) scale["domainMax"] = max;
        var look = new JsonObject { ["title"] = axis.Title, ["tickCount"] = 8 };
        switch (axis.Scale)
        {
            case var _ when axis.Labels is { } labels:
                look["values"] = new JsonArray([.. labels.Select(static l => (JsonNode)l.At)]);
                look["labelExpr"] = Words(labels);
                look["grid"] = false;
                // Vega leaves out every second of more places than the count.
                look["tickCount"] = labels.Count;
                // Without a canvas it takes a letter for .8 of the font's size: forty letters.
                look["labelLimit"] = 420;
                break;
            case Scale.Log:
                look["labelExpr"] = PowerLabel;
                if (LogTicks.Of(values.Append(axis.Min ?? double.NaN).Append(axis.Max ?? double.NaN)) is { Count: > 0 } ticks)
                {
                    look["values"] = new JsonArray([.. ticks.Select(t => (JsonNode)t)]);
                }
                break;
            case Scale.Exponent:
                look["labelExpr"] = ExponentLabel;
                look["tickMinStep"] = 1;
                break;
        }
        return new JsonObject
        {
            ["field"] = field,
            ["type"] = "quantitative",
            ["scale"] = scale,
            ["axis"] = axis.IsHidden ? null : look,
        };
    }

    private static string Words(IReadOnlyList<(double At, string Text)> labels)
    {
        var words = new JsonObject(labels.Select(static l =>
            KeyValuePair.Create(l.At.ToString("R", System.Globalization.CultureInfo.InvariantCulture), (JsonNode?)l.Text)));
        return $"({words.ToJsonString()})[datum.value]";
    }

    private static string Exponent(string expression) => string.Format(null, Superscript, expression);
}
