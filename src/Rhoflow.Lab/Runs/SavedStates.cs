using Rhoflow.Data;
using Rhoflow.Lab.Files;

namespace Rhoflow.Lab.Runs;

/// <summary>
/// The files that a run goes on from: the latest state and, as previous-NAME, the one before it, for the case that the latest is damaged.
/// What is damaged is said, and kept aside as damaged-NAME.
/// </summary>
internal static class SavedStates
{
    private static int s_saving;

    /// <summary>Whether any run of this process is saving its state just now: a bad moment to end.</summary>
    public static bool IsSaving => Volatile.Read(ref s_saving) > 0;

    /// <summary>Says that a state is being saved, until it is disposed of.</summary>
    public static IDisposable Saving() => new Scope();

    /// <summary>The name of the state before the latest.</summary>
    public static string Previous(string name) => "previous-" + name;

    /// <summary>The name under which a state that cannot be used is kept.</summary>
    public static string Damaged(string name) => "damaged-" + name;

    /// <summary>Replaces the latest state, which becomes the previous one.</summary>
    public static void Write(string folder, string name, Action<Stream> content) =>
        AtomicFile.Write(Path.Combine(folder, name), content, keep: Path.Combine(folder, Previous(name)));

    /// <summary>The newest state that can be gone on from; null where there is none, so that the run starts from its beginning.</summary>
    /// <param name="folder">The run.</param>
    /// <param name="name">The file's name.</param>
    /// <param name="read">Reads a state, and refuses a damaged one with a <see cref="DataException"/>.</param>
    /// <param name="fit">Throws if the state does not fit the rows written.</param>
    /// <param name="notes">Receives what was wrong with a state, and what was done then, in sentences.</param>
    public static T? Newest<T>(RunFolder folder, string name, Func<string, T> read, Action<T> fit, List<string> notes) where T : class
    {
        var before = notes.Count;
        foreach (var file in new[] { name, Previous(name) })
        {
            var path = folder.File(file);
            if (!File.Exists(path)) continue;
            try
            {
                var state = read(path);
                fit(state);
                if (notes.Count > before) notes.Add($"the run went on from {file}, the state saved before");
                return state;
            }
            catch (Exception e) when (e is DataException or InvalidDataException or FileNotFoundException or DirectoryNotFoundException
                or ArgumentException)
            {
                File.Move(path, folder.File(Damaged(file)), overwrite: true);
                notes.Add($"{Sentence(e, path, file)} (kept as {Damaged(file)})");
            }
        }
        if (notes.Count > before) notes.Add("no saved state could be used, so the run started from its beginning");
        return null;
    }

    /// <summary>Deletes a finished run's states, the latest too where nobody reads it.</summary>
    public static void Forget(RunFolder folder, string name, bool latest)
    {
        File.Delete(folder.File(Previous(name)));
        if (latest) File.Delete(folder.File(name));
    }

    private static string Sentence(Exception e, string path, string file)
    {
        if (e is not DataException) return $"{file} does not fit the rows written: {e.Message}";
        var sentence = e.Message.Replace(path, file, StringComparison.Ordinal);
        return sentence.Contains(file, StringComparison.Ordinal) ? sentence : $"{file}: {sentence}";
    }

    private sealed class Scope : IDisposable
    {
        private int _ended;

        public Scope() => Interlocked.Increment(ref s_saving);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0) Interlocked.Decrement(ref s_saving);
        }
    }
}
