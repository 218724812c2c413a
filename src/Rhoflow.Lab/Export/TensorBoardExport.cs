using System.Globalization;
using Rhoflow.Lab.Files;
using Rhoflow.Lab.Runs;
using Rhoflow.Lab.Tables;

namespace Rhoflow.Lab.Export;

/// <summary>
/// Event files for TensorBoard, a folder a run: every quantity as a scalar (TensorBoard has float32), and the keys of the config for its
/// table of hyperparameters. The step is that of the run where it has whole ones that rise, as descents have; elsewhere the row. All events
/// carry the moment at which the run was begun, so that the same runs give the same bytes.
/// </summary>
public static class TensorBoardExport
{
    /// <summary>Writes DIR/NAME/RUN/events.out.tfevents… for each run, and returns how many rows they have.</summary>
    /// <exception cref="RunFolderException">A run cannot be read.</exception>
    /// <exception cref="IOException">The files cannot be written.</exception>
    public static long Write(ExportTable table, string folder)
    {
        var rows = 0L;
        foreach (var run in table.Rows())
        {
            var here = Path.Combine(folder, run.Run.Folder.Name, Path.GetFileName(run.Run.Folder.Path));
            Directory.CreateDirectory(here);
            var begun = Begun(run.Run);
            var name = string.Create(CultureInfo.InvariantCulture, $"events.out.tfevents.{(long)begun}.rhoflow");
            AtomicFile.Write(Path.Combine(here, name), stream => Write(table, run, begun, stream));
            rows += run.Count;
        }
        return rows;
    }

    private static void Write(ExportTable table, ExportRows run, double begun, Stream stream)
    {
        RecordFile.Add(stream, Event(begun).Add(3, "brain.Event:2").Bytes);
        RecordFile.Add(stream, Event(begun).Add(5, new ProtocolBuffer().Add(1, Hyperparameters(table, run, begun))).Bytes);
        var steps = Steps(table, run);
        for (var row = 0; row < run.Count; row++)
        {
            var summary = new ProtocolBuffer();
            for (var c = 0; c < table.Columns.Count; c++)
                if (table.Columns[c] is { Source: ExportSource.Quantity } column && run.Real(column, c, row) is { } value)
                    summary.Add(1, new ProtocolBuffer().Add(1, column.Name).Add(2, (float)value));
            RecordFile.Add(stream, Event(begun).Add(2, steps?[row] ?? row).Add(5, summary).Bytes);
        }
    }

    private static ProtocolBuffer Event(double wallTime) => new ProtocolBuffer().Add(1, wallTime);

    // What the plug-in "hparams" looks for: a value without a number, whose metadata hold a map of names to values.
    private static ProtocolBuffer Hyperparameters(ExportTable table, ExportRows run, double begun)
    {
        var start = new ProtocolBuffer();
        foreach (var column in table.Columns.Where(static c => c.Source == ExportSource.Key))
            if (Value(RunColumn.Key(column.Of).Value(run.Run)) is { } value)
                start.Add(1, new ProtocolBuffer().Add(1, column.Name).Add(2, value));
        start.Add(5, begun);
        var plugin = new ProtocolBuffer().Add(1, "hparams").Add(2, new ProtocolBuffer().Add(3, start));
        return new ProtocolBuffer().Add(1, "_hparams_/session_start_info").Add(9, new ProtocolBuffer().Add(1, plugin));
    }

    private static ProtocolBuffer? Value(Cell cell) => cell switch
    {
        { Number: { } number } => new ProtocolBuffer().Add(2, number),
        { Text: "true" or "false" } => new ProtocolBuffer().Add(4, cell.Text == "true"),
        { Text: { } text } => new ProtocolBuffer().Add(3, text),
        _ => null,
    };

    private static long[]? Steps(ExportTable table, ExportRows run)
    {
        var at = Enumerable.Range(0, table.Columns.Count)
            .FirstOrDefault(c => table.Columns[c] is { Source: ExportSource.Quantity, Of: "step" }, -1);
        if (at < 0) return null;
        double?[] steps = [.. Enumerable.Range(0, run.Count).Select(i => run.Real(table.Columns[at], at, i))];
        for (var i = 0; i < steps.Length; i++)
            if (steps[i] is not { } s || !double.IsInteger(s) || Math.Abs(s) > 1e15 || (i > 0 && s <= steps[i - 1])) return null;
        return [.. steps.Select(static s => (long)s!.Value)];
    }

    // Seconds since 1970: from the folder's name, which is in local time.
    private static double Begun(RunRecord run) =>
        DateTime.TryParseExact(run.Order.Second, "yyyy-MM-dd_HH-mm-ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal
            | DateTimeStyles.AdjustToUniversal, out var begun) ? (begun - DateTime.UnixEpoch).TotalSeconds : 0;
}
