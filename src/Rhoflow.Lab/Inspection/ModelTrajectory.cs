using System.Globalization;
using System.Text;
using Rhoflow.Lab.Runs;
using Rhoflow.Lab.WatchRuns;

namespace Rhoflow.Lab.Inspection;

/// <summary>Models one after another: checkpoints of one training, mostly.</summary>
/// <param name="Models">In their order.</param>
/// <param name="Steps">Of each.</param>
/// <param name="IsByName">Steps are numbers in names; else models are ordered by the time of their files and counted.</param>
internal sealed record ModelTrajectory(IReadOnlyList<InspectedModel> Models, IReadOnlyList<double> Steps, bool IsByName)
{
    /// <summary>By the numbers in their names where each has one of its own, else by time.</summary>
    public static ModelTrajectory Of(IReadOnlyList<InspectedModel> models)
    {
        long?[] numbers = [.. models.Select(static m => File.Exists(m.Source) ? CheckpointName.Of(m.Source)?.Step : null)];
        var named = numbers.All(static n => n is not null) && numbers.Distinct().Count() == models.Count;
        (InspectedModel Model, double Step)[] sorted = named
            ? [.. models.Zip(numbers, static (m, n) => (m, (double)n!)).OrderBy(static p => p.Item2)]
            : [.. models.OrderBy(static m => Written(m.Source)).Select(static (m, i) => (m, i + 1.0))];
        return new ModelTrajectory([.. sorted.Select(static p => p.Model)], [.. sorted.Select(static p => p.Step)], named);
    }

    /// <summary>By what they are ordered, in a sentence.</summary>
    public string Order => IsByName ? "ordered by the numbers in their names"
        : "ordered by the time of their files (not every name has a number of its own), and counted 1, 2, 3 …";

    /// <summary>The columns that any of the models has numbers for.</summary>
    public IReadOnlyList<string> Columns => [.. Models.SelectMany(static m => m.Columns).Distinct(StringComparer.Ordinal)];

    /// <summary>A row a model: step, model, every column; `nan` = not measured.</summary>
    public string ToCsv()
    {
        var columns = Columns;
        var text = new StringBuilder("step,model").Append(string.Concat(columns.Select(static c => $",{c}"))).Append('\n');
        foreach (var (model, step) in Models.Zip(Steps))
        {
            text.Append(step.ToString("R", CultureInfo.InvariantCulture)).Append(",\"")
                .Append(model.Source.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
            foreach (var column in columns) text.Append(',').Append(MetricsFile.Format(model[column]));
            text.Append('\n');
        }
        return text.ToString();
    }

    // Of a run when it ended.
    private static DateTime Written(string source) =>
        Directory.Exists(source) && File.Exists(Path.Combine(source, "summary.json")) ? File.GetLastWriteTimeUtc(Path.Combine(source,
            "summary.json")) : File.GetLastWriteTimeUtc(source);
}
