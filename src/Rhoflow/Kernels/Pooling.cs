using System.Numerics;
using System.Numerics.Tensors;

namespace Rhoflow.Kernels;

/// <summary>
/// Maximum and average pooling of one shape, their tangents and gradients. Each task is an image, so threads change no bit; calls
/// allocate nothing. Every pass goes over windows, over the taps of a window, and over the channels in vectors.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed unsafe class Pooling<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Team _team;
    private readonly Action<int, int> _maximum, _tangent, _backward, _average, _averageBackward;
    private T* _input, _output, _choice;
    private bool _accumulate;

    /// <param name="shape">The sizes.</param>
    /// <param name="team">The threads that share the work.</param>
    public Pooling(PoolingShape shape, Team team)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(team);
        (Shape, _team) = (shape, team);
        (_maximum, _tangent, _backward, _average, _averageBackward) = (Maximum, MaximumTangent, MaximumBackward, Average, AverageBackward);
    }

    public PoolingShape Shape { get; }

    /// <summary>y = the largest number of each window; what lies outside the image never wins, a NaN always does.</summary>
    /// <param name="x">examples × Height × Width × Channels.</param>
    /// <param name="y">examples × OutHeight × OutWidth × Channels.</param>
    /// <param name="choice">As y: which tap ky·KernelWidth + kx of the window won, the first of equals; a T, to be compared in
    /// vectors.</param>
    public void MaximumForward(int examples, ReadOnlySpan<T> x, Span<T> y, Span<T> choice)
    {
        Check(examples, x.Length, y.Length, choice.Length);
        Run(_maximum, examples, x, y, choice, false);
    }

    /// <summary>ẏ = ẋ where the maximum was: the derivative of <see cref="MaximumForward"/> along ẋ.</summary>
    public void MaximumTangent(int examples, ReadOnlySpan<T> tangent, ReadOnlySpan<T> choice, Span<T> result)
    {
        Check(examples, tangent.Length, result.Length, choice.Length);
        Run(_tangent, examples, tangent, result, choice, false);
    }

    /// <summary>dx = dy where the maximum was, or dx += it.</summary>
    public void MaximumBackward(int examples, ReadOnlySpan<T> dy, ReadOnlySpan<T> choice, Span<T> dx, bool accumulate = false)
    {
        Check(examples, dx.Length, dy.Length, choice.Length);
        Run(_backward, examples, dx, dy, choice, accumulate);
    }

    /// <summary>y = the mean of each window, zeros outside the image counted. Linear, so tangents are the same call.</summary>
    public void AverageForward(int examples, ReadOnlySpan<T> x, Span<T> y)
    {
        Check(examples, x.Length, y.Length, y.Length);
        Run(_average, examples, x, y, default, false);
    }

    /// <summary>dx = each dy spread evenly over its window, or dx += it.</summary>
    public void AverageBackward(int examples, ReadOnlySpan<T> dy, Span<T> dx, bool accumulate = false)
    {
        Check(examples, dx.Length, dy.Length, dy.Length);
        Run(_averageBackward, examples, dx, dy, default, accumulate);
    }

    private void Run(Action<int, int> pass, int examples, ReadOnlySpan<T> input, ReadOnlySpan<T> output, ReadOnlySpan<T> choice,
        bool accumulate)
    {
        fixed (T* pi = input, po = output, pc = choice)
        {
            _input = pi;
            _output = po;
            _choice = pc;
            _accumulate = accumulate;
            _team.Run(examples, pass);
        }
    }

    private void Maximum(int n, int thread) => Visit(n, new MaximumTap());

    private void MaximumTangent(int n, int thread) => Visit(n, new TangentTap());

    private void MaximumBackward(int n, int thread)
    {
        if (!_accumulate) Input(n).Clear();
        Visit(n, new BackwardTap());
    }

    private void Average(int n, int thread)
    {
        Visit(n, new SumTap());
        var means = new Span<T>(_output + (nint)n * Shape.OutputSize, Shape.OutputSize);
        TensorPrimitives.Divide(means, T.CreateChecked(Shape.KernelHeight * Shape.KernelWidth), means);
    }

    private void AverageBackward(int n, int thread)
    {
        if (!_accumulate) Input(n).Clear();
        Visit(n, new ShareTap(T.One / T.CreateChecked(Shape.KernelHeight * Shape.KernelWidth)));
    }

    private Span<T> Input(int n) => new(_input + (nint)n * Shape.InputSize, Shape.InputSize);

    // All taps that fall on image n, window by window.
    private void Visit<TTap>(int n, TTap taps) where TTap : struct, ITap
    {
        var s = Shape;
        var input = _input + (nint)n * s.InputSize;
        var output = (nint)n * s.OutputSize;
        for (var oy = 0; oy < s.OutHeight; oy++)
            for (var ox = 0; ox < s.OutWidth; ox++, output += s.Channels)
            {
                int y = oy * s.Stride - s.Padding, x = ox * s.Stride - s.Padding;
                var first = true;
                for (var ky = Math.Max(0, -y); ky < Math.Min(s.KernelHeight, s.Height - y); ky++)
                    for (var kx = Math.Max(0, -x); kx < Math.Min(s.KernelWidth, s.Width - x); kx++, first = false)
                    {
                        var pixel = input + ((y + ky) * s.Width + x + kx) * s.Channels;
                        taps.Apply(pixel, _output + output, _choice + output, s.Channels, T.CreateTruncating(ky * s.KernelWidth + kx),
                            first);
                    }
            }
    }

    private void Check(int examples, int input, int output, int choice)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(examples, 1);
        Check("inputs", input, (long)examples * Shape.InputSize);
        Check("outputs", output, (long)examples * Shape.OutputSize);
        Check("choices", choice, (long)examples * Shape.OutputSize);
    }

    private static void Check(string what, int length, long needed)
    {
        if (length < needed) throw new ArgumentException($"{needed} numbers are needed as {what} of a pooling, but there are {length}");
    }

    /// <summary>What a pass does where one tap of a window meets a pixel, for all channels.</summary>
    private interface ITap
    {
        void Apply(T* pixel, T* output, T* choice, int channels, T tap, bool first);
    }

    private readonly struct MaximumTap : ITap
    {
        public void Apply(T* pixel, T* output, T* choice, int channels, T tap, bool first)
        {
            if (first)
            {
                new Span<T>(pixel, channels).CopyTo(new Span<T>(output, channels));
                new Span<T>(choice, channels).Fill(tap);
                return;
            }
            var c = 0;
            for (; c <= channels - Vector<T>.Count; c += Vector<T>.Count)
            {
                Vector<T> x = Vector.Load(pixel + c), y = Vector.Load(output + c);
                var wins = Vector.GreaterThan(x, y) | ~Vector.Equals(x, x);
                Vector.Store(Vector.ConditionalSelect(wins, x, y), output + c);
                Vector.Store(Vector.ConditionalSelect(wins, Vector.Create(tap), Vector.Load(choice + c)), choice + c);
            }
            for (; c < channels; c++)
                if (pixel[c] > output[c] || T.IsNaN(pixel[c])) (output[c], choice[c]) = (pixel[c], tap);
        }
    }

    private readonly struct TangentTap : ITap
    {
        public void Apply(T* pixel, T* output, T* choice, int channels, T tap, bool first)
        {
            if (first) new Span<T>(output, channels).Clear();
            AddChosen(pixel, output, choice, channels, tap);
        }
    }

    private readonly struct BackwardTap : ITap
    {
        public void Apply(T* pixel, T* output, T* choice, int channels, T tap, bool first) =>
            AddChosen(output, pixel, choice, channels, tap);
    }

    private readonly struct SumTap : ITap
    {
        public void Apply(T* pixel, T* output, T* choice, int channels, T tap, bool first)
        {
            Span<T> x = new(pixel, channels), y = new(output, channels);
            if (first) x.CopyTo(y);
            else TensorPrimitives.Add(y, x, y);
        }
    }

    private readonly struct ShareTap(T share) : ITap
    {
        public void Apply(T* pixel, T* output, T* choice, int channels, T tap, bool first)
        {
            Span<T> dx = new(pixel, channels), dy = new(output, channels);
            TensorPrimitives.MultiplyAdd(dy, share, dx, dx);
        }
    }

    // to += from where this tap was chosen.
    private static void AddChosen(T* from, T* to, T* choice, int channels, T tap)
    {
        var c = 0;
        for (; c <= channels - Vector<T>.Count; c += Vector<T>.Count)
        {
            var chosen = Vector.Equals(Vector.Load(choice + c), Vector.Create(tap));
            Vector.Store(Vector.Load(to + c) + (Vector.Load(from + c) & chosen), to + c);
        }
        for (; c < channels; c++)
            if (choice[c] == tap) to[c] += from[c];
    }
}
