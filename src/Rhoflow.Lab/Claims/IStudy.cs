using Rhoflow.Lab.Experiments;

namespace Rhoflow.Lab.Claims;

/// <summary>What a paper's page consists of: its claims and figures, in the order of the paper.</summary>
public interface IStudy
{
    /// <summary>Its name on the command line.</summary>
    string Id { get; }

    /// <summary>The paper.</summary>
    Paper Paper { get; }

    /// <summary>The runs that its full size makes, for the forecast; null where full size takes no training.</summary>
    Func<IReadOnlyList<Experiment>>? FullRuns { get; }
}
