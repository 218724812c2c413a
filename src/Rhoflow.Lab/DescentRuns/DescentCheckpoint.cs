using System.Globalization;
using System.Numerics;
using Rhoflow.Data;
using Rhoflow.Descents;
using Rhoflow.Lab.Files;
using Rhoflow.Networks;
using Rhoflow.Observations;

namespace Rhoflow.Lab.DescentRuns;

/// <summary>
/// checkpoint.safetensors: the weights W_1 … W_K (rows = outputs) for any reader, and under "state." every array that decides how the
/// descent goes on, with its bits; counters stand in the file's metadata. One file, replaced in one piece.
/// </summary>
internal sealed class DescentCheckpoint
{
    /// <summary>The name in a run folder.</summary>
    public const string Name = "checkpoint.safetensors";

    private const string Format = "rhoflow descent 1", Prefix = "state.", HistoryPrefix = "history.";

    private DescentCheckpoint(Dictionary<string, Array> arrays, Dictionary<string, double[]> history, Dictionary<string, double> scalars,
        int observed, double seconds) =>
        (Arrays, History, Scalars, Observed, Seconds) = (arrays, history, scalars, observed, seconds);

    /// <summary>By the names of <see cref="DescentState{T}.Arrays"/>.</summary>
    public IReadOnlyDictionary<string, Array> Arrays { get; }

    /// <summary>By the names of <see cref="Observations.History.Arrays"/>.</summary>
    public IReadOnlyDictionary<string, double[]> History { get; }

    /// <summary>By the names of <see cref="DescentState{T}.Scalars"/>.</summary>
    public IReadOnlyDictionary<string, double> Scalars { get; }

    /// <summary>Observations written before.</summary>
    public int Observed { get; }

    /// <summary>Seconds spent before.</summary>
    public double Seconds { get; }

    /// <summary>Where it stands: replicas go on together from the same moment only.</summary>
    public (double Epoch, double Step) Moment => (Scalars["epoch"], Scalars["step-in-epoch"]);

    /// <summary>Replaces the checkpoint of a folder.</summary>
    public static void Write<T>(string folder, Network network, Replica<T> replica, History history, int observed, double seconds)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var file = new Safetensors();
        file.Metadata["format"] = Format;
        file.Metadata["network"] = network.ToString();
        file.Metadata["observed"] = observed.ToString(CultureInfo.InvariantCulture);
        file.Metadata["seconds"] = seconds.ToString("R", CultureInfo.InvariantCulture);
        foreach (var (name, value) in replica.State.Scalars)
            file.Metadata[name] = BitConverter.DoubleToInt64Bits(value).ToString("x16", CultureInfo.InvariantCulture);
        for (var k = 0; k < network.Depth; k++)
        {
            var layer = network.Layers[k];
            var w = replica.Weights.Slice(layer.Offset, layer.Count);
            if (layer.Kind == LayerKind.Diagonal) file.Add(WeightName(k), w, layer.Rows);
            else file.Add(WeightName(k), w, layer.Rows, layer.Columns);
        }
        foreach (var array in replica.State.Arrays)
        {
            if (array.Values is float[] single) file.Add<float>(Prefix + array.Name, single);
            else file.Add<double>(Prefix + array.Name, (double[])array.Values);
        }
        foreach (var (name, values) in history.Arrays) file.Add<double>(name, values);
        AtomicFile.Write(Path.Combine(folder, Name), file.Write);
    }

    /// <summary>The array that holds W_{k+1}.</summary>
    public static string WeightName(int k) => $"W{k + 1}";

    /// <summary>The checkpoint of a folder; null where there is none.</summary>
    /// <exception cref="DataException">There is one that cannot be read; the message says why.</exception>
    public static DescentCheckpoint? Read(string folder)
    {
        var path = Path.Combine(folder, Name);
        if (!File.Exists(path)) return null;
        var file = Safetensors.Load(path);
        if (!file.Metadata.TryGetValue("format", out var format) || format != Format)
            throw new DataException($"{path}: its format is '{format}'; a checkpoint has '{Format}'");
        var arrays = file.Arrays.Where(static a => a.Name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(static a => a.Name[Prefix.Length..], a =>
            a.Type == "F32" ? file.Read<float>(a.Name) : (Array)file.Read<double>(a.Name), StringComparer.Ordinal);
        try
        {
            var scalars = file.Metadata.Where(static m => m.Key is not ("format" or "network" or "observed" or "seconds"))
                .ToDictionary(static m => m.Key, static m =>
                BitConverter.Int64BitsToDouble(long.Parse(m.Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture)),
                StringComparer.Ordinal);
            var history = file.Arrays.Where(static a => a.Name.StartsWith(HistoryPrefix, StringComparison.Ordinal))
                .ToDictionary(static a => a.Name, a => file.Read<double>(a.Name), StringComparer.Ordinal);
            var checkpoint = new DescentCheckpoint(arrays, history, scalars,
                int.Parse(file.Metadata["observed"], CultureInfo.InvariantCulture),
                double.Parse(file.Metadata["seconds"], CultureInfo.InvariantCulture));
            _ = checkpoint.Moment;
            return checkpoint;
        }
        catch (Exception e) when (e is FormatException or KeyNotFoundException or OverflowException)
        {
            throw new DataException($"{path}: the counters in its metadata cannot be read: {e.Message}", e);
        }
    }
}
