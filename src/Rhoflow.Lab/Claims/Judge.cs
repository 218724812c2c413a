using Rhoflow.Lab.Figures;

namespace Rhoflow.Lab.Claims;

/// <summary>
/// Collects measurements and checks of a claim and folds them into a verdict:
/// <list type="number">
/// <item>a <see cref="Premise"/> that is broken, a measurement that is not finite in a check that matters, or no check of the printed
/// claim at all: <see cref="Verdict.Undecided"/>;</item>
/// <item>every <see cref="Printed"/> check passes: <see cref="Verdict.Holds"/> (<see cref="Verdict.Care"/> if
/// <see cref="NeedsCare"/> named an assumption that was really used);</item>
/// <item>some printed check fails, and every <see cref="Corrected"/> check (at least one) passes: <see cref="Verdict.Care"/>;</item>
/// <item>otherwise <see cref="Verdict.Fails"/>: the failing printed check is the counter-example. <see cref="Instead"/> checks say what
/// is true in its place and never rescue a claim.</item>
/// </list>
/// <example><code>
/// var judge = new Judge();
/// judge.Premise.AtMost("drift of ‖v‖", drift, 1e-10);
/// judge.Printed.Near("product at t = 1000", product, printedProduct, relative: 1e-4);
/// judge.Corrected("constant K, not K²").Near("product at t = 1000", product, correctedProduct, relative: 1e-9);
/// return judge.Outcome(chart: …);
/// </code></example>
/// </summary>
public sealed class Judge
{
    private readonly List<Measurement> _measured = [];
    private readonly List<Check> _checks = [];
    private readonly List<string> _care = [];

    /// <summary>Checks that the computation itself can be trusted.</summary>
    public CheckGroup Premise => new(this, CheckRole.Premise, "");

    /// <summary>Checks of the claim as printed.</summary>
    public CheckGroup Printed => new(this, CheckRole.Printed, "");

    /// <summary>
    /// Checks of the claim under <paramref name="assumption"/> (“inputs are whitened”) or with a correction (“2f, not 4f”).
    /// </summary>
    public CheckGroup Corrected(string assumption) => new(this, CheckRole.Corrected, assumption);

    /// <summary>Checks of <paramref name="truth"/>, what is found in place of a claim that fails.</summary>
    public CheckGroup Instead(string truth) => new(this, CheckRole.Instead, truth);

    /// <summary>Says that the printed claim was checked only under <paramref name="assumption"/>, so that a pass is “with care”.</summary>
    public Judge NeedsCare(string assumption)
    {
        _care.Add(assumption);
        return this;
    }

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
    public Verdict Verdict => Fold(_checks, _care.Count > 0);

    /// <summary>
    /// The verdict with its reasons. Of <paramref name="holds"/>, <paramref name="care"/> and <paramref name="fails"/> the text that
    /// belongs to the computed verdict is used (write the numbers into it); where it is missing, and always when undecided, the sentence
    /// is made from the deciding checks.
    /// </summary>
    public ClaimOutcome Outcome(
        string? holds = null, string? care = null, string? fails = null, Chart? chart = null, string caption = "")
    {
        var verdict = Verdict;
        var text = verdict switch { Verdict.Holds => holds, Verdict.Care => care, Verdict.Fails => fails, _ => null };
        return new ClaimOutcome
        {
            Verdict = verdict,
            Measured = [.. _measured],
            Checks = [.. _checks],
            Why = text ?? Reasons.For(verdict, _checks, _care),
            Chart = chart,
            Caption = caption,
        };
    }

    /// <summary>The rule of the summary, as a function of the checks alone.</summary>
    public static Verdict Fold(IReadOnlyCollection<Check> checks, bool needsCare = false)
    {
        var printed = checks.Where(c => c.Role == CheckRole.Printed).ToList();
        var corrected = checks.Where(c => c.Role == CheckRole.Corrected).ToList();
        if (printed.Count == 0 || checks.Any(c => c.Role == CheckRole.Premise && c.Passed != true)) return Verdict.Undecided;
        if (printed.All(c => c.Passed == true)) return needsCare ? Verdict.Care : Verdict.Holds;
        if (printed.All(c => c.Passed != false)) return Verdict.Undecided;
        if (corrected.Any(c => c.Passed == false) || corrected.Count == 0) return Verdict.Fails;
        return corrected.All(c => c.Passed == true) ? Verdict.Care : Verdict.Undecided;
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
