using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Plots;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Cli;

/// <summary>
/// Draws the figures that a config asks for when its run or its sweep has ended. What cannot be drawn is said; the runs stand.
/// </summary>
internal static class FiguresOfRuns
{
    /// <summary>Into the folder figures of the run, or of all runs of the experiment where there are several.</summary>
    /// <param name="figures">What the config asks for.</param>
    /// <param name="runs">The runs that have ended.</param>
    /// <param name="progress">Told what is drawn and what is not.</param>
    /// <param name="cancellation">Ctrl-C.</param>
    public static void Draw(IReadOnlyList<PlotConfig> figures, IReadOnlyList<RunFolder> runs, ProgressLine progress,
        CancellationToken cancellation)
    {
        if (figures.Count == 0 || runs.Count == 0) return;
        var records = SweepOrder.Of(RunRecord.Read(runs));
        var folder = Path.Combine(runs.Count == 1 ? runs[0].Path : Path.GetDirectoryName(runs[0].Path)!, "figures");
        foreach (var figure in figures)
        {
            if (cancellation.IsCancellationRequested) return;
            progress.Report(() => "drawing the figures of the config");
            try
            {
                var picture = Plot.Of(figure, records);
                var files = PlotFiles.Write(picture, PlotFiles.Targets(folder + Path.DirectorySeparatorChar, picture.FileName),
                    CommandLine.Words(), cancellation);
                progress.Say($"figure {Places.Show(files.Written[0])}");
                foreach (var note in picture.Notes.Concat(files.Notes)) progress.Say($"{picture.FileName}: {note}");
            }
            catch (Exception e) when (e is ConfigException or RunFolderException or IOException or UnauthorizedAccessException)
            {
                progress.Complain($"the figure {figure.Name ?? string.Join(", ", figure.Y)} is not drawn: {e.Message}");
            }
        }
    }
}
