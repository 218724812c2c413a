namespace Rhoflow.Data;

/// <summary>
/// How a file of data is to be read, where it is not to be guessed: everything here overrules a guess. null: as the file looks.
/// </summary>
public sealed record DataFormat
{
    /// <summary>Every guess is the reader's.</summary>
    public static readonly DataFormat Guessed = new();

    /// <summary>The column of the labels: its name, or its number from 1 (−1: the last) where no column is called so.</summary>
    public string? Label { get; init; }

    /// <summary>Whether the first line names the columns.</summary>
    public bool? Header { get; init; }

    /// <summary>Columns to leave out, by name or number; an empty list: none, also where one has no name and counts the lines.</summary>
    public IReadOnlyList<string>? Drop { get; init; }

    /// <summary>The encoding of text, by a name that .NET knows: latin1, windows-1252, utf-16.</summary>
    public string? Encoding { get; init; }

    /// <summary>What stands before decimals: '.' or ','.</summary>
    public char? Decimal { get; init; }

    /// <summary>The arrays of an archive: keys x, y, x-test, y-test; values their names.</summary>
    public IReadOnlyDictionary<string, string>? Arrays { get; init; }

    /// <summary>The axes of images: "nhwc" or "nchw".</summary>
    public string? Layout { get; init; }

    /// <summary>The largest content that is read, unpacked.</summary>
    public long? MaxBytes { get; init; }
}
