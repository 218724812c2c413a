using System.Globalization;
using Rhoflow.Data;

namespace Rhoflow.Lab.Experiments;

/// <summary>
/// The labels of other data, numbered as those of the training data were: by the names of the classes, never by their order.
/// </summary>
internal static class LabelNumbers
{
    /// <summary>
    /// The same examples with the training data's numbers. Examples of classes that nobody chose are left out, which is said.
    /// </summary>
    /// <param name="data">Other data, as they were read.</param>
    /// <param name="trained">The names of the training data's classes; null: its labels are numbers.</param>
    /// <param name="signs">Whether these numbers are −1 and +1.</param>
    /// <param name="chosen">data.classes of the run; null: all.</param>
    /// <param name="notes">Gets a sentence on classes that are left out or missing.</param>
    /// <exception cref="DataException">There are classes that the training data did not have; both lists are named.</exception>
    public static Dataset Of(
        Dataset data, IReadOnlyList<string>? trained, bool signs, IReadOnlyList<string>? chosen, List<string> notes)
    {
        if (trained is not { } known) return OfNumbers(data, signs);
        if (data.ClassNames is { } same && same.SequenceEqual(known)) return data;
        var names = Names(data);
        var (numbers, present) = (new Dictionary<string, int>(StringComparer.Ordinal), names.Distinct(StringComparer.Ordinal).ToArray());
        foreach (var name in present) numbers[name] = Find(known, name);
        string[] unknown = [.. present.Where(n => numbers[n] < 0)];
        if (unknown.Length > 0 && (chosen is null || chosen.Contains("rest")))
            throw new DataException($"data '{data.Name}' has the classes {List(present)}, but the network was trained on "
                + $"{List(known)}; {List(unknown)} {(unknown.Length == 1 ? "is" : "are")} none of these");
        if (unknown.Length > 0)
        {
            var left = Enumerable.Range(0, data.Count).Where(n => numbers[names[n]] >= 0).ToArray();
            if (left.Length == 0)
                throw new DataException($"data '{data.Name}' has the classes {List(present)}, but the network was trained on "
                    + $"{List(chosen!)}; no example is left");
            notes.Add($"{data.Count - left.Length} examples of {List(unknown)} are left out: the network was trained on {List(chosen!)}");
            names = [.. left.Select(n => names[n])];
            data = data.Choose(left);
        }
        string[] missing = [.. (chosen ?? known).Where(k => k != "rest" && !present.Any(p => Same(p, k)))];
        if (missing.Length > 0) notes.Add($"data '{data.Name}' has no example of {List(missing)}");
        return data.WithClasses([.. names.Select(n => (double)numbers[n])], known);
    }

    private static Dataset OfNumbers(Dataset data, bool signs)
    {
        var y = data.Y.ToArray();
        if (data.ClassNames is { } names)
        {
            var values = new double[names.Count];
            for (var c = 0; c < values.Length; c++)
                if (!TryNumber(names[c], out values[c]))
                    throw new DataException($"data '{data.Name}' has the classes {List(names)}, but the labels that the network was "
                        + $"trained on are {(signs ? "-1 and 1" : "numbers")}");
            y = [.. y.Select(c => values[(int)c])];
        }
        if (signs && !Array.TrueForAll(y, static v => v is 1 or -1))
            throw new DataException($"data '{data.Name}' has the labels "
                + $"{List([.. y.Distinct().Order().Take(10).Select(Text)])}, but the network was trained on -1 and 1");
        return data.WithClasses(y, null);
    }

    // One name per example.
    private static string[] Names(Dataset data)
    {
        var names = data.ClassNames;
        return [.. data.Y.ToArray().Select(y => names is null ? Text(y) : names[(int)y])];
    }

    private static int Find(IReadOnlyList<string> known, string name)
    {
        for (var c = 0; c < known.Count; c++)
            if (known[c] == name) return c;
        for (var c = 0; c < known.Count; c++)
            if (Same(known[c], name)) return c;
        return -1;
    }

    // "1" and "1.0" are one label.
    private static bool Same(string a, string b) =>
        a == b || (TryNumber(a, out var x) && TryNumber(b, out var y) && x == y);

    private static bool TryNumber(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    private static string Text(double y) => y.ToString(CultureInfo.InvariantCulture);

    private static string List(IReadOnlyList<string> names) =>
        names.Count <= 20 ? string.Join(", ", names) : $"{string.Join(", ", names.Take(20))} … ({names.Count})";
}
