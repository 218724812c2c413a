namespace Rhoflow.Numerics;

/// <summary>The floating-point format of a run's numbers: float64 for flows, float32 for training at speed.</summary>
public enum Precision
{
    /// <summary>IEEE double precision, 53 bits.</summary>
    Float64,

    /// <summary>IEEE single precision, 24 bits; sums are carried in float64.</summary>
    Float32,
}
