using Rhoflow.Networks;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Networks;

/// <summary>
/// What the compiler cannot see of a kind of node: that its words are in the list of all words, and that it is tried in the table.
/// </summary>
public class NodeKindTests
{
    private static readonly Type[] s_kinds =
        [.. typeof(Node).Assembly.GetTypes().Where(static t => t.IsSubclassOf(typeof(Node)) && !t.IsAbstract)];

    [Fact]
    public void Every_kind_can_be_written_in_configs()
    {
        s_kinds.Length.ShouldBeGreaterThan(7);
        foreach (var kind in s_kinds)
        {
            kind.GetInterfaces().ShouldContain(typeof(INodeKind), kind.Name);
            var syntax = (IReadOnlyList<NodeSyntax>)kind.GetProperty(nameof(INodeKind.Syntax))!.GetValue(null)!;
            // Only other assemblies have words for it.
            if (kind != typeof(WeightLayerNode)) syntax.ShouldNotBeEmpty();
            foreach (var word in syntax) NodeSyntax.All.ShouldContain(word, $"{kind.Name}: '{word.Word}' is missing in NodeSyntax.All");
        }
    }

    [Fact]
    public void Words_are_unique_and_add_something()
    {
        NodeSyntax.All.Select(static s => s.Word).ShouldBeUnique();
        foreach (var s in NodeSyntax.All) (s.Add is null).ShouldBe(s.Join is not null, s.Word);
    }

    [Fact]
    public void Every_kind_is_in_the_table_of_tests()
    {
        var tried = Passes.NetworkTable.Names.SelectMany(static n => Passes.NetworkTable.Get(n).Nodes).Select(static n => n.GetType())
            .ToHashSet();
        s_kinds.Where(k => !tried.Contains(k)).ShouldBeEmpty();
    }
}
