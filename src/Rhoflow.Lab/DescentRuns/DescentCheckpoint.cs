using System.Globalization;
using System.Numerics;
using Rhoflow.Data;
using Rhoflow.Descents;
using Rhoflow.Lab.Files;
using Rhoflow.Lab.Runs;
using Rhoflow.Networks;
using Rhoflow.Observations;

namespace Rhoflow.Lab.DescentRuns;

/// <summary>
/// checkpoint.safetensors: the weights W_1 … W_K (rows = outputs) for any reader, and under "state." every array that decides how the
/// descent goes on, with its bits; counters stand in the file's metadata, with the run's id and the checksum of everything. One file,
/// replaced in one piece.
/// </summary>
internal sealed class DescentCheckpoint
{
    /// <summary>The name in a run folder.</summary>
    public const string Name = "checkpoint.safetensors";

    // The first format had neither checksum nor id.
    private const string Format = "rhoflow descent 2", FormatWithoutChecksum = "rhoflow descent 1";

    private const string Prefix = "state.", HistoryPrefix = "history.";

    private static readonly string[] s_texts = ["format", "network", "observed", "seconds", "run", ArraySeal.Key];

    private DescentCheckpoint(Dictionary<string, Array> arrays, Dictionary<string, double[]> history, Dictionary<string, double> scalars,
        int observed, double seconds) =>
        (Arrays, History, Scalars, Observed, Seconds) = (arrays, history, scalars, observed, seconds);

    /// <summary>By the names of <see cref="DescentState{T}.Arrays"/>, and of <see cref="BestState{T}"/>.</summary>
    public IReadOnlyDictionary<string, Array> Arrays { get; }

    /// <summary>By the names of <see cref="Observations.History.Arrays"/>.</summary>
    public IReadOnlyDictionary<string, double[]> History { get; }

    /// <summary>By the names of <see cref="DescentState{T}.Scalars"/>, and of <see cref="BestState{T}"/>.</summary>
    public IReadOnlyDictionary<string, double> Scalars { get; }

    /// <summary>Observations written before.</summary>
    public int Observed { get; }

    /// <summary>Seconds spent before.</summary>
    public double Seconds { get; }

    /// <summary>Where it stands: replicas go on together from the same moment only.</summary>
    public (double Epoch, double Step) Moment => (Scalars["epoch"], Scalars["step-in-epoch"]);

    /// <summary>Replaces the checkpoint of a folder; the one before is kept beside it.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="network">The network.</param>
    /// <param name="replica">What is saved.</param>
    /// <param name="best">The best weights seen; null where there are none.</param>
    /// <param name="history">What measures remember.</param>
    /// <param name="observed">Observations written.</param>
    /// <param name="seconds">Seconds spent.</param>
    public static void Write<T>(RunFolder folder, Network network, Replica<T> replica, BestState<T>? best, History history, int observed,
        double seconds) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var file = new Safetensors();
        file.Metadata["format"] = Format;
        file.Metadata["run"] = folder.Id;
        file.Metadata["network"] = ArraySeal.Plain(network.ToString());
        file.Metadata["observed"] = observed.ToString(CultureInfo.InvariantCulture);
        file.Metadata["seconds"] = seconds.ToString("R", CultureInfo.InvariantCulture);
        foreach (var (name, value) in replica.State.Scalars.Concat(best?.Scalars ?? []))
            file.Metadata[name] = BitConverter.DoubleToInt64Bits(value).ToString("x16", CultureInfo.InvariantCulture);
        AddWeights(file, network, replica.Weights);
        foreach (var array in replica.State.Arrays.Concat(best?.Arrays ?? []))
        {
            if (array.Values is float[] single) file.Add<float>(Prefix + array.Name, single);
            else file.Add<double>(Prefix + array.Name, (double[])array.Values);
        }
        foreach (var (name, values) in history.Arrays) file.Add<double>(name, values);
        ArraySeal.Put(file);
        folder.RequireOurs();
        SavedStates.Write(folder.Path, Name, file.Write);
    }

    /// <summary>The array that holds W_{k+1}.</summary>
    public static string WeightName(int k) => $"W{k + 1}";

    /// <summary>Adds W_1 … W_K under their names.</summary>
    public static void AddWeights<T>(Safetensors file, Network network, ReadOnlySpan<T> theta) where T : unmanaged
    {
        for (var k = 0; k < network.Depth; k++)
        {
            var layer = network.Layers[k];
            var w = theta.Slice(layer.Offset, layer.Count);
            if (layer.Kind == LayerKind.Diagonal) file.Add(WeightName(k), w, layer.Rows);
            else file.Add(WeightName(k), w, layer.Rows, layer.Columns);
        }
    }

    /// <summary>Makes the checkpoint of one run that of another, which goes on from there.</summary>
    /// <exception cref="DataException">It cannot be read.</exception>
    public static void Copy(RunFolder from, RunFolder to)
    {
        var file = Safetensors.Load(from.File(Name));
        file.Metadata["run"] = to.Id;
        file.Metadata["format"] = Format;
        ArraySeal.Put(file);
        SavedStates.Write(to.Path, Name, file.Write);
    }

    /// <summary>The checkpoint of a folder; null where there is none.</summary>
    /// <exception cref="DataException">There is one that cannot be read; the message says why.</exception>
    public static DescentCheckpoint? Read(RunFolder folder) =>
        File.Exists(folder.File(Name)) ? Read(folder.File(Name), folder.Id) : null;

    /// <summary>The checkpoint in a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="run">The id of the run that it must belong to.</param>
    /// <exception cref="DataException">It is damaged, or of another run.</exception>
    public static DescentCheckpoint Read(string path, string run)
    {
        Safetensors file;
        bool whole;
        try
        {
            file = Safetensors.Load(path);
            whole = ArraySeal.Check(file, path);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or OverflowException)
        {
            throw new DataException($"{path} is damaged: {e.Message}", e);
        }
        if (!file.Metadata.TryGetValue("format", out var format) || format is not (Format or FormatWithoutChecksum))
            throw new DataException($"{path}: its format is '{format}'; a checkpoint has '{Format}'");
        if (!whole && format == Format) throw new DataException($"{path} is damaged: its checksum is missing");
        if (whole && (!file.Metadata.TryGetValue("run", out var of) || of != run))
            throw new DataException($"{path} belongs to the run {of} and not to {run}");
        var arrays = file.Arrays.Where(static a => a.Name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(static a => a.Name[Prefix.Length..], a =>
            a.Type == "F32" ? file.Read<float>(a.Name) : (Array)file.Read<double>(a.Name), StringComparer.Ordinal);
        try
        {
            var scalars = file.Metadata.Where(static m => !s_texts.Contains(m.Key)).ToDictionary(static m => m.Key, static m =>
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
