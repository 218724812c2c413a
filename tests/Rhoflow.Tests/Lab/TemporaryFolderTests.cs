using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab;

/// <summary>What a test leaves behind is removed, and nothing that its links lead to is touched.</summary>
public class TemporaryFolderTests
{
    [Fact]
    public void What_links_lead_to_keeps_its_files_and_modes()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "no modes");
        using var elsewhere = new TemporaryFolder();
        Directory.CreateDirectory(elsewhere / "inner/more");
        File.WriteAllText(elsewhere / "inner/file", "kept");
        string[] places = [elsewhere.Path, elsewhere / "inner", elsewhere / "inner/more"];
        const UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead;
        if (!OperatingSystem.IsWindows())
            foreach (var place in places) File.SetUnixFileMode(place, mode);
        string path;
        using (var folder = new TemporaryFolder())
        {
            path = folder.Path;
            Directory.CreateDirectory(folder / "own");
            Directory.CreateSymbolicLink(folder / "own/link", elsewhere.Path);
            File.CreateSymbolicLink(folder / "file", elsewhere / "inner/file");
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder / "own", UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
        Directory.Exists(path).ShouldBeFalse();
        File.ReadAllText(elsewhere / "inner/file").ShouldBe("kept");
        if (!OperatingSystem.IsWindows())
            foreach (var place in places) File.GetUnixFileMode(place).ShouldBe(mode, place);
    }
}
