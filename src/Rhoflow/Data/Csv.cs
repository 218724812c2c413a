using System.Globalization;
using System.Text;

namespace Rhoflow.Data;

/// <summary>
/// Labelled examples from a csv file, plain or gzip'ed (.csv.gz): one per line, cells separated by commas, semicolons, tabs or |, with or
/// without a header, in UTF-8 or an encoding that is named. The label stands in the column that <see cref="DataFormat.Label"/> names, or in
/// one named label, class, species, target or y, otherwise in the last; it is a number, or a class name. What is guessed stands in
/// <see cref="Dataset.Reading"/>.
/// </summary>
public static class Csv
{
    /// <summary>The examples of a file.</summary>
    /// <param name="path">Where it lies.</param>
    /// <param name="format">What is not to be guessed; null: everything is.</param>
    /// <exception cref="DataException">The file, line and column are named, and what was expected there.</exception>
    public static Dataset Read(string path, DataFormat? format = null) =>
        Read(DataFile.ReadWhole(path, format?.MaxBytes), path, format ?? DataFormat.Guessed);

    /// <inheritdoc cref="Read(string, DataFormat?)"/>
    /// <param name="reader">The text.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="format">What is not to be guessed; null: everything is.</param>
    public static Dataset Read(TextReader reader, string name, DataFormat? format = null) =>
        Read(Encoding.UTF8.GetBytes(reader.ReadToEnd()), name, format ?? DataFormat.Guessed);

    private static Dataset Read(byte[] bytes, string name, DataFormat format)
    {
        var facts = new List<string>();
        var text = CsvText.Utf8(bytes, name, format.Encoding, facts);
        var dialect = CsvDialect.Of(text, format.Decimal, name);
        var table = CsvTable.Read(text, dialect, name);
        var columns = new CsvColumns(table, format);
        var (rows, inputs) = (table.Count - columns.Start, columns.Inputs.Length);
        if ((long)rows * inputs > Array.MaxLength)
            throw new DataException($"{name}: {rows} examples of {inputs} inputs are more numbers than this program can hold");
        var x = new double[rows * inputs];
        for (int n = 0, at = 0; n < rows; n++)
            foreach (var c in columns.Inputs)
                x[at++] = table.Number(n + columns.Start, c) is var v
                    && !double.IsNaN(v) ? v : throw NotANumber(table, columns, n + columns.Start, c);
        var (y, classes, named) = Labels(table, columns);
        if (dialect.Separator != ',')
            facts.Add($"separator: {dialect.Separator switch { '\t' => "tab", ';' => "semicolon", var other => other.ToString() }}");
        if (dialect.Decimal == ',') facts.Add("decimal: comma");
        var title = Path.GetFileNameWithoutExtension(name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? name[..^3] : name);
        return new Dataset(title, x, y, inputs, classes).WithReading(new DataReading
        {
            File = Path.GetFileName(name),
            Label = columns.LabelTitle,
            LabelName = columns.Names?[columns.Label] is { Length: > 0 } labelName ? labelName : null,
            Inputs = [.. columns.Inputs.Select(c => columns.Names is { } names ? names[c] : $"column {c + 1}")],
            Dropped = columns.Dropped,
            LabelValues = named ? null : DataReading.ValuesOf(y),
            HasNamedClasses = named,
            Facts = [.. columns.Facts, .. facts],
            Remarks = columns.Remarks,
        });
    }

