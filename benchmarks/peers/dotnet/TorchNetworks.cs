using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rhoflow.Peers;

/// <summary>The networks of the training rows (peers/training.py), of functions on parameters, in either layout of memory.</summary>
internal static class TorchNetworks
{
    /// <summary>Examples of a minibatch.</summary>
    public const int Batch = 128;

    /// <summary>A network's parameters and what it does.</summary>
    public sealed record Net(Parameter[] Parameters, Func<Tensor, Tensor> Forward);

    /// <summary>Without biases, ReLU between.</summary>
    public static Net Dense(params int[] widths)
    {
        Parameter[] weights = [.. widths.Zip(widths.Skip(1), static (a, b) => Weights(false, b, a))];
        return new Net(weights, x =>
        {
            for (var i = 0; i < weights.Length; i++)
            {
                x = nn.functional.linear(x, weights[i]);
                if (i < weights.Length - 1) x = x.relu();
            }
            return x;
        });
    }

    /// <summary>3 × 3 convolutions of stride 2 with 16, 32, 64, 128 maps, and a dense layer.</summary>
    public static Net Convolutional(bool batchNorm, bool channelsLast)
    {
        int[] maps = [3, 16, 32, 64, 128];
        Parameter[] weights = [.. maps.Zip(maps.Skip(1), (a, b) => Weights(channelsLast, b, a, 3, 3)), Weights(false, 10, 512)];
        Tensor[] means = [.. maps.Skip(1).Select(static m => zeros(m))], variances = [.. maps.Skip(1).Select(static m => ones(m))];
        return new Net(weights, x =>
        {
            for (var i = 0; i < 4; i++)
            {
                x = nn.functional.conv2d(x, weights[i], strides: [2, 2], padding: [1, 1]);
                if (batchNorm) x = nn.functional.batch_norm(x, means[i], variances[i], training: true);
                x = x.relu();
            }
            return nn.functional.linear(x.flatten(1), weights[4]);
        });
    }

    /// <summary>N × C × H × W; channels last is a permuted N × H × W × C.</summary>
    public static Tensor Images(int count, int channels, int side, bool channelsLast) => channelsLast
        ? randn(count, side, side, channels).permute(0, 3, 1, 2) : randn(count, channels, side, side);

    private static Parameter Weights(bool channelsLast, params long[] shape)
    {
        var scale = Math.Sqrt(2.0 / shape.Skip(1).Aggregate(1L, static (a, b) => a * b));
        var w = channelsLast ? randn([shape[0], shape[2], shape[3], shape[1]]).permute(0, 3, 1, 2) : randn(shape);
        return new Parameter(w * scale);
    }
}
