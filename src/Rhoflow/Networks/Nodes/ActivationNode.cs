using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Rhoflow.Kernels;

namespace Rhoflow.Networks.Operators;

/// <summary>
/// a = z for z &gt; 0 and s z otherwise (ReLU: s = 0); δ_z = δ_a or s δ_a. May run in place when s ≥ 0, since then the sign of a tells
/// the side of z. The second derivative is 0 (T3 eq. 5), so derivatives along a direction pass through the same switch.
/// </summary>
internal sealed class RectifierOperator<T> : IOperator<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int ChunkSize = 16384;

    private readonly T _slope;
    private readonly Source<T> _source;
    private readonly Slot<T> _target;
    private readonly Chunks _forward, _backward, _tangent, _backwardTangent;
    private int _examples;

    public RectifierOperator(Activation activation, Source<T> source, Slot<T> target, Team team)
    {
        (_slope, _source, _target) = (activation.Kind == ActivationKind.ReLU ? T.Zero : T.CreateChecked(activation.Parameter), source, target);
        _forward = new Chunks(team, ChunkSize, (first, count, _) =>
            Rectify(Values(first, count), _target.Value(_examples).Slice(first, count)));
        _backward = new Chunks(team, ChunkSize, (first, count, _) =>
            Switch(Values(first, count), _target.Delta(_examples).Slice(first, count), _source.Slot.Delta(_examples).Slice(first, count), _source.Accumulate));
        _tangent = new Chunks(team, ChunkSize, (first, count, _) =>
            Switch(Values(first, count), _source.Slot.ValueDot(_examples).Slice(first, count), _target.ValueDot(_examples).Slice(first, count), false));
        _backwardTangent = new Chunks(team, ChunkSize, (first, count, _) =>
            Switch(Values(first, count), _target.DeltaDot(_examples).Slice(first, count), _source.Slot.DeltaDot(_examples).Slice(first, count), _source.Accumulate));
    }

    public void Forward(in Pass<T> pass) => Run(_forward, pass);
    public void Backward(in Pass<T> pass) => Run(_backward, pass);
    public void Tangent(in Pass<T> pass) => Run(_tangent, pass);
    public void BackwardTangent(in Pass<T> pass) => Run(_backwardTangent, pass);

    private void Run(Chunks chunks, in Pass<T> pass)
    {
        _examples = pass.Examples;
        chunks.Run(pass.Examples * _target.Count);
    }

    // z, or a where it runs in place: the signs are the same.
    private Span<T> Values(int first, int count) => _source.Slot.Value(_examples).Slice(first, count);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Rectify(ReadOnlySpan<T> z, Span<T> a)
    {
        ref T z0 = ref MemoryMarshal.GetReference(z), a0 = ref MemoryMarshal.GetReference(a);
        var s = new Vector<T>(_slope);
        var isRelu = _slope == T.Zero;
        var i = 0;
        for (; i <= z.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            var v = Vector.LoadUnsafe(ref z0, (nuint)i);
            var low = isRelu ? Vector<T>.Zero : s * v;
            Vector.ConditionalSelect(Vector.LessThanOrEqual(v, Vector<T>.Zero), low, v).StoreUnsafe(ref a0, (nuint)i);
        }
        for (; i < z.Length; i++) a[i] = z[i] <= T.Zero ? isRelu ? T.Zero : _slope * z[i] : z[i];
    }

    // result = [result +] σ'(z) u
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Switch(ReadOnlySpan<T> z, ReadOnlySpan<T> u, Span<T> result, bool accumulate)
    {
        ref T z0 = ref MemoryMarshal.GetReference(z), u0 = ref MemoryMarshal.GetReference(u), r0 = ref MemoryMarshal.GetReference(result);
        var s = new Vector<T>(_slope);
        var i = 0;
        for (; i <= z.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            var v = Vector.LoadUnsafe(ref u0, (nuint)i);
            v = Vector.ConditionalSelect(Vector.GreaterThan(Vector.LoadUnsafe(ref z0, (nuint)i), Vector<T>.Zero), v, s * v);
            if (accumulate) v += Vector.LoadUnsafe(ref r0, (nuint)i);
            v.StoreUnsafe(ref r0, (nuint)i);
        }
        for (; i < z.Length; i++)
        {
            var v = z[i] > T.Zero ? u[i] : _slope * u[i];
            result[i] = accumulate ? result[i] + v : v;
        }
    }
}
