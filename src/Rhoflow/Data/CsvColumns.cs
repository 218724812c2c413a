using System.Globalization;

namespace Rhoflow.Data;

/// <summary>
/// Which line of a table is its header, which column its label, and which are no inputs: as a config says, or as they look.
/// </summary>
internal sealed class CsvColumns
{
    private static readonly string[] LabelNames = ["label", "class", "species", "target", "y"];

    private static readonly string[] IndexNames = ["id", "index", "idx", "no", "nr", "row", "sample", "example"];

    private readonly CsvTable _table;
    private readonly DataFormat _format;

    public CsvColumns(CsvTable table, DataFormat format)
    {
        (_table, _format) = (table, format);
        var header = format.Header ?? LooksLikeHeader();
        Names = header ? table.First : null;
        Start = header ? 1 : 0;
        if (table.Count == Start) throw new DataException($"{table.Name}: there is a header but no example; at least one is needed");
        Facts.Add($"header: {(header ? "yes" : "no")}");
        if (header && format.Header is null && NumbersIn(0).Length > 0)
            Remarks.Add($"line {table.Line(0)} ({DataReading.Few(table.First.Select(n => $"'{n}'"), 5)}) is taken for a header; "
                + "data.header: false makes it an example");
        var dropped = format.Drop?.Select(d => Find(d, "data.drop")).ToHashSet() ?? Nameless();
        for (var c = 0; c < table.Columns; c++)
            if (!dropped.Contains(c) && table.First[c].Length == 0 && table.Find(0, r => !IsEmpty(r, c)) < 0)
            {
                dropped.Add(c);
                Remarks.Add($"column {c + 1} is empty in every line and left out");
            }
        (Label, var how) = ChooseLabel(dropped);
        if (dropped.Contains(Label))
            throw new DataException($"{table.Name}: data.drop names {Title(Label)}, which is the label");
        Inputs = [.. Enumerable.Range(0, table.Columns).Where(c => c != Label && !dropped.Contains(c))];
        if (Inputs.Length == 0)
            throw new DataException(table.Columns == 1
                ? $"{table.Name}, line {table.Line(0)}: one column; inputs and a label are needed, separated by commas, semicolons, "
                + $"tabs or |{(table.First[0].Contains(' ', StringComparison.Ordinal) ? "; here it is spaces" : "")}"
                : $"{table.Name}: every column but the label is left out; at least one input is needed");
        LabelTitle = how + Title(Label);
        Dropped = [.. dropped.Order().Select(Title)];
        if (Dropped.Length > 0)
            Facts.Add($"{Dropped.Length} {(Dropped.Length == 1 ? "column" : "columns")} dropped ({DataReading.Few(Dropped)})");
        if (_format.Drop is null)
            foreach (var c in Inputs.Where(NumbersExamples))
                Remarks.Add($"{Title(c)} seems to number the examples and is taken for an input; data.drop: [{KeyOf(c)}] leaves it out");
    }

    /// <summary>The header; null: there is none.</summary>
    public string[]? Names { get; }

    /// <summary>The record of the first example.</summary>
    public int Start { get; }

    /// <summary>The column of the label.</summary>
    public int Label { get; }

    /// <summary>"last column 'class'".</summary>
    public string LabelTitle { get; }

    /// <summary>Columns of the inputs.</summary>
    public int[] Inputs { get; }

    /// <summary>Columns that are neither, as notes call them.</summary>
    public string[] Dropped { get; }

    /// <summary>How it was read.</summary>
    public List<string> Facts { get; } = [];

    /// <summary>What may be meant otherwise.</summary>
    public List<string> Remarks { get; } = [];

    /// <summary>"column 'age'" or "column 3".</summary>
    public string Title(int column) => Names is { } names
        && names[column].Length > 0 ? $"column '{names[column]}'" : $"column {column + 1}";

    /// <summary>How a config names a column.</summary>
    public string KeyOf(int column) => Names is { } names && names[column].Length > 0
        && names.Count(n => n == names[column]) == 1 ? names[column] : $"{column + 1}";

    private int[] NumbersIn(int row) => [.. Enumerable.Range(0, _table.Columns).Where(c => _table.IsNumber(row, c))];

    private static string Quoted(string text) => text.Length == 0 ? "''" : text;

    private bool IsEmpty(int row, int column) => !_table.IsNumber(row, column) && _table.Text(row, column).Length == 0;

