using System.Globalization;

namespace Rhoflow.Lab.Claims;

/// <summary>
/// Where checks of one role are made. Each records its measurement under its name and returns whether it passed; a measurement that is
/// not finite passes nothing and fails nothing (it leaves the claim undecided).
/// </summary>
public readonly struct CheckGroup
{
    private readonly Judge _judge;
    private readonly CheckRole _role;
    private readonly string _group;

    internal CheckGroup(Judge judge, CheckRole role, string group) => (_judge, _role, _group) = (judge, role, group);

    /// <summary>|measured − expected| ≤ max(<paramref name="relative"/>·|expected|, <paramref name="absolute"/>).</summary>
    public bool Near(string name, double measured, double expected, double relative = 0, double absolute = 0)
    {
        if (relative <= 0 && absolute <= 0) throw new ArgumentException($"Give '{name}' a relative or an absolute tolerance above 0.");
        var width = Math.Max(relative * Math.Abs(expected), absolute);
        return Add(name, measured,
            $"{Check.Text(expected)} ± {width.ToString("G2", CultureInfo.InvariantCulture).Replace("E", "e", StringComparison.Ordinal)}",
            Math.Abs(measured - expected) <= width, double.IsFinite(measured) && double.IsFinite(expected));
    }

    /// <summary>measured ≤ bound.</summary>
    public bool AtMost(string name, double measured, double bound) =>
        Add(name, measured, $"≤ {Check.Text(bound)}", measured <= bound, double.IsFinite(measured) && !double.IsNaN(bound));

    /// <summary>measured ≥ bound.</summary>
    public bool AtLeast(string name, double measured, double bound) =>
        Add(name, measured, $"≥ {Check.Text(bound)}", measured >= bound, double.IsFinite(measured) && !double.IsNaN(bound));

    /// <summary>low ≤ measured ≤ high.</summary>
    public bool Between(string name, double measured, double low, double high) =>
        Add(name, measured, $"between {Check.Text(low)} and {Check.Text(high)}", measured >= low
            && measured <= high, double.IsFinite(measured));

    /// <summary>A plain yes or no: <paramref name="name"/> is the sentence that should be true.</summary>
    public bool That(string name, bool isTrue)
    {
        _judge.Add(new Check(_role, _group, name, null, "yes", isTrue));
        return isTrue;
    }

    private bool Add(string name, double measured, string expectation, bool passed, bool finite)
    {
        _judge.Add(new Check(_role, _group, name, double.IsFinite(measured) ? measured : null, expectation, finite ? passed : null));
        return finite && passed;
    }
}
