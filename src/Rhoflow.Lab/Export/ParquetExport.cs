using Parquet;
using Parquet.Schema;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Lab.Export;

/// <summary>
/// A Parquet file: every column with its type, null where there is nothing (a quantity that was not measured, a key that a config does not
/// have), rows of arrays as lists.
/// </summary>
public static class ParquetExport
{
    // Rows of a group, which is in memory as a whole.
    private const int GroupRows = 1 << 16;

    /// <summary>Writes a table and returns how many rows it has.</summary>
    /// <exception cref="RunFolderException">A run cannot be read.</exception>
    public static long Write(ExportTable table, Stream output) => WriteAsync(table, output).GetAwaiter().GetResult();

    private static async Task<long> WriteAsync(ExportTable table, Stream output)
    {
        var schema = new ParquetSchema(table.Columns.Select(Field));
        var writer = await ParquetWriter.CreateAsync(schema, output).ConfigureAwait(false);
        await using var ended = writer.ConfigureAwait(false);
        var (rows, waiting) = (0L, new List<ExportRows>());
        foreach (var run in table.Rows())
        {
            if (run.Count == 0) continue;
            waiting.Add(run);
            rows += run.Count;
            if (waiting.Sum(static r => r.Count) < GroupRows) continue;
            await Group(writer, schema, table.Columns, waiting).ConfigureAwait(false);
            waiting.Clear();
        }
        if (waiting.Count > 0) await Group(writer, schema, table.Columns, waiting).ConfigureAwait(false);
        return rows;
    }

    private static Field Field(ExportColumn column) => column.Type switch
    {
        ExportType.Text => new DataField<string>(column.Name),
        ExportType.Whole => new DataField<long?>(column.Name),
        ExportType.Real => new DataField<double?>(column.Name),
        ExportType.Truth => new DataField<bool?>(column.Name),
        _ => new ListField(column.Name, new DataField<double>("element")),
    };

    private static async Task Group(ParquetWriter writer, ParquetSchema schema, IReadOnlyList<ExportColumn> columns, List<ExportRows> runs)
    {
        using var group = writer.CreateRowGroup();
        for (var c = 0; c < columns.Count; c++)
        {
            var (column, at, field) = (columns[c], c, schema.DataFields[c]);
            await (column.Type switch
            {
                ExportType.Text => group.WriteAsync(field, All(runs, (run, _) => run.Text(column))!),
                ExportType.Whole => group.WriteAsync<long>(field, All(runs, (run, i) => run.Whole(column, i))),
                ExportType.Real => group.WriteAsync<double>(field, All(runs, (run, i) => run.Real(column, at, i))),
                ExportType.Truth => group.WriteAsync<bool>(field, All(runs, (run, _) => run.Truth(column))),
                _ => Lists(group, field, column, runs),
            }).ConfigureAwait(false);
        }
    }

    private static T[] All<T>(List<ExportRows> runs, Func<ExportRows, int, T> cell) =>
        [.. runs.SelectMany(run => Enumerable.Range(0, run.Count).Select(i => cell(run, i)))];

    // Definition 0: no list; 1: an empty one; 2: an element. Repetition 0 begins a list, 1 goes on with it.
    private static Task Lists(ParquetRowGroupWriter group, DataField field, ExportColumn column, List<ExportRows> runs)
    {
        var (values, definitions, repetitions) = (new List<double>(), new List<int>(), new List<int>());
        foreach (var list in All(runs, (run, i) => run.List(column, i)))
        {
            if (list is { Length: > 0 })
            {
                values.AddRange(list);
                definitions.AddRange(Enumerable.Repeat(2, list.Length));
                repetitions.Add(0);
                repetitions.AddRange(Enumerable.Repeat(1, list.Length - 1));
                continue;
            }
            definitions.Add(list is null ? 0 : 1);
            repetitions.Add(0);
        }
        return group.WriteAllPartsAsync<double>(field, values.ToArray(), definitions.ToArray(), repetitions.ToArray(),
            CancellationToken.None);
    }
}
