using System.Globalization;
using System.Text.Json.Nodes;
using Rhoflow.Lab.Report;
using Rhoflow.Lab.Typesetting;
using Rhoflow.Papers.Equations;

namespace Rhoflow.Cli;

/// <summary>
/// The papers' equations as <c>list equations</c> shows them: a line for each, of 80 columns or the terminal's, or one with what is known
/// of it, its formulas in Unicode.
/// </summary>
internal static class EquationList
{
    private const int Width = 80;

    /// <summary>Writes all equations, or the one that is <paramref name="asked"/> for.</summary>
    /// <exception cref="Lab.Config.ConfigException">There is no such equation.</exception>
    public static void Write(TextWriter output, bool json, string? asked)
    {
        IReadOnlyList<Equation> equations = asked is null ? EquationTable.All : [EquationTable.Require(asked)];
        if (json) output.WriteLine(new JsonObject { ["equations"] = Documents(equations) }.ToJsonString(Json.Options));
        else if (asked is null) Table(output, equations);
        else Details(output, equations[0]);
    }

    /// <summary>The equations of <c>--json</c>.</summary>
    public static JsonArray Documents(IReadOnlyList<Equation> equations) => new([.. equations.Select(Document)]);

    private static JsonNode Document(Equation equation)
    {
        var residual = EquationTable.ResidualOf(equation);
        return new JsonObject
        {
            ["id"] = equation.Id,
            ["paper"] = equation.Paper.Key,
            ["number"] = equation.Number,
            ["letter"] = equation.Letter.Length > 0 ? equation.Letter : null,
            ["section"] = equation.Section,
            ["text"] = equation.Says,
            ["tex"] = equation.Tex,
            ["corrected"] = equation.Corrected,
            ["why"] = equation.Why,
            ["note"] = equation.Note,
            ["kind"] = equation.Kind.ToString().ToLowerInvariant(),
            ["types"] = new JsonArray([.. equation.Types.Select(static t => (JsonNode)t.FullName!)]),
            ["files"] = new JsonArray([.. Files(equation).Select(static f => (JsonNode)f)]),
            ["claims"] = new JsonArray([.. EquationTable.ClaimsOn(equation).Select(static c => (JsonNode)c.Id)]),
            ["standing"] = EquationTable.StandingOf(equation).Words(),
            ["residual_printed"] = residual is { Printed: var printed } && double.IsFinite(printed) ? printed : null,
            ["residual_corrected"] = residual?.Corrected,
            ["not_tried"] = EquationTable.WhyNotTried(equation),
        };
    }

    private static void Table(TextWriter output, IReadOnlyList<Equation> equations)
    {
        foreach (var equation in equations)
        {
            var line = $"{equation.Id,-9}{(equation.Corrected is null ? ' ' : '*')} §{equation.Section,-7}"
                + FormulasInText.Plain(equation.Says);
            output.WriteLine(Fitted(line, Terminal.Is(output) ? Math.Max(Width, Terminal.Width(output) - 1) : Width));
        }
        output.WriteLine();
        var lines = equations.Count(static e => e.Letter.Length > 0);
        output.WriteLine($"{equations.Count - lines} equations and {lines} lines without a number (T3.65a stands by T3.65);");
        output.WriteLine($"* {equations.Count(static e => e.Corrected is not null)} whose print needs a correction.");
        output.WriteLine();
        Counts(output, equations);
        output.WriteLine("rhoflow list equations T3.22 shows one: print, correction, source, claims;");
        output.WriteLine("--json has the TeX.");
    }

    // By paper: how many equations have each standing.
    private static void Counts(TextWriter output, IReadOnlyList<Equation> equations)
    {
        var words = EquationStandings.All.Select(static s => s.Words().Replace("and ", "", StringComparison.Ordinal).Split(' ')).ToArray();
        for (var line = 0; line < words.Max(static w => w.Length); line++)
            output.WriteLine($"{"",-22}" + string.Concat(words.Select(w => $"{w.ElementAtOrDefault(line),11}")));
        foreach (var paper in EquationTable.Papers)
        {
            var own = equations.Where(e => e.Paper == paper).ToLookup(EquationTable.StandingOf);
            output.WriteLine($"{paper.Name,-22}" + string.Concat(EquationStandings.All.Select(s => $"{own[s].Count(),11}")));
        }
    }

    private static void Details(TextWriter output, Equation equation)
    {
        var place = equation.Letter.Length > 0 ? $"a line without a number, near equation {equation.Number}" : $"equation "
            + $"{equation.Number}";
        output.WriteLine($"{equation.Id}  {equation.Paper.Name} ({equation.Paper.Year}), §{equation.Section}, {place}");
        output.WriteLine();
        Entry(output, equation.Kind.ToString().ToLowerInvariant(), FormulasInText.Plain(equation.Says));
        Entry(output, "standing", EquationTable.StandingOf(equation).Words());
        Entry(output, "printed", PlainTex.Of(equation.Tex));
        Entry(output, "corrected", equation.Corrected is { } corrected ? PlainTex.Of(corrected) : "the print is right");
        if (equation.Why is { } why) Entry(output, "why", FormulasInText.Plain(why));
        if (EquationTable.ResidualOf(equation) is { } residual)
        {
            var forms = equation.Corrected is null ? string.Create(CultureInfo.InvariantCulture, $"{residual.Printed:g2}")
                : string.Create(CultureInfo.InvariantCulture,
                    $"printed {(double.IsInfinity(residual.Printed) ? "has no value" : $"{residual.Printed:g2}")}, "
                    + $"corrected {residual.Corrected:g2}");
            Entry(output, "residual", $"{forms} ({RandomInstance(equation.Kind)})");
        }
        else Entry(output, "residual", $"none: {FormulasInText.Plain(EquationTable.WhyNotTried(equation)!)}");
        if (equation.Note is { } note) Entry(output, "note", FormulasInText.Plain(note));
        foreach (var type in equation.Types)
        {
            Entry(output, "type", type.FullName!);
            if (SourceFiles.Of(type) is { } file) Entry(output, "", file);
        }
        if (equation.Types.Count == 0) Entry(output, "type", "none implements it");
        foreach (var claim in EquationTable.ClaimsOn(equation)) Entry(output, "claim", claim.Id);
    }

    private static string RandomInstance(EquationKind kind) => kind switch
    {
        EquationKind.Approximation => "order of the error, on a random instance",
        EquationKind.Bound => "how far it is broken, on a random instance",
        _ => "against an independent computation, on a random instance",
    };

    private static void Entry(TextWriter output, string label, string text)
    {
        var head = $"{label,-15}";
        foreach (var line in Wrap(text, Width - head.Length))
        {
            output.WriteLine((head + line).TrimEnd());
            head = new string(' ', head.Length);
        }
    }

    private static IEnumerable<string> Files(Equation equation) =>
        equation.Types.Select(SourceFiles.Of).OfType<string>().Distinct(StringComparer.Ordinal);

    // What does not fit ends in an ellipsis after a whole word.
    private static string Fitted(string line, int width)
    {
        if (line.Length <= width) return line;
        var cut = line.LastIndexOf(' ', width - 2);
        return line[..cut].TrimEnd(',', ';', ':') + " …";
    }

    // Lines of at most so many characters, broken at blanks; a longer word stands alone.
    private static IEnumerable<string> Wrap(string text, int width)
    {
        var line = "";
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = "";
            }
            line = line.Length == 0 ? word : $"{line} {word}";
        }
        yield return line;
    }
}
