using System.Numerics;
using System.Numerics.Tensors;

namespace Rhoflow.Networks.Operators;

/// <summary>z = Σ a_i: δ_z goes to every source.</summary>
internal sealed class SumOperator<T>(Source<T>[] sources, Slot<T> target) : IOperator<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    public void Forward(in Pass<T> pass)
    {
        var n = pass.Examples;
        var z = target.Value(n);
        for (var i = 0; i < sources.Length; i++) Put(sources[i].Slot.Value(n), z, accumulate: i > 0);
    }

    public void Backward(in Pass<T> pass)
    {
        var n = pass.Examples;
        foreach (var source in sources)
            if (source.Slot.Moves) Put(target.Delta(n), source.Slot.Delta(n), source.Accumulate);
    }

    public void Tangent(in Pass<T> pass)
    {
        var n = pass.Examples;
        var written = false;
        foreach (var source in sources)
        {
            if (!source.Slot.Moves) continue;
            Put(source.Slot.ValueDot(n), target.ValueDot(n), written);
            written = true;
        }
    }

    public void BackwardTangent(in Pass<T> pass)
    {
        var n = pass.Examples;
        foreach (var source in sources)
            if (source.Slot.Moves) Put(target.DeltaDot(n), source.Slot.DeltaDot(n), source.Accumulate);
    }

    private static void Put(ReadOnlySpan<T> from, Span<T> to, bool accumulate)
    {
        if (accumulate) TensorPrimitives.Add(to, from, to);
        else from.CopyTo(to);
    }
}
