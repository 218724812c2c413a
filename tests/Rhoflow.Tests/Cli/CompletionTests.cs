using Rhoflow.Cli;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Cli;

/// <summary>What shells complete, asked as their scripts ask, and by real shells where they are installed.</summary>
public class CompletionTests
{
    private static string[] Asked(string line)
    {
        using var output = new StringWriter();
        CommandLine.Run([CompletionCommand.Question, $"{line.Length}", line], output, TextWriter.Null).ShouldBe(0);
        return output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    [Theory]
    [InlineData("rhoflow re", "reproduce", "report")]
    [InlineData("rhoflow show --gr", "--group")]
    [InlineData("rhoflow run a.yaml descent.le", "descent.learning-rate=")]
    [InlineData("rhoflow reproduce b08", "b08-weight-normalization-rate")]
    [InlineData("rhoflow list fl", "flows")]
    [InlineData("rhoflow completion ", "bash", "zsh", "fish", "pwsh")]
    public void A_word_is_completed(string line, params string[] expected)
    {
        var found = Asked(line);
        foreach (var word in expected) found.ShouldContain(word, line);
        var typed = line.Split(' ')[^1];
        found.ShouldAllBe(f => f.Contains(typed, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_shell_has_a_script_and_others_are_refused()
    {
        foreach (var shell in Asked("rhoflow completion ").Where(static s => s[0] != '-'))
        {
            using var output = new StringWriter();
            CommandLine.Run(["completion", shell], output, TextWriter.Null).ShouldBe(0);
            output.ToString().ShouldStartWith("# ");
            output.ToString().ShouldContain(CompletionCommand.Question);
        }
        using var error = new StringWriter();
        CommandLine.Run(["completion", "tcsh"], TextWriter.Null, error).ShouldBe(ExitStatus.WrongUse);
        error.ToString().ShouldContain("'tcsh' is not a shell");
    }

    [Fact]
    public void A_real_bash_completes()
    {
        if (!File.Exists("/bin/bash")) Assert.Skip("there is no /bin/bash here");
        const string script = """
            rhoflow() { dotnet "$0" "$@"; }
            eval "$(rhoflow completion bash)"
            for COMP_LINE in 'rhoflow repr' 'rhoflow run a.yaml descent.mom'; do
                COMP_POINT=${#COMP_LINE}; COMP_WORDS=($COMP_LINE); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                _rhoflow 2>/dev/null; echo "${COMPREPLY[@]}"
            done
            """;
        using var bash = RealProcess.Program("/bin/bash", "-c", script, RealProcess.Command);
        bash.Wait().ShouldBe(0, bash.Error);
        bash.Output.ShouldBe("reproduce\ndescent.momentum=\n");
    }

    [Fact]
    public void A_real_fish_completes()
    {
        const string fish = "/usr/bin/fish";
        if (!File.Exists(fish)) Assert.Skip($"there is no {fish} here");
        const string script = """
            function rhoflow; dotnet $argv0 $argv; end
            rhoflow completion fish | source
            for line in 'rhoflow repr' 'rhoflow run a.yaml descent.mom'; complete -C $line; end
            """;
        using var shell = RealProcess.Program(fish, "-c", script.Replace("$argv0", $"'{RealProcess.Command}'", StringComparison.Ordinal));
        shell.Wait().ShouldBe(0, shell.Error);
        shell.Output.ShouldBe("reproduce\ndescent.momentum=\n");
    }
}
