using TorchSharp;
using static TorchSharp.torch;

namespace Rhoflow.Peers;

/// <summary>
/// The 20 largest eigenvalues of a convolutional network's Hessian: thick-restart Lanczos on double backward from kept graphs, with the
/// basis, restarts and stopping rule of peers/curvature.py, in either layout, in one minibatch or in several, whichever is fastest here.
/// </summary>
internal static class TorchCurvature
{
    private const int Images = 2000, Classes = 10, Wanted = 20, Basis = 60, Check = 6;
    private const double Tolerance = 1e-3;

    public static IReadOnlyDictionary<string, Func<Action>> Works(int threads)
    {
        set_num_threads(threads);
        return new Dictionary<string, Func<Action>> { ["eigen libtorch"] = Eigen };
    }

    private static Action Eigen()
    {
        (double Seconds, int Dimension, Func<Tensor, Tensor> Apply)? best = null;
        foreach (var last in (bool[])[false, true])
            foreach (var size in (int[])[Images, 500, 125])
            {
                var (dimension, apply) = Products(last, size);
                var v = randn(dimension);
                var seconds = double.MaxValue;
                for (var trial = 0; trial < 4; trial++)
                {
                    var begin = System.Diagnostics.Stopwatch.GetTimestamp();
                    apply(v).Dispose();
                    if (trial > 0) seconds = Math.Min(seconds, System.Diagnostics.Stopwatch.GetElapsedTime(begin).TotalSeconds);
                }
                if (best is not { } b || seconds < b.Seconds) best = (seconds, dimension, apply);
            }
        return () => Lanczos(best!.Value.Dimension, best.Value.Apply);
    }

    // v to Hessian v over all images.
    private static (int Dimension, Func<Tensor, Tensor> Apply) Products(bool channelsLast, int size)
    {
        var net = TorchNetworks.Convolutional(false, channelsLast);
        var (images, labels) = Data();
        var x = channelsLast ? images.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2) : images;
        Load(net);
        var gradients = new List<IList<Tensor>>();
        for (var i = 0; i < Images; i += size)
        {
            var loss = nn.functional.cross_entropy(net.Forward(x.narrow(0, i, size)), labels.narrow(0, i, size),
                reduction: nn.Reduction.Sum) / Images;
            gradients.Add(autograd.grad([loss], net.Parameters, retain_graph: true, create_graph: true));
        }
        return ((int)net.Parameters.Sum(static p => p.numel()), v =>
        {
            using var scope = NewDisposeScope();
            var parts = new List<Tensor>();
            var at = 0L;
            foreach (var p in net.Parameters)
            {
                parts.Add(v.narrow(0, at, p.numel()).view(p.shape));
                at += p.numel();
            }
            var total = zeros_like(v);
            foreach (var gradient in gradients)
                total.add_(cat([.. autograd.grad(gradient, net.Parameters, parts, retain_graph: true)
                    .Select(static r => r.reshape(-1))]));
            return total.MoveToOuterDisposeScope();
        });
    }

    private static void Lanczos(int dimension, Func<Tensor, Tensor> apply)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        Tensor basis = empty(Basis, dimension), t = zeros(Basis, Basis, float64), v = randn(dimension);
        basis[0] = v / v.norm();
        for (var j = 0; ;)
        {
            using var inner = NewDisposeScope();
            var beta = 0.0;
            Tensor w = basis[0];
            for (var i = 0; i < Check && j < Basis; i++)
            {
                using (enable_grad()) w = apply(basis[j]);
                var h = basis.narrow(0, 0, j + 1).mv(w);
                w -= basis.narrow(0, 0, j + 1).t().mv(h);
                var again = basis.narrow(0, 0, j + 1).mv(w);
                w -= basis.narrow(0, 0, j + 1).t().mv(again);
                var column = (h + again).to(float64);
                t[..(j + 1), j] = column;
                t[j, ..(j + 1)] = column;
                beta = w.norm().ToDouble();
                if (++j < Basis) basis[j] = w / beta;
            }
            if (j < Wanted) continue;
            var (theta, s) = linalg.eigh(t.narrow(0, 0, j).narrow(1, 0, j));
            double[] values = [.. theta.data<double>()], last = [.. s[j - 1].contiguous().data<double>()];
            if (Enumerable.Range(j - Wanted, Wanted).All(i => Math.Abs(beta * last[i]) <= Tolerance * Math.Abs(values[i]))) return;
            if (j < Basis) continue;
            const int kept = Wanted + (Basis - Wanted) / 2;
            var turned = s.narrow(1, Basis - kept, kept).to(float32).t().mm(basis);
            basis.narrow(0, 0, kept).copy_(turned);
            t.zero_();
            t.narrow(0, 0, kept).narrow(1, 0, kept).copy_(diag(theta.narrow(0, Basis - kept, kept)));
            basis[kept] = w / beta;
            j = kept;
        }
    }

    // The numbers of peers/curvature.py, from hashes of positions.
    private static (Tensor X, Tensor Y) Data()
    {
        const int inputs = 3072;
        var x = new float[Images * inputs];
        for (var n = 0; n < Images; n++)
            for (var i = 0; i < inputs; i++)
                x[n * inputs + i] = (float)(Hash(1, (ulong)(n * inputs + i)) + 0.5 * Hash(2, (ulong)(n % Classes * inputs + i)));
        var labels = from_array(Enumerable.Range(0, Images).Select(static n => (long)(n % Classes)).ToArray());
        return (from_array(x).reshape(Images, 32, 32, 3).permute(0, 3, 1, 2).contiguous(), labels);
    }

    // Ours is (map, y, x, channel), in the dense layer too.
    private static void Load(TorchNetworks.Net net)
    {
        using var guard = no_grad();
        var at = 0;
        foreach (var p in net.Parameters)
        {
            var (count, begin) = ((int)p.numel(), at);
            var scale = Math.Sqrt(2.0 * p.shape[0] / count);
            float[] w = [.. Enumerable.Range(0, count).Select(i => (float)(Hash(3, (ulong)(begin + i)) * scale))];
            at += count;
            var flat = from_array(w);
            p.copy_(p.dim() == 4 ? flat.reshape(p.shape[0], p.shape[2], p.shape[3], p.shape[1]).permute(0, 3, 1, 2)
                : flat.reshape(p.shape[0], 2, 2, p.shape[1] / 4).permute(0, 3, 1, 2).reshape(p.shape));
        }
    }

    private static double Hash(ulong stream, ulong index)
    {
        var z = (stream << 40) + (index + 1) * 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        z ^= z >> 31;
        return (2 * ((z >> 11) * (1.0 / (1UL << 53))) - 1) * Math.Sqrt(3);
    }
}
