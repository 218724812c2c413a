using System.Collections.Frozen;

namespace Rhoflow.Lab.Typesetting;

/// <summary>The letters and signs of formulas, as they are typed and as TeX names them.</summary>
internal static class Letters
{
    /// <summary>Signs by their TeX names, without the backslash.</summary>
    public static readonly FrozenDictionary<string, string> ByName = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["alpha"] = "α",
        ["beta"] = "β",
        ["gamma"] = "γ",
        ["delta"] = "δ",
        ["epsilon"] = "ε",
        ["varepsilon"] = "ε",
        ["zeta"] = "ζ",
        ["eta"] = "η",
        ["theta"] = "θ",
        ["kappa"] = "κ",
        ["lambda"] = "λ",
        ["mu"] = "μ",
        ["nu"] = "ν",
        ["xi"] = "ξ",
        ["pi"] = "π",
        ["rho"] = "ρ",
        ["sigma"] = "σ",
        ["tau"] = "τ",
        ["phi"] = "φ",
        ["varphi"] = "φ",
        ["chi"] = "χ",
        ["psi"] = "ψ",
        ["omega"] = "ω",
        ["Gamma"] = "Γ",
        ["Delta"] = "Δ",
        ["Theta"] = "Θ",
        ["Lambda"] = "Λ",
        ["Xi"] = "Ξ",
        ["Pi"] = "Π",
        ["Sigma"] = "Σ",
        ["Phi"] = "Φ",
        ["Psi"] = "Ψ",
        ["Omega"] = "Ω",
        ["ell"] = "ℓ",
        ["partial"] = "∂",
        ["nabla"] = "∇",
        ["infty"] = "∞",
        ["sum"] = "Σ",
        ["prod"] = "∏",
        ["int"] = "∫",
        ["forall"] = "∀",
        ["exists"] = "∃",
        ["angle"] = "∠",
        ["dots"] = "…",
        ["cdots"] = "…",
        ["ldots"] = "…",
        ["|"] = "‖",
        ["langle"] = "⟨",
        ["rangle"] = "⟩",
        ["lvert"] = "|",
        ["rvert"] = "|",
        ["vert"] = "|",
        ["lVert"] = "‖",
        ["rVert"] = "‖",
        ["{"] = "{",
        ["}"] = "}",
        ["#"] = "#",
        ["%"] = "%",
        ["_"] = "_",
        ["&"] = "&",
        ["prime"] = "′",
        ["ast"] = "*",
        ["perp"] = "⊥",
        ["parallel"] = "∥",
        ["emptyset"] = "∅",
        ["top"] = "⊤",
        ["dagger"] = "†",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Relations and operations by their TeX names: spaces stand around them.</summary>
    public static readonly FrozenDictionary<string, string> Between = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["leq"] = "≤",
        ["le"] = "≤",
        ["geq"] = "≥",
        ["ge"] = "≥",
        ["neq"] = "≠",
        ["ne"] = "≠",
        ["approx"] = "≈",
        ["propto"] = "∝",
        ["sim"] = "∼",
        ["simeq"] = "≃",
        ["equiv"] = "≡",
        ["to"] = "→",
        ["rightarrow"] = "→",
        ["mapsto"] = "↦",
        ["in"] = "∈",
        ["notin"] = "∉",
        ["subset"] = "⊂",
        ["ll"] = "≪",
        ["gg"] = "≫",
        ["Leftrightarrow"] = "⇔",
        ["Rightarrow"] = "⇒",
        ["implies"] = "⇒",
        ["iff"] = "⇔",
        ["cdot"] = "·",
        ["times"] = "×",
        ["otimes"] = "⊗",
        ["oplus"] = "⊕",
        ["circ"] = "∘",
        ["pm"] = "±",
        ["mp"] = "∓",
        ["cup"] = "∪",
        ["cap"] = "∩",
        ["setminus"] = "∖",
        ["odot"] = "⊙",
        ["mid"] = "|",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Functions that TeX has a command of their own for.</summary>
    public static readonly FrozenSet<string> Functions = FrozenSet.Create(StringComparer.Ordinal,
        "arg", "cos", "det", "dim", "exp", "inf", "ker", "lim", "ln", "log", "max", "min", "sin", "sup", "tan", "tanh", "Pr");

