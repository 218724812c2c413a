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
    public static JsonObject? Of(PreparedFlow run)
    {
        var linear = run.Flow.Network.IsLinear;
        if (run.Train is not { } train || !linear || !run.Experiment.Observe.Wants("limits")) return null;
        if (!run.Experiment.Loss.Loss.HasExponentialTail)
        {
            var solution = MinimumNorm.Of(train);
            return new JsonObject
            {
                ["minimum_norm"] =
                new JsonObject { ["weights"] = Numbers(solution.Weights), ["rank"] = solution.Rank }
            };
        }
        try
        {
            var svm = HardMargin.Solve(train);
            return new JsonObject
            {
                ["hard_margin"] = Separator(svm),
                ["hard_margin_with_bias"] = WithBias(train),
                ["expansion"] = Expansion(train, svm)
            };
        }
        catch (NotSeparableException e)
        {
            return new JsonObject { ["not_separable"] = e.Message };
        }
    }

    private static JsonObject Separator(HardMarginSolution s) => new()
    {
        ["margin"] = s.Margin,
        ["direction"] = Numbers(s.Direction),
        ["bias"] = s.Bias,
        ["minimum_norm"] = Numbers(s.MinimumNorm),
        ["support_vectors"] = new JsonArray([.. s.SupportVectors.Select(static n => (JsonNode)n)]),
        ["dual"] = new JsonArray([.. s.SupportVectors.Select(n => (JsonNode)s.Dual[n])]),
        ["kkt_residual"] = s.KktResidual,
    };

    // One class alone is separable through the origin, but a bias then separates it from nothing.
    private static JsonObject? WithBias(Dataset train) =>
        train.Y.IndexOfAnyExcept(train.Y[0]) < 0 ? null : Separator(HardMargin.Solve(train, bias: true));

    private static JsonObject Expansion(Dataset train, HardMarginSolution svm)
    {
        var expansion = FixedRhoExpansion.Of(train, svm);
        return expansion.Exists
            ? new JsonObject
            {
                ["c"] = Numbers(expansion.C),
                ["norm"] = expansion.Norm,
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
