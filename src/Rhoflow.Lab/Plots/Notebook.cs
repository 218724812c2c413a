using System.Globalization;

namespace Rhoflow.Lab.Plots;

/// <summary>What a person has to know of a figure, each once.</summary>
internal sealed class Notebook
{
    private const int Named = 6;
    private readonly List<string> _notes = [];

    /// <summary>The notes.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>A sentence.</summary>
    public void Add(string note)
    {
        if (!_notes.Contains(note, StringComparer.Ordinal)) _notes.Add(note);
    }

    /// <summary>Runs of which something is true: how many of all, and which.</summary>
    public void Add(IReadOnlyCollection<PlotRun> which, int all, string what)
    {
        if (which.Count == 0) return;
        Add(string.Create(CultureInfo.InvariantCulture, $"{which.Count} of {all} runs {what}: ")
            + string.Join(", ", which.Take(Named).Select(static r => r.Id)) + (which.Count > Named ? ", …" : ""));
    }
}
