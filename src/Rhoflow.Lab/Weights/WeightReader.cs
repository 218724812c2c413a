using System.Globalization;
using Rhoflow.Data;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Models;
using Rhoflow.Lab.Models.Onnx;
using Rhoflow.Networks;

namespace Rhoflow.Lab.Weights;

/// <summary>
/// W_1 … W_K, γ, β and running statistics from a file. Arrays find their places by their names and shapes, never by the order of the file;
/// where these leave a choice, it is refused with the key that makes it. What has no place is refused, or, where the arrays were named,
/// said.
/// </summary>
internal sealed class WeightReader
{
    private readonly WeightChoice _choice;
    private readonly Network _network;
    private readonly NamedArrays _file;
    private readonly ArrayRoles _roles;
    private readonly LayerPlace[] _places;
    private readonly HashSet<ArrayInfo> _used = [];
    private readonly List<string> _notes = [];

    private WeightReader(WeightChoice choice, Network network)
    {
        (_choice, _network, _file) = (choice, network, NamedArrays.Open(choice.File));
        var state = OwnState.Of(_file);
        _roles = new ArrayRoles([.. _file.Arrays.Except(state)], network.Layers.Any(static l => l.Kind == LayerKind.Diagonal));
        _places = [.. Enumerable.Range(0, network.Depth).Select(k => new LayerPlace(network, k, choice.HasConstantInput))];
        _used.UnionWith(state);
    }

    /// <exception cref="DataException">The file cannot be read, or its arrays do not fit the network; array, shape and what was wanted
    /// are named.</exception>
    /// <exception cref="ArgumentException">As many names as layers were not given, or a name that the file does not have.</exception>
    public static LoadedWeights Read(WeightChoice choice, Network network) =>
        choice.File.EndsWith(".npy", StringComparison.OrdinalIgnoreCase) ? OwnState.OfFlow(choice.File, network)
            : OfGraph(choice, network) ?? new WeightReader(choice, network).Read();

    // A graph that is this network says which of its numbers are which; of any other the arrays are matched as in files without a graph.
    private static LoadedWeights? OfGraph(WeightChoice choice, Network network)
    {
        if (choice is not { Names: null, Normalizations: null, Layout: null }
            || !choice.File.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }
        try
        {
            var graph = OnnxNetwork.Read(choice.File, network.Input);
            return graph.Network.ToString() != network.ToString() || graph.Network.ParameterCount != network.ParameterCount ? null
                : new LoadedWeights(graph.Theta, graph.Statistics,
                    [$"weights of {Path.GetFileName(choice.File)}, whose graph is this network: "
                        + string.Join(", ", graph.Layers.Select(static (a, k) => $"W{k + 1} = {a}")), .. graph.Notes]);
        }
        catch (DataException)
        {
            return null;
        }
    }

    private LoadedWeights Read()
    {
        var theta = _network.Zeros();
        _network.ResetAffine(theta);
        var matrices = _choice.Names is { } names ? Named(names) : Found();
        var channelFirst = IsChannelFirst(matrices);
        for (var k = 0; k < matrices.Length; k++)
        {
            var (place, array) = (_places[k], matrices[k]);
            var bias = _roles.Biases.GetValueOrDefault(array);
            var takesBias = !place.Fits(array);
            if (takesBias) _notes.Add($"{bias!.Name} is the weight of the constant input in W{k + 1}");
            place.Place(array, _file.Numbers(array), takesBias ? _file.Numbers(bias!) : null, channelFirst)
                .CopyTo(_network.Layers[k].Of(theta));
            _used.Add(array);
            if (takesBias) _used.Add(bias!);
        }
        SayLayouts(matrices, channelFirst);
        var statistics = OwnState.Restore(_file, _network, theta) ?? FromRoles();
        Leftovers(matrices);
        return new LoadedWeights(theta, statistics, _notes);

        double[]? FromRoles()
        {
            var order = channelFirst ? new VectorOrder(_network) : null;
            BiasReader.Read(_network, _roles, _file, theta, matrices, _used, _notes);
            return NormalizationReader.Read(_choice, _network, _file, _roles, theta, matrices, order, _used, _notes);
        }
    }

