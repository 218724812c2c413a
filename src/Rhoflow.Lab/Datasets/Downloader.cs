using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using Rhoflow.Data;

namespace Rhoflow.Lab.Datasets;

/// <summary>How far a download is.</summary>
/// <param name="File">Its name.</param>
/// <param name="Bytes">There already, those of earlier attempts included.</param>
/// <param name="Total">Of the file; null where the server does not say.</param>
/// <param name="Rate">Bytes a second, since this attempt began.</param>
public sealed record DownloadProgress(string File, long Bytes, long? Total, double Rate)
{
    /// <summary>"a.tar.gz: 12.3 of 170.1 MB, 4.2 MB/s, 38 s left".</summary>
    public override string ToString()
    {
        var left = Total is { } t && Rate > 0 ? FormattableString.Invariant($", {(t - Bytes) / Rate:0} s left") : "";
        var of = Total is { } total ? FormattableString.Invariant($" of {total / 1e6:0.0}") : "";
        return FormattableString.Invariant($"{File}: {Bytes / 1e6:0.0}{of} MB, {Rate / 1e6:0.0} MB/s{left}");
    }
}

/// <summary>
/// Gets a file over HTTP. What has come lies in FILE.part, and the next attempt, in this process or a later one, asks for the rest of it
/// (Range); a server that cannot do that sends the whole again.
/// </summary>
public sealed class Downloader(HttpClient client, Action<DownloadProgress>? progress = null)
{
    private const int Attempts = 3;

    // A connection that says nothing for so long is taken for broken.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);

    /// <summary>More bytes than these are not taken, whatever the server says or sends.</summary>
    public long MaxBytes { get; init; } = long.MaxValue;

    /// <summary>Gets <paramref name="path"/> from the first of the addresses that has it; returns the address.</summary>
    /// <exception cref="DataException">None has it, or all connections broke; what came is kept for the next time.</exception>
    /// <exception cref="OperationCanceledException">Interrupted; what came is kept for the next time.</exception>
    public async Task<Uri> Get(IReadOnlyList<Uri> addresses, string path, CancellationToken cancellation)
    {
        var failures = new List<string>();
        foreach (var address in addresses)
            for (var attempt = 0; attempt < Attempts; attempt++)
                try
                {
                    await Attempt(address, path + ".part", cancellation);
                    File.Move(path + ".part", path, overwrite: true);
                    return address;
                }
                catch (InvalidDataException e)
                {
                    failures.Add($"{address} {e.Message}");
                    File.Delete(path + ".part");
                    break;
                }
                catch (HttpRequestException e) when (e.StatusCode is { } status)
                {
                    failures.Add($"{address} answers {(int)status} {status}");
                    break;
                }
                catch (Exception e) when (e is HttpRequestException or HttpIOException or EndOfStreamException
                    || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
                {
                    if (attempt == Attempts - 1) failures.Add($"{address}: {e.Message}");
                }
        throw new DataException($"{Path.GetFileName(path)} cannot be had: {string.Join("; ", failures)}. "
            + $"{(File.Exists(path + ".part") ? "What came is kept, and the same command goes on from there; " : "")}--from URL names "
            + "another address with the same files");
    }

    private async Task Attempt(Uri address, string part, CancellationToken cancellation)
    {
        var have = File.Exists(part) ? new FileInfo(part).Length : 0;
        using var response = await Follow(address, have, cancellation);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            // All is there already, or the part belongs to another file and is of no use.
            if (response.Content.Headers.ContentRange?.Length == have) return;
            File.Delete(part);
            throw new EndOfStreamException($"the {have} bytes that an earlier attempt left are no beginning of this file");
        }
        response.EnsureSuccessStatusCode();
        var resumed = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == have;
        if (!resumed && response.StatusCode == HttpStatusCode.PartialContent)
            throw new EndOfStreamException("the server sends another part than was asked for");
        if (!resumed) have = 0;
        var total = response.Content.Headers.ContentLength + have;
        if (total > MaxBytes) throw new InvalidDataException($"offers {total} bytes; at most {MaxBytes} were expected");
        await using var target = new FileStream(part, resumed ? FileMode.Append : FileMode.Create, FileAccess.Write);
        await using var source = await response.Content.ReadAsStreamAsync(cancellation);
        var (clock, buffer, start) = (Stopwatch.StartNew(), new byte[1 << 16], have);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        while (true)
        {
            patience.CancelAfter(Silence);
            var count = await source.ReadAsync(buffer, patience.Token);
            if (count == 0) break;
            if (have + count > MaxBytes) throw new InvalidDataException($"sends more than {MaxBytes} bytes, which were expected at most");
            await target.WriteAsync(buffer.AsMemory(0, count), cancellation);
            have += count;
            progress?.Invoke(new(Path.GetFileNameWithoutExtension(part), have, total, (have - start)
                / Math.Max(1e-3, clock.Elapsed.TotalSeconds)));
        }
        if (total is { } whole && have != whole) throw new EndOfStreamException($"the connection ended at byte {have} of {whole}");
    }

    // Redirections lead to the same scheme, or from http to https; never to a file, nor from https to http.
    private async Task<HttpResponseMessage> Follow(Uri address, long have, CancellationToken cancellation)
    {
        for (var hops = 0; ; hops++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            if (have > 0) request.Headers.Range = new RangeHeaderValue(have, null);
            var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } location)
                return response;
            response.Dispose();
            var next = new Uri(address, location);
            if (next.Scheme != address.Scheme && !(address.Scheme == Uri.UriSchemeHttp && next.Scheme == Uri.UriSchemeHttps))
                throw new InvalidDataException($"leads on to {next}, which is not followed: {address.Scheme} goes on to "
                    + $"{(address.Scheme == Uri.UriSchemeHttp ? "http or https" : address.Scheme)} only");
            if (hops == 10) throw new InvalidDataException("leads on more than ten times");
            address = next;
        }
    }
}
