using System.Globalization;
using System.Text.Json;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Lab.Tables;

/// <summary>
/// Swept keys that changed nothing: a seed of minibatches for gradient descent on all examples, the scale of a start that was given. Runs
/// that differ in such a key alone gave the same numbers in their last observation, digit by digit; a band over it has no width.
/// </summary>
public static class IdleKeys
{
    /// <summary>A sentence for each such key.</summary>
    /// <param name="runs">The runs of a sweep that have ended.</param>
    public static IEnumerable<string> Of(IReadOnlyList<RunRecord> runs)
    {
        RunRecord[] ended = [.. runs.Where(static r => r.Status == RunStatus.Finished && r.Quantities.Any())];
        var keys = RunKeys.Differing([.. ended.Select(static r => r.Keys)]);
        string[] results = [.. ended.Select(static r => JsonSerializer.Serialize(r.Summary!["last"]))];
        foreach (var key in keys)
        {
            var alike = Enumerable.Range(0, ended.Length)
                .GroupBy(i => string.Join('\n', keys.Where(k => k != key).Select(k => ended[i].Keys.GetValueOrDefault(k, ""))),
                    StringComparer.Ordinal).Where(static g => g.Count() > 1).ToArray();
            if (alike.Length == 0 || alike.Any(g => g.Any(i => results[i] != results[g.First()]))) continue;
            var several = keys.Count > 1 ? "runs that differ in it alone"
                : string.Create(CultureInfo.InvariantCulture, $"all {ended.Length} runs");
            yield return $"{key} changed nothing: {several} ended with the same numbers";
        }
    }
}