    // As they were named in the config, first layer first.
    private ArrayInfo[] Named(IReadOnlyList<string> names)
    {
        if (names.Count != _places.Length)
            throw new ArgumentException($"weights.names: {names.Count} arrays were named for a network of {_places.Length} layers; one a "
                + "layer is needed, first layer first");
        ArrayInfo[] arrays = [.. names.Select(n => _file.Find(n) ?? throw new ArgumentException(
            $"weights.names: there is no array '{n}' in {_file.Path}"
            + Nearest.Hint(n, _file.Arrays.Select(static a => a.Name), "arrays")))];
        if (arrays.Distinct().Count() != arrays.Length) throw new ArgumentException("weights.names: an array is named twice");
        for (var k = 0; k < arrays.Length; k++) RequireFit(arrays[k], k);
        Say(arrays, "as named");
        return arrays;
    }

    private ArrayInfo[] Found()
    {
        var arrays = _roles.Matrices;
        if (_roles.HasOwnNames) return ByOwnNames();
        if (arrays.Count != _places.Length)
            throw new DataException($"{_file.Path}: {arrays.Count} weight arrays ({List(arrays)}) for a network of {_places.Length} "
                + $"layer{(_places.Length == 1 ? "" : "s")} ({Layers()}){Others()}. {Choose(arrays)}");
        string[] names = [.. arrays.Select(static a => a.Name)];
        var way = Assignment.Find(arrays.Count, (k, i) => Fits(k, arrays[i]), (i, j) => NameOrder.IsBefore(names[i], names[j]));
        var ordered = NameOrder.IsComplete(names);
        if (way.First is not { } first)
        {
            ArrayInfo[] byName = [.. arrays.OrderBy(a => arrays.Count(b => NameOrder.IsBefore(b.Name, a.Name)))];
            if (ordered)
                for (var k = 0; k < byName.Length; k++) RequireFit(byName[k], k);
            throw new DataException($"{_file.Path}: the arrays {List(arrays)} do not fit the layers {Layers()} in any order that their "
                + "names allow");
        }
        if (way.Second is not null)
        {
            var open = arrays.Where((a, i) => _places.Index().Any(p => p.Index != Array.IndexOf(first, i) && Fits(p.Index, a)));
            throw new DataException(
                $"{_file.Path}: which array is which layer is not in the names, and the shapes allow more than one way: "
                + $"{List([.. open])}. Say it, first layer first: {_choice.Remedy("names", Known(arrays))}");
        }
        ArrayInfo[] found = [.. first.Select(i => arrays[i])];
        Say(found, found.Length == 1 ? "the only one" : ordered ? "by the numbers in the names" : "the only way that the shapes allow");
        return found;
    }

    private ArrayInfo[] ByOwnNames()
    {
        var arrays = new ArrayInfo[_places.Length];
        for (var k = 0; k < arrays.Length; k++)
        {
            arrays[k] = _file.Find($"W{k + 1}") ?? throw new DataException(
                $"{_file.Path}: there is no array 'W{k + 1}' for layer {k + 1}; there are {List(_roles.Matrices)}");
            RequireFit(arrays[k], k);
        }
        return arrays;
    }

    // The arrays of layers that only one array fits; question marks for the others.
    private IEnumerable<string> Known(IReadOnlyList<ArrayInfo> arrays) =>
        _places.Select((_, k) => arrays.Where(a => Fits(k, a)).ToArray() is [var only] ? only.Name : "?");

    private bool Fits(int k, ArrayInfo array) =>
        _places[k].Fits(array) || _roles.Biases.ContainsKey(array) && _places[k].FitsWithBias(array);

    private void RequireFit(ArrayInfo array, int k)
    {
        if (Fits(k, array)) return;
        var turned = array.Shape is [var a, var b] && _places[k].Fits(array with { Shape = [b, a] })
            ? "; it would fit turned over: rows are outputs here (arrays named 'kernel', as Flax and Keras write them, are turned over)"
            : "";
        throw new DataException($"{_file.Path}: array '{array.Name}' is {array.Form}; layer {k + 1} of the network needs "
            + $"{_places[k].Wanted}{turned}");
    }

