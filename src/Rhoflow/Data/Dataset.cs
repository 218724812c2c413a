using System.Numerics.Tensors;
using Rhoflow.Numerics;

namespace Rhoflow.Data;

/// <summary>
/// N examples x_n ∈ R^d with one target each. Binary problems carry y_n = ±1, multi-class problems y_n ∈ {0 … C−1}, regression any
/// finite number. Inputs are stored as float64, as float32, or as the bytes of images, and read as either floating type; the
/// conversion is made once, on first use. Immutable: every transformation gives a new set.
/// </summary>
public sealed class Dataset
{
    // byte[], float[] or double[], row-major N × d; _single and _double are its conversions.
    private readonly Array _stored;
    private readonly double[] _y;
    private float[]? _single;
    private double[]? _double;

    /// <param name="name">What errors and tables call the set.</param>
    /// <param name="x">Inputs, row-major N × d.</param>
    /// <param name="y">Targets, N.</param>
    /// <param name="inputs">d, at least 1.</param>
    /// <param name="classNames">Names of the classes 0 … C−1; null for binary ±1 and regression targets.</param>
    /// <exception cref="DataException">No example, ragged sizes, or an entry that is not finite (its row and column are named).</exception>
    public Dataset(string name, double[] x, double[] y, int inputs, IReadOnlyList<string>? classNames = null)
        : this(name, (Array)x, y, inputs, classNames, null, 255)
    {
    }

    private Dataset(string name, Array x, double[] y, int inputs, IReadOnlyList<string>? classNames, TensorShape? shape,
        double pixelMaximum)
    {
        if (y.Length == 0) throw new DataException($"data '{name}': there is no example; at least one is needed");
        if (inputs < 1) throw new DataException($"data '{name}': examples have no inputs; at least one column is needed");
        if (x.LongLength != (long)y.Length * inputs)
            throw new DataException($"data '{name}': {y.Length} labels but {x.Length} input values, which is not {y.Length} × {inputs}");
        if (shape is { } s && s.Count != inputs)
            throw new DataException($"data '{name}': images of {s} have {s.Count} inputs; {inputs} were given");
        if (FirstNotFinite(x) is { } i)
            throw new DataException(
                $"data '{name}': x[{i / inputs}][{i % inputs}] is {x.GetValue(i)}; every input must be a finite number");
        if (FirstNotFinite(y) is { } n)
            throw new DataException($"data '{name}': y[{n}] is {y[n]}; every label must be a finite number");
        (Name, Inputs, ClassNames, Shape, PixelMaximum) = (name, inputs, classNames, shape, pixelMaximum);
        (_stored, _y, _single, _double) = (x, y, x as float[], x as double[]);
    }

    /// <summary>A set that keeps its inputs as they are given: <typeparamref name="T"/> is byte, float or double.</summary>
    /// <param name="name">What errors and tables call the set.</param>
    /// <param name="x">Inputs, row-major N × d; images as N × H × W × C.</param>
    /// <param name="y">Targets, N.</param>
    /// <param name="inputs">d, at least 1.</param>
    /// <param name="classNames">Names of the classes 0 … C−1; null for binary ±1 and regression targets.</param>
    /// <param name="shape">The shape of the images; null where inputs are no images.</param>
    /// <param name="pixelMaximum">The value of a full pixel.</param>
    /// <inheritdoc cref="Dataset(string, double[], double[], int, IReadOnlyList{string}?)" path="/exception"/>
    public static Dataset Of<T>(string name, T[] x, double[] y, int inputs, IReadOnlyList<string>? classNames = null,
        TensorShape? shape = null, double pixelMaximum = 255)
        where T : unmanaged =>
        x is byte[] or float[] or double[]? new(name, x, y, inputs, classNames, shape, pixelMaximum)
            : throw new ArgumentException($"inputs are stored as byte, float or double, not as {typeof(T).Name}", nameof(x));

    /// <summary>What errors and tables call the set.</summary>
    public string Name { get; }

    /// <summary>N, the number of examples.</summary>
    public int Count => _y.Length;

    /// <summary>d, the number of inputs of an example; H·W·C for images.</summary>
    public int Inputs { get; }

    /// <summary>The shape of the images, stored x[n][row][column][channel]; null where inputs are no images.</summary>
    public TensorShape? Shape { get; }

    /// <summary>What <see cref="Transform.ScalePixels"/> divides by: 255 for bytes, 16 for digits.</summary>
    public double PixelMaximum { get; }

    /// <summary>What the reader of a file found and took it for; null for sets that do not come from a file of data.</summary>
    public DataReading? Reading { get; private init; }

    /// <summary>Names of the classes where targets are class indices; null otherwise.</summary>
    public IReadOnlyList<string>? ClassNames { get; }

    /// <summary>C: the number of classes; 2 for targets ±1, 0 for regression.</summary>
    public int Classes => ClassNames?.Count ?? (IsBinary ? 2 : 0);

    /// <summary>byte, float or double: how the inputs are stored.</summary>
    public Type StoredAs => _stored.GetType().GetElementType()!;

