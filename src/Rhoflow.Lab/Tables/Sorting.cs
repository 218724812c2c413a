namespace Rhoflow.Lab.Tables;

/// <summary>The order of the rows of a table.</summary>
internal static class Sorting
{
    /// <summary>By one cell of each: numbers by their value, texts letter by letter, those with nothing last; equal ones stay.</summary>
    public static IReadOnlyList<T> By<T>(IEnumerable<T> rows, Func<T, Cell> cell, bool descending)
    {
        var sign = descending ? -1 : 1;
        return
        [
            .. rows.Select(r => (Row: r, Cell: cell(r))).OrderBy(static p => p.Cell.IsNothing)
                .ThenBy(static p => p.Cell, Comparer<Cell>.Create((a, b) => sign * Cell.Order(a, b))).Select(static p => p.Row),
        ];
    }
}
