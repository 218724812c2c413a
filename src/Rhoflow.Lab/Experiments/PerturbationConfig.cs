using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Experiments;

/// <summary>W += Amplitude · s · N(0, 1) at chosen epochs, with s the spread of the layer's weights, ‖∇L‖, or 1 (T3b §6).</summary>
public sealed record PerturbationConfig(IReadOnlyList<int> At, int Every, double Amplitude, string RelativeTo)
{
    internal static PerturbationConfig Read(ConfigNode node)
    {
        var map = node.Map("at", "every", "amplitude", "relative-to");
        var every = map.OneOf("at", "every") == "every";
        return new PerturbationConfig(every ? [] : RateConfig.Epochs(map["at"]!), every ? map["every"]!.Count(1) : 0,
            map.Required("amplitude", "how large the perturbation is, relative to 'relative-to'").NonNegative(),
                map["relative-to"]?.Word("weights", "gradient", "nothing") ?? "weights");
    }

    internal void Write(ConfigWriter writer) => writer.Raw("perturb",
        $"{{{(Every > 0 ? $"every: {Every}" : $"at: {RateConfig.Text(At)}")}, amplitude: {ConfigWriter.Number(Amplitude)}, relative-to: "
        + $"{RelativeTo}}}");
}
