using Rhoflow.Lab.Config;
using Rhoflow.Lab.Figures;
using Rhoflow.Lab.Files;

namespace Rhoflow.Lab.Plots;

/// <summary>The files of a figure.</summary>
/// <param name="Written">Each of them.</param>
/// <param name="Notes">What could not be written, and what to do to get it.</param>
internal sealed record PlotFiles(IReadOnlyList<string> Written, IReadOnlyList<string> Notes)
{
    /// <summary>The kinds of files, by their endings.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [".html", ".svg", ".png", ".csv"];

    /// <summary>Where a figure is written: FILE with an ending, or all kinds into a folder.</summary>
    /// <param name="target">As typed.</param>
    /// <param name="name">What the files are called in a folder.</param>
    /// <exception cref="ConfigException">An ending that is no kind.</exception>
    public static IReadOnlyList<string> Targets(string target, string name)
    {
        var ending = Path.GetExtension(target);
        if (!Directory.Exists(target) && Kinds.Contains(ending)) return [target];
        if (Directory.Exists(target) || target.EndsWith(Path.DirectorySeparatorChar) || ending.Length is 0 or > 5
            || ending.Any(static c => !char.IsAsciiLetterOrDigit(c) && c != '.'))
            return [.. Kinds.Select(k => Path.Combine(target, name + k))];
        throw new ConfigException($"--out {target}: '{ending}' is no kind of figure{Nearest.Hint(ending, Kinds)}; or a folder, for all "
            + "of them");
    }

    /// <summary>Writes them.</summary>
    /// <param name="picture">The figure.</param>
    /// <param name="targets">Files, each with an ending of <see cref="Kinds"/>.</param>
    /// <param name="made">The command that made it, for the page.</param>
    /// <param name="cancellation">Ctrl-C.</param>
    /// <exception cref="IOException">They cannot be written.</exception>
    public static PlotFiles Write(PlotPicture picture, IReadOnlyList<string> targets, string made, CancellationToken cancellation = default)
    {
        var (written, notes, jobs) = (new List<string>(), new List<string>(), new List<SvgJob>());
        foreach (var file in targets.Select(Path.GetFullPath))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            switch (Path.GetExtension(file))
            {
                case ".html": AtomicFile.Write(file, PlotPage.Of(picture, made)); break;
                case ".csv": AtomicFile.Write(file, PlotCsv.Write(picture)); break;
                default:
                    jobs.Add(new SvgJob(picture.Chart.Specification(), file));
                    continue;
            }
            written.Add(file);
        }
        if (jobs.Count > 0)
        {
            var kinds = string.Join(" and ", jobs.Select(static j => Path.GetExtension(j.File)[1..].ToUpperInvariant()));
            if (!SvgRenderer.TryFind(out var renderer, out var missing)) notes.Add($"no {kinds}: {missing}");
            else
            {
                var errors = renderer.Draw(jobs, cancellation);
                notes.AddRange(errors.Select(static e => $"{Path.GetFileName(e.Key)} could not be drawn: {e.Value}"));
                written.AddRange(jobs.Select(static j => j.File).Where(f => !errors.ContainsKey(f)));
            }
        }
        return new PlotFiles(written, notes);
    }
}
