using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rhoflow.Lab.Files;

/// <summary>Files that hold one JSON object, read strictly: UTF-8 without a wrong byte, and no key twice.</summary>
internal static class JsonFile
{
    private static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false };

    /// <summary>A text as JSON. A key that stands twice is refused here, not when it is first looked for.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static JsonNode? Parse(string text) => JsonNode.Parse(text, null, s_strict);

    /// <summary>The object.</summary>
    /// <exception cref="InvalidDataException">It is none; the message names the file, and the line where that is known.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static JsonObject Read(string path)
    {
        try
        {
            return JsonNode.Parse(new UTF8Encoding(false, true).GetString(File.ReadAllBytes(path)), null, s_strict) as JsonObject
                ?? throw new InvalidDataException($"{path} is damaged: it is not a JSON object");
        }
        catch (JsonException e)
        {
            var line = e.LineNumber is { } n ? $", line {n + 1}" : "";
            throw new InvalidDataException($"{path}{line}: this is not JSON: {e.Message.Split(" Path:")[0].Split(" LineNumber:")[0]}", e);
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidDataException($"{path} is damaged: byte {e.Index} is not UTF-8", e);
        }
    }
}
