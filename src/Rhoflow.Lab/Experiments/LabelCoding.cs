using Rhoflow.Data;
using Rhoflow.Losses;

namespace Rhoflow.Lab.Experiments;

/// <summary>
/// What labels are taken for, which the network decides: with several outputs they are classes, and numbers that do not run 0 … C−1 become
/// classes in order of their value; with one output they stay the numbers that they are.
/// </summary>
internal static class LabelCoding
{
    /// <summary>Training and test examples with targets that suit the outputs, where there is one way to have them so.</summary>
    /// <param name="config">Where they come from.</param>
    /// <param name="train">The training examples.</param>
    /// <param name="test">The test examples.</param>
    /// <param name="loss">ℓ.</param>
    /// <param name="outputs">Of the network.</param>
    /// <exception cref="DataException">Names of classes as numbers to regress on.</exception>
    public static (Dataset Train, Dataset? Test) Fit(DataConfig config, Dataset train, Dataset? test, Loss loss, int outputs)
    {
        var reading = train.Reading;
        if (outputs == 1)
        {
            // A file's numbers stay numbers, unless its classes have names; those of the sets that are known are numbered classes.
            if (loss.TakesRealTargets && train.ClassNames is { } names && !train.IsBinary && reading?.HasNamedClasses is null or true)
                throw new DataException(
                    $"{reading?.File ?? train.Name}: the labels are the {(reading is null ? "classes" : "names")} "
                    + $"{DataReading.Few(names)}, and the {loss.Name} loss of one "
                    + $"output needs numbers: data.classes: [{names[0]}, {(names.Count == 2 ? names[1] : "rest")}] makes them +1 and "
                    + "−1, or "
                    + $"give the network {names.Count} outputs");
            if (reading is null) return (train, test);
            return Used(train.IsBinary ? config.Classes is [var plus, var minus] ? $"{plus} = +1, {minus} = −1" : "−1 and +1" : "numbers");
        }
        if (train.ClassNames is { } known)
        {
            if (reading is null)
                return known.Count >= outputs ? (train, test)
                    : Used(null, [$"the network has {outputs} outputs for {known.Count} classes"]);
            var order = reading.HasNamedClasses ? "in order of appearance: " : "";
            return Used($"{known.Count} {(known.Count == 1 ? "class" : "classes")}, {order}{DataReading.Few(known)}",
                known.Count < outputs ? [$"the network has {outputs} outputs for {known.Count} classes"] : []);
        }
        if (outputs == 2 && config.Classes is [var first, var second])
            return Coded([1, -1], [first, second], $"2 classes, {first} → 0, {second} → 1");
        var values = config.Classes is null ? reading?.LabelValues : null;
        values ??= DataReading.ValuesOf(test is null ? train.Y.ToArray() : [.. train.Y, .. test.Y]);
        if (values is null || values.Any(v => v != Math.Floor(v))) return (train, test);
        if (values[0] >= 0 && values[^1] < outputs)
        {
            if (values.Count < outputs)
                return Used($"{values.Count} of {outputs} classes", ["no example has the label "
                    + $"{DataReading.Few(Enumerable.Range(0, outputs).Where(c => !values.Contains(c)).Select(c => $"{c}"))}, though the "
                    + $"network has {outputs} outputs"]);
            return reading is null ? (train, test) : Used($"{outputs} classes");
        }
        return values.Count != outputs ? (train, test)
            : Coded([.. values], [.. values.Select(DataReading.Text)],
                $"{outputs} classes in order of value, {DataReading.Few(values.Select((v, c) => $"{DataReading.Text(v)} → {c}"))}");

        (Dataset, Dataset?) Coded(double[] from, string[] classes, string use)
        {
            Dataset Of(Dataset data) => data.WithClasses([.. data.Y.ToArray().Select(y => (double)Array.IndexOf(from, y))], classes);
            (train, test) = (Of(train), test is null ? null : Of(test));
            return Used(use);
        }

        (Dataset, Dataset?) Used(string? use, string[]? remarks = null)
        {
            reading = (reading ?? new DataReading { File = train.Name }) with { Use = use };
            if (remarks?.Length > 0) reading = reading with { Remarks = [.. reading.Remarks, .. remarks] };
            return (train.WithReading(reading), test?.WithReading(reading));
        }
    }

    /// <summary>What to do about targets that a loss refuses, beginning with a space; empty where nothing is known.</summary>
    public static string Remedy(Dataset data, Loss loss, int outputs)
    {
        if (data.ClassNames is { Count: > 1 } names)
            return outputs == 1 ? $" It has the classes {DataReading.Few(names)}: choose two with data.classes: [{names[0]}, {names[1]}], "
                    + $"or give the network {names.Count} outputs"
                : $" It has {names.Count} classes ({DataReading.Few(names)}): give the network as many outputs, or choose some with "
                    + "data.classes";
        if ((data.Reading?.LabelValues ?? DataReading.ValuesOf(data.Y.ToArray())) is not { Count: > 1 } values) return "";
        var text = DataReading.Few(values.Select(DataReading.Text));
        if (values.Any(v => v != Math.Floor(v)))
            return $" Its labels are numbers such as {DataReading.Text(values.First(v => v != Math.Floor(v)))}, not classes: one output "
                + "and loss: square fit any numbers";
        string A(int i) => DataReading.Text(values[i]);
        return outputs == 1
            ? $" Its labels are {text}: data.classes: [{(values.Count == 2 ? $"{A(1)}, {A(0)}" : $"{A(0)}, {A(1)}")}] makes the first "
            + "+1 and "
                + $"the second −1; or give the network {values.Count} "
                + $"outputs{(loss.TakesRealTargets ? "" : "; loss: square fits any numbers")}"
            : $" Its labels have {values.Count} values ({text}): give the network {values.Count} outputs, or choose with data.classes: "
                + $"[{DataReading.Few(values.Take(Math.Min(outputs, 6)).Select(DataReading.Text))}]";
    }
}
