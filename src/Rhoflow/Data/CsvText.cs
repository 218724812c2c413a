using System.Buffers;
using System.Text;

namespace Rhoflow.Data;

/// <summary>
/// The text of a csv file as UTF-8, whatever encoding it is written in. Bytes that are no text are an error, with their place.
/// </summary>
internal static class CsvText
{
    private static readonly (byte[] Mark, string Encoding)[] Marks =
    [
        ([0xEF, 0xBB, 0xBF], "utf-8"),
        ([0xFF, 0xFE, 0, 0], "utf-32"),
        ([0, 0, 0xFE, 0xFF], "utf-32BE"),
        ([0xFF, 0xFE], "utf-16"),
        ([0xFE, 0xFF], "utf-16BE"),
    ];

    /// <summary>The encoding of that name; null if .NET knows none.</summary>
    public static Encoding? Find(string name)
    {
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(name, EncoderFallback.ExceptionFallback,
                DecoderFallback.ExceptionFallback)
                ?? Encoding.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>The text, without a byte order mark.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="encoding">What a config says; null: what the mark says, or else UTF-8.</param>
    /// <param name="facts">Receives how it was read, where that is not UTF-8.</param>
    /// <exception cref="DataException">Bytes that are no text in this encoding; line and column are named.</exception>
    public static ReadOnlyMemory<byte> Utf8(byte[] bytes, string name, string? encoding, List<string> facts)
    {
        var (mark, marked) = Array.Find(Marks, m => bytes.AsSpan().StartsWith(m.Mark));
        var given = encoding is null ? null
            : Find(encoding) ?? throw new DataException($"{name}: data.encoding: .NET knows no encoding '{encoding}'");
        if (marked is not null && given is not null && given.CodePage != Find(marked)!.CodePage)
            throw new DataException(
                $"{name}: begins with the byte order mark of {marked}, but data.encoding says {encoding}; leave the key out");
        var text = bytes.AsMemory(mark?.Length ?? 0);
        var used = given ?? Find(marked ?? "utf-8")!;
        if (used.CodePage != Encoding.UTF8.CodePage)
        {
            facts.Add($"encoding: {encoding ?? marked}");
            return Transcoded(text, used, name, encoding ?? marked!);
        }
        if (!Utf8(text.Span)) throw NotUtf8(text, name, bytes.Length - text.Length);
        var zero = text.Span.IndexOf((byte)0);
        return zero < 0 ? text : throw new DataException($"{name}, line {LineOf(text.Span, zero)}: a zero byte (byte {zero}), which no "
            + "text has; a text in UTF-16 without a byte order mark is read with data.encoding: utf-16");
    }

    private static bool Utf8(ReadOnlySpan<byte> text) => System.Text.Unicode.Utf8.IsValid(text);

    private static byte[] Transcoded(ReadOnlyMemory<byte> text, Encoding encoding, string name, string called)
    {
        try
        {
            return Encoding.Convert(encoding, Encoding.UTF8, text.ToArray());
        }
        catch (DecoderFallbackException e)
        {
            var before = Math.Clamp(e.Index, 0, text.Length);
            throw new DataException($"{name}, line {LineOf(text.Span, before)}: the bytes {Convert.ToHexStringLower(e.BytesUnknown ?? [])} "
                + $"(byte {before}) are no text in {called}; data.encoding names another encoding", e);
        }
        catch (Exception e) when (e is OutOfMemoryException or ArgumentException or OverflowException)
        {
            throw new DataException($"{name}: {text.Length} bytes are more text than can be converted from {called}", e);
        }
    }

    // Line and column of the first bytes that are not UTF-8, and what they would be in Latin-1.
    private static DataException NotUtf8(ReadOnlyMemory<byte> text, string name, int mark)
    {
        var span = text.Span;
        var bad = 0;
        while (Rune.DecodeFromUtf8(span[bad..], out _, out var consumed) == OperationStatus.Done) bad += consumed;
        var start = span[..bad].LastIndexOfAny((byte)'\n', (byte)'\r') + 1;
        var end = span[bad..].IndexOfAny((byte)'\n', (byte)'\r') is >= 0 and var e ? bad + e : span.Length;
        var line = span[start..end];
        var separator = CsvDialect.SeparatorOf(text);
        var column = 1 + line[..(bad - start)].Count((byte)separator);
        var cell = line[(line[..(bad - start)].LastIndexOf((byte)separator) + 1)..];
        if (cell.IndexOf((byte)separator) is >= 0 and var stop) cell = cell[..stop];
        var shown = DataReading.Shown(Encoding.Latin1.GetString(cell[..Math.Min(cell.Length, 40)]).Trim(' ', '"'));
        return new DataException($"{name}, line {LineOf(span, bad)}, column {column}: the byte {span[bad]:x2} (byte {mark + bad}) is not "
            + $"UTF-8. In Latin-1 the cell is '{shown}': data.encoding: latin1 reads it so; windows-1252, utf-16 and others can be named "
            + "too");
    }

    private static int LineOf(ReadOnlySpan<byte> text, int at) => 1 + text[..at].Count((byte)'\n');
}
