namespace Rhoflow.Numerics;

/// <summary>dy/ds at (s, y), written to <paramref name="dy"/>. Must not keep the spans.</summary>
internal delegate void VectorField(double s, ReadOnlySpan<double> y, Span<double> dy);
