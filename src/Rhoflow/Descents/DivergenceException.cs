namespace Rhoflow.Descents;

/// <summary>A step could not be taken: something is no longer a finite number. The state before the step is kept.</summary>
public sealed class DivergenceException(string message) : Exception(message);
