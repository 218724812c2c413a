using System.Globalization;

namespace Rhoflow.Lab.Config;

/// <summary>
/// Hydra's assignments: <c>flow.rho=10</c>, and in a sweep <c>init.frobenius=0.1,1,5</c> and <c>seed=0..9</c>, whose product is run.
/// </summary>
public static class Overrides
{
    private sealed record Assignment(string Path, IReadOnlyList<string> Values);

    /// <summary>One list of (path, value) pairs a run, the last assignment varying fastest.</summary>
    /// <param name="arguments">As typed.</param>
    /// <param name="sweep">Whether several values are wanted (-m).</param>
    /// <exception cref="ConfigException">Not an assignment, or several values without -m.</exception>
    public static IReadOnlyList<IReadOnlyList<(string Path, string Value)>> Expand(IReadOnlyList<string> arguments, bool sweep)
    {
        IReadOnlyList<IReadOnlyList<(string, string)>> runs = [[]];
        foreach (var argument in arguments)
        {
            var a = Parse(argument);
            if (a.Values.Count > 1 && !sweep)
                throw new ConfigException(
                    $"override '{argument}' gives {a.Values.Count} values: add -m to run each of them, or write {a.Path}=[…] for a list");
            if ((long)runs.Count * a.Values.Count > 100_000)
                throw new ConfigException($"this sweep has more than 100000 runs (at override '{argument}')");
            runs = [.. runs.SelectMany(r => a.Values.Select(v => (IReadOnlyList<(string, string)>)[.. r, (a.Path, v)]))];
        }
        return runs;
    }

    /// <summary>Puts the pairs into a config.</summary>
    public static void Apply(ConfigSource source, IReadOnlyList<(string Path, string Value)> assignments)
    {
        foreach (var (path, value) in assignments) source.Set(path, value, $"{path}={value}");
    }

    private static Assignment Parse(string argument)
    {
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0) throw new ConfigException($"'{argument}' is not an override; write key.sub=value, for example flow.rho=10");
        var path = argument[..equals].Trim();
        if (path.Split('.').Any(string.IsNullOrWhiteSpace))
            throw new ConfigException($"override '{argument}': '{path}' is not a dotted key");
        return new Assignment(path, [.. SplitAtCommas(argument[(equals + 1)..]).SelectMany(v => Range(v.Trim(), argument))]);
    }

    // Commas inside [], {} or quotes belong to the value.
    private static IEnumerable<string> SplitAtCommas(string text)
    {
        int depth = 0, start = 0;
        char quote = '\0';
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quote != '\0') quote = c == quote ? '\0' : quote;
            else if (c is '"' or '\'') quote = c;
            else if (c is '[' or '{' or '(') depth++;
            else if (c is ']' or '}' or ')') depth--;
            else if (c == ',' && depth == 0)
            {
                yield return text[start..i];
                start = i + 1;
            }
        }
        yield return text[start..];
    }

    private static IEnumerable<string> Range(string value, string argument)
    {
        var dots = value.IndexOf("..", StringComparison.Ordinal);
        if (dots <= 0 || !long.TryParse(value[..dots], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var first)
            || !long.TryParse(value[(dots + 2)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var last)) return [
            value];
        if (last < first) throw new ConfigException($"override '{argument}': the range {value} runs backwards");
        if (last - first >= 100_000) throw new ConfigException($"override '{argument}': the range {value} has more than 100000 values");
        return Enumerable.Range(0, (int)(last - first + 1)).Select(i => (first + i).ToString(CultureInfo.InvariantCulture));
    }
}
