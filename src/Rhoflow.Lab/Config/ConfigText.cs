using System.Globalization;
using System.Text;

namespace Rhoflow.Lab.Config;

/// <summary>A config's file as text: what cannot be one is said with its line and column.</summary>
internal static class ConfigText
{
    // Inline data may be long; a config that is longer than this is another file.
    private const long MostBytes = 64 << 20;

    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="ConfigException">The file is missing, unreadable, too long or not UTF-8.</exception>
    public static string Load(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read);
            var bytes = new MemoryStream();
            var buffer = new byte[1 << 16];
            // Not by the file's length: a device or a pipe has none.
            for (int n; (n = stream.Read(buffer)) > 0; bytes.Write(buffer, 0, n))
                if (bytes.Length > MostBytes)
                    throw new ConfigException($"'{file}' is longer than {MostBytes >> 20} MB, so it is no config; data belong into a file "
                        + "of their own, data: {path: FILE}");
            return Decode(bytes.ToArray(), file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ConfigException($"there is no config file '{file}'", e);
        }
        catch (UnauthorizedAccessException e) when (Directory.Exists(file))
        {
            throw new ConfigException($"'{file}' is a folder; a config is a file", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ConfigException($"the config file '{file}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Characters that YAML does not allow, which would end the text or reach a terminal.</summary>
    /// <exception cref="ConfigException">There is one.</exception>
    public static void RequirePrintable(string text, string name)
    {
        for (var i = 0; i < text.Length; i++)
            if (char.IsControl(text[i]) && text[i] is not ('\t' or '\n' or '\r' or '\u0085'))
                throw new ConfigException($"{name}, {Place(text, i)}: the control character U+{(int)text[i]:X4} cannot stand in a config");
    }

    /// <summary>"line 3, column 7" of a place in a text.</summary>
    public static string Place(ReadOnlySpan<char> text, int index)
    {
        var before = text[..Math.Min(index, text.Length)];
        return string.Create(CultureInfo.InvariantCulture, $"line {before.Count('\n') + 1}, column {index - before.LastIndexOf('\n')}");
    }

    private static string Decode(byte[] bytes, string file)
    {
        try
        {
            // A byte order mark says that it is UTF-16 or UTF-8; without one it is UTF-8.
            return bytes switch
            {
                [0xff, 0xfe, ..] => new UnicodeEncoding(false, false, throwOnInvalidBytes: true).GetString(bytes.AsSpan(2)),
                [0xfe, 0xff, ..] => new UnicodeEncoding(true, false, throwOnInvalidBytes: true).GetString(bytes.AsSpan(2)),
                [0xef, 0xbb, 0xbf, ..] => s_utf8.GetString(bytes.AsSpan(3)),
                _ => s_utf8.GetString(bytes),
            };
        }
        catch (DecoderFallbackException e)
        {
            var text = Encoding.UTF8.GetString(bytes);
            var at = text.IndexOf('\ufffd', StringComparison.Ordinal);
            throw new ConfigException($"{file}, {Place(text, Math.Max(0, at))}: this is not UTF-8 text; save the file as UTF-8", e);
        }
    }
}
