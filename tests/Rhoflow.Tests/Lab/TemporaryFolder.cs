namespace Rhoflow.Tests.Lab;

/// <summary>A folder of its own for one test, gone afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    // Links are not entered: what they lead to is not ours.
    private static readonly EnumerationOptions s_own = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.ReparsePoint,
        IgnoreInaccessible = false,
    };

    public TemporaryFolder() => Path = Directory.CreateTempSubdirectory("rhoflow-test-").FullName;

    public string Path { get; }

    public static string operator /(TemporaryFolder folder, string name) => System.IO.Path.Combine(folder.Path, name);

    public void Dispose()
    {
        if (!Directory.Exists(Path)) return;
        if (!OperatingSystem.IsWindows())
            foreach (var d in Directory.EnumerateDirectories(Path, "*", s_own).Prepend(Path))
                File.SetUnixFileMode(d, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.Delete(Path, recursive: true);
    }
}