    private bool IsChannelFirst(ArrayInfo[] matrices)
    {
        if (_choice.Layout is { } said) return said == "nchw";
        if (_roles.HasOwnNames && _choice.Names is null) return false;
        var kernels = matrices.Where((_, k) => _places[k].IsConvolution).ToArray();
        if (kernels.Length > 0) return kernels.Any(static a => a.Shape.Count == 4 && !a.IsKernel);
        if (matrices.Any(static a => a.IsKernel)) return false;
        var open = Array.FindIndex(_places, static p => p.DependsOnLayout);
        return open < 0 ? false : throw new DataException($"{_file.Path}: array '{matrices[open].Name}' reads images as vectors; whether "
            + "its columns come as channel, row, column (as in PyTorch) or as row, column, channel is not in the file. Say it: "
            + $"init.weights: {{file: {_choice.Given}, layout: nchw}} or layout: nhwc");
    }

    private void SayLayouts(ArrayInfo[] matrices, bool channelFirst)
    {
        var turned = matrices.Where(static a => a.IsKernel).ToArray();
        if (turned.Length > 0) _notes.Add($"{Names(turned)}: read as inputs × outputs (kernels of Flax and Keras)");
        var kernels = matrices.Where((a, k) => _places[k].IsConvolution && a.Shape.Count == 4 && !a.IsKernel).ToArray();
        if (kernels.Length > 0) _notes.Add($"{Names(kernels)}: read as maps × channel × row × column (PyTorch's convolutions)");
        var flat = matrices.Where((_, k) => _places[k].DependsOnLayout).ToArray();
        if (flat.Length > 0 && !(_roles.HasOwnNames && _choice.Names is null))
            _notes.Add($"{Names(flat)}: columns read as {(channelFirst ? "channel, row, column" : "row, column, channel")} of an image "
                + $"({(_choice.Layout is null ? "as the file's kernels are" : $"layout: {_choice.Layout}")})");
    }

    private void Leftovers(ArrayInfo[] matrices)
    {
        foreach (var counter in _roles.Counters) _used.Add(counter);
        ArrayInfo[] left = [.. _file.Arrays.Where(a => !_used.Contains(a))];
        ArrayInfo[] zero = [.. left.Where(a => _roles.Biases.ContainsValue(a) && Array.TrueForAll(_file.Numbers(a), static v => v == 0))];
        if (zero.Length > 0) _notes.Add($"{Names(zero)}: zero, so not needed");
        left = [.. left.Except(zero)];
        if (left.Length == 0) return;
        if (_choice.Names is not null)
        {
            _notes.Add($"not used of {Path.GetFileName(_file.Path)}: {List(left)}");
            return;
        }
        var biases = left.Where(_roles.Biases.ContainsValue).ToArray();
        var first = biases.Length > 0 && _roles.Biases.GetValueOrDefault(matrices[0]) is { } bias && biases.Contains(bias)
            && !_choice.HasConstantInput;
        throw new DataException($"{_file.Path}: the network has no place for {List(left)}"
            + (biases.Length > 0 ? "; its layers have no biases (network.bias: true gives them some)" : "")
            + (first ? $" (data.transforms: [constant-input] makes one in the first layer, for {_roles.Biases[matrices[0]].Name})" : "")
            + $". To leave {(left.Length == 1 ? "it" : "them")} out knowingly, name what is to be used: "
            + _choice.Remedy("names", matrices.Select(static a => a.Name)));
    }

    private string Choose(IReadOnlyList<ArrayInfo> arrays) => arrays.Count > _places.Length
        ? $"Name those to be used, first layer first: {_choice.Remedy("names", Known(arrays))}" : "One array a layer is needed";

    private string Others()
    {
        ArrayInfo[] others = [.. _file.Arrays.Except(_roles.Matrices).Where(a => !_used.Contains(a)).Take(20)];
        return others.Length == 0 ? "" : $"; the file has {List(others)} besides";
    }

    private void Say(ArrayInfo[] arrays, string why) =>
        _notes.Add($"weights of {Path.GetFileName(_file.Path)}, {why}: " + string.Join(", ",
            arrays.Select(static (a, k) => string.Create(CultureInfo.InvariantCulture, $"W{k + 1} = {a.Name}"))));

    private string Layers() => string.Join(", ", _places.Select(static (p, k) => $"W{k + 1} {p.Wanted}"));

    private static string Names(IEnumerable<ArrayInfo> arrays) => string.Join(", ", arrays.Select(static a => a.Name));

    private static string List(IReadOnlyList<ArrayInfo> arrays) => arrays.Count == 0 ? "none"
        : string.Join(", ", arrays.Take(20)) + (arrays.Count > 20 ? $" … ({arrays.Count})" : "");
}
