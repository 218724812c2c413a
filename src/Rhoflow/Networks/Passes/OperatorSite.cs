using System.Numerics;
using Rhoflow.Kernels;
using Rhoflow.Numerics;

namespace Rhoflow.Networks;

/// <summary>Where the output of a node lies.</summary>
internal enum SlotUse
{
    /// <summary>In memory of its own.</summary>
    Own,

    /// <summary>Over what it reads, if nobody else reads that.</summary>
    InPlace,

    /// <summary>Where it is read from: the node does nothing.</summary>
    Source,
}

/// <summary>Where an operator works.</summary>
/// <param name="Network">Whose node it is.</param>
/// <param name="Index">The node's number, from 0.</param>
/// <param name="Capacity">The most examples.</param>
/// <param name="Sources">What it reads.</param>
/// <param name="Target">Where its output goes.</param>
/// <param name="ReadsInput">Whether its first source is the network's input.</param>
/// <param name="Team">Who works.</param>
/// <param name="EvaluatesOnly">Whether forward passes are all that is asked for.</param>
internal sealed record OperatorSite<T>(Network Network, int Index, int Capacity, Source<T>[] Sources, Slot<T> Target, bool ReadsInput,
    Team Team, bool EvaluatesOnly = false)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>The first source.</summary>
    public Source<T> Source => Sources[0];

    /// <summary>The shape of the first source.</summary>
    public TensorShape Input => Network.ShapeOf(Network.Nodes[Index].Sources[0]);

    /// <summary>The weight matrix that the node applies.</summary>
    public Layer Layer => Network.Layers[Network.Nodes[Index].Layer!.Value];
}
