using Rhoflow.Data;
using Rhoflow.Kernels;
using Rhoflow.Lab.Models.Onnx;
using Rhoflow.Lab.Models.Writing;
using Rhoflow.Lab.Weights;
using Rhoflow.Losses;
using Rhoflow.Networks;

namespace Rhoflow.Lab.Inspection;

/// <summary>
/// A network with its weights, from a file of PyTorch, ONNX or NumPy: outputs and margins on data that are prepared as it was trained.
/// </summary>
public sealed class TrainedModel
{
    private const int Block = 256;

    private readonly double[] _theta, _statistics;

    /// <param name="network">Its layers.</param>
    /// <param name="theta">θ, P numbers.</param>
    /// <param name="statistics">Running means and variances; empty without batch normalization.</param>
    /// <exception cref="ArgumentException">Numbers for another network.</exception>
    public TrainedModel(Network network, ReadOnlySpan<double> theta, ReadOnlySpan<double> statistics)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (theta.Length != network.ParameterCount || statistics.Length != network.StatisticsCount)
            throw new ArgumentException($"the network has {network.ParameterCount} parameters and {network.StatisticsCount} running "
                + $"statistics; {theta.Length} and {statistics.Length} were given");
        (Network, _theta, _statistics) = (network, theta.ToArray(), statistics.ToArray());
    }

    /// <summary>Its layers.</summary>
    public Network Network { get; }

    /// <summary>θ, P numbers.</summary>
    public ReadOnlySpan<double> Theta => _theta;

    /// <summary>Running means and variances.</summary>
    public ReadOnlySpan<double> Statistics => _statistics;

    /// <summary>
    /// ρ = ∏‖W_k‖_F^{e_k}, batch normalization folded into the W_k: what margins of networks of any scale are divided by (T3 §9).
    /// </summary>
    public double Rho => Math.Exp(Runs.TrainedPoint.Directions(Network, _theta, _statistics).LogRho);

    /// <summary>The graph of an .onnx file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DataException">It cannot be read, or has a node that networks here do not have.</exception>
    public static TrainedModel Load(string path)
    {
        var graph = OnnxNetwork.Read(path, input: null);
        return new TrainedModel(graph.Network, graph.Theta, graph.Statistics);
    }

    /// <summary>The weights of a .safetensors, .pt, .npz or .onnx file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="network">What they are the weights of.</param>
    /// <exception cref="DataException">It cannot be read, or its arrays do not fit; they are named.</exception>
    public static TrainedModel Load(string path, Network network)
    {
        var weights = WeightReader.Read(new WeightChoice(path), network);
        return new TrainedModel(network, weights.Theta, weights.Statistics ?? network.StartStatistics());
    }

    /// <summary>f(θ; x_n), row-major N × C, by running statistics.</summary>
    /// <param name="data">N examples, prepared as in training.</param>
    /// <param name="threads">No influence on results.</param>
    /// <exception cref="ArgumentException">Examples of another shape than the network takes.</exception>
    public double[] Outputs(Dataset data, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(data);
        using var team = new Team(threads);
        var outputs = new double[checked(data.Count * Network.Outputs)];
        new GraphPasses<double>(Network, Block, team).Evaluate(_theta, data.X, _statistics, outputs);
        return outputs;
    }

    /// <summary>y_n f(θ; x_n), or f_y − max_{j≠y} f_j with several classes, N numbers; divided by <see cref="Rho"/> they are normalized.
    /// </summary>
    /// <inheritdoc cref="Outputs"/>
    public double[] Margins(Dataset data, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(data);
        return Margin.All(Outputs(data, threads), data.Y, Network.Outputs);
    }

    /// <summary>Writes weights (.safetensors, .npz), or the graph with them (.onnx): a file that is there in full or not at all.</summary>
    /// <param name="path">Its name says the format.</param>
    /// <param name="isDouble">float64; else float32, which ONNX Runtime wants.</param>
    /// <exception cref="ArgumentException">The name ends otherwise.</exception>
    /// <exception cref="Config.ConfigException">The format has no place for the network.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Save(string path, bool isDouble = false)
    {
        var format = Path.GetExtension(path).TrimStart('.').ToLowerInvariant();
        if (!ModelWriter.Formats.Contains(format))
            throw new ArgumentException($"'{path}' ends with none of {string.Join(", ", ModelWriter.Formats.Select(static f => $".{f}"))}",
                nameof(path));
        ModelWriter.Write(path, format, Network, _theta, _statistics, isDouble, new Dictionary<string, string>(StringComparer.Ordinal));
    }
}