    /// <summary>All inputs in float64, row-major N × d.</summary>
    public ReadOnlySpan<double> X => _double ??= Converted<double>();

    /// <summary>All inputs as float or double, row-major N × d. Free where they are stored so.</summary>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> is another type.</exception>
    public ReadOnlySpan<T> XAs<T>() where T : unmanaged
    {
        if (typeof(T) == typeof(double)) return (T[])(object)(_double ??= Converted<double>());
        if (typeof(T) == typeof(float)) return (T[])(object)(_single ??= Converted<float>());
        throw new ArgumentException($"inputs are read as float or double, not as {typeof(T).Name}", nameof(T));
    }

    /// <summary>All targets, N.</summary>
    public ReadOnlySpan<double> Y => _y;

    /// <summary>x_n, d numbers.</summary>
    public ReadOnlySpan<double> Example(int n) => X.Slice(n * Inputs, Inputs);

    /// <summary>True if every target is −1 or +1.</summary>
    public bool IsBinary => Array.TrueForAll(_y, static y => y is 1 or -1);

    /// <summary>z_n = y_n x_n, row-major N × d: what every binary linear problem depends on.</summary>
    public double[] Signed()
    {
        var z = X.ToArray();
        for (var n = 0; n < Count; n++)
            for (var i = 0; i < Inputs; i++)
                z[n * Inputs + i] *= _y[n];
        return z;
    }

    /// <summary>
    /// The two-class problem y = +1 for <paramref name="positive"/>, −1 for <paramref name="negative"/>; "rest" (the default)
    /// stands for all other classes. Examples of neither class are left out. Labels that are numbers are chosen by their value.
    /// </summary>
    /// <exception cref="DataException">The set has no class of that name or value.</exception>
    public Dataset Binary(string positive, string negative = "rest")
    {
        if (ClassNames is null) return ByValue(positive).Binary(positive, negative);
        var rest = negative == "rest";
        int plus = ClassIndex(positive), minus = rest ? -1 : ClassIndex(negative);
        var keep = Enumerable.Range(0, Count).Where(n => rest || (int)_y[n] == plus || (int)_y[n] == minus).ToArray();
        return Choose(keep, $"{Name} ({positive} against {negative})", [.. keep.Select(n => (int)_y[n] == plus ? 1.0 : -1.0)], null);
    }

    /// <summary>
    /// The examples of some classes, with y = 0 … k−1 in the order of the names. Labels that are numbers are chosen by their value.
    /// </summary>
    /// <exception cref="DataException">The set has no class of that name or value, or one is given twice.</exception>
    public Dataset OfClasses(params IReadOnlyList<string> names)
    {
        if (ClassNames is null) return ByValue(names[0]).OfClasses(names);
        var indices = names.Select(ClassIndex).ToArray();
        for (var k = 1; k < indices.Length; k++)
            if (Array.IndexOf(indices, indices[k]) < k) throw new DataException($"data '{Name}': the class '{names[k]}' is named twice");
        var keep = Enumerable.Range(0, Count).Where(n => indices.Contains((int)_y[n])).ToArray();
        return Choose(keep, $"{Name} ({string.Join(", ", names)})", [.. keep.Select(n => (double)Array.IndexOf(indices, (int)_y[n]))],
            [.. indices.Select(i => ClassNames![i])]);
    }

    /// <summary>The index of a class by its name, exactly or in upper or lower case; 1.0 is the class 1.</summary>
    /// <exception cref="DataException">The set has no named classes, or none of that name, or several that differ by case.</exception>
    public int ClassIndex(string name)
    {
        if (ClassNames is null) throw new DataException($"data '{Name}' has no named classes to choose '{name}' from");
        int[] Where(Func<string, bool> equal) => [.. Enumerable.Range(0, ClassNames.Count).Where(k => equal(ClassNames[k]))];
        if (Where(c => c == name) is [var exact, ..]) return exact;
        var near = Where(c => string.Equals(c, name, StringComparison.OrdinalIgnoreCase));
        if (near.Length > 1)
            throw new DataException($"data '{Name}' has the classes {string.Join(", ", near.Select(k => ClassNames[k]))}, which differ by "
                + $"case only; '{name}' may be any of them");
        if (near.Length == 0 && Number(name) is { } value) near = Where(c => Number(c) == value);
        return near is [var k] ? k : throw new DataException(
            $"data '{Name}' has no class '{name}'; its classes are {DataReading.Few(ClassNames, 20)} (and 'rest')");
    }

    private static double? Number(string text) => double.TryParse(text, System.Globalization.NumberStyles.Float,
        System.Globalization.CultureInfo.InvariantCulture, out var v) && double.IsFinite(v) ? v : null;

    // The classes are the different values, in ascending order.
    private Dataset ByValue(string wanted)
    {
        if (DataReading.ValuesOf(_y) is not { } values)
            throw new DataException($"data '{Name}' has no named classes to choose '{wanted}' from, and its labels have more than "
                + $"{DataReading.MostValues} different values");
        double[] sorted = [.. values];
        return WithClasses(Array.ConvertAll(_y, y => (double)Array.BinarySearch(sorted, y)), [.. values.Select(DataReading.Text)]);
    }

