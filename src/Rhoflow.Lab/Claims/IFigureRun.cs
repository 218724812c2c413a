namespace Rhoflow.Lab.Claims;

/// <summary>A run that a figure shows, or a sweep of them.</summary>
public interface IFigureRun
{
    /// <summary>What a person types for it, from the root of the project: <c>./rhoflow run papers/theory-iii/figure-05.yaml</c>.</summary>
    string Command { get; }
}
