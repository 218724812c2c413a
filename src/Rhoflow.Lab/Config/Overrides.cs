namespace Rhoflow.Lab.Config;

/// <summary>
/// Hydra's assignments: <c>flow.rho=10</c>, and in a sweep <c>init.frobenius=0.1,1,5</c> and <c>seed=0..9</c>, whose product is run.
/// <c>KEY=null</c> and <c>~KEY</c> take a key away.
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
        foreach (var (path, value) in assignments)
        {
            if (path[0] == '~') source.Remove(path[1..], path, mustBeThere: true);
            else if (IsNull(value)) source.Remove(path, $"{path}={value}", mustBeThere: false);
            else source.Set(path, value, $"{path}={value}");
        }
    }

    /// <summary>Whether a value, as written, takes its key away.</summary>
    public static bool IsNull(string value) => value is "null" or "Null" or "NULL" or "~";

    private static Assignment Parse(string argument)
    {
        if (argument.StartsWith('~'))
        {
            var gone = argument[1..].Trim();
            return !gone.Contains('=', StringComparison.Ordinal) && IsPath(gone) ? new Assignment("~" + gone, ["null"])
                : throw new ConfigException($"'{argument}' does not name a key to take away; write ~key.sub");
        }
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0) throw new ConfigException($"'{argument}' is not an override; write key.sub=value, for example flow.rho=10");
        // Hydra's + and ++ add a key; here every assignment may.
        var path = argument[..equals].Trim().TrimStart('+');
        if (!IsPath(path))
            throw new ConfigException($"override '{argument}': '{path}' is not a dotted key");
        return new Assignment(path, [.. SplitAtCommas(argument[(equals + 1)..]).Select(static v => v.Trim())
            .SelectMany(v => SweepRange.Read(v, argument) ?? [v])]);
    }

    private static bool IsPath(string text) => !text.Split('.').Any(string.IsNullOrWhiteSpace);

    // Commas inside [], {} or quotes belong to the value.
    private static IEnumerable<string> SplitAtCommas(string text)
    {
        int depth = 0, start = 0;
        char quote = '\0';
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quote == '"' && c == '\\') i++;
            else if (quote != '\0') quote = c == quote ? '\0' : quote;
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
}
