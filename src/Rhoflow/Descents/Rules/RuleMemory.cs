using System.Numerics;
using Rhoflow.Networks;

namespace Rhoflow.Descents;

/// <summary>
/// Hands out the arrays of a rule's state. They are saved under their names with the other arrays of a <see cref="DescentState{T}"/>, and
/// restored by them, so that a resumed descent is the uninterrupted one.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class RuleMemory<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly List<StateArray> _arrays = [];
    private readonly string _prefix;

    internal RuleMemory(int length, IReadOnlyList<Layer> layers, string prefix = "") => (Length, Layers, _prefix) =
        (length, layers, prefix);

    /// <summary>How many numbers the vector has.</summary>
    public int Length { get; }

    /// <summary>The layers in it; none for norms.</summary>
    public IReadOnlyList<Layer> Layers { get; }

    internal IReadOnlyList<StateArray> Arrays => _arrays;

    /// <summary>An array of the state, as long as the vector: zeros.</summary>
    /// <param name="name">
    /// Of its own among the rules of a descent, in words joined by '-'. Of the state of norms it is saved with "norm-" in front.
    /// </param>
    /// <exception cref="ArgumentException">Another rule has an array of that name, or the descent itself has.</exception>
    public T[] Array(string name)
    {
        var full = _prefix + name;
        if (full is "x" or "norms" or "statistics" || _arrays.Exists(a => a.Name == full))
            throw new ArgumentException($"two arrays of a descent's state are named '{full}'; every rule needs names of its own");
        var array = new T[Length];
        _arrays.Add(new StateArray(full, array));
        return array;
    }
}
