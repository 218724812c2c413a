using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Rhoflow.Data;

namespace Rhoflow.Lab.Files;

/// <summary>
/// The SHA-256 of everything that a safetensors file says (its texts, and name, type, shape and bits of every array), kept among its texts:
/// whatever is changed in the file later is found when it is read.
/// </summary>
internal static class ArraySeal
{
    /// <summary>The key of the text.</summary>
    public const string Key = "sha256";

    /// <summary>Puts the seal on a file that is complete.</summary>
    public static void Put(Safetensors file) => file.Metadata[Key] = Of(file);

    /// <summary>Whether the file is sealed.</summary>
    /// <exception cref="DataException">It is, and something in it was changed since.</exception>
    public static bool Check(Safetensors file, string path)
    {
        if (!file.Metadata.TryGetValue(Key, out var seal)) return false;
        return seal == Of(file) ? true : throw new DataException($"{path} is damaged: its checksum is not that of its content");
    }

    /// <summary>
    /// A text of characters that stand in the file as they are: of those that are escaped (\u00D7) there are two spellings, and a bit that
    /// turns one into the other would go unseen.
    /// </summary>
    public static string Plain(string text) => string.Concat(text.Replace('×', 'x').Replace("→", "to", StringComparison.Ordinal)
        .Select(static c => char.IsAsciiLetterOrDigit(c) || " .,:;()[]{}=/_-".Contains(c, StringComparison.Ordinal) ? c : '_'));

    private static string Of(Safetensors file)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Text(string text) =>
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{text.Length}:{text}")));
        foreach (var (key, value) in file.Metadata.OrderBy(static m => m.Key, StringComparer.Ordinal))
        {
            if (key == Key) continue;
            Text(key);
            Text(value);
        }
        foreach (var (name, shape, type) in file.Arrays)
        {
            Text(name);
            Text($"{type} {string.Join(' ', shape)}");
            if (type == "F32") hash.AppendData(MemoryMarshal.AsBytes<float>(file.Read<float>(name)));
            else if (type == "F64") hash.AppendData(MemoryMarshal.AsBytes<double>(file.Read<double>(name)));
            else throw new DataException($"array '{name}' holds {type}; sealed files hold F32 and F64");
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
