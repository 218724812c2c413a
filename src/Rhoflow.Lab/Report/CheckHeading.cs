using Rhoflow.Lab.Claims;

namespace Rhoflow.Lab.Report;

/// <summary>What stands over a group of checks.</summary>
internal static class CheckHeading
{
    /// <summary>The heading of the checks of a role under one assumption.</summary>
    public static string Of(CheckRole role, string group) => role switch
    {
        CheckRole.Premise => "The computation can be trusted",
        CheckRole.Printed => "As printed",
        CheckRole.Corrected => $"With care: {group}",
        _ => $"Instead: {group}",
    };
}
