namespace Rhoflow.Networks;

/// <summary>Puts layers one behind the other; widths chain by construction.</summary>
public sealed class NetworkBuilder
{
    private readonly int _inputs;
    private readonly List<Layer> _layers = [];

    /// <param name="inputs">d, at least 1.</param>
    public NetworkBuilder(int inputs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        _inputs = inputs;
    }

    private int Width => _layers.Count == 0 ? _inputs : _layers[^1].Rows;
    private int Offset => _layers.Count == 0 ? 0 : _layers[^1].Offset + _layers[^1].Count;

    /// <summary>A full matrix with <paramref name="outputs"/> rows.</summary>
    public NetworkBuilder Dense(int outputs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        _layers.Add(new Layer(LayerKind.Dense, outputs, Width, Offset, Activation.Identity));
        return this;
    }

    /// <summary>One weight a coordinate.</summary>
    public NetworkBuilder Diagonal()
    {
        _layers.Add(new Layer(LayerKind.Diagonal, Width, Width, Offset, Activation.Identity));
        return this;
    }

    /// <summary>The nonlinearity behind the last layer.</summary>
    /// <exception cref="ArgumentException">There is no layer yet, or it has a nonlinearity already.</exception>
    public NetworkBuilder Then(Activation activation)
    {
        if (_layers.Count == 0) throw new ArgumentException($"'{activation}' stands before the first layer of weights");
        if (_layers[^1].Activation.Kind != ActivationKind.Identity)
            throw new ArgumentException($"'{activation}' follows '{_layers[^1].Activation}' directly; a layer of weights must stand between them");
        _layers[^1] = _layers[^1] with { Activation = activation };
        return this;
    }

    /// <summary>The network.</summary>
    /// <exception cref="ArgumentException">No layers, or a nonlinearity at the output.</exception>
    public Network Build()
    {
        if (_layers.Count == 0) throw new ArgumentException("a network needs at least one layer of weights");
        if (_layers[^1].Activation.Kind != ActivationKind.Identity)
            throw new ArgumentException(
                $"the network ends with '{_layers[^1].Activation}'; f has no output nonlinearity, or one label could never be produced");
        return Network.FromLayers(_inputs, [.. _layers]);
    }
}
