using Rhoflow.Lab.Figures;

namespace Rhoflow.Lab.Claims;

/// <summary>
/// Collects measurements and checks of a claim; <see cref="VerdictRule"/> folds them into a verdict.
/// <example><code>
/// var judge = new Judge();
/// judge.Premise.AtMost("drift of ‖v‖", drift, 1e-10);
/// judge.Hypothesis.AtLeast("margin of the data", margin, 0);
/// judge.Printed.Near("product at t = 1000", product, printedProduct, relative: 1e-4);
/// judge.Amended("constant K, not K²").Near("product at t = 1000", product, correctedProduct, relative: 1e-9);
/// return judge.Outcome(chart: …);
/// </code></example>
/// </summary>
public sealed class Judge
{
    private readonly List<Measurement> _measured = [];
    private readonly List<Check> _checks = [];
    private string? _identity;

    /// <summary>Checks that the computation itself can be trusted.</summary>
    public CheckGroup Premise => new(this, CheckRole.Premise, "");

    /// <summary>Checks that the set-up lies inside the paper's own hypothesis.</summary>
    public CheckGroup Hypothesis => new(this, CheckRole.Hypothesis, "");

    /// <summary>Checks of the statement as printed.</summary>
    public CheckGroup Printed => new(this, CheckRole.Printed, "");

    /// <summary>
    /// Checks under <paramref name="amendment"/>: a narrower assumption (“inputs are whitened”), a correction (“2f, not 4f”), or what is
    /// true in place of a statement that fails. Which of them it is follows from the quantities that it checks.
    /// </summary>
    public CheckGroup Amended(string amendment) => new(this, CheckRole.Amended, amendment);

    /// <summary>
    /// Says that the statement is true by algebra and cannot fail, because <paramref name="reason"/>: a pass is labelled an identity and
    /// not counted among the tests.
    /// </summary>
    public void Identity(string reason) => _identity = reason;

    /// <summary>Records a number without judging it; returns it.</summary>
    public double Measure(string name, double value)
    {
        Record(Measurement.Of(name, value));
        return value;
    }

    /// <summary>Records several numbers without judging them.</summary>
    public void Measure(string name, params ReadOnlySpan<double> values) => Record(Measurement.Of(name, values));

    /// <summary>Records a text without judging it.</summary>
    public void Measure(string name, string value) => Record(Measurement.Of(name, value));

    /// <summary>The verdict of the checks so far.</summary>
    public Verdict Verdict => VerdictRule.Fold(_checks);

    /// <summary>
    /// The verdict with its reasons. Of <paramref name="holds"/>, <paramref name="care"/> and <paramref name="fails"/> the text that
    /// belongs to the computed verdict is used (write the numbers into it); where it is missing, and always when undecided, the sentence
    /// is made from the deciding checks. <paramref name="open"/> follows that sentence when undecided.
    /// </summary>
    public ClaimOutcome Outcome(string? holds = null, string? care = null, string? fails = null, Chart? chart = null, string caption = "",
        string? open = null)
    {
        var verdict = Verdict;
        var text = verdict switch { Verdict.Holds => holds, Verdict.Care => care, Verdict.Fails => fails, _ => null };
        return new ClaimOutcome
        {
            Verdict = verdict,
            Identity = verdict == Verdict.Holds ? _identity : null,
            Measured = [.. _measured],
            Checks = [.. _checks],
            Why = text ?? (verdict == Verdict.Undecided && open is not null
                ? $"{Reasons.For(verdict, _checks)} {open}"
                : Reasons.For(verdict, _checks)),
            Chart = chart,
            Caption = caption,
        };
    }

    internal void Add(Check check)
    {
        _checks.Add(check);
        if (check.Measured is { } measured) Record(Measurement.Of(check.Name, measured));
    }

    // The same number is often held against two laws; it is one measurement.
    private void Record(Measurement measurement)
    {
        var known = _measured.FindIndex(m => string.Equals(m.Name, measurement.Name, StringComparison.Ordinal));
        if (known < 0) _measured.Add(measurement);
        else if (!System.Text.Json.Nodes.JsonNode.DeepEquals(_measured[known].Value, measurement.Value))
        {
            throw new InvalidOperationException(
                $"'{measurement.Name}' was measured twice with different values; give the second another name.");
        }
    }
}
