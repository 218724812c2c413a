namespace Rhoflow.Data;

/// <summary>
/// N examples x_n ∈ R^d with one target each, in float64. Binary problems carry y_n = ±1, multi-class problems
/// y_n ∈ {0 … C−1}, regression any finite number. Immutable: every transformation gives a new set.
/// </summary>
public sealed class Dataset
{
    private readonly double[] _x;
    private readonly double[] _y;

    /// <param name="name">What errors and tables call the set.</param>
    /// <param name="x">Inputs, row-major N × d.</param>
    /// <param name="y">Targets, N.</param>
    /// <param name="inputs">d, at least 1.</param>
    /// <param name="classNames">Names of the classes 0 … C−1; null for binary ±1 and regression targets.</param>
    /// <exception cref="DataException">No example, ragged sizes, or an entry that is not finite (its row and column are named).</exception>
    public Dataset(string name, double[] x, double[] y, int inputs, IReadOnlyList<string>? classNames = null)
    {
        if (y.Length == 0) throw new DataException($"data '{name}': there is no example; at least one is needed");
        if (inputs < 1) throw new DataException($"data '{name}': examples have no inputs; at least one column is needed");
        if (x.Length != y.Length * inputs)
            throw new DataException($"data '{name}': {y.Length} labels but {x.Length} input values, which is not {y.Length} × {inputs}");
        for (var i = 0; i < x.Length; i++)
            if (!double.IsFinite(x[i]))
                throw new DataException($"data '{name}': x[{i / inputs}][{i % inputs}] is {x[i]}; every input must be a finite number");
        for (var n = 0; n < y.Length; n++)
            if (!double.IsFinite(y[n]))
                throw new DataException($"data '{name}': y[{n}] is {y[n]}; every label must be a finite number");
        Name = name;
        Inputs = inputs;
        ClassNames = classNames;
        _x = x;
        _y = y;
    }

    public string Name { get; }

    /// <summary>N, the number of examples.</summary>
    public int Count => _y.Length;

    /// <summary>d, the number of inputs of an example.</summary>
    public int Inputs { get; }

    /// <summary>Names of the classes where targets are class indices; null otherwise.</summary>
    public IReadOnlyList<string>? ClassNames { get; }

    /// <summary>All inputs, row-major N × d.</summary>
    public ReadOnlySpan<double> X => _x;

    /// <summary>All targets, N.</summary>
    public ReadOnlySpan<double> Y => _y;

    /// <summary>x_n, d numbers.</summary>
    public ReadOnlySpan<double> Example(int n) => _x.AsSpan(n * Inputs, Inputs);

    /// <summary>True if every target is −1 or +1.</summary>
    public bool IsBinary => Array.TrueForAll(_y, static y => y is 1 or -1);

    /// <summary>z_n = y_n x_n, row-major N × d: what every binary linear problem depends on.</summary>
    public double[] Signed()
    {
        var z = new double[_x.Length];
        for (var n = 0; n < Count; n++)
            for (var i = 0; i < Inputs; i++)
                z[n * Inputs + i] = _y[n] * _x[n * Inputs + i];
        return z;
    }

    /// <summary>
    /// The two-class problem y = +1 for <paramref name="positive"/>, −1 for <paramref name="negative"/>; "rest" (the default)
    /// stands for all other classes. Examples of neither class are left out.
    /// </summary>
    /// <exception cref="DataException">The set has no named classes, or none of that name.</exception>
    public Dataset Binary(string positive, string negative = "rest")
    {
        if (ClassNames is null) throw new DataException($"data '{Name}' has no named classes to choose '{positive}' from");
        int Index(string c)
        {
            for (var k = 0; k < ClassNames.Count; k++)
                if (string.Equals(ClassNames[k], c, StringComparison.OrdinalIgnoreCase)) return k;
            throw new DataException($"data '{Name}' has no class '{c}'; its classes are {string.Join(", ", ClassNames)} (and 'rest')");
        }
        var rest = negative == "rest";
        int plus = Index(positive), minus = rest ? -1 : Index(negative);
        var keep = Enumerable.Range(0, Count).Where(n => rest || (int)_y[n] == plus || (int)_y[n] == minus).ToArray();
        var chosen = Choose(keep);
        var y = keep.Select(n => (int)_y[n] == plus ? 1.0 : -1.0).ToArray();
        return new Dataset($"{Name} ({positive} against {negative})", chosen._x, y, Inputs);
    }

    /// <summary>The examples at <paramref name="indices"/>, in that order.</summary>
    public Dataset Choose(IReadOnlyList<int> indices)
    {
        var x = new double[indices.Count * Inputs];
        var y = new double[indices.Count];
        for (var i = 0; i < indices.Count; i++)
        {
            Example(indices[i]).CopyTo(x.AsSpan(i * Inputs));
            y[i] = _y[indices[i]];
        }
        return new Dataset(Name, x, y, Inputs, ClassNames);
    }

    /// <summary>The same targets with other inputs (row-major N × <paramref name="inputs"/>).</summary>
    public Dataset WithInputs(double[] x, int inputs) => new(Name, x, (double[])_y.Clone(), inputs, ClassNames);
}
