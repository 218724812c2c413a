using static TorchSharp.torch;

namespace Rhoflow.Peers;

/// <summary>
/// Networks that are evaluated only, batch normalization folded into the convolutions, without gradients, in the faster layout of memory
/// (peers/inference.py): ResNet-18 for CIFAR and VGG-11.
/// </summary>
internal static class TorchInference
{
    private const int Batch = 16, Classes = 10;

    private static readonly int[] s_vgg = [64, 0, 128, 0, 256, 256, 0, 512, 512, 0, 512, 512, 0];

    public static IReadOnlyDictionary<string, Func<Action>> Works(int threads)
    {
        set_num_threads(threads);
        return new Dictionary<string, Func<Action>>
        {
            ["forward-resnet18 libtorch"] = static () => Protocol.Fastest(Forward(ResNet, false), Forward(ResNet, true)),
            ["forward-vgg11 libtorch"] = static () => Protocol.Fastest(Forward(Vgg, false), Forward(Vgg, true)),
        };
    }

    private static Action Forward(Func<bool, Func<Tensor, Tensor>> make, bool channelsLast)
    {
        var mode = inference_mode();
        var (net, x) = (make(channelsLast), TorchNetworks.Images(Batch, 3, 32, channelsLast));
        mode.Dispose();
        return () =>
        {
            using var evaluating = inference_mode();
            using var scope = NewDisposeScope();
            net(x);
        };
    }

    private static Func<Tensor, Tensor> ResNet(bool last)
    {
        var stem = Convolution(3, 64, 3, 1, last);
        var (blocks, inputs) = (new List<Func<Tensor, Tensor>>(), 64);
        foreach (var maps in (int[])[64, 64, 128, 128, 256, 256, 512, 512])
        {
            var stride = maps == inputs ? 1 : 2;
            Func<Tensor, Tensor> first = Convolution(inputs, maps, 3, stride, last), second = Convolution(maps, maps, 3, 1, last);
            var shortcut = stride == 1 ? static x => x : Convolution(inputs, maps, 1, stride, last);
            blocks.Add(x => second(first(x).relu_()).add_(shortcut(x)).relu_());
            inputs = maps;
        }
        var head = randn(Classes, 512) / 20;
        return x =>
        {
            x = stem(x).relu_();
            foreach (var block in blocks) x = block(x);
            return nn.functional.linear(x.mean([2, 3]), head);
        };
    }

    private static Func<Tensor, Tensor> Vgg(bool last)
    {
        var (layers, inputs) = (new List<Func<Tensor, Tensor>>(), 3);
        foreach (var maps in s_vgg)
        {
            if (maps == 0)
            {
                layers.Add(static x => nn.functional.max_pool2d(x, 2));
                continue;
            }
            var convolution = Convolution(inputs, maps, 3, 1, last);
            layers.Add(x => convolution(x).relu_());
            inputs = maps;
        }
        var head = randn(Classes, 512) / 20;
        return x =>
        {
            foreach (var layer in layers) x = layer(x);
            return nn.functional.linear(x.flatten(1), head);
        };
    }

    private static Func<Tensor, Tensor> Convolution(int inputs, int maps, int kernel, int stride, bool last)
    {
        var scale = Math.Sqrt(2.0 / (inputs * kernel * kernel));
        var w = (last ? randn(maps, kernel, kernel, inputs).permute(0, 3, 1, 2) : randn(maps, inputs, kernel, kernel)) * scale;
        var b = randn(maps) / 10;
        return x => nn.functional.conv2d(x, w, b, strides: [stride, stride], padding: [kernel / 2, kernel / 2]);
    }
}
