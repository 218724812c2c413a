using Spectre.Console;

namespace Rhoflow.Cli;

/// <summary>Where tables are shown: with colours on a terminal, plain and wide elsewhere.</summary>
internal static class Terminal
{
    /// <summary>A console on that writer.</summary>
    public static IAnsiConsole On(TextWriter writer)
    {
        if (Is(writer)) return AnsiConsole.Console;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = Width(writer);
        return console;
    }

    /// <summary>Whether that writer is a terminal.</summary>
    public static bool Is(TextWriter writer) => PlainWriter.Is(writer, Console.Out) && !Console.IsOutputRedirected;

    /// <summary>How wide a table may be: as the terminal is, elsewhere as COLUMNS says, or wide.</summary>
    public static int Width(TextWriter writer) => Is(writer) ? AnsiConsole.Console.Profile.Width
        : int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), out var columns) && columns > 0 ? columns : 200;

    /// <summary>A table in the house's form: first column left, numbers right.</summary>
    public static Table Table(IEnumerable<string> columns, int leftAligned = 1)
    {
        var table = new Table { Border = TableBorder.Simple };
        var i = 0;
        foreach (var column in columns)
        {
            var c = new TableColumn(Markup.Escape(column)).NoWrap();
            table.AddColumn(i++ < leftAligned ? c.LeftAligned() : c.RightAligned());
        }
        return table;
    }

    /// <summary>Adds a row of plain text.</summary>
    public static void Add(this Table table, params IEnumerable<string> cells) =>
        table.AddRow([.. cells.Select(static c => new Text(PlainWriter.Plain(c)))]);
}
