using System.Globalization;
using System.Text.Json.Serialization;

namespace Rhoflow.Lab.Claims;

/// <summary>What a check speaks for; see <see cref="VerdictRule"/> for how they fold into a verdict.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CheckRole>))]
public enum CheckRole
{
    /// <summary>The computation itself can be trusted (two integrators agree, the norm is kept).</summary>
    [JsonStringEnumMemberName("premise")] Premise,
    /// <summary>The set-up lies inside the paper's own hypothesis (the data are separable, the layers have equal norms).</summary>
    [JsonStringEnumMemberName("hypothesis")] Hypothesis,
    /// <summary>The statement as the paper prints it.</summary>
    [JsonStringEnumMemberName("printed")] Printed,
    /// <summary>The statement under a narrower assumption or with a corrected constant, or another one that is true in its place.</summary>
    [JsonStringEnumMemberName("amended")] Amended,
}

/// <summary>One comparison of a measurement with what was expected of it.</summary>
/// <param name="Role">What it speaks for.</param>
/// <param name="Group">The amendment it belongs to; empty for the other roles.</param>
/// <param name="Name">What was measured, with the case in which it was: <c>two layers: product at t = 1000</c>.</param>
/// <param name="Quantity">What was measured, without the case. An amendment that measures the quantity of a failing check of the printed
/// statement, and passes, is the same statement in a narrower form; see <see cref="VerdictRule"/>.</param>
/// <param name="Measured">The measurement; null where it is not finite, or the check is a plain yes or no.</param>
/// <param name="Expectation">The other side in words: <c>= 1.02996 ± 0.02</c>, <c>≤ 1e-12</c>.</param>
/// <param name="Passed">True or false; null where nothing can be said: the measurement is not finite, or the answer hangs on a threshold
/// that the paper does not give, or on the seed.</param>
public sealed record Check(
    CheckRole Role, string Group, string Name, string Quantity,
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
