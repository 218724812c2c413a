using System.Text.RegularExpressions;
using Rhoflow.Papers.Equations;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Papers.Equations;

/// <summary>What the code cites is in the table of equations, and is written in the one form.</summary>
public partial class CitationFormTests
{
    private static readonly string[] Folders = ["src", "papers", "tests", "benchmarks"];

    // The tests of citations write what must not be written, those of sections and of the report make up places and papers.
    private static readonly string[] Elsewhere = ["tests/Rhoflow.Tests/Papers/Equations/",
        "tests/Rhoflow.Tests/Lab/Claims/PaperSectionTests.cs", "tests/Rhoflow.Tests/Lab/Report/ReportTests.cs"];

    [Fact]
    public void Every_citation_exists()
    {
        var cited = 0;
        var unknown = new List<string>();
        foreach (var (path, text) in Files())
            foreach (var (line, content) in Lines(text))
                foreach (var citation in Citations.In(content))
                {
                    cited++;
                    if (EquationTable.Find(citation.Id) is null) unknown.Add($"{path}:{line}: {citation.Id} is no equation of that paper");
                }
        unknown.ShouldBeEmpty();
        cited.ShouldBeGreaterThan(300);
    }

    [Fact]
    public void Every_citation_has_the_one_form()
    {
        var wrong = new List<string>();
        foreach (var (path, text) in Files())
        {
            wrong.AddRange(Cuts(text).Select(line => $"{path}:{line}: a citation is cut by the end of the line"));
            foreach (var (line, content) in Lines(text))
                if (Fault(content, path) is { } fault) wrong.Add($"{path}:{line}: {fault}: {content.Trim()}");
        }
        wrong.ShouldBeEmpty("equations are cited as T3 eq. 22, several as T3 eq. 8, 17, 51 (papers/README.md)");
    }

    [Theory]
    [InlineData("// T3 eq 22", "a dot after eq")]
    [InlineData("// see Eq 22", "a dot after eq")]
    [InlineData("// T3 eq. 52–53", "ranges spelled out")]
    [InlineData("// SQ eq. 5-6, 22", "ranges spelled out")]
    [InlineData("// T3 eq. 8, 20–21", "ranges spelled out")]
    [InlineData("// PNAS [5]", "PNAS eq. 5")]
    [InlineData("// (catalogue B8; T3 §16)", "the paper's own citation")]
    [InlineData("// Catalogue A6", "the paper's own citation")]
    [InlineData("// the norm stays (A8; T3 eq. 52)", "the paper's own citation")]
    [InlineData("// vanishes (B15).", "the paper's own citation")]
    [InlineData("// the residual of eq. 36", "the paper before eq")]
    public void Old_forms_are_found(string text, string fault) => Fault(text, "src/any.cs").ShouldBe(fault);

    [Theory]
    [InlineData("/// as T3\n/// eq. 22 has it", 1)]
    [InlineData("// one\n    // T3b eq.\n    // 22", 2)]
    [InlineData("# SQ eq. 5,\n# 6", 1)]
    [InlineData("/// as SQ\n/// does, T3 eq. 8,\n/// in words; PNAS eq. 5, 6\n/// 7 of them", 0)]
    public void Cut_citations_are_found(string text, int line) => Cuts(text).FirstOrDefault().ShouldBe(line);

    [Theory]
    [InlineData("// T3 eq. 8, 17, 51; PNAS eq. 3; after PNAS eq. 18")]
    [InlineData("// Bartlett–Foster–Telgarsky 2017, eq. 1.2")]
    [InlineData("/// Where: “eq. 80, §16, Fig. 4”.")]
    [InlineData("// claim b38; [5] is a list; f(A1) is a call")]
    public void The_one_form_passes(string text) => Fault(text, "src/any.cs").ShouldBeNull();

    [Fact]
    public void Types_of_the_table_cite_their_equations_back()
    {
        var files = SourceTree.Files("src/Rhoflow").ToDictionary(static f => f.Path, static f => f.Text, StringComparer.Ordinal);
        var declared = SourceTree.Declarations("src/Rhoflow");
        var silent = new List<string>();
        foreach (var equation in EquationTable.All)
            foreach (var type in equation.Types)
            {
                var file = declared[type.Name.Split('`')[0]];
                if (!Citations.In(files[file]).Contains(new Citation(equation.Paper.Short, equation.Number, equation.Letter)))
                    silent.Add($"{file} does not cite {equation.Citation}, which the table says {type.Name} implements");
            }
        silent.ShouldBeEmpty();
    }

    private static IEnumerable<(string Path, string Text)> Files() =>
        SourceTree.Files(Folders).Where(static f => !Elsewhere.Any(e => f.Path.StartsWith(e, StringComparison.Ordinal)));

    private static IEnumerable<(int Line, string Content)> Lines(string text) =>
        text.Split('\n').Select(static (content, i) => (i + 1, content));

    // The lines at whose end a citation is cut.
    private static IEnumerable<int> Cuts(string text) => Cut().Matches(text).Select(m => text.AsSpan(0, m.Index).Count('\n') + 1);

    // What is wrong with the citations of a line, or null. In papers/ prose about one paper may leave its name out.
    private static string? Fault(string line, string path)
    {
        if (NoDot().IsMatch(line)) return "a dot after eq";
        if (Range().IsMatch(line)) return "ranges spelled out";
        if (Bracket().IsMatch(line)) return "PNAS eq. 5";
        if (Letter().IsMatch(line)) return "the paper's own citation";
        return !path.StartsWith("papers/", StringComparison.Ordinal) && !Place().IsMatch(line)
            && Nameless().IsMatch(line) ? "the paper before eq" : null;
    }

    [GeneratedRegex(@"\b[Ee]qs? \d", RegexOptions.None, 1000)]
    private static partial Regex NoDot();

    [GeneratedRegex(@"\b(T3b?|SQ|PNAS) eq\. [\d, ]*\d[–-]\d", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Range();

    [GeneratedRegex(@"\bPNAS \[\d", RegexOptions.None, 1000)]
    private static partial Regex Bracket();

    [GeneratedRegex(@"\b[Cc]atalogue('s)? \(?[ABCH]\d|(//|#).*(?<!\w)[(;] ?[AB]\d{1,2}[;),:]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Letter();

    [GeneratedRegex(@"\b(T3b?|SQ|PNAS)(\s*\n\s*(//+|\#)\s*eq\.| eq\.\s*\n| eq\. [\d, ]*\d,\s*\n\s*(//+|\#)\s*\d)",
        RegexOptions.ExplicitCapture, 10000)]
    private static partial Regex Cut();

    [GeneratedRegex(@"\bPlace = ", RegexOptions.None, 1000)]
    private static partial Regex Place();

    [GeneratedRegex(@"(?<!\b(T3b?|SQ|PNAS) |“|\w)[Ee]q\. \d+\b(?!\.\d)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Nameless();
}
