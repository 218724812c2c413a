using Rhoflow.Lab.Runs;

namespace Rhoflow.Lab.Tables;

/// <summary>What a column says of a run.</summary>
public enum ColumnKind
{
    /// <summary>Which run it is and how it stands: name, id, status, folder, started, seconds.</summary>
    Field,

    /// <summary>A key of its config, under its dotted name.</summary>
    Key,

    /// <summary>A quantity of its last observation.</summary>
    Quantity,
}

/// <summary>A column of a table of runs.</summary>
/// <param name="Name">Its head.</param>
/// <param name="Kind">What it says.</param>
/// <param name="Value">The cell of a run.</param>
public sealed record RunColumn(string Name, ColumnKind Kind, Func<RunRecord, Cell> Value)
{
    /// <summary>A key of configs.</summary>
    public static RunColumn Key(string name) => new(name, ColumnKind.Key, r => Cell.Of(r.Keys.GetValueOrDefault(name)));

    /// <summary>A quantity of the last observation.</summary>
    public static RunColumn Quantity(string name) => new(name, ColumnKind.Quantity, r => Cell.Of(r.Last(name)));

    /// <summary>Measured or timed: shown with six digits, and nan in csv where it is not there.</summary>
    public bool IsNumber => Kind == ColumnKind.Quantity || Name == RunColumns.Seconds;

    /// <summary>As csv has it, with all digits.</summary>
    public string Csv(RunRecord run) => Value(run) is { IsNothing: false } cell ? cell.ToString() : IsNumber ? "nan" : "";
}
