using Rhoflow.Lab.Config;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Experiments;

/// <summary>
/// A reference law as a person types it: an expression in columns and keys, <c>1/log(t)</c>. A name with a hyphen stands in backquotes:
/// <c>`descent.learning-rate`*epoch</c>. The name <c>c</c> is a constant factor that is chosen so that the law meets what is measured.
/// </summary>
internal sealed class Law
{
    /// <summary>The constant that is fitted.</summary>
    public const string Free = "c";

    private readonly ExpressionNode<Func<string, SignedLog>> _root;

    private Law(string text, IReadOnlyList<string> names, ExpressionNode<Func<string, SignedLog>> root) =>
        (Text, Names, _root) = (text, names, root);

    /// <summary>As typed.</summary>
    public string Text { get; }

    /// <summary>The names in it, each once, without those of constants.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Whether it has a constant that is to be fitted.</summary>
    public bool HasFree => Names.Contains(Free, StringComparer.Ordinal);

    /// <summary>
    /// The value where the names have the values that <paramref name="of"/> gives: by signed logarithms throughout, since 1 + 1/log(t) has
    /// a value at t = 1e1000 that no double of t gives.
    /// </summary>
    public SignedLog At(Func<string, SignedLog> of) => _root.Log(of);

    /// <param name="text">As typed.</param>
    /// <param name="wrong">Makes an error of a sentence, with the place of the law; unless given, that of the command line.</param>
    /// <exception cref="ConfigException">It is no expression; the message names the character and what is allowed.</exception>
    public static Law Parse(string text, Func<string, ConfigException>? wrong = null)
    {
        var names = new List<string>();
        ExpressionNode<Func<string, SignedLog>>? Variable(string name)
        {
            if (name is "e" or "pi") return null;
            if (!names.Contains(name, StringComparer.Ordinal)) names.Add(name);
            return new(of => of(name).Value, of => of(name));
        }

        try
        {
            return new Law(text, names, new ExpressionParser<Func<string, SignedLog>>(text, "columns, keys (`with-hyphen`)", Variable)
                .Whole());
        }
        catch (FormatException e)
        {
            throw wrong?.Invoke(e.Message) ?? new ConfigException($"--law: {e.Message}", e);
        }
    }
}
