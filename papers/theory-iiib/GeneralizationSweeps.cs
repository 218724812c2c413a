using System.Globalization;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Experiments;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>Figures 1 and 2: one network trained on more and more examples, and wider and wider networks on the same examples.</summary>
internal static class GeneralizationSweeps
{
    private const string Figure1 = "theory-iiib/figure-01", Figure2 = "theory-iiib/figure-02";
    private static readonly string[] Sizes = ["500", "1000", "2000", "5000", "10000", "20000", "50000"];
    private static readonly int[] Maps = [2, 4, 8, 16, 32, 64, 128], QuickMaps = [1, 2, 4, 8, 16, 32];

    /// <summary>How many digits are trained on, with their labels and with labels drawn by lot.</summary>
    public static readonly IReadOnlyList<int> Digits = [50, 100, 200, 400, 800, 1400], RandomDigits = [50, 200, 800];

    /// <summary>Digits, five seeds a size.</summary>
    /// <param name="labels">true or random.</param>
    public static IReadOnlyList<SizeRuns> Examples(StudyContext context, string labels)
    {
        var sizes = labels == "random" ? RandomDigits : Digits;
        var runs = OfDigits(labels).Runs(context);
        return [.. sizes.Select((n, i) => new SizeRuns(n, [.. runs.Skip(5 * i).Take(5)]))];
    }

    /// <summary>CIFAR-10: trained now at full size, otherwise what is kept.</summary>
    public static IReadOnlyList<SizeRuns> AllExamples(StudyContext context, string labels)
    {
        if (!context.Full) return Kept(Figure1, Sizes.Select(n => ($"{labels}-{n}", double.Parse(n, CultureInfo.InvariantCulture))));
        var runs = Images(labels).Runs(context);
        return [.. Sizes.Select((n, i) => new SizeRuns(double.Parse(n, CultureInfo.InvariantCulture), [runs[i]]))];
    }

    /// <summary>What figure 1 trains at full size.</summary>
    public static IReadOnlyList<Experiment> FullExamples() =>
        Images("true,random").Experiments();

    /// <summary>What a person types for figure 1, both sizes.</summary>
    public static IReadOnlyList<IFigureRun> ExampleCommands() => [OfDigits("true"), OfDigits("random"), Images("true,random")];

    /// <summary>200 digits, five seeds a width.</summary>
    public static IReadOnlyList<SizeRuns> Widths(StudyContext context) =>
        [.. QuickMaps.Select(c => new SizeRuns(Parameters(Figure2 + "-quick", new TensorShape(8, 8, 1), c),
            QuickWidth(c).Runs(context)))];

    /// <summary>CIFAR-10, the same.</summary>
    public static IReadOnlyList<SizeRuns> AllWidths(StudyContext context)
    {
        var image = new TensorShape(32, 32, 3);
        return context.Full
            ? [.. Maps.Select(c => new SizeRuns(Parameters(Figure2, image, c), Width(c).Runs(context)))]
            : Kept(Figure2, Maps.Select(c => ($"maps-{c}", (double)Parameters(Figure2, image, c))));
    }

    /// <summary>What figure 2 trains at full size.</summary>
    public static IReadOnlyList<Experiment> FullWidths() => [.. Maps.SelectMany(static c => Width(c).Experiments())];

    /// <summary>What a person types for figure 2, both sizes.</summary>
    public static IReadOnlyList<IFigureRun> WidthCommands() => [.. QuickMaps.Select(QuickWidth), .. Maps.Select(Width)];

    private static TrainingSweep OfDigits(string labels) => new(Figure1 + "-quick",
        $"data.train={string.Join(',', labels == "random" ? RandomDigits : Digits)}", $"data.labels={labels}", "seed=0..4");

    private static TrainingSweep Images(string labels) =>
        new(Figure1, $"data.train={string.Join(',', Sizes)}", $"data.labels={labels}");

    private static TrainingSweep QuickWidth(int maps) => new(Figure2 + "-quick", [.. Wide(maps, 3), "seed=0..4"]);

    private static TrainingSweep Width(int maps) => new(Figure2, Wide(maps, 4));

    private static string[] Wide(int maps, int convolutions) =>
        [.. Enumerable.Range(0, convolutions).Select(k => $"network.layers.{2 * k}.conv.maps={maps}")];

    private static int Parameters(string config, TensorShape image, int maps) =>
        MeasuredRun.Experiments(config,
            Wide(maps, config.EndsWith("-quick", StringComparison.Ordinal) ? 3 : 4))[0].Network!.Build(image).ParameterCount;

    private static IReadOnlyList<SizeRuns> Kept(string figure, IEnumerable<(string Name, double Size)> runs) =>
        [.. runs.Select(r => (r.Size, Run: KeptRun.Find(figure, r.Name))).Where(static r => r.Run is not null)
            .Select(static r => new SizeRuns(r.Size, [r.Run!]))];
}
