using System.Text.Encodings.Web;
using System.Text.Json;

namespace Rhoflow.Cli;

/// <summary>How documents are written: indented, and with the papers' letters as they are.</summary>
internal static class Json
{
    public static readonly JsonSerializerOptions Options =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
