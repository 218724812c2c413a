namespace Rhoflow.Lab.Claims;

/// <summary>A heading made of the words of a claim's id.</summary>
internal static class ClaimTitle
{
    // Words that are written otherwise in a sentence than in an id.
    private static readonly Dictionary<string, string> Written = new(StringComparer.Ordinal)
    {
        ["rho"] = "ρ",
        ["lambda"] = "λ",
        ["sgd"] = "SGD",
        ["gd"] = "GD",
        ["kkt"] = "KKT",
        ["relu"] = "ReLU",
        ["n"] = "N",
        ["k"] = "K",
        ["hessian"] = "Hessian",
        ["jacobian"] = "Jacobian",
        ["langevin"] = "Langevin",
        ["lagrange"] = "Lagrange",
        ["rademacher"] = "Rademacher",
        ["takeuchi"] = "Takeuchi",
        ["hartman"] = "Hartman",
        ["grobman"] = "Grobman",
        ["bott"] = "Bott",
        ["lp"] = "L_p",
        ["nc1"] = "NC1",
        ["nc2"] = "NC2",
        ["nc3"] = "NC3",
        ["nc4"] = "NC4",
    };

    /// <summary>Without the letter and number that it begins with; the first letter is a capital.</summary>
    public static string Of(string id)
    {
        var words = id.Split('-');
        var from = words.Length > 1 ? 1 : 0;
        var text = string.Join(' ', words[from..].Select(static w => Written.GetValueOrDefault(w, w)));
        return text.Length == 0 ? id : char.IsAscii(text[0]) ? char.ToUpperInvariant(text[0]) + text[1..] : text;
    }
}
