namespace Rhoflow.Descents;

/// <summary>A step could not be taken: something is no longer a finite number. The last state with a finite loss is kept.</summary>
public sealed class DivergenceException(string message) : Exception(message);
