using System.Globalization;
using System.Text.Json.Serialization;

namespace Rhoflow.Lab.Claims;

/// <summary>What a check speaks for; see <see cref="Judge"/> for how they fold into a verdict.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CheckRole>))]
public enum CheckRole
{
    /// <summary>The computation itself can be trusted (two integrators agree, the norm is kept).</summary>
    [JsonStringEnumMemberName("premise")] Premise,
    /// <summary>The claim as the paper prints it.</summary>
    [JsonStringEnumMemberName("printed")] Printed,
    /// <summary>The claim under a stated assumption or with a corrected constant.</summary>
    [JsonStringEnumMemberName("corrected")] Corrected,
    /// <summary>What is true in its place; it does not rescue the claim.</summary>
    [JsonStringEnumMemberName("instead")] Instead,
}

/// <summary>One comparison of a measurement with what was expected of it.</summary>
/// <param name="Role">What it speaks for.</param>
/// <param name="Group">The assumption or correction it belongs to; empty for premises and the printed claim.</param>
/// <param name="Name">What was measured.</param>
/// <param name="Measured">The measurement; null where it is not finite, or the check is a plain yes or no.</param>
/// <param name="Expectation">The other side in words: <c>= 1.02996 ± 0.02</c>, <c>≤ 1e-12</c>.</param>
/// <param name="Passed">True or false, or null where the measurement is not finite and nothing can be said.</param>
public sealed record Check(
    CheckRole Role, string Group, string Name,
    double? Measured, string Expectation, bool? Passed)
{
    /// <summary>The comparison in words: <c>err · log t = 1.0265 (expected 1.02996 ± 0.02)</c>.</summary>
    [JsonIgnore]
    public string Sentence => (Measured, Passed) switch
    {
        ({ } measured, _) => $"{Name} = {Text(measured)} (expected {Expectation})",
        (_, null) => $"{Name} is not finite (expected {Expectation})",
        (_, true) => Name,
        _ => $"not so: {Name}",
    };

    /// <summary>A number as people read it: six significant digits.</summary>
    public static string Text(double value) =>
        value.ToString("G6", CultureInfo.InvariantCulture).Replace("E", "e", StringComparison.Ordinal);
}
