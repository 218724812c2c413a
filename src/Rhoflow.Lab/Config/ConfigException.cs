namespace Rhoflow.Lab.Config;

/// <summary>
/// A command or config that is wrong. The message names the place (file, line, column), the key, what was given, what is allowed
/// and the nearest valid key. Exit status 2.
/// </summary>
public class ConfigException : Exception
{
    /// <param name="message">Where, what was given and what is allowed.</param>
    public ConfigException(string message) : base(message) { }

    /// <param name="message">Where, what was given and what is allowed.</param>
    public ConfigException(string message, Exception inner) : base(message, inner) { }
}

/// <summary>
/// A key that has no meaning for what another key of its map says: descent.batch beside descent.kind: gd. A sweep over the other key may
/// leave it out where it means nothing.
/// </summary>
/// <param name="key">The dotted key.</param>
/// <param name="message">The sentence with the place.</param>
/// <param name="why">The sentence without place and key.</param>
public sealed class MeaninglessKeyException(string key, string message, string why) : ConfigException(message)
{
    /// <summary>The dotted key.</summary>
    public string Key { get; } = key;

    /// <summary>The sentence without place and key.</summary>
    public string Why { get; } = why;
}
