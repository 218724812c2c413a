namespace Rhoflow.Flows;

/// <summary>What the value of a <see cref="FlowKey"/> looks like where a person writes it.</summary>
public enum FlowKeyForm
{
    /// <summary>A finite number ≥ 0.</summary>
    NonNegative,

    /// <summary>A finite number &gt; 0.</summary>
    Positive,

    /// <summary>A whole number ≥ 1.</summary>
    Count,

    /// <summary>The p of a norm: a number ≥ 1, or ∞.</summary>
    Power,

    /// <summary>One number, or a list of numbers (double[]).</summary>
    Numbers,

    /// <summary>One of <see cref="FlowKey.Words"/> (string).</summary>
    Word,

    /// <summary>A positive function of time by name or as an expression in t (<see cref="Flows.Schedule"/>).</summary>
    Schedule,
}

/// <summary>
/// A setting that a kind of flow understands: its name, form, default and meaning. The library knows of no config format.
/// </summary>
/// <param name="Name">As written in configs, under <c>flow</c>.</param>
/// <param name="Form">What may be written.</param>
/// <param name="Doc">What it means, in one line.</param>
public abstract record FlowKey(string Name, FlowKeyForm Form, string Doc)
{
    /// <summary>True if it must be given.</summary>
    public bool IsRequired { get; init; }

    /// <summary>The words of <see cref="FlowKeyForm.Word"/>.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>What the numbers of <see cref="FlowKeyForm.Numbers"/> are, for messages: "norms ρ_k".</summary>
    public string Noun { get; init; } = "numbers";

    /// <summary>The value where none is given; null for "not given".</summary>
    internal abstract object? DefaultValue { get; }

    /// <summary>Why a value of the right form is refused; null if it is accepted.</summary>
    internal abstract string? Complaint(object value);

    /// <summary>A number ≥ 0, 0 unless given.</summary>
    public static FlowKey<double> NonNegative(string name, string doc) => new(name, FlowKeyForm.NonNegative, doc, 0);

    /// <summary>A number &gt; 0 that need not be given.</summary>
    public static FlowKey<double?> OptionalPositive(string name, string doc) => new(name, FlowKeyForm.Positive, doc, null);

    /// <summary>The p of a norm, 2 unless given.</summary>
    public static FlowKey<double> Power(string name, string doc) => new(name, FlowKeyForm.Power, doc, 2);

    /// <summary>A whole number ≥ 1 that need not be given.</summary>
    public static FlowKey<int?> OptionalCount(string name, string doc) => new(name, FlowKeyForm.Count, doc, null);

    /// <summary>One number or several that need not be given.</summary>
    public static FlowKey<double[]?> OptionalNumbers(string name, string noun, string doc) =>
        new(name, FlowKeyForm.Numbers, doc, null) { Noun = noun };

    /// <summary>One of some words, the first unless given.</summary>
    public static FlowKey<string> Word(string name, string doc, params IReadOnlyList<string> words) =>
        new(name, FlowKeyForm.Word, doc, words[0]) { Words = words };

    /// <summary>A function of time that must be given.</summary>
    public static FlowKey<Schedule> RequiredSchedule(string name, string doc) =>
        new(name, FlowKeyForm.Schedule, doc, null!) { IsRequired = true };
}

/// <summary>A <see cref="FlowKey"/> with the type of its value, so that <see cref="FlowSettings.Get"/> is typed.</summary>
/// <typeparam name="T">double, double?, int?, double[]?, string or <see cref="Schedule"/>, as the form says.</typeparam>
/// <param name="Default">The value where none is given.</param>
/// <inheritdoc cref="FlowKey" path="/param"/>
public sealed record FlowKey<T>(string Name, FlowKeyForm Form, string Doc, T Default) : FlowKey(Name, Form, Doc)
{
    /// <summary>Why a value is refused, as a sentence; null if it is accepted.</summary>
    public Func<T, string?> Check { get; init; } = static _ => null;

    /// <inheritdoc/>
    internal override object? DefaultValue => Default;

    /// <inheritdoc/>
    internal override string? Complaint(object value) => Check((T)value);
}
