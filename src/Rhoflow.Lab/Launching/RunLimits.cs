using Rhoflow.Lab.Experiments;

namespace Rhoflow.Lab.Launching;

/// <summary>What this machine can do, against what runs take.</summary>
/// <param name="MemoryBytes">Of memory.</param>
/// <param name="DiskBytes">Free where runs are written.</param>
public sealed record RunLimits(double MemoryBytes, double DiskBytes)
{
    /// <summary>Everything may be tried.</summary>
    public static readonly RunLimits None = new(double.PositiveInfinity, double.PositiveInfinity);

    /// <summary>This machine's (or its container's) memory, and what is free on the disk of a folder.</summary>
    public static RunLimits Here(string root) => new(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, Free(Path.GetFullPath(root)));

    /// <summary>Refuses an experiment that takes more, with the forecast.</summary>
    /// <exception cref="Config.ConfigException">It does; or its sizes are beyond any machine.</exception>
    public void Require(Experiment experiment)
    {
        if (this != None) RunSize.Of(experiment).Require(MemoryBytes, DiskBytes);
    }

    private static double Free(string folder)
    {
        try
        {
            while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } above) folder = above;
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return double.PositiveInfinity;
        }
    }
}
