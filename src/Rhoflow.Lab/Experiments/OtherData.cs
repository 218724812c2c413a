using Rhoflow.Data;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Datasets;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Experiments;

/// <summary>
/// Data that a trained network meets after its training: prepared by what the training examples taught, with their own true labels.
/// </summary>
public static class OtherData
{
    /// <summary>A named set or a path.</summary>
    /// <param name="own">The data that the network was trained on.</param>
    /// <param name="given">The set or path.</param>
    /// <param name="fitted">What the training examples taught.</param>
    /// <param name="precision">How the inputs are stored.</param>
    /// <param name="folders">Where data sets lie; null: where RHOFLOW_DATA says, or the user's cache.</param>
    /// <exception cref="ConfigException">There is no such set or path.</exception>
    /// <exception cref="DataException">Data that cannot be read, or that are not what the network was trained on.</exception>
    public static PreparedData Load(DataConfig own, string given, FittedPreparation fitted, Precision precision, DataFolders? folders)
    {
        var config = Elsewhere(own, given) with { RandomLabels = false, LabelNoise = 0 };
        var notes = new List<string>();
        if (own.RandomLabels) notes.Add("the run was trained on random labels; those of other data are the true ones");
        else if (own.LabelNoise > 0) notes.Add("the run was trained with label noise; the labels of other data are as they are");
        var loaded = Preparation.LoadBy(fitted, config, precision, folders);
        return loaded with { Notes = [.. loaded.Notes, .. notes, Prepared(fitted)] };
    }

    // What a person must know to see that nothing was learned from these data.
    private static string Prepared(FittedPreparation fitted)
    {
        var labels = fitted.ClassNames is { } names
            ? $"classes by name ({string.Join(", ", names.Take(10))}{(names.Count > 10 ? " …" : "")})" : "labels as numbers";
        return $"prepared by what the run learned: {labels}"
            + string.Concat(fitted.TransformNames.Select(static t => t == "center" ? ", center by the training mean" : $", {t}"));
    }

    private static DataConfig Elsewhere(DataConfig own, string given)
    {
        var set = own with { Inputs = null, Labels = null, Path = null, Set = given, Train = null, Test = null };
        if (SyntheticSets.All.FirstOrDefault(s => s.Name == given) is { } drawn)
            return set with { Drawn = own.Set == given ? own.Drawn : DrawnSet.Like(drawn, own.Drawn), Test = 0 };
        if (DataConfig.Sets.Contains(given)) return set with { Drawn = null, Test = Catalogue.Find(given)!.HasTestPart ? null : 0 };
        return File.Exists(given) || Directory.Exists(given)
            ? set with { Set = null, Drawn = null, Path = Path.GetFullPath(given), Test = 0 }
            : throw new ConfigException($"--data {given}: there is no such file or folder, and no set of that name"
                + Nearest.Hint(given, DataConfig.Sets, "sets"));
    }
}
