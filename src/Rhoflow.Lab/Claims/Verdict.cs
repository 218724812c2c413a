using System.Text.Json.Serialization;

namespace Rhoflow.Lab.Claims;

/// <summary>
/// What the measurements say about a claim: it holds as printed, it holds with care (a stated assumption or another constant), it fails
/// (with a counter-example), or it was not decided. Verdicts are computed by <see cref="Judge"/>, never typed.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<Verdict>))]
public enum Verdict
{
    /// <summary>As printed.</summary>
    [JsonStringEnumMemberName("holds")] Holds,

    /// <summary>With care: a stated assumption or another constant.</summary>
    [JsonStringEnumMemberName("care")] Care,

    /// <summary>With a counter-example.</summary>
    [JsonStringEnumMemberName("fails")] Fails,

    /// <summary>Not decided by the measurements.</summary>
    [JsonStringEnumMemberName("undecided")] Undecided,
}

/// <summary>How a verdict is written and shown. Symbol and word always stand together, so that colour is never the only sign.</summary>
/// <param name="Name">The name in JSON and in CSS classes.</param>
/// <param name="Label">The words people read.</param>
/// <param name="Symbol">One character, distinct in shape.</param>
/// <param name="Colour">sRGB on a light ground (colour-blind safe: blue, amber, vermilion, grey).</param>
public sealed record VerdictStyle(string Name, string Label, string Symbol, string Colour)
{
    /// <summary>The style of <paramref name="verdict"/>.</summary>
    public static VerdictStyle Of(Verdict verdict) => verdict switch
    {
        Verdict.Holds => new("holds", "holds", "✓", "#0b6fb8"),
        Verdict.Care => new("care", "with care", "≈", "#9a6700"),
        Verdict.Fails => new("fails", "fails", "✗", "#c2410c"),
        _ => new("undecided", "undecided", "?", "#6b7280"),
    };
}
