using System.Diagnostics;
using System.Text;

namespace Rhoflow.Tests.Cli;

/// <summary>The built command in a process of its own, as people start it.</summary>
internal sealed class RealProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new(), _error = new();

    private RealProcess(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["DOTNET_TieredPGO"] = "0";
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, e) => Append(_output, e.Data);
        _process.ErrorDataReceived += (_, e) => Append(_error, e.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Starts `rhoflow` with arguments.</summary>
    public static RealProcess Start(params IEnumerable<string> arguments) => new("dotnet", [Command, .. arguments]);

    /// <summary>Starts another program.</summary>
    public static RealProcess Program(string program, params IEnumerable<string> arguments) => new(program, arguments);

    /// <summary>The same under another program: a shell, another namespace.</summary>
    public static RealProcess Under(string program, IEnumerable<string> before, params IEnumerable<string> arguments) =>
        new(program, [.. before, "dotnet", Command, .. arguments]);

    public static string Command => Path.Combine(AppContext.BaseDirectory, "rhoflow-cli.dll");

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    public string Error
    {
        get
        {
            lock (_error) return _error.ToString();
        }
    }

    /// <summary>Waits until something is so; fails loudly after two minutes.</summary>
    public static void Until(Func<bool> holds, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!holds())
        {
            if (clock.Elapsed > TimeSpan.FromMinutes(2)) throw new TimeoutException($"two minutes without this: {what}");
            Thread.Sleep(20);
        }
    }

    /// <summary>SIGKILL.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    /// <summary>Any other signal, by its name; to the program within, where another was started around it.</summary>
    public void Signal(string name)
    {
        var children = $"/proc/{Id}/task/{Id}/children";
        var within = File.Exists(children) ? File.ReadAllText(children).Split(' ', StringSplitOptions.RemoveEmptyEntries) : [];
        using var kill = Process.Start("kill", [$"-{name}", within.Length > 0 ? within[0] : $"{Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Any signal to the process itself, though it has children.</summary>
    public void SignalItself(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits for its end: the exit status.</summary>
    public int Wait()
    {
        if (!_process.WaitForExit(TimeSpan.FromMinutes(3))) throw new TimeoutException($"does not end: {Output} {Error}");
        _process.WaitForExit();
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited) Kill();
        _process.Dispose();
    }

    private static void Append(StringBuilder to, string? line)
    {
        if (line is null) return;
        lock (to) to.Append(line).Append('\n');
    }
}
