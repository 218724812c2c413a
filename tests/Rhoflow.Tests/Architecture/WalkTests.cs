using System.Reflection;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Architecture;

/// <summary>The walk of one number in ARCHITECTURE.md names types that there are, and ends where it says.</summary>
public sealed partial class WalkTests
{
    private const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    private static readonly Lazy<ILookup<string, Type>> Types = new(static () => ArchitectureTests.Assemblies
        .SelectMany(static a => a.GetTypes()).Where(static t => !t.IsNested)
        .ToLookup(static t => t.Name.Split('`')[0], StringComparer.Ordinal));

    [Fact]
    public void Every_type_and_member_on_the_walk_exists()
    {
        string[] names = [.. Names()];
        names.Length.ShouldBeGreaterThan(40);
        names.Where(static n => !Exists(n)).ShouldBeEmpty();
    }

    // Each step of the walk that is a reference in code is one: the first type imports the second.
    [Theory]
    [InlineData("RunCommand", "Experiment")]
    [InlineData("Runner", "RunLauncher")]
    [InlineData("RunLauncher", "RunKinds")]
    [InlineData("FlowRunKind", "PreparedFlow")]
    [InlineData("PreparedFlow", "FlowColumns")]
    [InlineData("FlowColumns", "MeasureTable")]
    [InlineData("FlowExecutor", "Trajectory")]
    [InlineData("Trajectory", "FlowPoint")]
    [InlineData("FlowPoint", "Snapshot")]
    [InlineData("Snapshot", "Margin")]
    [InlineData("MeasureTable", "MeasureCatalog")]
    [InlineData("MarginMeasures", "Snapshot")]
    [InlineData("ObservationWriter", "MetricsFile")]
    [InlineData("FlowRun", "PreparedFlow")]
    [InlineData("MeasuredRun", "RunLauncher")]
    [InlineData("ReportWriter", "PaperPage")]
    public void A_step_leads_to_the_next(string from, string to)
    {
        Names().ShouldContain(n => n == from || n.StartsWith(from + ".", StringComparison.Ordinal));
        ArchitectureTests.Built.Value.ShouldContain(i => i.From.Name == from && i.To.Name == to);
    }

    private static IEnumerable<string> Names()
    {
        var text = Drawing.Document("ARCHITECTURE.md");
        var start = text.IndexOf("## The walk of one number", StringComparison.Ordinal);
        var section = text[start..text.IndexOf("\n## ", start + 1, StringComparison.Ordinal)];
        return Code().Matches(section).Select(static m => m.Groups["name"].Value).Distinct(StringComparer.Ordinal);
    }

    private static bool Exists(string name)
    {
        var parts = name.Split('.');
        return Types.Value[parts[0]].Any(t => parts.Length == 1 || t.GetMember(parts[1], Any | BindingFlags.FlattenHierarchy).Length > 0);
    }

    [GeneratedRegex(@"`(?<name>[A-Z]\w+(\.[A-Z]\w+)?)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Code();
}
