using Rhoflow.Cli;
using Rhoflow.Papers.Catalog;
using Rhoflow.Papers.Equations;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Papers.Equations;

/// <summary>The table has every numbered equation of the four papers, and every known misprint.</summary>
public class EquationTableTests
{
    [Theory]
    [InlineData("T3", "Theory III", 2019, 81)]
    [InlineData("T3b", "Theory IIIb", 2018, 64)]
    [InlineData("SQ", "Square loss", 2020, 57)]
    [InlineData("PNAS", "Theoretical issues", 2020, 22)]
    public void Every_number_that_is_printed_has_a_row_and_no_other_has(string paper, string name, int year, int count)
    {
        PrintedNumbers.Papers.ShouldBe(EquationTable.Papers.Select(static p => p.Short));
        var printed = PrintedNumbers.Of(paper);
        printed.Count.ShouldBe(count);
        var equations = EquationTable.All.Where(e => e.Paper.Short == paper && e.Letter.Length == 0).ToList();
        equations.Select(static e => e.Number).ShouldBe(printed.Order());
        equations.ShouldAllBe(e => e.Paper.Name == name && e.Paper.Year == year);
        PapersCatalog.Papers.ShouldContain(equations[0].Paper);
    }

    [Fact]
    public void Papers_follow_each_other()
    {
        EquationTable.Papers.Select(static p => p.Short).ShouldBe(["T3", "T3b", "SQ", "PNAS"]);
        EquationTable.All.Select(static e => e.Paper)
            .ShouldBe(EquationTable.All.Select(static e => e.Paper).OrderBy(p => EquationTable.Papers.ToList().IndexOf(p)));
        EquationTable.All.Select(static e => e.Id).Distinct(StringComparer.OrdinalIgnoreCase).Count().ShouldBe(EquationTable.All.Count);
    }

    [Fact]
    public void Every_entry_is_complete()
    {
        foreach (var e in EquationTable.All)
        {
            e.Says.ShouldNotBeNullOrWhiteSpace(e.Id);
            e.Section.ShouldNotBeNullOrWhiteSpace(e.Id);
            e.Says.Length.ShouldBeLessThanOrEqualTo(100, e.Id);
            Balanced(e.Tex).ShouldBeTrue($"{e.Id}: {e.Tex}");
            (e.Why is null).ShouldBe(e.Corrected is null, e.Id);
            if (e.Corrected is null) continue;
            Balanced(e.Corrected).ShouldBeTrue($"{e.Id}: {e.Corrected}");
            e.Corrected.ShouldNotBe(e.Tex, e.Id);
        }
    }

    [Fact]
    public void Lines_without_a_number_stand_by_their_equation()
    {
        var lines = EquationTable.All.Where(static e => e.Letter.Length > 0).ToList();
        foreach (var paper in EquationTable.Papers) lines.Count(e => e.Paper == paper).ShouldBeGreaterThan(20, paper.Name);
        foreach (var line in lines)
        {
            EquationTable.Find($"{line.Paper.Short}.{line.Number}").ShouldNotBeNull(line.Id);
            var letters = lines.Where(e => e.Paper == line.Paper && e.Number == line.Number).Select(static e => e.Letter[0]).ToArray();
            letters.ShouldBe(Enumerable.Range('a', letters.Length).Select(static c => (char)c), line.Id);
        }
    }

    // The misprints that the first reading of the papers found.
    [Theory]
    [InlineData("T3", new[] { 14, 15, 20, 25, 44, 46, 47, 43, 54, 56, 63, 64, 65, 67, 68, 73, 76, 79 })]
    [InlineData("T3b", new[] { 8, 15, 17, 18, 24, 25, 29, 33, 35, 36, 40, 41, 43, 48, 50, 53, 55, 56, 57, 60 })]
    [InlineData("SQ", new[] { 14, 16, 21, 23, 26, 27, 32, 33, 57 })]
    [InlineData("PNAS", new[] { 11, 14, 19, 20, 21 })]
    public void Known_misprints_are_corrected(string paper, int[] numbers)
    {
        foreach (var n in numbers) EquationTable.Find($"{paper}.{n}")!.Corrected.ShouldNotBeNull($"{paper}.{n}");
    }

