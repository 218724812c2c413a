namespace Rhoflow.Lab.Report;

/// <summary>What is known of an equation's print, and by what.</summary>
public enum EquationStanding
{
    /// <summary>The print agrees with an independent computation.</summary>
    RightAndTried,
    /// <summary>The print disagrees with an independent computation, its correction agrees.</summary>
    CorrectedAndTried,
    /// <summary>The print cannot be meant as it stands, but no number tells the two forms apart.</summary>
    CorrectedByReading,
    /// <summary>It says what a word, a letter or a loss stands for.</summary>
    Definition,
    /// <summary>Its print is believed to be right; a number on a small instance could not tell.</summary>
    NoNumberDecides,
}

/// <summary>Standings in words.</summary>
public static class EquationStandings
{
    /// <summary>All of them, in the order of tables.</summary>
    public static IReadOnlyList<EquationStanding> All { get; } = Enum.GetValues<EquationStanding>();

    /// <summary>The standing that follows from what is known of an equation.</summary>
    /// <param name="isTried">It has a residual.</param>
    /// <param name="isCorrected">Its print is wrong.</param>
    /// <param name="isDefinition">It says what something stands for.</param>
    public static EquationStanding Of(bool isTried, bool isCorrected, bool isDefinition) => (isTried, isCorrected) switch
    {
        (true, false) => EquationStanding.RightAndTried,
        (true, true) => EquationStanding.CorrectedAndTried,
        (false, true) => EquationStanding.CorrectedByReading,
        _ => isDefinition ? EquationStanding.Definition : EquationStanding.NoNumberDecides,
    };

    /// <summary>“right and tried”.</summary>
    public static string Words(this EquationStanding standing) => standing switch
    {
        EquationStanding.RightAndTried => "right and tried",
        EquationStanding.CorrectedAndTried => "corrected and tried",
        EquationStanding.CorrectedByReading => "corrected by reading",
        EquationStanding.Definition => "definition",
        _ => "no number decides",
    };
}
