using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Tests.Lab.DescentRuns;

/// <summary>
/// Small descents on digits that use every part of the state: batch normalization, momentum, noise, a weight-normalized variant.
/// </summary>
internal static class Trainings
{
    public const string Digits = """
        name: digits
        data: {set: digits, train: 300, test: 100, transforms: [scale-pixels, center, unit-norm], seed: 3}
        network: {layers: [ {conv: {maps: 4, kernel: 3, stride: 2}}, batch-norm, relu, {dense: 10} ]}
        init: {kind: kaiming}
        loss: cross-entropy
        descent: {kind: sgd, learning-rate: 0.1, momentum: 0.9, batch: 64, weight-decay: 1e-4, label-noise: {flips: 0.05}, epochs: 6,
          seed: 5}
        observe: {at: {every: 2 epochs}, measures: all, curvature-examples: 40, weights: true}
        """;

    public static DescentExperiment Read(params string[] overrides)
    {
        // Gradient descent has no minibatches.
        var source = ConfigSource.Parse(overrides.Contains("descent.kind=gd") ? Digits.Replace("batch: 64, ", "", StringComparison.Ordinal)
            : Digits, "digits.yaml");
        Overrides.Apply(source, Overrides.Expand(overrides, sweep: false)[0]);
        return (DescentExperiment)Experiment.Read(source);
    }

    /// <summary>Everything that must be equal between runs that are the same: rows, arrays and the state, to the last bit.</summary>
    public static string Content(RunFolder folder) =>
        string.Join('\n', Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories)
        .Where(static f => Path.GetExtension(f) is ".csv" or ".npy")
        .Order(StringComparer.Ordinal)
        .Select(f => $"{Path.GetFileName(f)} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(f)))}")
        .Append(State(folder)));

    private static string State(RunFolder folder)
    {
        var checkpoint = Rhoflow.Lab.DescentRuns.DescentCheckpoint.Read(folder)!;
        return string.Join('\n', checkpoint.Arrays.Select(static a => $"{a.Key} {Convert.ToHexString(Bytes(a.Value))}")
            .Concat(checkpoint.Scalars.Select(static s => $"{s.Key} {BitConverter.DoubleToInt64Bits(s.Value):x}"))
            .Order(StringComparer.Ordinal));
    }

    private static byte[] Bytes(Array values)
    {
        var bytes = new byte[Buffer.ByteLength(values)];
        Buffer.BlockCopy(values, 0, bytes, 0, bytes.Length);
        return bytes;
    }
}