    [Theory]
    [InlineData("T3", new[] { "16a", "21a", "36a", "39a", "55b", "56a", "56b", "60a", "65a", "65b", "70a", "79a" })]
    [InlineData("T3b", new[] { "1a", "24a", "24b", "28a", "36b", "44a", "47b", "57a", "57b", "60a" })]
    [InlineData("SQ", new[] { "3a", "5a", "5b", "8a", "9a", "9b", "9c", "9d", "15b", "16a", "16b", "17a", "23b", "41b", "45b", "47a",
        "54a" })]
    [InlineData("PNAS", new[] { "1a", "1f", "1h", "18a", "19a", "19b", "21a" })]
    public void Lines_whose_print_is_wrong_are_these(string paper, string[] lines) =>
        EquationTable.All.Where(e => e.Paper.Short == paper && e.Letter.Length > 0 && e.Corrected is not null)
            .Select(static e => $"{e.Number}{e.Letter}").ShouldBe(lines);

    // Misprints and wrong conclusions in the text around an equation.
    [Theory]
    [InlineData("T3.16"), InlineData("T3.21"), InlineData("T3.28"), InlineData("T3.30"), InlineData("T3.36"), InlineData("T3.50")]
    [InlineData("T3.70"), InlineData("T3.80"), InlineData("T3.81"), InlineData("T3b.1"), InlineData("T3b.24"), InlineData("T3b.44")]
    [InlineData("T3b.60"), InlineData("T3.29"), InlineData("T3.60"), InlineData("T3b.28"), InlineData("SQ.9")]
    [InlineData("SQ.3"), InlineData("SQ.5"), InlineData("SQ.7"), InlineData("SQ.17"), InlineData("SQ.40")]
    [InlineData("SQ.47"), InlineData("SQ.56"), InlineData("PNAS.1"), InlineData("PNAS.3"), InlineData("PNAS.7"), InlineData("PNAS.18")]
    public void What_stands_around_is_noted(string id) => EquationTable.Find(id)!.Note.ShouldNotBeNullOrWhiteSpace();

    [Fact]
    public void Equations_that_are_right_in_print_stay()
    {
        string[] right =
        [
            "T3.8", "T3.10", "T3.22", "T3.48", "T3.52", "T3.53", "T3.66", "T3.72", "T3.77", "T3b.32", "T3b.58", "SQ.5", "SQ.6", "SQ.12",
            "SQ.13", "SQ.28", "SQ.46", "PNAS.5", "PNAS.7",
        ];
        foreach (var id in right) EquationTable.Find(id)!.Corrected.ShouldBeNull(id);
    }

    [Fact]
    public void Claims_rest_on_equations_that_exist()
    {
        foreach (var claim in PapersCatalog.Claims)
        {
            var equations = EquationTable.Of(claim);
            foreach (var id in claim.Equations) equations.Select(static e => e.Id).ShouldContain(id);
            if (claim.Place.Contains("eq. ", StringComparison.Ordinal) && !claim.Place.Contains("eq. before", StringComparison.Ordinal))
                equations.ShouldNotBeEmpty($"{claim.Id}: {claim.Place}");
            foreach (var equation in equations) EquationTable.ClaimsOn(equation).ShouldContain(claim);
        }
        EquationTable.Of(PapersCatalog.Claims.Single(static c => c.Id == "b06-two-layer-product")).Select(static e => e.Id)
            .ShouldBe(["T3.63", "T3.64", "T3.65", "T3.65a", "T3b.55", "T3b.56", "T3b.57", "T3b.57a", "PNAS.19", "PNAS.19a"]);
    }

    [Fact]
    public void The_debug_files_know_where_every_type_is_written()
    {
        var declared = SourceTree.Declarations("src/Rhoflow");
        foreach (var type in EquationTable.All.SelectMany(static e => e.Types).Distinct())
            SourceFiles.Of(type).ShouldBe(declared[type.Name.Split('`')[0]], type.FullName);
    }

    [Fact]
    public void Debug_information_inside_an_assembly_knows_it_too()
    {
        var type = typeof(Rhoflow.Outside.Lion);
        File.Exists(Path.ChangeExtension(type.Assembly.Location, ".pdb")).ShouldBeFalse();
        SourceFiles.Of(type).ShouldNotBeNull().ShouldEndWith("tests/Rhoflow.Outside/Lion.cs");
    }

    private static bool Balanced(string tex)
    {
        var depth = 0;
        for (var i = 0; i < tex.Length; i++)
        {
            if (i > 0 && tex[i - 1] == '\\') continue;
            depth += tex[i] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth < 0) return false;
        }
        return depth == 0 && Count(tex, @"\left") == Count(tex, @"\right");
    }

    private static int Count(string text, string word) =>
        (text.Length - text.Replace(word, "", StringComparison.Ordinal).Length) / word.Length;
}
