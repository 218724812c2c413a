using System.Diagnostics;
using System.Text.RegularExpressions;
using Rhoflow.Tests.Cli;
using Rhoflow.Tests.Lab;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Docs;

/// <summary>Follows every page of docs/: writes its files, runs its commands, and looks for the lines that it shows.</summary>
public partial class GuideTests
{
    // The others have commands for clusters, packages and pandas: ClusterPageTests, ExtensionTests and PandasTests run those.
    public static TheoryData<string> Pages =>
        [.. GuidePage.Names.Where(static n => GuidePage.Read(n).Blocks.Any(static b => b.Commands.Any()))];

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_page_can_be_followed(string name)
    {
        Pages.Count.ShouldBeGreaterThanOrEqualTo(4);
        using var folder = new TemporaryFolder();
        var shown = "";
        foreach (var block in GuidePage.Read(name).Blocks)
        {
            if (block.IsFile) File.WriteAllText(folder / block.Rest, block.Text);
            foreach (var command in block.Commands)
            {
                var (status, output, error) = Run(folder.Path, command);
                status.ShouldBe(0, $"{name}: {command}\n{output}\n{error}");
                shown = output + error;
            }
            if (block.Language != "text" || block.IsSkipped) continue;
            foreach (var line in block.Text.Split('\n').Where(static l => l.Trim().Length > 0))
                Squeezed(shown).ShouldMatch(Pattern(line), $"{name}: the last command does not show\n{line}\nbut\n{shown}");
        }
    }

    [Fact]
    public void The_index_names_every_page_and_links_lead_somewhere()
    {
        var index = File.ReadAllText(Path.Combine(GuidePage.Folder, "README.md"));
        foreach (var name in GuidePage.Names) index.ShouldContain($"({name}.md)");
        foreach (var file in Directory.EnumerateFiles(GuidePage.Folder, "*.md"))
            foreach (Match link in PageLink().Matches(File.ReadAllText(file)))
                File.Exists(Path.Combine(GuidePage.Folder, link.Groups["file"].Value)).ShouldBeTrue($"{file}: {link.Value}");
    }

    private static (int Status, string Output, string Error) Run(string folder, string command)
    {
        // A shell, because the pages are for people: quotes and wildcards as they would type them.
        var typed = command.Replace("./rhoflow", $"dotnet '{RealProcess.Command}'", StringComparison.Ordinal);
        var start = new ProcessStartInfo("bash", ["-c", typed])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["COLUMNS"] = "80";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    private static string Squeezed(string text) => Blanks().Replace(text, " ");

    // Columns may be wider elsewhere, and "…" stands for what differs from machine to machine.
    private static string Pattern(string line) =>
        string.Join(".*", Squeezed(line.Trim()).Split('…').Select(static part => Regex.Escape(part.Trim())));

    [GeneratedRegex(@"[ \t]+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"\]\((?<file>[\w-]+\.md)\)")]
    private static partial Regex PageLink();
}