    // The number of a column by its name, or else by its number from 1; −1 is the last.
    private int Find(string given, string key)
    {
        if (Names is { } names)
        {
            int[] Where(StringComparison how) =>
                [.. Enumerable.Range(0, names.Length).Where(c => string.Equals(names[c], given.Trim(), how))];
            var found = Where(StringComparison.Ordinal) is { Length: > 0 } exact ? exact : Where(StringComparison.OrdinalIgnoreCase);
            if (found.Length > 1)
                throw new DataException($"{_table.Name}: {key}: {found.Length} columns are called '{given}' (columns "
                    + $"{string.Join(", ", found.Select(c => c + 1))}); give the number of one");
            if (found.Length == 1) return found[0];
        }
        if (int.TryParse(given, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            if (number >= 1 && number <= _table.Columns) return number - 1;
            if (number < 0 && number >= -_table.Columns) return _table.Columns + number;
            throw new DataException($"{_table.Name}: {key}: there is no column {number}; columns are numbered 1 … {_table.Columns} (−1 "
                + "is the last)");
        }
        throw new DataException($"{_table.Name}: {key}: there is no column '{given}'; " + (Names is null
            ? $"the file has no header, and its columns are numbered 1 … {_table.Columns}"
            : $"its columns are {DataReading.Few(Names.Select(Quoted), 20)}, or their numbers from 1"));
    }

    private (int Column, string How) ChooseLabel(HashSet<int> dropped)
    {
        if (_format.Label is { } given)
        {
            var chosen = Find(given, "data.label");
            if (int.TryParse(given, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number != chosen + 1
                && number != chosen - _table.Columns)
                Remarks.Add($"data.label: {given} is the column of that name, number {chosen + 1} of {_table.Columns}");
            return (chosen, "");
        }
        int[] named = Names is { } names
            ? [.. Enumerable.Range(0, names.Length)
            .Where(c => !dropped.Contains(c) && LabelNames.Contains(names[c], StringComparer.OrdinalIgnoreCase))]
            : [];
        if (named.Length > 1)
            Remarks.Add($"{string.Join(" and ", named.Select(Title))} are called like labels; the first is taken (data.label names "
                + "another, data.drop leaves one out)");
        if (named.Length > 0) return (named[0], "");
        var last = Enumerable.Range(0, _table.Columns).Last(c => !dropped.Contains(c) || c == 0);
        return (last, "last ");
    }

    // An index that was written with the table: a first column without a name (or 'Unnamed: 0') that counts the lines.
    private HashSet<int> Nameless()
    {
        if (Names is null || _table.Columns < 3 || (Names[0].Length > 0 && !Names[0].StartsWith("Unnamed:", StringComparison.Ordinal)))
            return [];
        var numbers = new HashSet<double>();
        var index = _table.Find(Start, r => _table.Number(r, 0) is var v && !(v >= 0 && v == Math.Floor(v) && numbers.Add(v))) < 0;
        if (!index)
        {
            Remarks.Add("column 1 has no name and is taken for an input; data.drop: [1] leaves it out");
            return [];
        }
        Remarks.Add("column 1 has no name and numbers the lines, so it is left out; data.drop: [] makes it an input");
        return [0];
    }

    // A first column that counts up by one, or one that is called id or the like, of whole numbers that are all different.
    private bool NumbersExamples(int column)
    {
        var called = Names is { } names && IndexNames.Contains(names[column], StringComparer.OrdinalIgnoreCase);
        if (_table.Count - Start < 10 || (column > 0 && !called)) return false;
        var from = _table.Number(Start, column);
        var seen = new HashSet<double>();
        return _table.Find(Start, r => _table.Number(r, column) is var v && v != from + (r - Start)
            && !(called && v == Math.Floor(v) && seen.Add(v))) < 0;
    }

    private bool LooksLikeHeader()
    {
        var first = _table.First;
        var numbers = NumbersIn(0);
        if (_table.Count == 1) return numbers.Length == 0;
        if (numbers.Length == 0) return NumbersIn(1).Length > 0;
        // Where a column has numbers in every other line, a text above it is a name; the numbers beside it may be names too.
        var values = numbers.Select(c => _table.Number(0, c)).ToArray();
        var counts = values[0] == 0 && values.Select((v, i) => v == i).All(b => b);
        // Years, or wavelengths.
        var ascends = values.Length > 2 && Enumerable.Range(1, values.Length - 1).All(i =>
            values[i] > values[i - 1] && values[i] - values[i - 1] == values[1] - values[0]);
        int[] texts = [.. Enumerable.Range(0, first.Length).Except(numbers).Where(c => first[c].Length > 0 || c > 0)];
        var named = texts.Length > 0 && texts.All(c => !CsvNumber.IsMissing(first[c])
            && (LabelNames.Contains(first[c], StringComparer.OrdinalIgnoreCase) || IsNumeric(c) || !Repeats(c)));
        if (texts.Length > 0) return named && (counts || (ascends && texts.Any(IsNumeric)));
        if (!counts || numbers.Length < 2) return false;
        if (numbers.Length > 2 || first[0].Length == 0) return true;
        throw new DataException($"{_table.Name}, line {_table.Line(0)}: '0' and '1' may be a header that numbers the columns, or an "
            + "example; data.header: true or false says which");
    }

    private bool IsNumeric(int column) => _table.Find(1, r => !_table.IsNumber(r, column)) < 0;

    // Whether the text of the first line stands in another line too, as the name of a class would.
    private bool Repeats(int column) =>
        _table.Find(1, r => !_table.IsNumber(r, column) && _table.Text(r, column) == _table.First[column]) >= 0;
}
