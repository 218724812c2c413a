using System.Diagnostics;
using System.Text.Json.Nodes;
using Rhoflow.Data;
using Rhoflow.Lab.Inspection;
using Rhoflow.Lab.Models;
using Rhoflow.Tests.Docs;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Models;

/// <summary>Files that PyTorch itself writes, where it is installed: every shape, type and number, and the singular values.</summary>
public sealed class PyTorchFilesTests
{
    private const string Python = "/usr/bin/python3";

    // Long, because PyTorch takes seconds to start.
    [Fact(Explicit = true)]
    public void What_PyTorch_writes_is_read_as_PyTorch_has_it()
    {
        using var folder = new TemporaryFolder();
        if (!File.Exists(Python)) Assert.Skip($"there is no {Python}");
        var script = Path.Combine(GuidePage.Folder, "..", "benchmarks", "peers", "models.py");
        var start = new ProcessStartInfo(Python, [script, folder.Path]) { RedirectStandardError = true, UseShellExecute = false };
        using (var process = Process.Start(start)!)
        {
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode == 1) Assert.Skip("PyTorch is not installed");
            process.ExitCode.ShouldBe(0);
        }
        var expected = JsonNode.Parse(File.ReadAllText(folder / "expected.json"))!;
        foreach (var (file, tensors) in expected["read"]!.AsObject())
        {
            using var model = ModelFile.Open(folder / file);
            var found = model.Content.Tensors;
            found.Select(t => t.Name).ShouldBe(tensors!.AsObject().Select(t => t.Key), ignoreOrder: true, file);
            foreach (var tensor in found)
            {
                var wanted = tensors[tensor.Name]!;
                tensor.Shape.ShouldBe(wanted["shape"]!.AsArray().Select(n => (long)n!), $"{file}: {tensor.Name}");
                tensor.Type.Word().ShouldBe((string)wanted["type"]!, $"{file}: {tensor.Name}");
                tensor.Numbers().ShouldBe(wanted["numbers"]!.AsArray().Select(n => (double)n!), $"{file}: {tensor.Name}");
            }
            var inspection = WeightInspection.Of(found, [], 1, new InspectionWatch(_ => { }, _ => { }, 10));
            foreach (var (layer, spectrum) in inspection.Layers.Zip(inspection.Spectra))
            {
                double[] singular = [.. tensors[layer.Name]!["singular"]!.AsArray().Select(n => (double)n!)];
                for (var i = 0; i < singular.Length; i++) spectrum[i].ShouldBe(singular[i], 1e-10 * singular[0], $"{file}: {layer.Name}");
            }
        }
        foreach (var (file, why) in expected["refused"]!.AsObject())
            Should.Throw<DataException>(() => ModelFile.Open(folder / file)).Message.ShouldContain((string)why!);
    }
}
