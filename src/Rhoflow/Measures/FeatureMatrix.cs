using System.Numerics;
using System.Numerics.Tensors;

namespace Rhoflow.Measures;

/// <summary>Features of N examples, p numbers each, in the precision that they were computed in; read as float64.</summary>
public sealed class FeatureMatrix
{
    private readonly float[]? _single;
    private readonly double[]? _double;

    private FeatureMatrix(float[]? single, double[]? real, int width)
    {
        var length = single?.Length ?? real!.Length;
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (length % width != 0) throw new ArgumentException($"{length} numbers are not whole rows of {width}");
        (_single, _double, Width, Count) = (single, real, width, length / width);
    }

    /// <summary>N.</summary>
    public int Count { get; }

    /// <summary>p.</summary>
    public int Width { get; }

    /// <summary>The matrix over an array that stays as it is, row-major.</summary>
    /// <param name="values">N·p numbers.</param>
    /// <param name="width">p.</param>
    public static FeatureMatrix Of(double[] values, int width) => new(null, values, width);

    /// <inheritdoc cref="Of(double[], int)"/>
    public static FeatureMatrix Of(float[] values, int width) => new(values, null, width);

    /// <inheritdoc cref="Of(double[], int)"/>
    public static FeatureMatrix Of<T>(T[] values, int width) where T : unmanaged, IFloatingPointIeee754<T> => values switch
    {
        float[] single => Of(single, width),
        double[] real => Of(real, width),
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
