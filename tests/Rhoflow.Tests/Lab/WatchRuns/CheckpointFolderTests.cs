using Rhoflow.Lab.WatchRuns;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.WatchRuns;

/// <summary>Which files of a folder are there whole, and what their names say.</summary>
public sealed class CheckpointFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly CheckpointFolder _files;

    public CheckpointFolderTests() => _files = new CheckpointFolder(_folder.Path, _time);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("100.safetensors", 100, null)]
    [InlineData("runs/7/step_000250.pt", 250, null)]
    [InlineData("model-epoch=3-step=1200.pth", 1200, 3)]
    [InlineData("epoch-12.npz", 12, 12)]
    [InlineData("Iteration 40 loss 0.25.pt", 40, null)]
    [InlineData("resnet18-9.onnx", 9, null)]
    [InlineData("resnet18.onnx", 18, null)]
    [InlineData("ckpt-0000.pt", 0, null)]
    [InlineData("m3.safetensors.index.json", 3, null)]
    [InlineData("checkpoint-500/model.safetensors", 500, null)]
    [InlineData("epoch=2/step 40/model.safetensors.index.json", 40, null)]
    public void A_name_says_the_step(string name, long step, int? epoch) =>
        CheckpointName.Of(name).ShouldBe(new CheckpointName(step, epoch));

    [Theory]
    [InlineData("best.pt")]
    [InlineData("runs/net/2026-11-30_03-32-23_23c89c1f/checkpoint.safetensors")]
    [InlineData("step-99999999999999999999.pt")]
    public void Or_it_has_none(string name) => CheckpointName.Of(name).ShouldBeNull();

    private IEnumerable<string> Ready() => _files.Look().Select(static f => f.Name);

    [Fact]
    public void A_file_is_given_when_it_has_stood_still_for_a_second()
    {
        File.WriteAllText(_folder / "1.pt", "half");
        Ready().ShouldBeEmpty();
        _files.Pending.ShouldHaveSingleItem().Name.ShouldBe("1.pt");
        _time.Pass(0.9);
        Ready().ShouldBeEmpty();
        File.AppendAllText(_folder / "1.pt", "and more");
        _time.Pass(0.9);
        Ready().ShouldBeEmpty();
        _time.Pass(0.9);
        Ready().ShouldBeEmpty();
        _time.Pass(0.2);
        Ready().ShouldBe(["1.pt"]);
        _files.Pending.ShouldBeEmpty();
    }

    [Fact]
    public void Folders_in_it_are_looked_into_and_shards_belong_to_their_index()
    {
        foreach (var folder in (string[])["checkpoint-5", "checkpoint-5/deeper", ".checkpoint-6"])
            Directory.CreateDirectory(_folder / folder);
        foreach (var name in (string[])["checkpoint-5/model-00001-of-00002.safetensors", "checkpoint-5/model.safetensors.index.json",
            "checkpoint-5/deeper/7.pt", ".checkpoint-6/6.pt", "4.pt"])
        {
            File.WriteAllText(_folder / name, "old");
            File.SetLastWriteTimeUtc(_folder / name, DateTime.UnixEpoch);
        }
        Ready().ShouldBe(["4.pt"]);
        _files.Pending.ShouldHaveSingleItem().Name.ShouldBe("checkpoint-5/model.safetensors.index.json");
        File.WriteAllText(_folder / "checkpoint-5/model-00002-of-00002.safetensors", "second");
        _time.Pass(0.5);
        Ready().ShouldBe([]);
        _time.Pass(1.1);
        var (name5, bytes, _) = _files.Look().Single(static f => f.Name != "4.pt");
        (name5, bytes).ShouldBe(("checkpoint-5/model.safetensors.index.json", 12));
    }

    [Fact]
    public void An_old_file_is_given_at_once_and_again_only_when_it_has_changed()
    {
        File.WriteAllText(_folder / "1.pt", "old");
        File.WriteAllText(_folder / ".2.pt", "will be renamed");
        File.WriteAllText(_folder / "notes.txt", "no model");
        foreach (var file in Directory.GetFiles(_folder.Path)) File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddMinutes(-1));
        var seen = _files.Look().ShouldHaveSingleItem();
        seen.Name.ShouldBe("1.pt");
        _files.Done(seen);
        Ready().ShouldBeEmpty();
        File.SetLastWriteTimeUtc(_folder / "1.pt", DateTime.UtcNow.AddMinutes(-2));
        Ready().ShouldBeEmpty();
        _time.Pass(1.1);
        Ready().ShouldBe(["1.pt"]);
    }

    [Fact]
    public void A_file_that_was_renamed_into_its_place_is_given()
    {
        File.WriteAllText(_folder / ".3.npz", "whole");
        Ready().ShouldBeEmpty();
        File.Move(_folder / ".3.npz", _folder / "3.npz");
        Ready().ShouldBeEmpty();
        _time.Pass(1.1);
        Ready().ShouldBe(["3.npz"]);
    }
}
