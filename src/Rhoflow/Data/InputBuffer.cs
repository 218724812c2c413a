using System.Numerics;
using Rhoflow.Numerics;

namespace Rhoflow.Data;

/// <summary>
/// The inputs of a set on their way through the transforms, changed in place. Statistics are summed in float64. What threads share is
/// the output (examples, or columns for the mean), so the bits do not depend on their number.
/// </summary>
internal sealed class InputBuffer<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Dataset _source;
    private readonly T[] _x;
    private TensorShape? _shape;
    private int _inputs;

    /// <param name="constants">How many constant inputs (or channels) will be appended: memory for them is taken at once.</param>
    public InputBuffer(Dataset source, int constants)
    {
        (_source, _shape, _inputs) = (source, source.Shape, source.Inputs);
        _x = GC.AllocateUninitializedArray<T>(checked(source.Count * (source.Inputs + constants * (source.Shape?.Positions ?? 1))));
        source.CopyInputs<T>(_x.AsSpan(0, source.Count * source.Inputs));
    }

    /// <summary>The set with these inputs; the buffer is not to be used afterwards.</summary>
    public Dataset ToDataset() => _source.WithInputs(_x, _inputs, _shape);

    /// <param name="mean">What <see cref="Transform.Center"/> subtracts, one number per input.</param>
    /// <param name="full">What <see cref="Transform.ScalePixels"/> divides by.</param>
    public void Apply(InputStep step, double[]? mean, double full)
    {
        switch (step.Kind)
        {
            case Transform.ScalePixels: Scale(T.CreateTruncating(full)); break;
            case Transform.Center: Subtract(mean!); break;
            case Transform.UnitNorm: UnitNorm(); break;
            case Transform.ConstantInput: AppendConstant(); break;
            case Transform.NormalizeImageNet: Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]); break;
            case Transform.NormalizeCifar10: Normalize([0.4914, 0.4822, 0.4465], [0.247, 0.2435, 0.2616]); break;
            case Transform.NormalizeMnist: Normalize([0.1307], [0.3081]); break;
            case Transform.Normalize:
                // One for all inputs that are no channels, or one for each.
                Normalize(step.Mean!, step.Deviation!, _shape is null && step.Mean!.Length == _inputs);
                break;
            default: throw new ArgumentOutOfRangeException(nameof(step), step, "not a transform");
        }
    }

    /// <summary>mean_n x_n, d numbers.</summary>
    public double[] Mean()
    {
        var mean = new double[_inputs];
        Split(_inputs, _source.Count, (from, to) =>
        {
            for (var n = 0; n < _source.Count; n++)
            {
                var row = Row(n);
                for (var i = from; i < to; i++) mean[i] += double.CreateTruncating(row[i]);
            }
            for (var i = from; i < to; i++) mean[i] /= _source.Count;
        });
        return mean;
    }

    private void Scale(T full) => EachExample(n =>
    {
        foreach (ref var v in Row(n)) v /= full;
    });

    private void Subtract(double[] mean) => EachExample(n =>
    {
        var row = Row(n);
        for (var i = 0; i < row.Length; i++) row[i] = T.CreateTruncating(double.CreateTruncating(row[i]) - mean[i]);
    });

    private void Normalize(double[] mean, double[] deviation, bool ofInputs = false)
    {
        if (!ofInputs && (_shape is { } shape ? shape.Channels != mean.Length : mean.Length > 1))
            throw new DataException($"data '{_source.Name}' has {FittedTransforms.Form(_shape, _inputs)}; these constants are of "
                + $"{mean.Length} channel{(mean.Length == 1 ? "" : "s")}");
        EachExample(n =>
        {
            var row = Row(n);
            for (var i = 0; i < row.Length; i++)
            {
                var c = i % mean.Length;
                row[i] = T.CreateTruncating((double.CreateTruncating(row[i]) - mean[c]) / deviation[c]);
            }
        });
    }

    private void UnitNorm()
    {
        var zero = Enumerable.Range(0, _source.Count).FirstOrDefault(n => Row(n).IndexOfAnyExcept(T.Zero) < 0, -1);
        if (zero >= 0) throw new DataException($"data '{_source.Name}': example {zero} is zero, so it cannot be scaled to unit norm");
        EachExample(n =>
        {
            var row = Row(n);
            var norm = Norm(row);
            foreach (ref var v in row) v = T.CreateTruncating(double.CreateTruncating(v) / norm);
        });
    }

    private static double Norm(ReadOnlySpan<T> row)
    {
        if (typeof(T) == typeof(double)) return Vectors.Norm(System.Runtime.InteropServices.MemoryMarshal.Cast<T, double>(row));
        var sum = 0.0;
        foreach (var v in row)
        {
            var w = double.CreateTruncating(v);
            sum += w * w;
        }
        return Math.Sqrt(sum);
    }

    // From the last pixel to the first: every number moves to a higher place, so none is overwritten before it has moved.
    private void AppendConstant()
    {
        var group = _shape?.Channels ?? _inputs;
        for (int p = _source.Count * (_inputs / group) - 1; p >= 0; p--)
        {
            _x[p * (group + 1) + group] = T.One;
            _x.AsSpan(p * group, group).CopyTo(_x.AsSpan(p * (group + 1)));
        }
        _inputs += _inputs / group;
        if (_shape is { } s) _shape = s with { Channels = s.Channels + 1 };
    }

    private Span<T> Row(int n) => _x.AsSpan(n * _inputs, _inputs);

    private void EachExample(Action<int> change) => Split(_source.Count, _inputs, (from, to) =>
    {
        for (var n = from; n < to; n++) change(n);
    });

    // Threads begin to pay at about a million numbers.
    private static void Split(int count, int cost, Action<int, int> part)
    {
        var parts = (int)Math.Min(Math.Min(count, Environment.ProcessorCount), (long)count * cost / 500_000 + 1);
        if (parts == 1) part(0, count);
        else Parallel.For(0, parts, p => part((int)((long)count * p / parts), (int)((long)count * (p + 1) / parts)));
    }
}
