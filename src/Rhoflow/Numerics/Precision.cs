namespace Rhoflow.Numerics;

/// <summary>The floating-point format of a run's numbers: float64 for flows, float32 for training at speed.</summary>
public enum Precision { Float64, Float32 }
