using System.Globalization;
using System.Text.RegularExpressions;

namespace Rhoflow.Lab.WatchRuns;

/// <summary>What the name of a checkpoint says of when it was written.</summary>
/// <param name="Step">
/// The number after "step" or "iter" in the name; without these words the one after "epoch"; without it the last number there is. Of a
/// name without a number, those of the folder that it lies in, where that is called step, epoch, checkpoint or by the number alone.
/// </param>
/// <param name="Epoch">The number after "epoch"; null: the word is not there.</param>
internal readonly partial record struct CheckpointName(long Step, long? Epoch)
{
    // Doubles hold every whole number up to 2^53.
    private const int MostDigits = 15;

    /// <summary>Reads a name; null where it has no number that could be a step.</summary>
    /// <param name="file">With or without folders before it and the ending behind it.</param>
    public static CheckpointName? Of(string file) => OfFile(file)
        ?? (Path.GetFileName(Path.GetDirectoryName(file)) is { Length: > 0 } folder && Folders().IsMatch(folder)
            ? OfWords(folder) : null);

    private static CheckpointName? OfFile(string file)
    {
        var name = Path.GetFileName(file);
        var dot = name.EndsWith(".index.json", StringComparison.OrdinalIgnoreCase) ? name.IndexOf('.', StringComparison.Ordinal)
            : name.LastIndexOf('.');
        return OfWords(dot > 0 ? name[..dot] : name);
    }

    private static CheckpointName? OfWords(string name)
    {
        var epoch = Number(Epochs().Match(name));
        var step = Number(Steps().Match(name)) ?? epoch ?? Number(Last().Match(name));
        return step is { } n ? new CheckpointName(n, epoch) : null;
    }

    private static long? Number(Match match) => match.Success
        && match.Groups["n"].ValueSpan.TrimStart('0') is { Length: <= MostDigits } digits
        ? digits.Length == 0 ? 0 : long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(@"(step|iter(ation)?)s?[=_\-. ]*(?<n>\d+)", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Steps();

    [GeneratedRegex(@"epochs?[=_\-. ]*(?<n>\d+)", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Epochs();

    [GeneratedRegex(@"^\d+$|(step|iter|epoch|checkpoint|ckpt)", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Folders();

    [GeneratedRegex(@"(?<n>\d+)(?!.*\d)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Last();
}