    private static DataException NotANumber(CsvTable table, CsvColumns columns, int row, int column)
    {
        var (place, text, title, key) = (table.Place(row, column), DataReading.Shown(table.Text(row, column)), columns.Title(column),
            columns.KeyOf(column));
        if (CsvNumber.IsMissing(text) || CsvNumber.IsNotFinite(text))
            return new DataException($"{place}: '{text}'"
                + (CsvNumber.IsNotFinite(text)
                    ? "; every entry must be a finite number" : " is not a number: a value is missing")
                + $". Fill it in or leave the line out; data.drop: [{key}] leaves {title} out");
        if (CsvNumber.HasThousands(text))
            return new DataException($"{place}: '{text}' is not a number: separators of thousands are not read; write it without them");
        if (CsvNumber.Kind(text) is CsvNumberKind.Comma or CsvNumberKind.CommaOrThousands)
            return new DataException(
                $"{place}: '{text}' is not a number: write it with a point and without separators of thousands, or, if "
                + "commas stand before decimals, say data.decimal: \",\"");
        if (CsvNumber.Kind(text) == CsvNumberKind.Point)
            return new DataException(
                $"{place}: '{text}' is not a number where commas stand before decimals; data.decimal: \".\" reads points");
        if (row == 0 && columns.Names is null)
            return new DataException(
                $"{place}: '{text}' is not a number; if line {table.Line(0)} names the columns, say data.header: true");
        if (table.Columns - columns.Inputs.Length <= 1 && columns.Inputs.Length == 1 && text.Contains(' ', StringComparison.Ordinal))
            return new DataException(
                $"{place}: '{text}' is not a number; cells are separated by commas, semicolons, tabs or |, not by spaces");
        var values = new HashSet<string>(StringComparer.Ordinal);
        for (var r = columns.Start; r < table.Count && values.Count < 6; r++)
            if (!table.IsNumber(r, column)) values.Add($"'{table.Text(r, column)}'");
        return new DataException($"{place}: '{text}' is not a number. If {title} ({DataReading.Few(values, 4)}) is the label, say "
            + $"data.label: {key}; data.drop: [{key}] leaves it out");
    }

    private static (double[] Y, string[]? Classes, bool Named) Labels(CsvTable table, CsvColumns columns)
    {
        var (c, start, count) = (columns.Label, columns.Start, table.Count - columns.Start);
        var text = table.Find(start, r => !table.IsNumber(r, c));
        if (text < 0)
        {
            var y = new double[count];
            for (var n = 0; n < count; n++) y[n] = table.Number(n + start, c);
            return (y, IndexNames(y), false);
        }
        var empty = table.Find(start, r => !table.IsNumber(r, c) && table.Text(r, c).Length == 0);
        if (empty >= 0) throw new DataException($"{table.Place(empty, c)}: the label is missing; give one or leave the line out");
        var number = table.Find(start, r => table.IsNumber(r, c));
        if (number >= 0)
        {
            var word = table.Find(start, r => !table.IsNumber(r, c) && CsvNumber.IsMissing(table.Text(r, c)));
            if (word >= 0)
                throw new DataException(
                    $"{table.Place(word, c)}: the label is missing ('{table.Text(word, c)}'); give one or leave the line out");
            if (CsvNumber.IsNotFinite(table.Text(text, c))) throw NotANumber(table, columns, text, c);
            throw new DataException($"{table.Place(number, c)}: the label '{DataReading.Text(table.Number(number, c))}' is a number, "
                + $"where other lines have class names (line {table.Line(text)}: '{DataReading.Shown(table.Text(text, c))}')");
        }
        var classes = new Dictionary<string, int>(StringComparer.Ordinal);
        var indices = new double[count];
        for (var n = 0; n < count; n++)
        {
            var name = table.Text(n + start, c);
            if (!classes.TryGetValue(name, out var k)) classes[name] = k = classes.Count;
            indices[n] = k;
        }
        if (classes.Count == count && count > 10)
            columns.Remarks.Add($"every label is another one ({DataReading.Few(classes.Keys, 3)}); data.label names the column of "
                + "the labels");
        foreach (var same in classes.Keys.GroupBy(k => k, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1).Take(3))
            columns.Remarks.Add($"the classes {string.Join(" and ", same.Select(k => $"'{k}'"))} differ by case only");
        foreach (var word in classes.Keys.Where(CsvNumber.IsMissing).Take(3))
            columns.Remarks.Add($"the label '{word}' is taken for a class");
        return (indices, [.. classes.Keys], true);
    }

    /// <summary>"0" … "C−1" where the targets are the whole numbers 0 … C−1, all of them; null for others.</summary>
    internal static string[]? IndexNames(double[] y) =>
        Array.TrueForAll(y, static v => v >= 0 && v == Math.Floor(v) && v < 10000) && y.Max() is var top
            && y.Distinct().Count() == (int)top + 1
            ? [.. Enumerable.Range(0, (int)top + 1).Select(c => c.ToString(CultureInfo.InvariantCulture))]
            : null;
}
