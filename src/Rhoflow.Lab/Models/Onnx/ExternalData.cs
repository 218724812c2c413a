using System.Globalization;
using Rhoflow.Data;

namespace Rhoflow.Lab.Models.Onnx;

/// <summary>
/// Files beside a model that hold its weights. A model may come from anywhere: it names only files in its own folder or below, by no
/// absolute path, no '..' and no link.
/// </summary>
/// <param name="model">What errors call the model.</param>
/// <param name="folder">Its folder; null: it has none, and all such files are refused.</param>
/// <param name="open">Opens a file.</param>
internal sealed class ExternalData(string model, string? folder, Func<string, ByteStore> open)
{
    private readonly Dictionary<string, ByteStore> _files = new(StringComparer.Ordinal);

    /// <summary>The bytes of a tensor.</summary>
    /// <param name="place">location, offset and length.</param>
    /// <param name="name">Of the tensor.</param>
    /// <exception cref="DataException">The file lies elsewhere, is not there or is too short.</exception>
    public ByteStore Open(IReadOnlyDictionary<string, string> place, string name)
    {
        DataException Refused(string why) => new($"{model}: the numbers of '{name}' {why}");
        if (!place.TryGetValue("location", out var location) || location.Length == 0)
            throw Refused("would lie in another file, which is not named");
        if (!_files.TryGetValue(location, out var file))
        {
            if (_files.Count >= 4096) throw Refused("would lie in one more than 4096 files");
            file = _files[location] = open(Path(location, Refused));
        }
        var offset = Number("offset") ?? 0;
        var length = Number("length") ?? file.Length - offset;
        return offset > file.Length || length < 0 || length > file.Length - offset
            ? throw Refused($"would lie at bytes {offset} … {(Int128)offset + length} of '{location}', which has {file.Length}")
            : file.Part(offset, length, file.Name);

        long? Number(string key) => !place.TryGetValue(key, out var text) ? null
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n
            : throw Refused($"have an {key} that is no number: '{text}'");
    }

    private string Path(string location, Func<string, DataException> refused)
    {
        if (folder is null) throw refused("would lie in another file, and the model has no folder");
        if (location.Any(static c => c is '\\' or ':' || char.IsControl(c)) || location.StartsWith('/'))
            throw refused($"would lie in '{location}', which is no file in the model's folder");
        var path = folder;
        foreach (var part in location.Split('/'))
        {
            if (part is "" or ".") continue;
            if (part == "..") throw refused($"would lie in '{location}', which leads out of the model's folder");
            path = System.IO.Path.Combine(path, part);
            if (new FileInfo(path).LinkTarget is not null)
                throw refused($"would lie in '{location}', where '{part}' is a link; the file itself has to lie in the model's folder");
        }
        return File.Exists(path) ? path : throw refused($"would lie in '{location}', and there is no such file beside the model");
    }
}
