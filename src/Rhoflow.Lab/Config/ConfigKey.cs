namespace Rhoflow.Lab.Config;

/// <summary>What may stand under a key; several may be allowed.</summary>
[Flags]
public enum ConfigForm
{
    /// <summary>One of <see cref="ConfigKey.Words"/>.</summary>
    Word = 1,

    /// <summary>Any text.</summary>
    Text = 2,

    /// <summary>true or false.</summary>
    Flag = 4,

    /// <summary>A whole number.</summary>
    Whole = 8,

    /// <summary>A number, 1e10000 too where it is an instant.</summary>
    Number = 16,

    /// <summary>A list.</summary>
    List = 32,

    /// <summary>A map with the keys of <see cref="ConfigKey.Keys"/>.</summary>
    Map = 64,
}

/// <summary>
/// A key of configs: the parser takes the names that it allows from such tables, and help and the JSON schema are made of them, so that
/// none is accepted that is not described.
/// </summary>
/// <param name="Name">As written.</param>
/// <param name="Form">What may stand under it.</param>
/// <param name="Meaning">What it is, in one line.</param>
public sealed record ConfigKey(string Name, ConfigForm Form, string Meaning)
{
    /// <summary>What holds where it is not given; null: it must be given, or the meaning says what happens.</summary>
    public string? Default { get; init; }

    /// <summary>A value as it may be written.</summary>
    public string? Example { get; init; }

    /// <summary>The words of <see cref="ConfigForm.Word"/>.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The keys of <see cref="ConfigForm.Map"/>.</summary>
    public IReadOnlyList<ConfigKey> Keys { get; init; } = [];

    /// <summary>In an entry of a list it may stand alone, as a word.</summary>
    public bool StandsAlone { get; init; }

    /// <summary>Every value is allowed under keys of one's own choice (options that are handed on).</summary>
    public bool IsOpen { get; init; }

    /// <summary>What may be written, in words: <c>number or list</c>.</summary>
    public string FormInWords => string.Join(" or ", Enum.GetValues<ConfigForm>().Where(f => Form.HasFlag(f)).Select(f => f switch
    {
        ConfigForm.Word => Words.Count is > 0 and <= 8 ? string.Join(" | ", Words) : "a word",
        ConfigForm.Text => "text",
        ConfigForm.Flag => "true | false",
        ConfigForm.Whole => "whole number",
        ConfigForm.Number => "number",
        ConfigForm.List => "list",
        _ => "map",
    }));
}
