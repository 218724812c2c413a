using Rhoflow.Numerics;

namespace Rhoflow.Networks;

/// <summary>
/// f(W; x) = W_K σ(W_{K−1} … σ(W_1 x)) without an output nonlinearity, and its relatives with convolutions, batch normalization,
/// pooling and residual sums: nodes over one flat parameter vector θ; it holds no weights itself. (T3b eq. 1a, 58 and PNAS eq. 1f
/// print an outer σ, with which the label −1 could never be produced.)
/// </summary>
public sealed class Network
{
    private readonly int[] _exponents, _nodeOfLayer;
    private readonly Activation[] _activations;

    private Network(TensorShape input, Node[] nodes, Layer[] layers, int parameters, int statistics)
    {
        (Input, Nodes, Layers, ParameterCount, StatisticsCount) = (input, nodes, layers, parameters, statistics);
        (_nodeOfLayer, _activations, _exponents) = (new int[layers.Length], new Activation[layers.Length], new int[layers.Length]);
        for (var i = 0; i < nodes.Length; i++)
            if (nodes[i].Layer is { } k) _nodeOfLayer[k] = i;
        foreach (var node in nodes)
            if (node.Elementwise is { } sigma && LayerBefore(node.Sources[0]) is { } k) _activations[k] = sigma;
        var lastWithoutScale = Array.FindLastIndex(nodes, static n => n.Traits.RemovesScale);
        for (int k = layers.Length - 1, degree = 1; k >= 0; k--)
        {
            var (ofWeights, ofInput) = nodes[_nodeOfLayer[k]].LayerDegrees;
            degree *= _activations[k].Degree;
            _exponents[k] = _nodeOfLayer[k] < lastWithoutScale ? 0 : degree * ofWeights;
            degree *= ofInput;
        }
        Outputs = nodes[^1].Shape.Count;
        WhyNotAChain = FirstBeyondAChain();

        int? LayerBefore(int source)
        {
            while (source >= 0 && nodes[source] is BiasNode) source = nodes[source].Sources[0];
            return source >= 0 ? nodes[source].Layer : null;
        }
    }

    /// <summary>What one example is.</summary>
    public TensorShape Input { get; }

    /// <summary>d, the numbers of one example.</summary>
    public int Inputs => Input.Count;

    /// <summary>C: 1 for binary problems, the number of classes otherwise.</summary>
    public int Outputs { get; }

    /// <summary>The operations, each after those it reads; the last gives f.</summary>
    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>The layers W_1 … W_K, first to last.</summary>
    public IReadOnlyList<Layer> Layers { get; }

    /// <summary>
    /// The nonlinearity directly after W_1 … W_K or their biases, the identity where something else follows: σ of the layers of a
    /// chain. Where two branches read a layer, that of the second.
    /// </summary>
    public IReadOnlyList<Activation> Activations => _activations;

    /// <summary>Whether a nonlinearity directly after a layer has a kink: ReLU or leaky ReLU.</summary>
    public bool HasKinks => Array.Exists(_activations, static s => s.HasKink);

    /// <summary>Whether no layer has a nonlinearity directly after it: for a chain, f is linear in x.</summary>
    public bool IsLinear => Array.TrueForAll(_activations, static s => s.Kind == ActivationKind.Identity);

    /// <summary>K.</summary>
    public int Depth => Layers.Count;

    /// <summary>The length of θ: the weights W_1 … W_K, and γ and β of affine batch normalization.</summary>
    public int ParameterCount { get; }

    /// <summary>The length of the vector of running means and variances of batch normalization; 0 without it.</summary>
    public int StatisticsCount { get; }

    /// <summary>True for f(W; x) = W_K σ(… σ(W_1 x)) with full or diagonal matrices: what flows and limits are about.</summary>
    public bool IsChain => WhyNotAChain is null;

    /// <summary>The first node that a chain does not have, in words; null for a chain.</summary>
    internal string? WhyNotAChain { get; }

    /// <summary>
    /// e_k in f = ∏_k ρ_k^{e_k} f̃: scaling W_k alone by c scales f by c^{e_k}. All 1 for linear and ReLU networks; below
    /// x^p units the degrees multiply, and below a node that removes the scale of every example they are 0. Batch normalization counts as
    /// folded into the weights, and residual sums are passed over: what holds exactly for such networks says <see cref="Homogeneity"/>.
    /// </summary>
    public ReadOnlySpan<int> Exponents => _exponents;

    /// <summary>
    /// Σ e_k: f(cW) = c^degree f(W) for c &gt; 0. K for linear and ReLU networks. (T3 §9 prints degree 1; that is one layer scaled.)
    /// </summary>
    public int Degree => _exponents.Sum();

    /// <summary>
    /// Layers of the given widths with a nonlinearity (ReLU unless said) between them:
    /// <c>Dense(20, 20, 20, 1)</c> is the net 20-20-20-1, <c>Dense(4, 1)</c> one linear layer.
    /// </summary>
    public static Network Dense(int inputs, params ReadOnlySpan<int> widths) => Dense(inputs, Activation.ReLU, widths);

    /// <inheritdoc cref="Dense(int, ReadOnlySpan{int})"/>
    public static Network Dense(int inputs, Activation activation, params ReadOnlySpan<int> widths)
    {
        var builder = new NetworkBuilder(inputs);
        for (var k = 0; k < widths.Length; k++)
        {
            builder.Dense(widths[k]);
            if (k < widths.Length - 1) builder.Then(activation);
        }
        return builder.Build();
    }

