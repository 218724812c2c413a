using System.Globalization;
using System.Text;
using CsvHelper;

namespace Rhoflow.Data;

/// <summary>The cells of a csv file: finite numbers as numbers, everything else as text, each with its line.</summary>
internal sealed class CsvTable
{
    // A cell that is no number is a NaN that carries the place of its text.
    private const long Boxed = 0x7FF8_0000_0000_0000;

    private readonly List<(long Line, double[] Cells)> _rows = [];
    private readonly List<string> _texts = [];

    private CsvTable(string name, CsvDialect dialect) => (Name, Dialect) = (name, dialect);

    /// <summary>What errors call the file.</summary>
    public string Name { get; }

    /// <summary>How it is written.</summary>
    public CsvDialect Dialect { get; }

    /// <summary>The first record as it stands.</summary>
    public string[] First { get; private set; } = [];

    /// <summary>Cells of every record.</summary>
    public int Columns => First.Length;

    /// <summary>Records, the first included, which may be a header.</summary>
    public int Count => _rows.Count;

    /// <summary>Reads all records.</summary>
    /// <exception cref="DataException">Not csv, no record, or records of several lengths.</exception>
    public static CsvTable Read(ReadOnlyMemory<byte> text, CsvDialect dialect, string name)
    {
        RequireMemory(text.Span, dialect.Separator, name);
        var table = new CsvTable(name, dialect);
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        using var csv = CsvDialect.Reader(text, text.Span.StartsWith("sep="u8) ? null : dialect.Separator);
        (long Line, int Columns) ragged = default;
        var others = 0;
        try
        {
            while (csv.Read())
            {
                if (table.Count == 0) table.First = [.. Enumerable.Range(0, csv.FieldCount).Select(csv.GetString)];
                if (csv.FieldCount != table.Columns)
                {
                    // How all others are decides what is said of the first line.
                    if (ragged == default) ragged = (csv.LineNumber, csv.FieldCount);
                    if (csv.FieldCount == ragged.Columns) others++;
                }
                var cells = new double[csv.FieldCount];
                for (var c = 0; c < cells.Length; c++) cells[c] = table.Cell(csv.GetSpan(c), places);
                table._rows.Add((csv.LineNumber, cells));
            }
        }
        catch (CsvFormatException e)
        {
            throw new DataException($"{name}, line {(e.LineNumber > 0 ? e.LineNumber : csv.LineNumber)}: not csv: {e.Message}", e);
        }
        if (table.Count == 0) throw new DataException($"{name}: the file is empty; at least one example is needed");
        if (ragged != default) throw table.Ragged(ragged, others);
        return table;
    }

    /// <summary>Whether a cell is a finite number.</summary>
    public bool IsNumber(int row, int column) => !double.IsNaN(_rows[row].Cells[column]);

    /// <summary>The number in a cell; NaN where there is none.</summary>
    public double Number(int row, int column) => _rows[row].Cells[column];

    /// <summary>The text of a cell that is no number.</summary>
    public string Text(int row, int column) =>
        _texts[(int)(BitConverter.DoubleToInt64Bits(_rows[row].Cells[column]) & ~Boxed)];

    /// <summary>"data.csv, line 3, column 2".</summary>
    public string Place(int row, int column) => $"{Name}, line {_rows[row].Line}, column {column + 1}";

    /// <summary>The line of a record.</summary>
    public long Line(int row) => _rows[row].Line;

    /// <summary>The first record at or after <paramref name="from"/> for which a cell is as asked; −1: none.</summary>
    public int Find(int from, Func<int, bool> wanted)
    {
        for (var r = from; r < Count; r++)
            if (wanted(r)) return r;
        return -1;
    }

    private double Cell(ReadOnlySpan<byte> cell, Dictionary<string, int> places)
    {
        if (double.TryParse(cell, NumberStyles.Float, Dialect.Numbers, out var number) && double.IsFinite(number)) return number;
        var text = Encoding.UTF8.GetString(cell);
        if (!places.TryGetValue(text, out var place))
        {
            places[text] = place = _texts.Count;
            _texts.Add(text);
        }
        return BitConverter.Int64BitsToDouble(Boxed | (uint)place);
    }

    private DataException Ragged((long Line, int Columns) at, int others)
    {
        var rowNames = others == Count - 1 && at.Columns == Columns + 1
            ? " The first line has one name fewer than all others have cells, as where R's write.table writes the names of rows: write "
                + "them with col.names = NA, or without row.names"
            : "";
        return new DataException(
            $"{Name}, line {at.Line}: {at.Columns} columns, but line {_rows[0].Line} has {Columns}; every line needs as "
            + $"many{(rowNames.Length > 0 ? "." : " (a separator within a text needs quotes around it)")}{rowNames}");
    }

    // Twice eight bytes a cell: what is read, and the inputs that are made of it.
    private static void RequireMemory(ReadOnlySpan<byte> text, char separator, string name)
    {
        var cells = (long)text.Count((byte)separator) + text.Count((byte)'\n') + 1;
        var have = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (16 * cells > .8 * have)
            throw new DataException($"{name}: about {cells} numbers need {16e-9 * cells:0.#} GB of memory, and there are "
                + $"{1e-9 * have:0.#}; a .npy file of float32 needs a quarter of that");
    }
}