    /// <summary>Functions that it has none for.</summary>
    public static readonly FrozenSet<string> OtherFunctions = FrozenSet.Create(StringComparer.Ordinal,
        "argmax", "argmin", "cov", "diag", "li", "rank", "sgn", "sign", "span", "tr", "var", "erf");

    /// <summary>Combining marks by the TeX names of the accents.</summary>
    public static readonly FrozenDictionary<string, char> Accents = new Dictionary<string, char>(StringComparer.Ordinal)
    {
        ["dot"] = '\u0307',
        ["ddot"] = '\u0308',
        ["tilde"] = '\u0303',
        ["hat"] = '\u0302',
        ["bar"] = '\u0304',
        ["widetilde"] = '\u0303',
        ["widehat"] = '\u0302',
        ["overline"] = '\u0305',
        ["vec"] = '\u20d7',
        ["acute"] = '\u0301',
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>
    /// Letters that have their accent in one character, with letter and accent apart. (Without the ICU's tables .NET takes none apart.)
    /// </summary>
    public static readonly FrozenDictionary<char, (char Letter, char Mark)> Accented = Compose(
        ("ẇẆḟṙṘẋẊẏẎżŻḃḋĊċĠġḣṗ", "wWfrRxXyYzZbdCcGghp", '\u0307'), ("ĝĥŷŵâêôîû", "ghywaeoiu", '\u0302'), ("ñõãṽũỹ", "noavuy", '\u0303'),
        ("äëïöüẅẍÿ", "aeiouwxy", '\u0308')).ToFrozenDictionary();

    /// <summary>The TeX command of a sign, with its backslash; null where TeX takes the sign itself.</summary>
    public static string? NameOf(char sign) => s_names.GetValueOrDefault(sign);

    /// <summary>Raised letters and signs, by what they raise.</summary>
    public static readonly FrozenDictionary<char, char> Raised = Zip(
        "0123456789+−-=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθφχ½",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿᵠᵡ½");

    /// <summary>Lowered ones.</summary>
    public static readonly FrozenDictionary<char, char> Lowered = Zip(
        "0123456789+−-=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ");

    /// <summary>What each raised or lowered sign stands for.</summary>
    public static readonly FrozenDictionary<char, char> Lifted = Back(Raised), Sunk = Back(Lowered);

    private static readonly FrozenDictionary<char, string> s_names = ByName.Concat(Between)
        .Where(static p => p.Value.Length == 1 && char.IsAsciiLetter(p.Key[0]) && p.Value[0] > 127)
        .GroupBy(static p => p.Value[0]).ToFrozenDictionary(static g => g.Key,
            static g => @"\" + g.MinBy(static p => (p.Key.Length, p.Key)).Key + " ");

    private static Dictionary<char, (char Letter, char Mark)> Compose(params ReadOnlySpan<(string Whole, string Letters, char Mark)> rows)
    {
        var map = new Dictionary<char, (char, char)>();
        foreach (var (whole, letters, mark) in rows)
            foreach (var (one, letter) in whole.Zip(letters)) map[one] = (letter, mark);
        return map;
    }

    private static FrozenDictionary<char, char> Zip(string from, string to) =>
        from.Zip(to).DistinctBy(static p => p.First).ToFrozenDictionary(static p => p.First, static p => p.Second);

    private static FrozenDictionary<char, char> Back(FrozenDictionary<char, char> map) =>
        map.Where(static p => p.Key != '-' && p.Key != p.Value).ToFrozenDictionary(static p => p.Value, static p => p.Key);
}
