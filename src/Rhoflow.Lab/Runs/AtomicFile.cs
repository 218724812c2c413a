using System.Text;

namespace Rhoflow.Lab.Runs;

/// <summary>Files that are there in full or not at all: written beside, flushed to the disk, then renamed.</summary>
public static class AtomicFile
{
    /// <summary>Replaces the file's whole content.</summary>
    public static void Write(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>Replaces the file's whole content by what <paramref name="content"/> writes.</summary>
    public static void Write(string path, Action<Stream> content)
    {
        var temporary = path + ".new";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                content(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            try { File.Delete(temporary); } catch (Exception e) when (e is IOException or UnauthorizedAccessException) { /* the first error is the one to tell */ }
            throw;
        }
    }
}
