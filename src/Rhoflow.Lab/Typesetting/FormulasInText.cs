using System.Text;

namespace Rhoflow.Lab.Typesetting;

/// <summary>
/// Finds the formulas in texts that are written for the eye, in the papers' letters: “‖W_k‖ grows like (log t)^{1/K}”. Claims, captions and
/// checks are typed so, and read as they stand on a terminal; where mathematics can be set, a formula becomes TeX.
/// </summary>
internal static class FormulasInText
{
    /// <summary>Prose and formulas in their order; together they are <paramref name="text"/>.</summary>
    public static IReadOnlyList<TextPiece> Of(string text)
    {
        var pieces = new List<TextPiece>();
        var prose = 0;
        for (var i = 0; i < text.Length;)
        {
            if (MayBegin(text, i) && FormulaReader.TryRead(text, i, out var end, out var tex))
            {
                if (i > prose) pieces.Add(new TextPiece(text[prose..i], null));
                pieces.Add(new TextPiece(text[i..end], tex));
                i = prose = end;
            }
            else
            {
                i++;
            }
        }
        if (prose < text.Length) pieces.Add(new TextPiece(text[prose..], null));
        return pieces;
    }

    /// <summary>The text with its formulas in Unicode: ρₖ, e^(−ρf).</summary>
    public static string Plain(string text)
    {
        var plain = new StringBuilder();
        foreach (var piece in Of(text)) plain.Append(piece.Tex is { } tex ? PlainTex.Of(tex) : piece.Text);
        return plain.ToString();
    }

    // Not within a word, a version, a path, §B.4 or an apostrophe's s.
    private static bool MayBegin(string text, int i)
    {
        if (char.IsWhiteSpace(text[i])) return false;
        if (i == 0) return true;
        var before = text[i - 1];
        if (char.IsLetterOrDigit(before) && char.IsLetterOrDigit(text[i]))
            return !char.IsAsciiLetterOrDigit(before) || !char.IsAsciiLetterOrDigit(text[i]);
        return before is not ('_' or '§' or '\'' or '’' or '.' or '-' or '/' or '&' or '#' or '`' or '@') || text[i] is '(' or '‖' or '⟨';
    }
}
