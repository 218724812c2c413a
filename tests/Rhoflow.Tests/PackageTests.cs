using System.Diagnostics;
using System.Runtime.CompilerServices;
using Rhoflow.Tests.Lab;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests;

/// <summary>
/// README's examples as a stranger meets them: the package, a new console project, the code as printed. Without a network.
/// </summary>
public sealed class PackageTests : IDisposable
{
    private const string Project = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <Nullable>enable</Nullable>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="Rhoflow" Version="*" />
          </ItemGroup>
        </Project>
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // A quarter of a minute: `./test` compares the text with code that it compiles instead (ReadmeTests).
    [Fact(Explicit = true)]
    public void The_examples_of_the_README_compile_and_run_in_a_fresh_project()
    {
        var library = Path.GetFullPath(Path.Combine(Root(), "src/Rhoflow/Rhoflow.csproj"));
        Dotnet("pack", library, "-c", "Release", "--no-build", "-o", _folder / "feed");
        var cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        // A cache of its own: the version's number does not change with every build.
        File.WriteAllText(_folder / "nuget.config", $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{_folder / "packages"}" /></config>
              <packageSources><clear /><add key="feed" value="{_folder / "feed"}" /><add key="cache" value="{cache}" /></packageSources>
            </configuration>
            """);
        File.WriteAllText(_folder / "Fresh.csproj", Project);
        var readme = File.ReadAllText(Path.Combine(Root(), "README.md"));
        string[] blocks = [.. readme.Split("```csharp\n").Skip(1).Select(static b => b[..b.IndexOf("```", StringComparison.Ordinal)])];
        blocks.Length.ShouldBe(2);

        File.WriteAllText(_folder / "Program.cs", blocks[0]);
        Dotnet("build", "-c", "Release", "-o", _folder / "bin");
        var lines = Dotnet(_folder / "bin/Fresh.dll").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(4);
        foreach (var line in lines) readme.ShouldContain(line);

        File.WriteAllText(_folder / "Program.cs", blocks[1]);
        Dotnet("build", "-c", "Release", "-o", _folder / "bin", "--no-restore");
        Dotnet(_folder / "bin/Fresh.dll").Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(6);
    }

    private string Dotnet(params string[] words)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", words)
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, $"dotnet {string.Join(' ', words)}: {output}{error.GetAwaiter().GetResult()}");
        return output;
    }

    private static string Root([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "..");
}
