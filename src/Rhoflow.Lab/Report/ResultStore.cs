using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Rhoflow.Lab.Files;

namespace Rhoflow.Lab.Report;

/// <summary>
/// Finished results, one JSON file each: <c>results/ID.json</c> = {key, checksum, body}. A result counts only if its key is that of the
/// same id, size and program, and its checksum that of its body; anything else (older program, half a file, a file edited by hand) is as
/// if it were not there.
/// </summary>
public sealed class ResultStore
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
    };

    private readonly string _folder;
    private readonly bool _full;

    /// <summary>The store in <paramref name="folder"/> for quick or full results.</summary>
    public ResultStore(string folder, bool full = false) => (_folder, _full) = (folder, full);

    /// <summary>The stored result of <paramref name="id"/>, or null.</summary>
    /// <param name="id">A claim's or figure's id.</param>
    /// <param name="code">The delegate that would compute it: its assembly belongs to the key.</param>
    public T? Find<T>(string id, Delegate code) where T : class
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(PathOf(id)));
            var body = document.RootElement.GetProperty("body");
            var whole = document.RootElement.GetProperty("key").GetString() == Key(id, code)
                && document.RootElement.GetProperty("checksum").GetString() == ContentHash.Of(body.GetRawText());
            return whole ? body.Deserialize<T>(Json) : null;
        }
        catch (Exception e) when (e
            is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Stores a finished result.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Save<T>(string id, Delegate code, T result) where T : class
    {
        var body = JsonSerializer.Serialize(result, Json);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(PathOf(id)))!);
        AtomicFile.Write(PathOf(id), $"{{\"key\":\"{Key(id, code)}\",\"checksum\":\"{ContentHash.Of(body)}\",\"body\":{body}}}\n");
    }

    /// <summary>Where the result of <paramref name="id"/> lies.</summary>
    public string PathOf(string id) => Path.Combine(_folder, id + ".json");

    // Compilation is deterministic, so a module's version id is a hash of what it was compiled from.
    private string Key(string id, Delegate code)
    {
        Assembly[] program = [typeof(Data.Dataset).Assembly, typeof(ResultStore).Assembly, code.Method.Module.Assembly];
        var versions = string.Join(' ', program.Select(a => a.ManifestModule.ModuleVersionId));
        return ContentHash.Of($"{id} {(_full ? "full" : "quick")} {versions}");
    }
}
