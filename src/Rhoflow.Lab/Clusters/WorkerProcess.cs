using System.Diagnostics;

namespace Rhoflow.Lab.Clusters;

/// <summary>A worker of this process.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;
    private string? _complaint;

    private WorkerProcess(Process process)
    {
        _process = process;
        // What a runtime says that is about to end itself: its first line names the reason.
        process.ErrorDataReceived += (_, e) => _complaint ??= string.IsNullOrWhiteSpace(e.Data) ? null : e.Data.Trim();
        process.BeginErrorReadLine();
    }

    /// <summary>Starts one.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The system cannot.</exception>
    public static WorkerProcess Start(WorkerProgram program) => new(program.Start());

    /// <summary>False if it has ended before.</summary>
    public bool Send(string line)
    {
        try
        {
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
            return true;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>The next line that it writes; null at its end.</summary>
    public string? Receive() => _process.StandardOutput.ReadLine();

    /// <summary>No more orders: it saves what it is at and ends.</summary>
    public void Close()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended before.
        }
    }

    /// <summary>After its end: how it came, in words that follow "its process".</summary>
    public string End()
    {
        _process.WaitForExit();
        var number = _process.ExitCode;
        var why = _complaint is { } said ? $" ({said})" : "";
        return number switch
        {
            137 => "was killed by signal 9: by the system where memory has run out, or by somebody",
            > 128 and < 160 => $"was ended by signal {number - 128}{why}",
            _ => $"ended with status {number}{why}",
        };
    }

    public void Dispose()
    {
        Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
