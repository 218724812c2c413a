namespace Rhoflow.Measures.Collapse;

/// <summary>The class 0 … C−1 of every example. Targets ±1 of one output are two classes: −1 is class 0, +1 is class 1.</summary>
internal sealed class ClassLabels
{
    private readonly int[] _classes;

    private ClassLabels(int[] classes, int count)
    {
        _classes = classes;
        Counts = new int[count];
        First = new int[count];
        Array.Fill(First, -1);
        for (var n = 0; n < classes.Length; n++)
        {
            Counts[classes[n]]++;
            if (First[classes[n]] < 0) First[classes[n]] = n;
        }
    }

    /// <summary>C.</summary>
    public int Classes => Counts.Length;

    /// <summary>N.</summary>
    public int Count => _classes.Length;

    /// <summary>The class of example n.</summary>
    public int this[int n] => _classes[n];

    /// <summary>Examples of every class.</summary>
    public int[] Counts { get; }

    /// <summary>The first example of every class; −1 where there is none.</summary>
    internal int[] First { get; }

    /// <summary>The first class without an example; null where all have some.</summary>
    public int? Absent => Array.IndexOf(Counts, 0) is >= 0 and var c ? c : null;

    /// <summary>Classes as they are.</summary>
    /// <param name="classes">N numbers, 0 … <paramref name="count"/> − 1.</param>
    /// <param name="count">C, at least 2.</param>
    /// <exception cref="ArgumentException">No example, fewer than two classes, or a label outside of them (it is named).</exception>
    public static ClassLabels Of(ReadOnlySpan<int> classes, int count)
    {
        if (count < 2) throw new ArgumentException($"{count} class: class means can be compared where there are at least 2");
        if (classes.IsEmpty) throw new ArgumentException("there is no example; at least one is needed");
        for (var n = 0; n < classes.Length; n++)
            if (classes[n] < 0 || classes[n] >= count)
                throw new ArgumentException($"label {n} is {classes[n]}; classes are 0 … {count - 1}");
        return new ClassLabels(classes.ToArray(), count);
    }

    /// <summary>Targets as a network of so many outputs has them.</summary>
    /// <param name="targets">y, N: ±1 for one output, classes 0 … C−1 for more.</param>
    /// <param name="outputs">C of the network.</param>
    /// <exception cref="ArgumentException">A target that is no class: it is named.</exception>
    public static ClassLabels OfTargets(ReadOnlySpan<double> targets, int outputs)
    {
        var classes = new int[targets.Length];
        for (var n = 0; n < classes.Length; n++)
        {
            var y = targets[n];
            if (outputs == 1 ? y is not (1 or -1) : y != Math.Floor(y))
                throw new ArgumentException($"target {n} is {y}; "
                    + (outputs == 1 ? "one output has classes where targets are +1 and −1" : $"classes are 0 … {outputs - 1}"));
            classes[n] = outputs == 1 ? (y > 0 ? 1 : 0) : (int)y;
        }
        return Of(classes, Math.Max(2, outputs));
    }
}
