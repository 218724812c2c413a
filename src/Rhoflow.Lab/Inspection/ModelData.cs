using Rhoflow.Lab.Datasets;
using Rhoflow.Lab.Experiments;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Inspection;

/// <summary>The data that models are looked at with, one after another: read and prepared once while what is said of them stays the
/// same.</summary>
public sealed class ModelData
{
    private (string Words, Precision Precision, PreparedData Data)? _last;

    /// <summary>The data of an experiment.</summary>
    /// <param name="words">What its config says of them, in full.</param>
    /// <param name="e">The experiment.</param>
    /// <param name="folders">Where data sets lie.</param>
    internal PreparedData Of(string words, Experiment e, DataFolders? folders)
    {
        if (_last is { } last && last.Words == words && last.Precision == e.Precision) return last.Data;
        var data = Preparation.Load(e.Data!, e.Precision, folders);
        _last = (words, e.Precision, data);
        return data;
    }
}