    /// <summary>The examples at <paramref name="indices"/> (0 … N−1, repeats allowed), in that order.</summary>
    public Dataset Choose(IReadOnlyList<int> indices) => Choose(indices, Name, [.. indices.Select(n => _y[n])], ClassNames);

    /// <summary>The same inputs with other targets.</summary>
    /// <param name="y">Targets, N; kept, not copied.</param>
    /// <param name="name">What the set is called from now on; null: as before.</param>
    public Dataset WithTargets(double[] y, string? name = null) =>
        new(name ?? Name, _stored, y, Inputs, ClassNames, Shape, PixelMaximum) { Reading = Reading };

    /// <summary>The same inputs with targets that are the numbers of classes.</summary>
    /// <param name="y">Targets 0 … C−1, N; kept, not copied.</param>
    /// <param name="classNames">Names of the classes 0 … C−1; null: the targets are ±1 or numbers.</param>
    public Dataset WithClasses(double[] y, IReadOnlyList<string>? classNames) =>
        new(Name, _stored, y, Inputs, classNames, Shape, PixelMaximum) { Reading = Reading };

    /// <summary>The same examples with what is known of the file that they come from.</summary>
    public Dataset WithReading(DataReading? reading) =>
        new(Name, _stored, _y, Inputs, ClassNames, Shape, PixelMaximum) { Reading = reading };

    /// <summary>The same inputs as images of another shape with as many numbers; null: as plain inputs.</summary>
    internal Dataset WithShape(TensorShape? shape) =>
        new(Name, _stored, _y, Inputs, ClassNames, shape, PixelMaximum) { Reading = Reading };

    /// <summary>The same targets with other inputs (row-major N × <paramref name="inputs"/>), which are no images.</summary>
    public Dataset WithInputs(double[] x, int inputs) => WithInputs(x, inputs, null);

    internal Dataset WithInputs<T>(T[] x, int inputs, TensorShape? shape) where T : unmanaged =>
        new(Name, x, (double[])_y.Clone(), inputs, ClassNames, shape, PixelMaximum) { Reading = Reading };

    /// <summary>Writes the inputs, N · d numbers, without keeping a converted copy.</summary>
    internal void CopyInputs<T>(Span<T> destination) where T : unmanaged
    {
        switch (_stored)
        {
            case T[] same: same.CopyTo(destination); break;
            case byte[] bytes when typeof(T) == typeof(float):
                TensorPrimitives.ConvertTruncating<byte, float>(bytes, Recast<T, float>(destination));
                break;
            case byte[] bytes: TensorPrimitives.ConvertTruncating<byte, double>(bytes, Recast<T, double>(destination)); break;
            case float[] single: TensorPrimitives.ConvertTruncating<float, double>(single, Recast<T, double>(destination)); break;
            case double[] numbers: TensorPrimitives.ConvertTruncating<double, float>(numbers, Recast<T, float>(destination)); break;
        }
    }

    private static Span<TTo> Recast<TFrom, TTo>(Span<TFrom> span) where TFrom : unmanaged where TTo : unmanaged =>
        System.Runtime.InteropServices.MemoryMarshal.Cast<TFrom, TTo>(span);

    private T[] Converted<T>() where T : unmanaged
    {
        var x = GC.AllocateUninitializedArray<T>(_stored.Length);
        CopyInputs<T>(x);
        if (FirstNotFinite(x) is { } i)
            throw new DataException(
                $"data '{Name}': x[{i / Inputs}][{i % Inputs}] is {_stored.GetValue(i)}, which is too large for float32");
        return x;
    }

    private Dataset Choose(IReadOnlyList<int> indices, string name, double[] y, IReadOnlyList<string>? classNames)
    {
        var all = indices.Count == Count && Enumerable.Range(0, Count).All(n => indices[n] == n);
        Array x = all ? _stored : _stored switch
        {
            byte[] bytes => Rows(bytes, indices),
            float[] single => Rows(single, indices),
            _ => Rows((double[])_stored, indices),
        };
        return new(name, x, y, Inputs, classNames, Shape, PixelMaximum) { Reading = Reading };
    }

    private T[] Rows<T>(T[] x, IReadOnlyList<int> indices)
    {
        var rows = GC.AllocateUninitializedArray<T>(checked(indices.Count * Inputs));
        for (var i = 0; i < indices.Count; i++) x.AsSpan(indices[i] * Inputs, Inputs).CopyTo(rows.AsSpan(i * Inputs));
        return rows;
    }

    private static int? FirstNotFinite(Array x)
    {
        switch (x)
        {
            case float[] single when !TensorPrimitives.IsFiniteAll<float>(single):
                return Array.FindIndex(single, static v => !float.IsFinite(v));
            case double[] numbers when !TensorPrimitives.IsFiniteAll<double>(numbers):
                return Array.FindIndex(numbers, static v => !double.IsFinite(v));
            default: return null;
        }
    }
}
