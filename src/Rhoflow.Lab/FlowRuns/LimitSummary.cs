using System.Text.Json.Nodes;
using Rhoflow.Data;
using Rhoflow.Lab.Runs;
using Rhoflow.Limits;

namespace Rhoflow.Lab.FlowRuns;

/// <summary>
/// Where theory says that a linear network goes: the hard-margin separator with its support vectors and dual weights and the expansion
/// v*(ρ) = v + c/ρ for losses with an exponential tail, the minimum-norm solution for the square loss. Part of summary.json.
/// </summary>
internal static class LimitSummary
{
    /// <summary>Null where the family "limits" was not asked for, or no limit of this kind applies.</summary>
    /// <param name="run">Whose.</param>
    /// <param name="notes">Told of every limit that could not be computed, and why; the others are given.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static JsonObject? Of(PreparedFlow run, List<string> notes, CancellationToken cancellation = default)
    {
        var linear = run.Flow.Network.IsLinear;
        if (run.Train is not { } train || !linear || !run.Experiment.Observe.Wants("limits")) return null;
        if (!run.Experiment.Loss.Loss.HasExponentialTail)
        {
            return new JsonObject
            {
                ["minimum_norm"] = Given("minimum_norm", notes, () => MinimumNorm.Of(train, cancellation: cancellation) is var solution
                    ? new JsonObject { ["weights"] = Numbers(solution.Weights), ["rank"] = solution.Rank } : null),
            };
        }
        HardMarginSolution? svm = null;
        try
        {
            var limits = new JsonObject
            {
                ["hard_margin"] = Given("hard_margin", notes, () => Separator(svm = HardMargin.Solve(train, cancellation: cancellation))),
            };
            limits["hard_margin_with_bias"] = Given("hard_margin_with_bias", notes, () => WithBias(train, cancellation));
            limits["expansion"] = svm is null ? null : Given("expansion", notes, () => Expansion(train, svm));
            return limits;
        }
        catch (NotSeparableException e)
        {
            return new JsonObject { ["not_separable"] = e.Message };
        }
    }

    // Whatever happens inside one limit is a sentence: the run is over, and what it gave must not be lost.
    private static JsonObject? Given(string what, List<string> notes, Func<JsonObject?> limit)
    {
        try
        {
            return limit();
        }
        catch (Exception e) when (e is not NotSeparableException and not OperationCanceledException)
        {
            notes.Add($"limits.{what} is not given, because {e.Message.TrimEnd('.')}");
            return null;
        }
    }

    private static JsonObject Separator(HardMarginSolution s) => new()
    {
        ["margin"] = RunDocument.Number(s.Margin),
        ["direction"] = Numbers(s.Direction),
        ["bias"] = RunDocument.Number(s.Bias),
        ["minimum_norm"] = Numbers(s.MinimumNorm),
        ["support_vectors"] = new JsonArray([.. s.SupportVectors.Select(static n => (JsonNode)n)]),
        ["dual"] = Numbers([.. s.SupportVectors.Select(n => s.Dual[n])]),
        ["kkt_residual"] = RunDocument.Number(s.KktResidual),
    };

    // One class alone is separable through the origin, but a bias then separates it from nothing.
    private static JsonObject? WithBias(Dataset train, CancellationToken cancellation) =>
        train.Y.IndexOfAnyExcept(train.Y[0]) < 0 ? null : Separator(HardMargin.Solve(train, bias: true, cancellation));

    private static JsonObject Expansion(Dataset train, HardMarginSolution svm)
    {
        var expansion = FixedRhoExpansion.Of(train, svm);
        return expansion.Exists
            ? new JsonObject
            {
                ["c"] = Numbers(expansion.C),
                ["norm"] = RunDocument.Number(expansion.Norm),
                ["relaxation"] = RunDocument.Number(expansion.Relaxation)
            }
            : new JsonObject
            {
                ["c"] = null,
                ["unloaded_support_vectors"] = new JsonArray([.. expansion.Unloaded.Select(static n => (JsonNode)n)])
            };
    }

    private static JsonArray Numbers(ReadOnlySpan<double> values)
    {
        var numbers = new JsonArray();
        foreach (var v in values) numbers.Add((JsonNode?)RunDocument.Number(v));
        return numbers;
    }
}
