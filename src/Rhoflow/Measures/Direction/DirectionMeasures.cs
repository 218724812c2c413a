using Rhoflow.Numerics;

namespace Rhoflow.Measures.Direction;

/// <summary>Where the directions V_k go: towards the limit that theory predicts, how far, and along the gradient or not.</summary>
internal static class DirectionMeasures
{
    private const string Family = "direction";

    /// <summary>The family, in the order of its columns.</summary>
    public static readonly IReadOnlyList<Measure> All =
    [
        Measure.Single(Family, "direction_error",
            "‖v − v*‖₂, v* the hard-margin separator (exponential-type losses) or the minimum-norm solution (square loss)",
            "T3 §16; T3b §4", static m => m.Limit is null ? double.NaN : m.Snapshot.DirectionError(m.Limit)),
        Measure.Single(Family, "direction_angle", "angle(v, v*), radians", "T3 §16",
            static m => m.Limit is null ? double.NaN : m.Snapshot.AngleTo(m.Limit)),
        PerLayer("step_angle", "angle(V_k, V_k of the observation before), radians", "T3 Fig 6",
            static (m, k) => m.History is { IsOfStart: false } h ? Vectors.Angle(m.Setting.Network.Layers[k].Of(m.Snapshot.V),
                m.Setting.Network.Layers[k].Of(h.PreviousV)) : double.NaN),
        PerLayer("path", "Σ ‖ΔV_k‖ over the observations so far: chords, so a lower bound of the length that V_k has gone", "T3 Fig 6",
            static (m, k) => m.History is { IsOfStart: false } h ? h.Path[k] + h.Step(m.Snapshot, k) : double.NaN),
        new()
        {
            Family = Family,
            Name = "gradient_alignment",
            Formula = "cos(W_k, −∂L/∂W_k), layer by layer and over all weights",
            Reference = "T3 eq. 60",
            Variant = "of the descended loss and the weights as they are trained; with batch normalization by the statistics of the "
                + "examples and through them, so that it is 0 below one with ε = 0 (observe.batch-norm: running: folded into W_k and "
                + "held fixed)",
            GoesThroughStatistics = true,
            Need = MeasureNeed.Gradients,
            Cost = "1 backward pass",
            Work = static s => MeasureWork.LossGradient(s.Network.StatisticsCount > 0),
            Columns = static s => [.. Enumerable.Range(1, s.Depth).Select(static k => $"gradient_alignment_{k}"), "gradient_alignment"],
            Values = static m => m.Passes is { } passes ? GradientAlignment.Of(passes)
                : [.. Enumerable.Repeat(double.NaN, m.Setting.Depth + 1)],
            Refuse = static s => s.Train is null ? "the scalar equations have no weights" : null,
        },
    ];

    private static Measure PerLayer(string name, string formula, string reference, Func<MeasureInput, int, double> value) => new()
    {
        Family = Family,
        Name = name,
        Formula = formula,
        Reference = reference,
        Cost = "P",
        Columns = s => [.. Enumerable.Range(1, s.Depth).Select(k => $"{name}_{k}")],
        Values = m => [.. Enumerable.Range(0, m.Setting.Depth).Select(k => value(m, k))],
    };
}
