using System.Text.Json.Nodes;

namespace Rhoflow.Lab.Claims;

/// <summary>A measured quantity: a number, several numbers, or a text.</summary>
/// <param name="Name">What was measured, with its point: <c>err · log t at t = 1e100</c>.</param>
/// <param name="Value">A JSON number, array or string; a number that is not finite is null (“not measured”).</param>
public sealed record Measurement(string Name, JsonNode? Value)
{
    /// <summary>A number.</summary>
    public static Measurement Of(string name, double value) => new(name, Number(value));

    /// <summary>Several numbers.</summary>
    public static Measurement Of(string name, params ReadOnlySpan<double> values)
    {
        var array = new JsonArray();
        foreach (var v in values) array.Add(Number(v));
        return new(name, array);
    }

    /// <summary>A text.</summary>
    public static Measurement Of(string name, string value) => new(name, JsonValue.Create(value));

    internal static JsonNode? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;
}
