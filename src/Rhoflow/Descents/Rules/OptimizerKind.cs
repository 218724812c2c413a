namespace Rhoflow.Descents;

/// <summary>An optimizer that has a name, so that a config (or any text) can choose it.</summary>
/// <remarks>
/// Those of this library are found by themselves. One of another assembly is made known by <see cref="OptimizerKinds.Register{T}"/>.
/// </remarks>
public interface INamedOptimizer
{
    /// <summary>Its name, formula, source and keys.</summary>
    static abstract OptimizerKind Kind { get; }
}

/// <summary>What a text needs to know of an optimizer.</summary>
/// <param name="Name">As `descent.rule` has it: a word of its own among all kinds.</param>
/// <param name="Formula">What a step does.</param>
/// <param name="Source">Paper and equation or algorithm.</param>
/// <param name="Keys">The numbers that it takes beyond those of every optimizer.</param>
/// <param name="Create">From η, the examples of a minibatch, and the values of the keys.</param>
public sealed record OptimizerKind(
    string Name, string Formula, string Source, IReadOnlyList<OptimizerKey> Keys,
    Func<LearningRate, int, OptimizerValues, Optimizer> Create);

/// <summary>A number or a flag that an optimizer is made with.</summary>
/// <param name="Name">In small letters and '-'.</param>
/// <param name="Default">Where none is given; of a flag 0 or 1.</param>
/// <param name="About">What it is.</param>
public sealed record OptimizerKey(string Name, double Default, string About)
{
    /// <summary>What may be given.</summary>
    public OptimizerKeyType Type { get; init; } = OptimizerKeyType.Share;

    /// <summary>Another key that must be above 0 where this one is given as true or above 0; null: none.</summary>
    public string? Needs { get; init; }
}

/// <summary>The values that an <see cref="OptimizerKey"/> takes.</summary>
public enum OptimizerKeyType
{
    /// <summary>A number in [0, 1).</summary>
    Share,

    /// <summary>A number above 0.</summary>
    Positive,

    /// <summary>0, 1, 2, …</summary>
    Whole,

    /// <summary>true or false.</summary>
    Flag,
}

/// <summary>The values of an optimizer's keys.</summary>
public sealed class OptimizerValues
{
    private readonly Dictionary<string, double> _values;

    /// <summary>The defaults, where nothing else is given.</summary>
    /// <param name="kind">Whose keys.</param>
    /// <param name="given">By name; of a flag 0 or 1.</param>
    /// <exception cref="ArgumentException">A name that is none of the keys'.</exception>
    public OptimizerValues(OptimizerKind kind, IReadOnlyDictionary<string, double> given)
    {
        _values = kind.Keys.ToDictionary(static k => k.Name, static k => k.Default, StringComparer.Ordinal);
        foreach (var (name, value) in given)
        {
            if (!_values.ContainsKey(name)) throw new ArgumentException($"{kind.Name} has no key '{name}'");
            _values[name] = value;
        }
    }

    /// <summary>A number.</summary>
    /// <exception cref="KeyNotFoundException">The kind has no such key.</exception>
    public double Number(string key) => _values[key];

    /// <summary>A whole number.</summary>
    /// <exception cref="KeyNotFoundException">The kind has no such key.</exception>
    public int Whole(string key) => (int)_values[key];

    /// <summary>True or false.</summary>
    /// <exception cref="KeyNotFoundException">The kind has no such key.</exception>
    public bool Flag(string key) => _values[key] != 0;
}
