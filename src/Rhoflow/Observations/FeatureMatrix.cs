using System.Numerics;
using System.Numerics.Tensors;

namespace Rhoflow.Observations;

/// <summary>Features of N examples, p numbers each, in the precision that they were computed in; read as float64.</summary>
public sealed class FeatureMatrix
{
    private readonly float[]? _single;
    private readonly double[]? _double;

    private FeatureMatrix(float[]? single, double[]? real, int width, int? count)
    {
        var length = single?.Length ?? real!.Length;
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (count is null && length % width != 0) throw new ArgumentException($"{length} numbers are not whole rows of {width}");
        if (count * (long)width > length) throw new ArgumentException($"{length} numbers are less than {count} rows of {width}");
        (_single, _double, Width, Count) = (single, real, width, count ?? length / width);
    }

    /// <summary>N.</summary>
    public int Count { get; }

    /// <summary>p.</summary>
    public int Width { get; }

    /// <summary>The matrix over an array, row-major; it stays as it is for as long as the matrix is in use.</summary>
    /// <param name="values">N·p numbers; more where the array was lent.</param>
    /// <param name="width">p.</param>
    /// <param name="count">N; null: as many rows as there are numbers for.</param>
    /// <exception cref="ArgumentException">Numbers that are not whole rows, or too few for N of them.</exception>
    public static FeatureMatrix Of(double[] values, int width, int? count = null) => new(null, values, width, count);

    /// <inheritdoc cref="Of(double[], int, int?)"/>
    public static FeatureMatrix Of(float[] values, int width, int? count = null) => new(values, null, width, count);

    /// <inheritdoc cref="Of(double[], int, int?)"/>
    public static FeatureMatrix Of<T>(T[] values, int width, int? count = null) where T : unmanaged, IFloatingPointIeee754<T> =>
        values switch
        {
            float[] single => Of(single, width, count),
            double[] real => Of(real, width, count),
            _ => throw new NotSupportedException($"features are float or double, not {typeof(T).Name}"),
        };

    /// <summary>Rows <paramref name="first"/> … <paramref name="first"/> + <paramref name="count"/> − 1 in float64.</summary>
    /// <param name="rows">Receives count·p numbers.</param>
    public void CopyTo(int first, int count, Span<double> rows)
    {
        if (_double is not null)
        {
            _double.AsSpan(first * Width, count * Width).CopyTo(rows);
            return;
        }
        TensorPrimitives.ConvertTruncating<float, double>(_single.AsSpan(first * Width, count * Width), rows[..(count * Width)]);
    }

    /// <summary>Row n in float64.</summary>
    public double[] Row(int n)
    {
        var row = new double[Width];
        CopyTo(n, 1, row);
        return row;
    }
}
