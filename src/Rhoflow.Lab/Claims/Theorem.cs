namespace Rhoflow.Lab.Claims;

/// <summary>
/// A theorem of a paper, item by item, with the claims that carry each: what a reader of the paper looks for, and claims, which are
/// ordered by what can be computed, do not show.
/// </summary>
/// <param name="Name">As the paper calls it: “Theorem 1”.</param>
/// <param name="Place">Where it stands: “§4.8”.</param>
/// <param name="Supposes">What it assumes for all of its items.</param>
/// <param name="Items">Its items in their order.</param>
public sealed record Theorem(string Name, string Place, string Supposes, IReadOnlyList<TheoremItem> Items);

/// <summary>One item of a theorem.</summary>
/// <param name="Number">“3”; empty for what stands before the list.</param>
/// <param name="Says">The statement.</param>
/// <param name="Claims">Ids of the claims that carry it, of whatever paper, the most direct first.</param>
public sealed record TheoremItem(string Number, string Says, params IReadOnlyList<string> Claims)
{
    /// <summary>
    /// What has to be known beside the verdicts; where no claim carries the item, why none does (then it may not be empty).
    /// </summary>
    public string Note { get; init; } = "";
}
