using System.Globalization;

namespace Rhoflow.Lab.Runs;

/// <summary>
/// By which it is seen that none of the files that lists read of a run has changed: the length of each and when it was written. A file that
/// was written a moment ago may be written again within the grain of its file system's clock, so a fresh stamp proves nothing.
/// </summary>
/// <param name="Text">Lengths and times.</param>
/// <param name="Bytes">All lengths together: what reading them takes.</param>
/// <param name="Newest">When the last of them was written.</param>
internal readonly record struct RunStamp(string Text, long Bytes, DateTime Newest)
{
    // FAT's clock has a grain of two seconds, the coarsest of all.
    private static readonly TimeSpan s_grain = TimeSpan.FromSeconds(3);

    private static readonly string[] s_files = [SummaryFile.Name, "metrics.csv", "config.yaml", "environment.json"];

    /// <summary>The files as they are now.</summary>
    public static RunStamp Of(RunFolder folder)
    {
        var (text, bytes, newest) = ("", 0L, DateTime.MinValue);
        foreach (var name in s_files)
        {
            var file = new FileInfo(folder.File(name));
            if (file.Exists)
            {
                bytes += file.Length;
                newest = file.LastWriteTimeUtc > newest ? file.LastWriteTimeUtc : newest;
                text += string.Create(CultureInfo.InvariantCulture, $"{file.Length}@{file.LastWriteTimeUtc.Ticks} ");
            }
            else
            {
                text += "- ";
            }
        }
        return new RunStamp(text, bytes, newest);
    }

    /// <summary>Whether a change after this moment would show in the stamp.</summary>
    public bool IsSettled(DateTime now) => now - Newest > s_grain;
}
