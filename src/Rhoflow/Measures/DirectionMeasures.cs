namespace Rhoflow.Measures;

/// <summary>How far a linear network's direction is from the limit that theory predicts for it.</summary>
public static class DirectionMeasures
{
    private const string Family = "direction";

    public static readonly IReadOnlyList<Measure> All =
    [
        Measure.Single(Family, "direction_error", "‖v − v*‖₂, v* the hard-margin separator (exponential-type losses) or the minimum-norm solution (square loss)",
            "T3 §16; T3b §4", static m => m.Limit is null ? double.NaN : m.Snapshot.DirectionError(m.Limit)),
        Measure.Single(Family, "direction_angle", "angle(v, v*), radians", "T3 §16", static m => m.Limit is null ? double.NaN : m.Snapshot.AngleTo(m.Limit)),
    ];
}
