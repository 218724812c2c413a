using System.Numerics;
using Rhoflow.Kernels;

namespace Rhoflow.Networks;

/// <summary>
/// The nodes of a network as operators on slots: which node writes where, and who adds to a δ that another reader has begun.
/// </summary>
internal sealed class Wiring<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Network _network;
    private readonly bool _evaluatesOnly;
    private readonly Slot<T>[] _slots;            // of every node's output
    private readonly int[] _readers;              // of every node's output, also where it is read as a vector; the network's output counts
    private readonly List<Slot<T>> _all = [];

    /// <param name="network">What runs.</param>
    /// <param name="capacity">The most examples of a minibatch.</param>
    /// <param name="team">Who works.</param>
    /// <param name="movesInput">Whether derivatives by the network's input are taken too.</param>
    /// <param name="evaluatesOnly">Whether no derivatives are taken at all.</param>
    public Wiring(Network network, int capacity, Team team, bool movesInput, bool evaluatesOnly)
    {
        (_network, _evaluatesOnly) = (network, evaluatesOnly);
        Input = new Slot<T>(capacity, network.Inputs, movesInput);
        _slots = new Slot<T>[network.Nodes.Count];
        _readers = CountReaders(network);
        OverwrittenBy = new int?[network.Nodes.Count];
        for (var i = 0; i < _slots.Length; i++) _slots[i] = SlotFor(i, capacity);
        foreach (var slot in _all) slot.MakeValue();
        Operators = new IOperator<T>?[network.Nodes.Count];
        var written = new HashSet<Slot<T>>();
        for (var i = _slots.Length - 1; i >= 0; i--)
        {
            Source<T>[] sources = [.. network.Nodes[i].Sources.Select(s => Connect(i, s, written))];
            Operators[i] = network.Nodes[i]
                .MakeOperator(new OperatorSite<T>(network, i, capacity, sources, _slots[i], sources[0].Slot == Input, team,
                    evaluatesOnly));
        }
        if (evaluatesOnly) Fuse();
    }

    /// <summary>The slot that minibatches lend their inputs to.</summary>
    public Slot<T> Input { get; }

    /// <summary>The slot of f.</summary>
    public Slot<T> Output => _slots[^1];

    /// <summary>What every node does; null for one that does nothing (an image read as a vector).</summary>
    public IOperator<T>?[] Operators { get; }

    /// <summary>The activation that has run in place over a node's output; null where the output stays.</summary>
    public int?[] OverwrittenBy { get; }

    public Slot<T> this[int node] => node == Node.NetworkInput ? Input : _slots[node];

    public void MakeDeltas()
    {
        Input.MakeDelta();
        _all.ForEach(static s => s.MakeDelta());
    }

    // The input's own derivative along θ̇ stays 0.
    public void MakeDots()
    {
        Input.MakeDots();
        _all.ForEach(static s => s.MakeDots());
    }

    private Slot<T> SlotFor(int i, int capacity)
    {
        var node = _network.Nodes[i];
        if (node.Slot == SlotUse.Source) return this[node.Sources[0]];
        if (RunsInPlace(node) && Origin(_network, node.Sources[0]) is var origin && origin >= 0 && _readers[origin] == 1
            && !_network.Nodes[origin].KeepsOutput)
        {
            for (var j = 0; j < i; j++)
                if (_slots[j] == _slots[origin]) OverwrittenBy[j] = i;
            return _slots[origin];
        }
        var slot = new Slot<T>(capacity, node.Shape.Count, moves: node.Windows.HasParameters || node.Sources.Any(s => this[s].Moves));
        _all.Add(slot);
        return slot;
    }

    // Without derivatives nobody looks at what a normalization reads.
    private bool RunsInPlace(Node node) => node.Slot == SlotUse.InPlace || (_evaluatesOnly && node is BatchNormNode);

    // What runs in place over an operator's output is applied by the operator while that is in a cache. A sum does not see channels.
    private void Fuse()
    {
        for (var i = 0; i < Operators.Length; i++)
        {
            if (Operators[i] is not IFusing<T> fusing) continue;
            for (var next = InPlaceOver(i); next >= 0; next = InPlaceOver(next))
            {
                if (fusing is SumOperator<T> && Operators[next] is BatchNormOperator<T>) break;
                if (!fusing.After.Takes(Operators[next])) break;
                Operators[next] = null;
            }
        }
    }

    // The node that runs in place over the output of the given one; −1: none.
    private int InPlaceOver(int node)
    {
        if (OverwrittenBy[node] is null) return -1;
        for (var i = node + 1; i < _slots.Length; i++)
            if (_network.Nodes[i].Sources[0] == node && _slots[i] == _slots[node] && RunsInPlace(_network.Nodes[i])) return i;
        return -1;
    }

    // In reverse order of the nodes: the last reader is the first to write δ. In place, δ is rewritten, not added to.
    private Source<T> Connect(int i, int source, HashSet<Slot<T>> written)
    {
        var slot = this[source];
        return new Source<T>(slot, slot != _slots[i] && !written.Add(slot));
    }

    // The node whose output lies in the slot that the given node's output lies in because it is read as a vector.
    private static int Origin(Network network, int node)
    {
        while (node >= 0 && network.Nodes[node].Slot == SlotUse.Source) node = network.Nodes[node].Sources[0];
        return node;
    }

    private static int[] CountReaders(Network network)
    {
        var readers = new int[network.Nodes.Count];
        foreach (var node in network.Nodes)
        {
            if (node.Slot == SlotUse.Source) continue;
            foreach (var source in node.Sources)
                if (Origin(network, source) is var origin && origin >= 0) readers[origin]++;
        }
        if (Origin(network, network.Nodes.Count - 1) is var output && output >= 0) readers[output]++;
        return readers;
    }
}
