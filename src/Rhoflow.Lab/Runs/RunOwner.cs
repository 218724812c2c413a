using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rhoflow.Lab.Runs;

/// <summary>Who works in a run folder: a process, by everything that tells it from others on any host.</summary>
/// <param name="Host">The host's name.</param>
/// <param name="Machine">What the system calls this installation; empty where it has no such name.</param>
/// <param name="Boot">Another after every start of the system; empty where it has no such name.</param>
/// <param name="Namespace">Which processes its number counts among (containers have their own); empty if unknown.</param>
/// <param name="Process">Its number.</param>
/// <param name="ProcessStarted">When it started, as the system counts: a number that is used again has another; 0 if unknown.</param>
/// <param name="Since">When it began to work there.</param>
/// <param name="Token">Of this work alone.</param>
public sealed record RunOwner(
    string Host, string Machine, string Boot, string Namespace, int Process, long ProcessStarted, DateTimeOffset Since, string Token)
{
    /// <summary>This process, at work from now on.</summary>
    public static RunOwner Here() => new(Environment.MachineName, ThisProcess.Machine, ThisProcess.Boot, ThisProcess.Namespace,
        Environment.ProcessId, ThisProcess.Started, DateTimeOffset.Now, Guid.NewGuid().ToString("N"));

    /// <summary>In words: process 4711 on atlas, since 2026-11-28 20:14:05.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"process {Process} on {Host}{(IsNeighbour ? " (in another container)" : "")}, since {Since:yyyy-MM-dd HH:mm:ss}");

    /// <summary>Whether it can still be at work, by what can be known from here.</summary>
    internal OwnerStanding Standing
    {
        get
        {
            if (Boot.Length > 0 && Boot == ThisProcess.Boot && Namespace.Length > 0 && Namespace == ThisProcess.Namespace
                && ProcessStarted != 0)
                return Process == Environment.ProcessId && ProcessStarted == ThisProcess.Started
                    ? Heartbeat.Knows(Token) ? OwnerStanding.AtWork : OwnerStanding.Gone
                    : ThisProcess.Lives(Process, ProcessStarted) switch
                    {
                        true => OwnerStanding.AtWork,
                        false => OwnerStanding.Gone,
                        null => OwnerStanding.Unknown,
                    };
            return Machine.Length > 0 && Machine == ThisProcess.Machine && Host == Environment.MachineName && Boot != ThisProcess.Boot
                ? OwnerStanding.Rebooted : OwnerStanding.Unknown;
        }
    }

    // Numbers of processes on this system that mean others there than here.
    private bool IsNeighbour => Boot.Length > 0 && Boot == ThisProcess.Boot && Namespace != ThisProcess.Namespace;

    internal JsonObject ToJson() => new()
    {
        ["host"] = Host,
        ["machine"] = Machine,
        ["boot"] = Boot,
        ["process_namespace"] = Namespace,
        ["process"] = Process,
        ["process_started"] = ProcessStarted,
        ["since"] = Since.ToString("O", CultureInfo.InvariantCulture),
        ["token"] = Token,
    };

    internal static RunOwner? From(JsonNode? node)
    {
        try
        {
            if (node is not JsonObject o) return null;
            string Text(string key) => (string?)o[key] ?? "";
            return new RunOwner(Text("host"), Text("machine"), Text("boot"), Text("process_namespace"), (int)o["process"]!,
                (long)o["process_started"]!, DateTimeOffset.Parse(Text("since"), CultureInfo.InvariantCulture), Text("token"));
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or JsonException or NullReferenceException
            or ArgumentException or OverflowException)
        {
            return null;
        }
    }
}

/// <summary>What can be known of an owner.</summary>
internal enum OwnerStanding
{
    /// <summary>It lives.</summary>
    AtWork,

    /// <summary>Its process has ended.</summary>
    Gone,

    /// <summary>Its host, by all its names this one, has been started anew.</summary>
    Rebooted,

    /// <summary>Its process cannot be looked up from here; only its heartbeat can be watched.</summary>
    Unknown,
}
