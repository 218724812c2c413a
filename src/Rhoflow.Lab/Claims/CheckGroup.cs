using System.Globalization;

namespace Rhoflow.Lab.Claims;

/// <summary>
/// Where checks of one role are made. Each records its measurement under its name and returns whether it passed. A check is open, and
/// leaves the claim undecided, where the measurement is not finite or where the answer depends on a threshold that the paper does not give.
/// </summary>
public readonly struct CheckGroup
{
    private readonly Judge _judge;
    private readonly CheckRole _role;
    private readonly string _group;
    private readonly string _case;

    internal CheckGroup(Judge judge, CheckRole role, string group, string @case = "") =>
        (_judge, _role, _group, _case) = (judge, role, group, @case);

    /// <summary>
    /// The same group for one case: the check is named <c>case: name</c>, and its quantity, by which an amendment is recognized as a
    /// narrower form of the printed statement, stays <c>name</c>.
    /// </summary>
    public CheckGroup In(string @case) => new(_judge, _role, _group, @case);

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

    /// <summary>
    /// measured ≥ a bound that the paper does not give: passes from <paramref name="strict"/> on, fails below <paramref name="lenient"/>,
    /// and is open between the two.
    /// </summary>
    public bool AtLeast(string name, double measured, double lenient, double strict) => Open(
        name, measured, $"≥ {Range(lenient, strict)}", measured >= strict, measured < lenient);

    /// <summary>
    /// measured ≤ a bound that the paper does not give: passes up to <paramref name="strict"/>, fails above <paramref name="lenient"/>,
    /// and is open between the two.
    /// </summary>
    public bool AtMost(string name, double measured, double strict, double lenient) => Open(
        name, measured, $"≤ {Range(strict, lenient)}", measured <= strict, measured > lenient);

    /// <summary>
    /// A correlation of few pairs ≥ <paramref name="bound"/>: passes where all of its interval is, fails where none of it is, and is open
    /// where the interval straddles the bound, since other pairs of the same kind could decide otherwise.
    /// </summary>
    public bool AtLeast(string name, CorrelationInterval correlation, double bound) => AtLeast(name, correlation, bound, bound);

    /// <summary>
    /// The same with a bound that the paper does not give: passes where all of the interval is from <paramref name="strict"/> on, fails
    /// where all of it is below <paramref name="lenient"/>.
    /// </summary>
    public bool AtLeast(string name, CorrelationInterval correlation, double lenient, double strict) => Open(
        name, correlation.Value, $"≥ {Range(lenient, strict)}; {correlation}", correlation.Low >= strict, correlation.High < lenient);

    /// <summary>A correlation of few pairs ≤ <paramref name="bound"/>; open where its interval straddles the bound.</summary>
    public bool AtMost(string name, CorrelationInterval correlation, double bound) => Open(
        name, correlation.Value, $"≤ {Check.Text(bound)}; {correlation}", correlation.High <= bound, correlation.Low > bound);

    /// <summary>A plain yes or no: <paramref name="name"/> is the sentence that should be true.</summary>
    public bool That(string name, bool isTrue)
    {
        Add(name, null, "yes", isTrue);
        return isTrue;
    }

    private static string Range(double low, double high) =>
        low == high ? Check.Text(low) : $"a bound between {Check.Text(low)} and {Check.Text(high)}";

    private bool Add(string name, double measured, string expectation, bool passed, bool finite)
    {
        Add(name, double.IsFinite(measured) ? measured : null, expectation, finite ? passed : null);
        return finite && passed;
    }

    private bool Open(string name, double measured, string expectation, bool passed, bool failed)
    {
        Add(name, double.IsFinite(measured) ? measured : null, expectation, double.IsFinite(measured) && passed != failed ? passed : null);
        return passed;
    }

    private void Add(string name, double? measured, string expectation, bool? passed) => _judge.Add(
        new Check(_role, _group, _case.Length == 0 ? name : $"{_case}: {name}", name, measured, expectation, passed));
}
