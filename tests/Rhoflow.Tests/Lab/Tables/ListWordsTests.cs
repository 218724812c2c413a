using Rhoflow.Lab.Tables;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Tables;

/// <summary>Lists of configs in few words, and never the same words for different lists.</summary>
public class ListWordsTests
{
    private const string Plain = "[{dense: 64}, relu, {dense: 64}, relu, {dense: 10}]";
    private const string Normalized = "[{dense: 64}, {batch-norm: {affine: false, epsilon: 1e-05}}, relu, {dense: 64}, "
        + "{batch-norm: {affine: false, epsilon: 1e-05}}, relu, {dense: 10}]";

    [Fact]
    public void A_list_is_said_in_words_and_by_what_it_has_beside_the_others()
    {
        var words = new ListWords([Plain, Normalized, Plain]);
        words.Whole(Plain).ShouldBe("dense 64, relu, dense 64, relu, dense 10");
        words.Whole(Normalized).ShouldBe("dense 64, batch-norm, relu, dense 64, batch-norm, relu, dense 10");
        words.Difference(Plain).ShouldBe("…");
        words.Difference(Normalized).ShouldBe("… + 2 batch-norm");
        words.Common.ShouldBe("dense 64, relu, dense 64, relu, dense 10");
        new ListWords(["[a, b]", "[b, a]", "0.1"]).Common.ShouldBeNull();
    }

    [Fact]
    public void Settings_that_differ_are_said_and_other_values_stay_as_they_are()
    {
        string[] affine = ["[{batch-norm: {affine: false}}]", "[{batch-norm: {affine: true}}]"];
        var words = new ListWords([.. affine, "0.1", "[scale-pixels, center]"]);
        words.Whole(affine[0]).ShouldBe("batch-norm {affine: false}");
        words.Difference(affine[1]).ShouldBe("batch-norm {affine: true}");
        (words.Whole("0.1"), words.Difference("0.1")).ShouldBe(("0.1", "0.1"));
        var order = new ListWords(["[a, b]", "[b, a]"]);
        (order.Difference("[a, b]"), order.Difference("[b, a]")).ShouldBe(("a, b", "b, a"));
        new ListWords(["[{dense: [1, 2]}, \"x, y\"]"]).Whole("[{dense: [1, 2]}, \"x, y\"]").ShouldBe("dense [1, 2], \"x, y\"");
        new ListWords([]).Whole("[]").ShouldBe("[]");
    }

    [Fact]
    public void Different_lists_have_different_words()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        string[] items = ["relu", "{dense: 8}", "{dense: 16}", "{conv: {maps: 8, kernel: 3}}", "{conv: {maps: 4, kernel: 3}}",
            "{batch-norm: {}}"];
        for (var trial = 0; trial < 300; trial++)
        {
            string[] lists = [.. Enumerable.Range(0, 4).Select(_ => $"[{string.Join(", ", Enumerable.Range(0, random.Next(1, 6))
                .Select(_ => items[random.Next(items.Length)]))}]").Distinct(StringComparer.Ordinal)];
            var words = new ListWords(lists);
            lists.Select(words.Whole).Distinct(StringComparer.Ordinal).Count().ShouldBe(lists.Length, $"seed {seed}");
            lists.Select(words.Difference).Distinct(StringComparer.Ordinal).Count().ShouldBe(lists.Length, $"seed {seed}");
        }
    }
}
