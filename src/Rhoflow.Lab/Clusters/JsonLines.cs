using System.Text.Encodings.Web;
using System.Text.Json;

namespace Rhoflow.Lab.Clusters;

/// <summary>How documents are written that processes send each other: one line, non-ASCII letters as they are.</summary>
internal static class JsonLines
{
    public static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
