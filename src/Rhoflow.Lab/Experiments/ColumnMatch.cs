using Rhoflow.Data;

namespace Rhoflow.Lab.Experiments;

/// <summary>
/// The inputs of other data in the order of the training data: by the names of their columns, where both files have such.
/// </summary>
internal static class ColumnMatch
{
    /// <summary>The same examples with the training data's columns.</summary>
    /// <param name="data">Other data, as they were read.</param>
    /// <param name="columns">The names of the training data's inputs; empty where they had none.</param>
    /// <param name="notes">Gets a sentence on what was put in order or left out.</param>
    /// <exception cref="DataException">A column is missing; both lists are named.</exception>
    public static Dataset Of(Dataset data, IReadOnlyList<string> columns, List<string> notes)
    {
        if (columns.Count == 0 || data.Reading is not { } reading || reading.Inputs.Count != data.Inputs) return data;
        if (reading.LabelName is null)
        {
            if (data.Inputs == columns.Count)
                notes.Add($"'{data.Name}' has no names of columns; they are taken in the order of the training file "
                    + $"({DataReading.Few(columns)})");
            return data;
        }
        if (reading.Inputs.SequenceEqual(columns)) return data;
        var names = reading.Inputs.ToList();
        int[] from = [.. columns.Select(c => names.IndexOf(c))];
        if (from.Contains(-1))
            throw new DataException($"data '{data.Name}' has the columns {DataReading.Few(names, 20)}; the network was trained on "
                + $"{DataReading.Few(columns, 20)}; {DataReading.Few(columns.Where(c => !names.Contains(c)))} is missing");
        var x = new double[data.Count * from.Length];
        for (var n = 0; n < data.Count; n++)
            for (var i = 0; i < from.Length; i++) x[n * from.Length + i] = data.X[n * data.Inputs + from[i]];
        var left = names.Except(columns, StringComparer.Ordinal).ToArray();
        notes.Add($"the columns of '{data.Name}' are matched by name" + (left.Length == 0 ? "" : $"; {DataReading.Few(left)} left out"));
        return data.WithInputs(x, from.Length);
    }
}
