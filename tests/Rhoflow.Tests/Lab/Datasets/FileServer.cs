using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Rhoflow.Tests.Lab.Datasets;

/// <summary>A small web server on this machine that serves files from memory, and misbehaves where a test asks for it.</summary>
internal sealed class FileServer : IDisposable
{
    private readonly HttpListener _listener = new();

    public FileServer()
    {
        // A free port: another program may take it between the two lines, then the next is tried.
        for (var attempt = 0; ; attempt++)
        {
            using (var probe = new TcpListener(IPAddress.Loopback, 0))
            {
                probe.Start();
                Address = new Uri(string.Create(CultureInfo.InvariantCulture,
                    $"http://localhost:{((IPEndPoint)probe.LocalEndpoint).Port}/sets/"));
            }
            _listener.Prefixes.Clear();
            _listener.Prefixes.Add(Address.AbsoluteUri);
            try
            {
                _listener.Start();
                break;
            }
            catch (HttpListenerException) when (attempt < 5)
            {
            }
        }
        _ = Task.Run(Serve);
    }

    public Uri Address { get; }

    public Dictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether Range is understood.</summary>
    public bool Ranges { get; set; } = true;

    /// <summary>After so many bytes of an answer the connection breaks.</summary>
    public int BreakAfter { get; set; } = int.MaxValue;

    /// <summary>How many answers break before it serves to the end.</summary>
    public int Breaks { get; set; }

    /// <summary>Where the server sends on whoever asks for a name.</summary>
    public Dictionary<string, string> Redirections { get; } = new(StringComparer.Ordinal);

    /// <summary>"name from" of every request.</summary>
    public List<string> Requests { get; } = [];

    public void Dispose() => _listener.Close();

    private async Task Serve()
    {
        while (_listener.IsListening)
            try
            {
                await Answer(await _listener.GetContextAsync());
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException or IOException)
            {
                // The client has gone, or the test is over.
            }
    }

    private async Task Answer(HttpListenerContext context)
    {
        var name = context.Request.Url!.Segments[^1];
        var range = context.Request.Headers["Range"];
        var from = range is null || !Ranges ? 0 : int.Parse(range["bytes=".Length..^1], CultureInfo.InvariantCulture);
        lock (Requests) Requests.Add($"{name} {from}");
        using var response = context.Response;
        if (Redirections.TryGetValue(name, out var elsewhere))
        {
            response.StatusCode = 302;
            response.Headers["Location"] = elsewhere;
            return;
        }
        if (context.Request.Url.Segments.Length > 3 || !Files.TryGetValue(name, out var bytes))
        {
            response.StatusCode = 404;
            return;
        }
        if (from > 0 && from >= bytes.Length)
        {
            response.StatusCode = 416;
            response.Headers["Content-Range"] = $"bytes */{bytes.Length}";
            return;
        }
        if (from > 0)
        {
            response.StatusCode = 206;
            response.Headers["Content-Range"] = $"bytes {from}-{bytes.Length - 1}/{bytes.Length}";
        }
        response.ContentLength64 = bytes.Length - from;
        var breaks = Breaks > 0;
        Breaks--;
        var count = breaks ? Math.Min(BreakAfter, bytes.Length - from) : bytes.Length - from;
        await response.OutputStream.WriteAsync(bytes.AsMemory(from, count));
        await response.OutputStream.FlushAsync();
        if (breaks) response.Abort();
    }
}
