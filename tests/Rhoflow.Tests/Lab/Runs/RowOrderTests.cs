using Rhoflow.Lab.Files;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Runs;

/// <summary>Tables whose rows get another order: all of them, or none, wherever the process is killed.</summary>
public sealed class RowOrderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public RowOrderTests()
    {
        Directory.CreateDirectory(_folder / "arrays");
        File.WriteAllText(_folder / "metrics.csv", "step,x\n1,0.1\n2,nan\n3,inf\n4,0.30000000000000004\ntorn");
        foreach (var (name, columns) in new[] { ("margins", 3), ("spectrum", 2), ("empty", 0) })
        {
            using var table = Npy.Append(_folder / $"arrays/{name}.npy", columns, 0);
            for (var r = 1; r <= 4; r++) table.Add([.. Enumerable.Range(0, columns).Select(c => r + c / 10.0)]);
        }
        File.WriteAllText(_folder / "which.json", "old");
    }

    public void Dispose() => _folder.Dispose();

    private void ShouldBe(int[] rows, string also)
    {
        string[] all = ["1,0.1", "2,nan", "3,inf", "4,0.30000000000000004"];
        File.ReadAllLines(_folder / "metrics.csv").Where(static l => l != "torn").ShouldBe(["step,x", .. rows.Select(r => all[r])]);
        Npy.Read(_folder / "arrays/margins.npy").ShouldBe([.. rows.Select(static r => new[] { r + 1, r + 1.1, r + 1.2 })]);
        Npy.Read(_folder / "arrays/spectrum.npy").ShouldBe([.. rows.Select(static r => new[] { r + 1, r + 1.1 })]);
        Npy.Read(_folder / "arrays/empty.npy").Length.ShouldBe(rows.Length);
        File.ReadAllText(_folder / "which.json").ShouldBe(also);
        Directory.EnumerateDirectories(_folder.Path).ShouldHaveSingleItem();
    }

    [Fact]
    public void Rows_go_where_they_are_told_to()
    {
        RowOrder.Apply(_folder.Path, [3, 0, 2], ("which.json", "new"));
        ShouldBe([3, 0, 2], "new");
    }

    [Fact]
    public void A_kill_before_the_new_tables_are_whole_changes_nothing()
    {
        Directory.CreateDirectory(_folder / ".reordering/arrays");
        File.WriteAllText(_folder / ".reordering/metrics.csv", "step,x\n4,0");
        RowOrder.Recover(_folder.Path);
        ShouldBe([0, 1, 2, 3], "old");
    }

    [Fact]
    public void A_kill_after_that_is_made_good_whatever_was_moved_already()
    {
        using var target = new TemporaryFolder();
        CopyTo(target.Path);
        RowOrder.Apply(target.Path, [2, 3, 1], ("which.json", "new"));
        string[] files = ["arrays/margins.npy", "arrays/spectrum.npy", "arrays/empty.npy", "metrics.csv", "which.json"];
        // Bit i: the file was moved before the kill.
        foreach (var moved in Enumerable.Range(0, 1 << files.Length))
        {
            using var killed = new TemporaryFolder();
            CopyTo(killed.Path);
            Directory.CreateDirectory(killed / ".reordered/arrays");
            for (var i = 0; i < files.Length; i++)
                File.Copy(target / files[i], killed / ((moved >> i & 1) == 1 ? files[i] : $".reordered/{files[i]}"), overwrite: true);
            RowOrder.Recover(killed.Path);
            foreach (var file in files) File.ReadAllBytes(killed / file).ShouldBe(File.ReadAllBytes(target / file), $"{file} of {moved}");
            Directory.EnumerateDirectories(killed.Path).ShouldHaveSingleItem();
        }
    }

    private void CopyTo(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "arrays"));
        foreach (var file in Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories))
            File.Copy(file, Path.Combine(folder, Path.GetRelativePath(_folder.Path, file)));
    }
}
