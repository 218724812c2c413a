using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Figures;

namespace Rhoflow.Lab.Claims;

/// <summary>A figure of a paper, drawn anew. The config beside it says what is integrated; the chart shows it.</summary>
public sealed record PaperFigure : IStudy
{
    /// <summary>Paper key and number: <c>theory-iii/figure-05</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The paper.</summary>
    public required Paper Paper { get; init; }

    /// <summary>The number in the paper, as in “5”.</summary>
    public required string Number { get; init; }

    /// <summary>A short title of our own.</summary>
    public required string Title { get; init; }

    /// <summary>Its story: what the paper shows, what we see, what was left open and chosen.</summary>
    public required string Caption { get; init; }

    /// <summary>The config beside it, from the root of the project: <c>papers/theory-iii/figure-05.yaml</c>.</summary>
    public required string Config { get; init; }

    /// <summary>
    /// The runs whose observations it shows, in the words of <c>./rhoflow run</c>; null where it shows none, or those of its config's
    /// comment.
    /// </summary>
    public Func<IReadOnlyList<IFigureRun>>? Runs { get; init; }

    /// <inheritdoc/>
    public Func<IReadOnlyList<Experiment>>? FullRuns { get; init; }

    /// <summary>Computes and draws it.</summary>
    public required Func<StudyContext, Chart> Build { get; init; }
}
