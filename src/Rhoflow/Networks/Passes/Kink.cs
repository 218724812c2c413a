namespace Rhoflow.Networks;

/// <summary>A ReLU at its kink: pre-activation 0.</summary>
/// <param name="Layer">k, counted from 1.</param>
/// <param name="Unit">The unit in the layer, from 0.</param>
/// <param name="Example">n, from 0.</param>
public readonly record struct Kink(int Layer, int Unit, int Example)
{
    /// <summary>Layer, unit and example.</summary>
    public override string ToString() => $"layer {Layer}, unit {Unit}, example {Example}";
}
