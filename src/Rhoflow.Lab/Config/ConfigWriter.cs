using System.Globalization;
using System.Text;

namespace Rhoflow.Lab.Config;

/// <summary>Writes a resolved config: YAML with one way to write each thing, so that equal experiments have equal text.</summary>
public sealed class ConfigWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;

    /// <summary>A map under a key.</summary>
    public void Section(string key, Action body)
    {
        _text.Append(' ', 2 * _depth).Append(key).Append(":\n");
        _depth++;
        body();
        _depth--;
    }

    /// <summary>Appends a key with its value.</summary>
    public void Entry(string key, string value) => Raw(key, Quote(value));

    /// <summary>Appends a key with its value.</summary>
    public void Entry(string key, long value) => Raw(key, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Appends a key with its value.</summary>
    public void Entry(string key, bool value) => Raw(key, value ? "true" : "false");

    /// <summary>Appends a key with its value.</summary>
    public void Entry(string key, double value) => Raw(key, Number(value));

    /// <summary>Appends a key with its value.</summary>
    public void Entry(string key, TimeValue value) => Raw(key, value.ToString());

    /// <summary>Appends a key with its value.</summary>
    public void Entry(string key, IEnumerable<double> values) => Raw(key, List(values.Select(Number)));

    /// <summary>Appends a key with its value.</summary>
    public void Entry(string key, IEnumerable<string> values) => Raw(key, List(values.Select(Quote)));

    /// <summary>Appends a key with its value.</summary>
    public void Entry(string key, IReadOnlyList<IReadOnlyList<double>> matrix) => Raw(key, Matrix(matrix));

    /// <summary>A value that is YAML already.</summary>
    public void Raw(string key, string yaml) => _text.Append(' ', 2 * _depth).Append(key).Append(": ").Append(yaml).Append('\n');

    /// <summary>A list on one line.</summary>
    public static string List(IEnumerable<string> items) => $"[{string.Join(", ", items)}]";

    /// <summary>A list of lists on one line.</summary>
    public static string Matrix(IEnumerable<IEnumerable<double>> rows) => List(rows.Select(r => List(r.Select(Number))));

    /// <summary>The shortest text that reads back to the same double.</summary>
    public static string Number(double value) => value switch
    {
        double.PositiveInfinity => ".inf",
        double.NegativeInfinity => "-.inf",
        double.NaN => ".nan",
        _ => value.ToString("R", CultureInfo.InvariantCulture).Replace("E+", "e", StringComparison.Ordinal).Replace('E', 'e'),
    };

    /// <summary>A text as YAML: plain, or in double quotes.</summary>
    public static string Text(string text) => Quote(text);

    // Plain where YAML reads a plain word back as that word; double quotes otherwise.
    private static string Quote(string text)
    {
        var plain = text.Length > 0 && char.IsLetter(text[0]) && text.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' or '/')
            && text is not ("true" or "false" or "null" or "yes" or "no" or "on" or "off" or "y" or "n");
        if (plain) return text;
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            if (c is '"' or '\\') quoted.Append('\\').Append(c);
            else if (char.IsControl(c)) quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else quoted.Append(c);
        }
        return quoted.Append('"').ToString();
    }

    /// <summary>The YAML written so far.</summary>
    public override string ToString() => _text.ToString();
}
