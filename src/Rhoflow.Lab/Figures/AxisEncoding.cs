using System.Text.Json.Nodes;

namespace Rhoflow.Lab.Figures;

/// <summary>The x or y channel of a panel.</summary>
internal static class AxisEncoding
{
    // ASCII digits to superscripts, as a Vega expression on the text of an exponent.
    private static readonly string Superscript =
        "-0123456789".Zip("⁻⁰¹²³⁴⁵⁶⁷⁸⁹").Aggregate("format({0}, 'd')", (text, pair) => $"replace({text}, /{pair.First}/g, '{pair.Second}')");

    // Powers of ten are written 10ᵏ beyond 0.01 … 1000; ticks between them keep their digits.
    private static readonly string PowerLabel =
        "(datum.value < 0.009 || datum.value > 1001) && abs(log(datum.value) / LN10 - round(log(datum.value) / LN10)) < 1e-9"
        + $" ? '10' + {Exponent("round(log(datum.value) / LN10)")} : datum.value < 0.009 || datum.value > 9999 ? format(datum.value, '.1e') : format(datum.value, '~g')";

    // Between whole exponents nothing is written: a tick at 10^0.5 helps nobody.
    private static readonly string ExponentLabel =
        $"abs(datum.value - round(datum.value)) < 1e-9 ? (datum.value == 0 ? '1' : datum.value == 1 ? '10' : '10' + {Exponent("datum.value")}) : ''";

    public static JsonObject Of(string field, Axis axis)
    {
        var scale = new JsonObject { ["zero"] = false, ["nice"] = false };
        if (axis.Scale == Scale.Log) scale["type"] = "log";
        if (axis.Min is { } min) scale["domainMin"] = min;
        if (axis.Max is { } max) scale["domainMax"] = max;
        var look = new JsonObject { ["title"] = axis.Title };
        switch (axis.Scale)
        {
            case Scale.Log:
                look["labelExpr"] = PowerLabel;
                look["tickCount"] = 6;
                break;
            case Scale.Exponent:
                look["labelExpr"] = ExponentLabel;
                look["tickMinStep"] = 1;
                break;
        }
        return new JsonObject { ["field"] = field, ["type"] = "quantitative", ["scale"] = scale, ["axis"] = look };
    }

    private static string Exponent(string expression) => string.Format(null, Superscript, expression);
}
