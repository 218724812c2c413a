using System.Globalization;
using System.Text;

namespace Rhoflow.Cli;

/// <summary>
/// Writes text as it is, but control characters (of a config, a file's name, a class's name) as \u001b: they would tell a terminal what
/// to do. Line ends, tabs and carriage returns stay.
/// </summary>
/// <param name="inner">Where the text goes.</param>
internal sealed class PlainWriter(TextWriter inner) : TextWriter(CultureInfo.InvariantCulture)
{
    /// <summary>Where the text goes.</summary>
    public TextWriter Inner => inner;

    public override Encoding Encoding => inner.Encoding;

    /// <summary>The text with its control characters written out.</summary>
    public static string Plain(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\0', '\u001f') && !text.AsSpan().ContainsAnyInRange('\u007f', '\u009f')) return text;
        var plain = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            if (IsPlain(c)) plain.Append(c);
            else plain.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }
        return plain.ToString();
    }

    /// <summary>Whether a writer is the terminal's (or what stands for it), however it is wrapped.</summary>
    public static bool Is(TextWriter writer, TextWriter console) => ReferenceEquals((writer as PlainWriter)?.Inner ?? writer, console);

    public override void Write(char value)
    {
        if (IsPlain(value)) inner.Write(value);
        else inner.Write(Plain(value.ToString()));
    }

    public override void Write(string? value)
    {
        if (value is not null) inner.Write(Plain(value));
    }

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    public override void WriteLine(string? value)
    {
        Write(value);
        inner.WriteLine();
    }

    public override void WriteLine() => inner.WriteLine();

    public override void Flush() => inner.Flush();

    private static bool IsPlain(char c) => !char.IsControl(c) || c is '\n' or '\t' or '\r';
}