    /// <summary>A deep linear network of the given widths.</summary>
    public static Network Linear(int inputs, params ReadOnlySpan<int> widths) => Dense(inputs, Activation.Identity, widths);

    /// <summary>f(x) = Σ_i x^i ∏_{k=1}^{depth} V_k^i: depth − 1 diagonal layers and a dense row (SQ H.3).</summary>
    public static Network Diagonal(int inputs, int depth)
    {
        var builder = new NetworkBuilder(inputs);
        for (var k = 1; k < depth; k++) builder.Diagonal();
        return builder.Dense(1).Build();
    }

    /// <summary>θ = 0.</summary>
    public double[] Zeros() => new double[ParameterCount];

    /// <summary>The running statistics before any minibatch: means 0, variances 1.</summary>
    public double[] StartStatistics()
    {
        var statistics = new double[StatisticsCount];
        foreach (var node in Nodes) node.Windows.Variances?.Of(statistics.AsSpan()).Fill(1);
        return statistics;
    }

    /// <summary>γ = 1 and β = 0 in every affine normalization: it then does nothing but normalize.</summary>
    public void ResetAffine(Span<double> theta)
    {
        foreach (var node in Nodes)
        {
            node.Windows.Gamma?.Of(theta).Fill(1);
            node.Windows.Beta?.Of(theta).Clear();
        }
    }

    /// <summary>The node (from 0) that applies W_k.</summary>
    /// <param name="k">1 … K.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layer.</exception>
    public int NodeOf(int k) => k >= 1 && k <= Depth
        ? _nodeOfLayer[k - 1]
        : throw new ArgumentOutOfRangeException(nameof(k), k, $"the network has layers 1 to {Depth}");

    /// <summary>The shape of the output of a node, or of the input x for <see cref="Node.NetworkInput"/>.</summary>
    public TensorShape ShapeOf(int node) => node == Node.NetworkInput ? Input : Nodes[node].Shape;

    /// <summary>
    /// θ from one matrix (rows = outputs; of a convolution maps × patch) per layer; a diagonal layer takes its diagonal, as one row or as
    /// the full matrix. Affine batch normalization gets γ = 1 and β = 0.
    /// </summary>
    /// <exception cref="ArgumentException">A shape that does not fit; the message names the layer, what was given and what is
    /// needed.</exception>
    public double[] Pack(IReadOnlyList<double[][]> matrices)
    {
        if (matrices.Count != Depth)
            throw new ArgumentException($"{matrices.Count} weight matrices were given for a network of {Depth} layers");
        var theta = Zeros();
        ResetAffine(theta);
        for (var k = 0; k < Depth; k++)
        {
            var layer = Layers[k];
            var m = matrices[k];
            if (layer.Kind == LayerKind.Diagonal && m.Length == 1 && m[0].Length == layer.Rows && layer.Rows > 1)
            {
                m[0].CopyTo(layer.Of(theta));
                continue;
            }
            if (m.Length != layer.Rows || m.Any(r => r.Length != layer.Columns))
                throw new ArgumentException(
                    $"layer {k + 1} needs a {layer.Rows} × {layer.Columns} matrix (rows = outputs); {Describe(m)} was given");
            for (var i = 0; i < layer.Rows; i++)
            {
                if (layer.Kind == LayerKind.Diagonal)
                {
                    for (var j = 0; j < layer.Columns; j++)
                    {
                        if (j != i && m[i][j] != 0)
                            throw new ArgumentException(
                                $"layer {k + 1} is diagonal; the matrix given has {m[i][j]} in row {i + 1}, column {j + 1}");
                    }
                    layer.Of(theta)[i] = m[i][i];
                }
                else m[i].CopyTo(layer.Of(theta)[(i * layer.Columns)..]);
            }
        }
        return theta;
    }

    /// <summary>W_1 … W_K as matrices of rows.</summary>
    public double[][][] Unpack(ReadOnlySpan<double> theta)
    {
        var matrices = new double[Depth][][];
        for (var k = 0; k < Depth; k++) matrices[k] = Layers[k].Matrix(theta);
        return matrices;
    }

    internal static Network FromNodes(TensorShape input, Node[] nodes, Layer[] layers, int parameters, int statistics) =>
        new(input, nodes, layers, parameters, statistics);

    private string? FirstBeyondAChain()
    {
        if (!Input.IsVector) return $"the input is an image of {Input}";
        var expected = Node.NetworkInput;
        for (var i = 0; i < Nodes.Count; i++)
        {
            if (!Nodes[i].FitsChains || Nodes[i].Sources is not [var source] || source != expected) return $"node {i + 1} is {Nodes[i]}";
            expected = i;
        }
        return null;
    }

    private static string Describe(double[][] m)
    {
        var columns = m.Select(r => r.Length).Distinct().ToArray();
        return columns.Length == 1 ? $"{m.Length} × {columns[0]}"
            : $"{m.Length} rows of {string.Join(", ", m.Select(r => r.Length))} numbers";
    }

    /// <summary>Widths and nonlinearities of a chain; all nodes otherwise.</summary>
    public override string ToString() => IsChain
        ? string.Concat(Layers.Select((l, k) =>
        $"{l.Columns}–{(_activations[k].Kind == ActivationKind.Identity ? "" : $"{_activations[k]}–")}"))
            + Outputs
        : $"{Input} → {string.Join(" → ", Nodes.Select(static n => n.ToString()))}";
}
