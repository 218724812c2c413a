using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Rhoflow.Lab.Claims;
using Rhoflow.Papers.Catalog;

namespace Rhoflow.Tests.Papers;

/// <summary>Each claim computed once for all tests.</summary>
internal static class Outcomes
{
    /// <summary>In which figures, too, find what claims computed.</summary>
    public static readonly StudyContext Context = new();

    private static readonly ConcurrentDictionary<string, Lazy<ClaimOutcome>> Computed = new(StringComparer.Ordinal);

    public static ClaimOutcome Of(string id) => Computed.GetOrAdd(id, key => new Lazy<ClaimOutcome>(() =>
        PapersCatalog.Claims.Single(c => c.Id == key).Check(Context))).Value;

    public static double Number(this ClaimOutcome outcome, string name) => (double)Node(outcome, name);

    public static double[] Numbers(this ClaimOutcome outcome, string name) => [.. Node(outcome, name).AsArray().Select(v => (double)v!)];

    private static JsonNode Node(ClaimOutcome outcome, string name) =>
        outcome.Measured.SingleOrDefault(m => m.Name == name)?.Value
        ?? throw new InvalidOperationException($"'{name}' is not among: {string.Join("; ", outcome.Measured.Select(m => m.Name))}");
}
