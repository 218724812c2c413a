using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rhoflow.Cli;
using Rhoflow.Lab.Report;
using Rhoflow.Numerics;
using Rhoflow.Tests.Lab.Weights;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Report;

/// <summary>The page of one inspected model.</summary>
public sealed partial class InspectionPageTests : IDisposable
{
    private const int Side = 3, Hidden = 6, Classes = 3, Examples = 12;

    private readonly TemporaryFolder _folder = new();
    private readonly double[][] _x;
    private readonly double[] _w1, _w2;

    public InspectionPageTests()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        double[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() * 2 - 1)];
        _x = [.. Enumerable.Range(0, Examples).Select(_ => Draw(Side * Side))];
        (_w1, _w2) = (Draw(Hidden * Side * Side), Draw(Classes * Hidden));
        WeightFiles.Safetensors(_folder, new("a.weight", _w1, Hidden, Side * Side), new("b.weight", _w2, Classes, Hidden));
        File.WriteAllLines(_folder / "d.csv", _x.Select((row, n) => string.Join(',',
            row.Select(static v => v.ToString("R", CultureInfo.InvariantCulture)).Append($"{n % Classes}")))
            .Prepend(string.Join(',', Enumerable.Range(0, Side * Side).Select(static i => $"x{i}").Append("class"))));
    }

    public void Dispose() => _folder.Dispose();

    private string Page(params string[] more)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        CommandLine.Run(["inspect", _folder / "weights.safetensors", "--out", _folder / "page.html", "-q", .. more], output, error)
            .ShouldBe(0, error.ToString());
        output.ToString().ShouldContain("page.html");
        return File.ReadAllText(_folder / "page.html");
    }

    private string WithData(string network, params string[] more) => Page(["--data", _folder / "d.csv", "data.transforms=[]",
        "precision=float64", $"network.layers={network}", .. more]);

    [Fact]
    public void The_smallest_margins_are_those_of_plain_loops()
    {
        var page = WithData($"[{{dense: {Hidden}}}, relu, {{dense: {Classes}}}]", "--measures", "loss,margins,collapse,structure,bounds");
        var rho = Math.Sqrt(_w1.Sum(static w => w * w) * _w2.Sum(static w => w * w));
        var margins = _x.Select((x, n) =>
        {
            var f = WeightFiles.Times(_w2, WeightFiles.ReLU(WeightFiles.Times(_w1, x)));
            return (N: n, Margin: (f[n % Classes] - f.Where((_, c) => c != n % Classes).Max()) / rho, Best: Array.IndexOf(f, f.Max()));
        }).OrderBy(static m => m.Margin).ToArray();
        var rows = Row().Matches(page.Split("The smallest margins")[1].Split("</table>")[0]);
        rows.Count.ShouldBe(Examples);
        foreach (var (row, expected) in rows.Zip(margins))
        {
            row.Groups["n"].Value.ShouldBe($"{expected.N + 1}");
            row.Groups["label"].Value.ShouldBe($"{expected.N % Classes}");
            row.Groups["predicted"].Value.ShouldBe($"{expected.Best}");
            // Where every hidden unit is off the margin is 0.
            double.Parse(row.Groups["margin"].Value, CultureInfo.InvariantCulture)
                .ShouldBe(expected.Margin, 1e-5 * Math.Abs(expected.Margin) + 1e-15, row.Value);
        }
        foreach (var title in new[] { "Margins", "The loss over the norm", "Neural collapse", "Spectra", "Bounds, and what they assume" })
            page.ShouldContain($"<h2>{title}</h2>");
        // The curve of the loss passes through the loss of the network itself, in the middle.
        var curve = Figures(page).Single(static f => (string)f["name"]! == "loss-over-norm")["panels"]!.ToJsonString();
        curve.ShouldContain("this network");
        page.ShouldContain("do not depend on the scale of the weights");
        page.ShouldContain("as W_1");
        page.ShouldContain("there are no test data");
    }

    [Fact]
    public void What_is_not_homogeneous_is_said_with_the_definition_that_takes_its_place()
    {
        WeightFiles.Safetensors(_folder, new("a.weight", _w1, Hidden, Side * Side), new("a.bias", new double[Hidden], Hidden),
            new("b.weight", _w2, Classes, Hidden));
        // A bias of the first layer alone is homogeneous with all parameters together, not in W_1.
        var first = WithData($"[{{dense: {Hidden}}}, bias, relu, {{dense: {Classes}}}]", "--measures", "margins");
        first.ShouldContain("with all parameters together, but not in each W");
        var theta = Math.Sqrt(_w1.Sum(static w => w * w) + _w2.Sum(static w => w * w));
        var margin = _x.Select((x, n) =>
        {
            var f = WeightFiles.Times(_w2, WeightFiles.ReLU(WeightFiles.Times(_w1, x)));
            return f[n % Classes] - f.Where((_, c) => c != n % Classes).Max();
        }).Min() / (theta * theta);
        first.ShouldContain($" = {margin.ToString("G6", CultureInfo.InvariantCulture)} here");
        WeightFiles.Safetensors(_folder, new("a.weight", _w1, Hidden, Side * Side), new("a.bias", new double[Hidden], Hidden),
            new("b.weight", _w2, Classes, Hidden), new("b.bias", new double[Classes], Classes));
        var page = WithData($"[{{dense: {Hidden}}}, bias, relu, {{dense: {Classes}}}, bias]", "--measures", "margins");
        page.ShouldContain("The network is not exactly homogeneous: ");
        page.ShouldContain("arxiv.org/abs/2502.16075");
        page.ShouldNotContain("do not depend on the scale of the weights");
    }

    [Fact]
    public void Weights_alone_have_spectra_and_every_array()
    {
        var page = Page();
        page.ShouldContain("<h2>Spectra</h2>");
        page.ShouldContain("a.weight, 6 × 9");
        page.ShouldContain("Every array (2)");
        page.ShouldNotContain("The smallest margins");
    }

    [Fact]
    public void An_image_is_its_numbers_in_grey_or_colour()
    {
        // Height 2, width 3, three channels: the first pixel red, the last white, the others black but for a grey one.
        double[] x = [1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 1, 1, 1];
        var file = Convert.FromBase64String(ImageUri.Of(x, new TensorShape(2, 3, 3)).Split(',')[1]);
        BitConverter.ToInt32(file, 2).ShouldBe(file.Length);
        BitConverter.ToInt32(file, 18).ShouldBe(3);
        BitConverter.ToInt32(file, 22).ShouldBe(2);
        // Rows of 9 bytes fill 12; the upper row comes last; blue, green, red.
        file[(54 + 12)..(54 + 15)].ShouldBe([0, 0, 255]);
        file[(54 + 6)..(54 + 9)].ShouldBe([255, 255, 255]);
        file[(54 + 3)..(54 + 6)].ShouldBe([128, 128, 128]);
        ImageUri.IsImage(new TensorShape(1, 1, 9)).ShouldBeFalse();
        ImageUri.IsImage(new TensorShape(8, 8, 1)).ShouldBeTrue();
    }

    private static IEnumerable<JsonNode> Figures(string page) =>
        Data().Matches(page).Select(static m => JsonNode.Parse(m.Groups["json"].Value)!);

    [GeneratedRegex(@"<script type=""application/json"">(?<json>.*?)</script>", RegexOptions.ExplicitCapture | RegexOptions.Singleline,
        5000)]
    private static partial Regex Data();

    [GeneratedRegex(@"<tr>(<td><img[^>]*></td>)?<td>(?<n>\d+)</td><td class=""text"">(?<label>[^<]*)</td><td class=""text"">"
        + @"(?<predicted>[^<]*)</td><td>(?<margin>[^<]*)</td></tr>", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Row();
}
