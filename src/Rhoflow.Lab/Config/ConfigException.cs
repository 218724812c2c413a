namespace Rhoflow.Lab.Config;

/// <summary>
/// A command or config that is wrong. The message names the place (file, line, column), the key, what was given, what is allowed
/// and the nearest valid key. Exit status 2.
/// </summary>
public sealed class ConfigException : Exception
{
    public ConfigException(string message) : base(message) { }
    public ConfigException(string message, Exception inner) : base(message, inner) { }
}
