using System.Text.Json.Nodes;
using Rhoflow.Cli;
using Rhoflow.Lab.Report;
using Rhoflow.Papers.Equations;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Cli;

/// <summary><c>list equations</c>: the table, one equation, and its document.</summary>
public class EquationListTests
{
    [Fact]
    public void The_table_has_a_row_for_each_in_80_columns()
    {
        var (status, output, error) = Run("list", "equations");
        (status, error).ShouldBe((0, ""));
        var lines = output.Split('\n').Select(static l => l.TrimEnd('\r')).ToArray();
        lines.ShouldAllBe(static l => l.Length <= 80);
        foreach (var e in EquationTable.All)
        {
            var row = lines.Single(l => l.StartsWith(e.Id + " ", StringComparison.Ordinal));
            row[9].ShouldBe(e.Corrected is null ? ' ' : '*', e.Id);
            row.ShouldContain($"§{e.Section} ");
        }
        // A blank, two lines of counts, a blank, the table by paper under three lines, two lines of help.
        lines.Length.ShouldBe(EquationTable.All.Count + 14);
        var counts = lines.SkipWhile(static l => !l.EndsWith("decides", StringComparison.Ordinal)).Skip(1).Take(4)
            .SelectMany(static l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries).TakeLast(5).Select(int.Parse));
        counts.ShouldBe(EquationTable.Papers.SelectMany(static p => EquationStandings.All.Select(s =>
            EquationTable.All.Count(e => e.Paper == p && EquationTable.StandingOf(e) == s))));
        output.ShouldContain($"224 equations and {EquationTable.All.Count - 224} lines without a number");
    }

    [Theory]
    [InlineData("T3.65"), InlineData("t3", "eq.", "65"), InlineData("T3 eq. 65")]
    public void One_equation_with_file_correction_and_claims(params string[] asked)
    {
        var (status, output, _) = Run(["list", "equations", .. asked]);
        status.ShouldBe(0);
        output.ShouldStartWith("T3.65  Theory III (2019), §12.2, equation 65");
        output.ShouldContain("src/Rhoflow/Flows/NormGrowthFlow.cs");
        output.ShouldContain("Rhoflow.Limits.NormGrowthSolution");
        output.ShouldContain("b06-two-layer-product");
        var words = string.Join(' ', output.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries));
        words.ShouldContain("printed Ṙ = f_V(x)^(2/K) K² (log R)^(2 − 2/K)");
        words.ShouldContain("corrected Ṙ = K f_V(x)^(2/K) (log R)^(2 − 2/K)");
        output.Split('\n').ShouldAllBe(static l => l.TrimEnd().Length <= 80);
    }

    [Fact]
    public void A_line_without_a_number_has_a_letter()
    {
        var (status, output, _) = Run("list", "equations", "T3", "eq.", "65a");
        status.ShouldBe(0);
        output.ShouldStartWith("T3.65a  Theory III (2019), §12.2, a line without a number, near equation 65");
        output.ShouldContain("standing       corrected and tried");
        output.ShouldContain("residual       printed 1, corrected ");
        Run("list", "equations", "T3.31").Output.ShouldContain("residual       none: a bound with probability");
        var node = JsonNode.Parse(Run("list", "equations", "T3.65a", "--json").Output)!["equations"]!.AsArray().Single()!;
        ((int)node["number"]!, (string)node["letter"]!).ShouldBe((65, "a"));
        ((double)node["residual_corrected"]!).ShouldBeLessThan(1e-6);
    }

    [Fact]
    public void A_line_whose_print_is_right_and_one_whose_print_has_no_value()
    {
        var right = Run("list", "equations", "T3.16c").Output;
        right.ShouldContain("standing       right and tried");
        right.ShouldContain("src/Rhoflow/Flows/ReparametrizedFlow.cs");
        Run("list", "equations", "T3 80b").Output.ShouldContain("b08-weight-normalization-rate");
        Run("list", "equations", "SQ.54a").Output.ShouldContain("residual       printed has no value, corrected ");
        JsonNode.Parse(Run("list", "equations", "SQ.54a", "--json").Output)!["equations"]![0]!["residual_printed"].ShouldBeNull();
        string.Join(' ', Run("list", "equations", "T3.79").Output.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries))
            .ShouldContain("(order of the error, on a random instance)");
    }

    [Fact]
    public void An_equation_that_no_paper_has_is_refused_with_the_nearest()
    {
        var (status, output, error) = Run("list", "equations", "T3.222");
        (status, output).ShouldBe((2, ""));
        error.ShouldContain("'T3.222' is not an equation");
        error.ShouldContain("nearest: T3.2");
        error.ShouldContain("T3.1 to T3.81");
        Run("list", "equations", "--jsn").Status.ShouldBe(2);
    }

    [Fact]
    public void The_document_has_the_contract_s_keys()
    {
        var all = JsonNode.Parse(Run("list", "equations", "--json").Output)!["equations"]!.AsArray();
        all.Count.ShouldBe(EquationTable.All.Count);
        string[] keys = ["id", "paper", "number", "tex", "corrected", "kind", "types", "claims", "standing", "residual_printed",
            "residual_corrected"];
        foreach (var node in all) keys.ShouldBeSubsetOf(node!.AsObject().Select(static p => p.Key));

        var one = JsonNode.Parse(Run("list", "equations", "T3.14", "--json").Output)!["equations"]!.AsArray().Single()!.AsObject();
        ((string)one["id"]!).ShouldBe("T3.14");
        ((string)one["paper"]!).ShouldBe("theory-iii");
        ((int)one["number"]!).ShouldBe(14);
        ((string)one["kind"]!).ShouldBe("flow");
        ((string)one["tex"]!).ShouldContain("+ V_k");
        ((string)one["corrected"]!).ShouldContain("- V_k");
        one["types"]!.AsArray().Select(static t => (string)t!).ShouldContain("Rhoflow.Flows.LagrangeFlow");
        ((double)one["residual_corrected"]!).ShouldBeLessThan(1e-6);
        ((double)one["residual_printed"]!).ShouldBeGreaterThan(1e-3);
        JsonNode.Parse(Run("list", "equations", "T3.22", "--json").Output)!["equations"]![0]!["corrected"].ShouldBeNull();
    }

    [Fact]
    public void Other_lists_show_one_entry_by_its_name()
    {
        var flow = JsonNode.Parse(Run("list", "flows", "lagrange", "--json").Output)!["flows"]!.AsArray().Single()!;
        ((string)flow["name"]!).ShouldBe("lagrange");
        Run("list", "claims", "b06").Output.ShouldStartWith("b06-two-layer-product");
        var (status, _, error) = Run("list", "flows", "lagrnge");
        status.ShouldBe(2);
        error.ShouldContain("nearest: lagrange");
    }

    private static (int Status, string Output, string Error) Run(params string[] args)
    {
        using StringWriter output = new(), error = new();
        var status = CommandLine.Run(args, output, error, TestContext.Current.CancellationToken);
        return (status, output.ToString(), error.ToString());
    }
}
