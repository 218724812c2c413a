using System.Numerics;

namespace Rhoflow.Descents;

/// <summary>
/// The rules of one replica with their states: an update for what moves, and where norms are trained one for them. Consecutive rules that
/// work number by number form one stage, which is one pass over memory; a rule that takes whole layers is a stage of its own.
/// </summary>
internal sealed class RulePipeline<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly IUpdate<T>[] _updates;
    private readonly IUpdate<double>[] _normUpdates;

    /// <param name="x">Memory for what moves.</param>
    /// <param name="norms">Memory for the norms; null where they are not trained.</param>
    public RulePipeline(IReadOnlyList<IRule> rules, RuleMemory<T> x, RuleMemory<double>? norms)
    {
        _updates = [.. rules.Select(r => r.Init(x))];
        _normUpdates = norms is null ? [] : [.. rules.Select(r => r.Init(norms))];
        Stages = [.. StagesOf(rules)];
    }

    /// <summary>The stages, first to last; one at least, and the last goes number by number.</summary>
    public Stage[] Stages { get; }

    /// <summary>Whether the whole pipeline is no more than a momentum, so that a step in plain coordinates is one fused kernel.</summary>
    public bool IsFused => _updates is [] or [MomentumUpdate<T>];

    /// <summary>The momentum of a fused step; null without.</summary>
    public MomentumUpdate<T>? FusedMomentum => _updates is [MomentumUpdate<T> momentum] ? momentum : null;

    /// <summary>Applies the rules of a stage to a part of the direction.</summary>
    public void Apply(Stage stage, in Part<T> part, Span<T> u)
    {
        for (var i = stage.First; i < stage.End; i++) _updates[i].Update(part, u);
    }

    /// <summary>The same for norms of one layer.</summary>
    public void ApplyToNorms(Stage stage, in Part<double> part, Span<double> u)
    {
        for (var i = stage.First; i < stage.End; i++) _normUpdates[i].Update(part, u);
    }

    /// <summary>A bound on the length of what all rules together make of a direction.</summary>
    public double Bound(Reach reach)
    {
        foreach (var update in _updates) reach = reach with { Direction = update.Bound(reach) };
        return reach.Direction;
    }

    private static IEnumerable<Stage> StagesOf(IReadOnlyList<IRule> rules)
    {
        var first = 0;
        for (var i = 0; i < rules.Count; i++)
        {
            if (!rules[i].TakesWholeLayers) continue;
            // The first stage scales, so there is one before, even if it has no rules.
            yield return new Stage(first, i, false);
            yield return new Stage(i, i + 1, true);
            first = i + 1;
        }
        yield return new Stage(first, rules.Count, false);
    }
}

/// <summary>Rules that are applied together: those from First up to, and without, End.</summary>
/// <param name="TakesLayers">One layer after the other, with the whole team.</param>
internal readonly record struct Stage(int First, int End, bool TakesLayers);
