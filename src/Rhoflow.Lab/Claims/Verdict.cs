using System.Text.Json.Serialization;

namespace Rhoflow.Lab.Claims;

/// <summary>
/// What the measurements say about a claim, inside the paper's own hypothesis: it holds as printed, it holds with care (the same
/// statement under a narrower assumption or with another constant), it fails (with a counter-example), or it is not decided. Verdicts
/// are computed by <see cref="VerdictRule"/>, never typed.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<Verdict>))]
public enum Verdict
{
    /// <summary>As printed.</summary>
    [JsonStringEnumMemberName("holds")] Holds,

    /// <summary>With care: under a narrower assumption, or with another constant.</summary>
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
    private static readonly VerdictStyle Holds = new("holds", "holds", "✓", "#0b6fb8");
    private static readonly VerdictStyle Care = new("care", "with care", "≈", "#9a6700");
    private static readonly VerdictStyle Fails = new("fails", "fails", "✗", "#c2410c");
    private static readonly VerdictStyle Undecided = new("undecided", "undecided", "?", "#6b7280");
    private static readonly VerdictStyle Identity = new("identity", "identity", "≡", "#5b5fc7");

    /// <summary>Every style, in the order in which counts are shown; the last, identities, are no tests.</summary>
    public static IReadOnlyList<VerdictStyle> All { get; } = [Holds, Care, Fails, Undecided, Identity];

    /// <summary>
    /// The style of <paramref name="verdict"/>; a claim that holds because it is an identity (<see cref="ClaimOutcome.Identity"/>) is
    /// shown as one.
    /// </summary>
    public static VerdictStyle Of(Verdict verdict, bool isIdentity = false) => verdict switch
    {
        Verdict.Holds when isIdentity => Identity,
        Verdict.Holds => Holds,
        Verdict.Care => Care,
        Verdict.Fails => Fails,
        _ => Undecided,
    };
}
