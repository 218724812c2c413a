using System.Globalization;
using Rhoflow.Data;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Datasets;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Inspection;
using Rhoflow.Lab.Models;
using Rhoflow.Lab.Runs;
using Rhoflow.Measures.Catalog;
using Rhoflow.Numerics;

namespace Rhoflow.Cli;

/// <summary>What `inspect` was asked for.</summary>
internal sealed record InspectRequest
{
    /// <summary>Measures that take longer are asked for by their family.</summary>
    public const double Longest = 10;

    /// <summary>Run folders, ids, and files of weights.</summary>
    public required IReadOnlyList<string> Models { get; init; }

    /// <summary>KEY=VALUE, for files of weights.</summary>
    public required IReadOnlyList<string> Changes { get; init; }

    public string? Network { get; init; }

    public string? Data { get; init; }

    public required IReadOnlyList<string> Families { get; init; }

    public required int CurvatureExamples { get; init; }

    public required int TailReplicates { get; init; }

    public string? BatchNorm { get; init; }

    public required int Threads { get; init; }

    public required string Root { get; init; }

    /// <summary>Options that were given although weights alone have no use for them.</summary>
    public required IReadOnlyList<string> ForData { get; init; }

    // Of files of weights, which all have the same words.
    private readonly ModelData _data = new();

    private bool SaysNetwork => Network is not null || Changes.Count > 0;

    /// <summary>Families of --measures, and single measures as FAMILY/NAME.</summary>
    public static string[] FamiliesOf(string[]? given)
    {
        string[] words = [.. (given ?? [])
            .SelectMany(static w => w.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        foreach (var word in words)
        {
            string[] known = word.Split('/') is [var family, _] && MeasureCatalog.Families.Contains(family)
                ? [.. MeasureCatalog.All.Where(m => m.Family == family).Select(static m => $"{m.Family}/{m.Name}")]
                : [.. MeasureCatalog.Families, "all"];
            if (!known.Contains(word))
                throw new ConfigException(known[^1] == "all"
                    ? $"--measures: '{word}' is not a family{Nearest.Hint(word, known, "families")}"
                    : $"--measures: '{word}' is no measure{Nearest.Hint(word, known, "measures")}");
        }
        return words.Contains("all") ? ["all"] : words;
    }

    /// <summary>A word is a change of the config where it says KEY=VALUE and is no file or folder.</summary>
    public static bool IsChange(string word) =>
        !Path.Exists(word) && (word.StartsWith('~') || word.IndexOf('=', StringComparison.Ordinal) > 0);

    /// <summary>What can be refused before anything is read.</summary>
    public void Check(ProgressLine progress)
    {
        if (CurvatureExamples < 1) throw new ConfigException($"--curvature-examples {CurvatureExamples}: at least 1 is needed");
        if (TailReplicates < 0) throw new ConfigException($"--tail-replicates {TailReplicates}: at least 0 is needed");
        if (Threads < 1) throw new ConfigException($"-j {Threads}: at least 1 is needed");
        if (SaysNetwork && Models.FirstOrDefault(static m => !File.Exists(m)) is not null)
            throw new ConfigException("--network and KEY=VALUE are for a file of weights; a run has its own config");
        if (!Models.Any(File.Exists) || SaysNetwork || Data is not null)
        {
            if (Families.Count > 0 && !Families.Any(static f => f is "all" || f.Split('/')[0] == "curvature")
                && ForData.Contains("--curvature-examples"))
                progress.Say("note: --curvature-examples says nothing here: no measure of curvature is asked for");
        }
        else
        {
            foreach (var idle in ForData)
                progress.Say($"note: {idle} says nothing of a file of weights, which are looked at without data");
        }
    }

    /// <summary>Reads and measures one of the models.</summary>
    /// <param name="model">One of <see cref="Models"/>.</param>
    /// <param name="progress">Told where it stands.</param>
    /// <param name="cancellation">Ctrl-C.</param>
    /// <param name="everyLayer">Whether features of every layer are looked at.</param>
    public InspectedModel Inspect(string model, ProgressLine progress, CancellationToken cancellation, bool everyLayer = false)
    {
        var place = Models.Count == 1 ? "" : $"{Path.GetFileName(model)}: ";
        var watch = new InspectionWatch(at => progress.Report(() => place + at), words => progress.Say(place + words), Longest);
        if (File.Exists(model) && !SaysNetwork && Data is null)
        {
            var families = ModelInspection.Families(model, Families);
            using var file = ModelFile.Open(model);
            return InspectedModel.Of(file, WeightInspection.Of(file.Content.Tensors, families, Threads, watch, cancellation,
                TailReplicates));
        }
        var run = File.Exists(model) ? null : Find(model, progress.Say);
        progress.Report(() => $"{place}reading and preparing the data");
        var folders = DataFolders.Of(null) with { Reading = at => progress.Report(() => place + at) };
        var network = Unstoppable.Run(() => run is not null ? TrainedNetworks.OfRun(run, Data, folders)
            : ModelNetworks.Load(model, Network, Data, Changes, folders, _data, Threads), cancellation);
        if (BatchNorm is { } by) network = network with { BatchNorm = BatchNormWords.Parse("--batch-norm", by) };
        cancellation.ThrowIfCancellationRequested();
        return InspectedModel.Of(network, NetworkInspection.Of(network, Families, CurvatureExamples, Threads, cancellation, watch,
            TailReplicates, everyLayer));
    }

    private RunFolder Find(string model, Action<string> note)
    {
        var runs = RunSelection.Find([model], Root, note);
        return runs.Count switch
        {
            1 => runs[0],
            0 => throw new DataException($"{model} is not the folder of a run (runs/NAME/yyyy-MM-dd_HH-mm-ss_ID), and holds none"),
            _ => throw new ConfigException(string.Create(CultureInfo.InvariantCulture, $"{model} holds {runs.Count} runs: ")
                + string.Join(", ", runs.Take(8).Select(static r => r.Id)) + (runs.Count > 8 ? ", …" : "")
                + "; name one of them (`rhoflow show` lists them)"),
        };
    }
}
