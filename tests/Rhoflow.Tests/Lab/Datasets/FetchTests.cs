using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Rhoflow.Data;
using Rhoflow.Lab.Datasets;
using Rhoflow.Numerics;
using Rhoflow.Tests.Data;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Datasets;

public sealed class FetchTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FileServer _server = new();
    private readonly HttpClient _client = new(new HttpClientHandler { UseProxy = false });
    private readonly List<DownloadProgress> _progress = [];

    // A small set of two files, once as files one by one and once as an archive.
    private readonly byte[] _a = Noise(1, 400_000), _b = Noise(2, 5000);

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
        _folder.Dispose();
    }

    private static byte[] Noise(long seed, int count)
    {
        var random = new RandomStream(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (byte)random.NextInt(10))];
    }

    private CatalogueEntry Set(params string[] files) => Catalogue.Find("mnist")! with
    {
        Name = "small",
        Files = [File("a", _a), File("b", _b), new("names", 3, "00", Required: false)],
        Download = new([_server.Address.AbsoluteUri], files, 1),
    };

    private static CatalogueFile File(string name, byte[] bytes) =>
        new(name, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)), (0, 1));

    private static byte[] Tar(params (string Name, byte[] Bytes)[] files)
    {
        var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Fastest))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Ustar))
            foreach (var (name, bytes) in files)
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) });
        return memory.ToArray();
    }

    private Task<IReadOnlyList<Uri>> Fetch(CatalogueEntry set, Uri? from = null, CancellationToken cancellation = default) =>
        Fetcher.Fetch(set, _folder / "small", from, _client, _progress.Add, null, cancellation);

    private void ShouldBeInPlace(params string[] names)
    {
        Directory.EnumerateFileSystemEntries(_folder / "small").Select(Path.GetFileName).Order().ShouldBe(names);
        foreach (var (name, bytes) in new[] { ("a", _a), ("b", _b) })
        {
            using var file = DataFile.Open(DataFile.Find(_folder / "small", name)!);
            var content = new byte[bytes.Length];
            file.ReadExactly(content, name);
            content.ShouldBe(bytes);
        }
        SetCheck.Of(Set(), new DataFolders([_folder.Path])).Files.ShouldAllBe(f => f.Error == null);
    }

    private string[] Requests { get { lock (_server.Requests) return [.. _server.Requests]; } }

    [Fact]
    public async Task Files_come_and_are_put_in_place()
    {
        (_server.Files["a.gz"], _server.Files["b.gz"]) = (SampleFiles.Gzip(_a), SampleFiles.Gzip(_b));
        (await Fetch(Set("a.gz", "b.gz"))).ShouldBe([new Uri(_server.Address, "a.gz"), new Uri(_server.Address, "b.gz")]);
        ShouldBeInPlace("a.gz", "b.gz");
        var last = _progress.Last(p => p.File == "a.gz");
        (last.Bytes, last.Total).ShouldBe((_server.Files["a.gz"].LongLength, _server.Files["a.gz"].LongLength));
        new DownloadProgress("a.gz", 12_340_000, 170_000_000, 4e6).ToString().ShouldBe("a.gz: 12.3 of 170.0 MB, 4.0 MB/s, 39 s left");
    }

    [Fact]
    public async Task Of_an_archive_only_the_expected_files_are_unpacked()
    {
        _server.Files["all.tar.gz"] = Tar(("set/a", _a), ("set/readme.html", _b), ("../../b", _b));
        await Fetch(Set("all.tar.gz"));
        ShouldBeInPlace("a", "b");
    }

    [Fact]
    public async Task A_broken_connection_is_taken_up_where_it_broke()
    {
        var file = _server.Files["all.tar.gz"] = Tar(("a", _a), ("b", _b));
        (_server.Breaks, _server.BreakAfter) = (2, file.Length / 3);
        await Fetch(Set("all.tar.gz"));
        ShouldBeInPlace("a", "b");
        Requests[0].ShouldBe("all.tar.gz 0");
        Requests.Length.ShouldBeInRange(2, 3);
        // What had come was not asked for again.
        Requests[^1].ShouldNotBe("all.tar.gz 0");
    }

    [Fact]
    public async Task What_had_come_before_the_user_interrupted_is_kept_for_the_next_time()
    {
        var file = _server.Files["all.tar.gz"] = Tar(("a", _a), ("b", _b));
        (_server.Breaks, _server.BreakAfter) = (100, file.Length / 2);
        using var stop = new CancellationTokenSource();
        var client = new Downloader(_client, p => { if (p.Bytes >= file.Length / 4) stop.Cancel(); });
        Directory.CreateDirectory(_folder / "small/.fetch");
        await Should.ThrowAsync<OperationCanceledException>(() =>
            client.Get([new Uri(_server.Address, "all.tar.gz")], _folder / "small/.fetch/all.tar.gz", stop.Token));
        var kept = new FileInfo(_folder / "small/.fetch/all.tar.gz.part").Length;
        kept.ShouldBeInRange(file.Length / 4, file.Length - 1);
        _server.Breaks = 0;
        await Fetch(Set("all.tar.gz"));
        Requests[^1].ShouldBe($"all.tar.gz {kept}");
        ShouldBeInPlace("a", "b");
    }

    [Fact]
    public async Task A_part_that_is_the_whole_needs_no_bytes_and_one_of_another_file_is_dropped()
    {
        var file = _server.Files["all.tar.gz"] = Tar(("a", _a), ("b", _b));
        Directory.CreateDirectory(_folder / "small/.fetch");
        await System.IO.File.WriteAllBytesAsync(_folder / "small/.fetch/all.tar.gz.part", file, TestContext.Current.CancellationToken);
        await Fetch(Set("all.tar.gz"));
        ShouldBeInPlace("a", "b");
        Directory.CreateDirectory(_folder / "small/.fetch");
        await System.IO.File.WriteAllBytesAsync(_folder / "small/.fetch/all.tar.gz.part", new byte[file.Length + 9],
            TestContext.Current.CancellationToken);
        await Fetch(Set("all.tar.gz"));
        Requests[^1].ShouldBe("all.tar.gz 0");
        ShouldBeInPlace("a", "b");
    }

    [Fact]
    public async Task A_server_without_ranges_sends_the_whole_again()
    {
        var file = _server.Files["all.tar.gz"] = Tar(("a", _a), ("b", _b));
        (_server.Ranges, _server.Breaks, _server.BreakAfter) = (false, 1, file.Length / 2);
        await Fetch(Set("all.tar.gz"));
        Requests.ShouldBe(["all.tar.gz 0", "all.tar.gz 0"]);
        ShouldBeInPlace("a", "b");
    }

    [Fact]
    public async Task A_wrong_digest_is_said_and_nothing_is_put_in_place()
    {
        var wrong = (byte[])_b.Clone();
        wrong[77] ^= 1;
        _server.Files["all.tar.gz"] = Tar(("a", _a), ("b", wrong));
        var message = (await Should.ThrowAsync<DataException>(() => Fetch(Set("all.tar.gz")))).Message;
        message.ShouldContain("the fetched file b is not what it should be, so nothing was put in place");
        message.ShouldContain($"its SHA-256 is {Convert.ToHexStringLower(SHA256.HashData(wrong))}; "
            + $"{Convert.ToHexStringLower(SHA256.HashData(_b))} was expected");
        Directory.EnumerateFileSystemEntries(_folder / "small").ShouldBeEmpty();
        _server.Files["all.tar.gz"] = Tar(("a", _a));
        (await Should.ThrowAsync<DataException>(() => Fetch(Set("all.tar.gz")))).Message.ShouldContain(
            "the fetched file b is not what it should be, so nothing was put in place: is missing");
        _server.Files["all.tar.gz"] = Noise(4, 3000);
        (await Should.ThrowAsync<DataException>(() => Fetch(Set("all.tar.gz")))).Message.ShouldContain(
            "the fetched archive all.tar.gz is damaged or none");
        Directory.EnumerateFileSystemEntries(_folder / "small").ShouldBeEmpty();
    }

    [Fact]
    public async Task What_cannot_be_had_is_said_with_every_address()
    {
        (await Should.ThrowAsync<DataException>(() => Fetch(Set("a.gz")))).Message.ShouldContain(
            $"a.gz cannot be had: {_server.Address}a.gz answers 404 NotFound");
        var nobody = new Uri("http://localhost:9/");
        (await Should.ThrowAsync<DataException>(() => Fetch(Set("a.gz"), nobody))).Message.ShouldContain("http://localhost:9/a.gz: ");
        // A mirror serves where the first address does not.
        (_server.Files["a.gz"], _server.Files["b.gz"]) = (SampleFiles.Gzip(_a), SampleFiles.Gzip(_b));
        var set = Set("a.gz", "b.gz");
        await Fetch(set with { Download = set.Download! with { Addresses = [_server.Address + "old/", _server.Address.AbsoluteUri] } });
        ShouldBeInPlace("a.gz", "b.gz");
        (await Should.ThrowAsync<DataException>(() => Fetch(Catalogue.Find("iris")!))).Message.ShouldContain("is built in");
    }

    [Fact]
    public async Task Redirections_lead_to_no_other_scheme()
    {
        using var client = new HttpClient(new HttpClientHandler { UseProxy = false, AllowAutoRedirect = false });
        Task Get(string name) => new Downloader(client).Get([new Uri(_server.Address, name)], _folder / name, CancellationToken.None);
        var secret = _folder / "secret";
        await System.IO.File.WriteAllTextAsync(secret, "secret", TestContext.Current.CancellationToken);
        (_server.Files["b"], _server.Redirections["a"]) = (_b, "b");
        await Get("a");
        System.IO.File.ReadAllBytes(_folder / "a").ShouldBe(_b);
        foreach (var other in new[] { "file://" + secret, "ftp://localhost/b" })
        {
            _server.Redirections["a"] = other;
            (await Should.ThrowAsync<DataException>(() => Get("a"))).Message.ShouldContain(
                "leads on to " + other + ", which is not followed: http goes on to http or https only");
        }
        _server.Redirections["a"] = "a";
        (await Should.ThrowAsync<DataException>(() => Get("a"))).Message.ShouldContain("leads on more than ten times");
    }

    [Fact]
    public async Task More_than_is_expected_is_neither_taken_nor_unpacked()
    {
        _server.Files["a"] = _a;
        (await Should.ThrowAsync<DataException>(() => new Downloader(_client)
        {
            MaxBytes = _a.Length
            - 1
        }.Get([new Uri(_server.Address, "a")],
            _folder / "a", CancellationToken.None))).Message.ShouldContain(
                $"offers {_a.Length} bytes; at most {_a.Length - 1} were expected");
        System.IO.File.Exists(_folder / "a.part").ShouldBeFalse();
        _server.Files["all.tar.gz"] = Tar(("a", [.. _a, .. new byte[50_000_000]]), ("b", _b));
        (await Should.ThrowAsync<DataException>(() => Fetch(Set("all.tar.gz")))).Message.ShouldContain(
            $"nothing was put in place: {_a.Length + 50_000_000} bytes were found; {_a.Length} were expected");
        _server.Files["all.tar.gz"] = Tar(("readme", new byte[100_000_000]), ("a", _a), ("b", _b));
        (await Should.ThrowAsync<DataException>(() => Fetch(Set("all.tar.gz")))).Message.ShouldContain(
            "it unpacks to more than 67918870 bytes");
        Directory.EnumerateFileSystemEntries(_folder / "small").ShouldBeEmpty();
    }
}
