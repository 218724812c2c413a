using System.Diagnostics;
using System.Globalization;
using Rhoflow.Cli;
using Rhoflow.Tests.Architecture;
using Rhoflow.Tests.Lab.Tables;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Export;

/// <summary>The example of docs/export.md runs as printed, and gives what `show --group` gives.</summary>
public sealed class PandasTests
{
    [Fact]
    public void The_example_for_pandas_gives_the_numbers_of_show()
    {
        if (Python(Path.GetTempPath(), "import pandas") is { } why) Assert.Skip($"pandas cannot be used here: {why}");
        var engine = Python(Path.GetTempPath(), "import pandas.io.parquet as p; p.get_engine('auto')") is null;
        var document = Drawing.Document("docs/export.md");
        var example = document.Split("```python\n")[1].Split("```")[0];
        example.Split('\n').Count(static l => l.Trim().Length > 0).ShouldBeLessThanOrEqualTo(12);

        using var folder = new TemporaryFolder();
        var random = new Random();
        for (var i = 0; i < 12; i++)
            MadeRuns.Add(folder / "runs", "conv", MadeRuns.Id(i), [("seed", $"{i / 3}"), ("init.scale", $"{i % 3}.5")],
                ["epoch", "log10_loss", "train_error"],
                [.. Enumerable.Range(0, 6).Select(e =>
                    new[] { e, -random.NextDouble(), random.Next(6) > 0 ? random.NextDouble() : double.NaN })]);
        foreach (var form in engine ? (string[])["csv", "parquet"] : ["csv"])
        {
            Run("export", folder / "runs", "--to", form, "--out", folder / $"runs.{form}");
            var code = form == "parquet" ? example
                : example.Replace("pd.read_parquet(\"runs.parquet\")", "pd.read_csv(\"runs.csv\")", StringComparison.Ordinal);
            code.Contains($"pd.read_{form}(\"runs.{form}\") ", StringComparison.Ordinal).ShouldBeTrue();
            Python(folder.Path, code + "\ntable.to_csv('table.csv')").ShouldBeNull();
            string[][] pandas = [.. File.ReadAllLines(folder / "table.csv").Skip(1).Select(static l => l.Split(','))];
            string[][] show = [.. Run("show", folder / "runs", "--group", "init.scale", "--agg", "mean,sd,median,n", "--columns",
                "train_error", "--csv").TrimEnd().Split('\n').Skip(1).Select(static l => l.Split(','))];
            pandas.Length.ShouldBe(3);
            for (var g = 0; g < 3; g++)
                // show has n, the runs of the group, too.
                foreach (var (theirs, ours) in pandas[g].Zip([show[g][0], .. show[g][2..]]))
                    (double.IsNaN(Number(ours)) ? double.IsNaN(Number(theirs)) : Math.Abs(Number(theirs) - Number(ours)) < 1e-12)
                        .ShouldBeTrue($"{theirs} {ours}");
        }
    }

    private static double Number(string text) => text is "" or "nan" ? double.NaN : double.Parse(text, CultureInfo.InvariantCulture);

    // null: it went well; else the last line that it said.
    private static string? Python(string folder, string code)
    {
        var why = "there is no python3";
        foreach (var python in (string[])["python3", "/usr/bin/python3"])
            try
            {
                var start = new ProcessStartInfo(python, ["-c", code])
                {
                    UseShellExecute = false,
                    WorkingDirectory = folder,
                    RedirectStandardError = true,
                    RedirectStandardOutput = true,
                };
                using var process = Process.Start(start)!;
                var output = process.StandardOutput.ReadToEndAsync();
                var error = process.StandardError.ReadToEnd();
                process.WaitForExit();
                output.Wait();
                if (process.ExitCode == 0) return null;
                why = error.TrimEnd().Split('\n')[^1];
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // Not installed under this name.
            }
        return why;
    }

    private static string Run(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        CommandLine.Run(arguments, output, error, TestContext.Current.CancellationToken).ShouldBe(0, error.ToString());
        return output.ToString();
    }
}
