namespace Rhoflow.Lab.Config;

/// <summary>
/// A command or config that is wrong. The message names the place (file, line, column), the key, what was given, what is allowed
/// and the nearest valid key. Exit status 2.
/// </summary>
public sealed class ConfigException : Exception
{
    /// <param name="message">Where, what was given and what is allowed.</param>
    public ConfigException(string message) : base(message) { }

    /// <param name="message">Where, what was given and what is allowed.</param>
    public ConfigException(string message, Exception inner) : base(message, inner) { }
}
