namespace Rhoflow.Cli;

/// <summary>Forecasts as people say them.</summary>
internal static class Durations
{
    public static string Text(double seconds) => seconds switch
    {
        < 1 => "a second or less",
        < 120 => $"{seconds:0} s",
        < 7200 => $"{seconds / 60:0} min",
        _ => $"{seconds / 3600:0.#} h",
    };
}
