using Rhoflow.Data;
using Rhoflow.Lab.Clusters;
using Rhoflow.Lab.Config;

namespace Rhoflow.Cli;

/// <summary>What the shell is told.</summary>
public static class ExitStatus
{
    public const int Done = 0;

    /// <summary>A run or a claim's computation failed, or its folder could not be written.</summary>
    public const int Failed = 1;

    /// <summary>The command or a config is wrong.</summary>
    public const int WrongUse = 2;

    /// <summary>Bad data or model file.</summary>
    public const int BadData = 3;

    /// <summary>Interrupted; the state is saved.</summary>
    public const int Interrupted = 130;

    /// <summary>Of what an exception has ended.</summary>
    public static int Of(Exception why) => why switch
    {
        ConfigException or SlurmException { IsRequest: true } => WrongUse,
        DataException or InvalidDataException => BadData,
        OperationCanceledException => Interrupted,
        _ => Failed,
    };
}
