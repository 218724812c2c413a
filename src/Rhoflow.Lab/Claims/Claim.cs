using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Figures;

namespace Rhoflow.Lab.Claims;

/// <summary>
/// One claim of a paper in a form that can be computed: what it says, where, on which set-up, what is expected, and the check.
/// Claims are data: a list of them is all that <c>reproduce</c> needs.
/// </summary>
public sealed record Claim : IStudy
{
    /// <summary>A letter, a number and words: <c>b08-weight-normalization-rate</c>. Lower case, digits and hyphens.</summary>
    public required string Id { get; init; }

    /// <summary>The id's words as a heading, unless given: <c>b04-grows-like-log-t</c>, “Grows like log t”.</summary>
    public string Title { get => field ?? ClaimTitle.Of(Id); init; }

    /// <summary>
    /// One sentence for a reader who knows nothing yet, if the claim is one of the few with which the report opens; its chart stands
    /// beside it.
    /// </summary>
    public string? Finding { get; init; }

    /// <summary>Words by which people look for it and which its texts do not have: <c>neural collapse</c>.</summary>
    public IReadOnlyList<string> Keywords { get; init; } = [];

    /// <summary>The paper that makes the claim.</summary>
    public required Paper Paper { get; init; }

    /// <summary>Where in the paper: “eq. 80, §16, Fig. 4”. Other papers that repeat it are named here as well.</summary>
    public required string Place { get; init; }

    /// <summary>
    /// Ids of equations that it rests on, <c>T3.65</c>, beside those that <see cref="Place"/> cites (papers/equations has the table).
    /// </summary>
    public IReadOnlyList<string> Equations { get; init; } = [];

    /// <summary>What the paper says, in one or two sentences.</summary>
    public required string Statement { get; init; }

    /// <summary>
    /// What the paper supposes where it says so: loss, networks, data, limit. The part that numbers can speak for is checked
    /// (<see cref="Judge.Hypothesis"/>).
    /// </summary>
    public required string Hypothesis { get; init; }

    /// <summary>Data, start, integrator: all that is needed to do it again.</summary>
    public required string SetUp { get; init; }

    /// <summary>What the claim predicts for this set-up.</summary>
    public required string Expected { get; init; }

    /// <summary>Ids of the paper's figures that show it (<c>theory-iii/figure-05</c>), the most telling first.</summary>
    public IReadOnlyList<string> Figures { get; init; } = [];

    /// <summary>Earlier verdicts, one line each: <c>was ✗ until 2026-11-28, because …</c>.</summary>
    public IReadOnlyList<string> History { get; init; } = [];

    /// <inheritdoc/>
    public Func<IReadOnlyList<Experiment>>? FullRuns { get; init; }

    /// <summary>Measures and judges. A claim that throws is reported as undecided with its error.</summary>
    public required Func<StudyContext, ClaimOutcome> Check { get; init; }
}

/// <summary>What checking a claim gave; made by <see cref="Judge.Outcome"/>.</summary>
public sealed record ClaimOutcome
{
    /// <summary>The verdict.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>Why the statement is true by algebra and cannot fail, where it holds so; otherwise null.</summary>
    public string? Identity { get; init; }

    /// <summary>Measured numbers in the order in which they were measured.</summary>
    public required IReadOnlyList<Measurement> Measured { get; init; }

    /// <summary>The checks that led to the verdict.</summary>
    public required IReadOnlyList<Check> Checks { get; init; }

    /// <summary>One to three sentences with the numbers: the counter-example when it fails, the assumption when it needs care.</summary>
    public required string Why { get; init; }

    /// <summary>The claim's own figure, predicted law beside measurement, or null.</summary>
    public Chart? Chart { get; init; }

    /// <summary>A sentence under <see cref="Chart"/>.</summary>
    public string Caption { get; init; } = "";
}
