using System.Numerics;

namespace Rhoflow.Kernels;

/// <summary>
/// The three passes of a convolution of one shape. It owns its buffers, so calls allocate nothing (but the first of each pass). All
/// passes are bilinear, so derivatives of higher order are the same calls with other operands. The bits of a result do not depend
/// on the number of threads.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed unsafe class Convolution<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly ConvolutionSetting<T> _setting;
    private readonly ConvolutionForward<T> _forward;
    private ConvolutionBackwardData<T>? _backwardData;
    private ConvolutionBackwardWeights<T>? _backwardWeights;

    /// <param name="shape">The sizes.</param>
    /// <param name="batch">The most examples that a call brings.</param>
    /// <param name="team">The threads that share the work.</param>
    /// <param name="width">The SIMD width; that of the processor unless told otherwise.</param>
    public Convolution(ConvolutionShape shape, int batch, Team team, SimdWidth? width = null)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(team);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        if (typeof(T) != typeof(float) && typeof(T) != typeof(double))
        {
            throw new NotSupportedException($"a convolution computes with float or double, not with {typeof(T).Name}");
        }
        Shape = shape;
        Batch = batch;
        _setting = new ConvolutionSetting<T>(shape, batch, team, width ?? Simd.Best);
        _forward = new ConvolutionForward<T>(_setting);
    }

    public ConvolutionShape Shape { get; }

    /// <summary>The most examples that a call brings.</summary>
    public int Batch { get; }

    /// <summary>y = conv(x, W), or y += conv(x, W).</summary>
    /// <param name="x">examples × Height × Width × Channels.</param>
    /// <param name="w">Maps × Patch.</param>
    /// <param name="y">examples × OutHeight × OutWidth × Maps.</param>
    /// <param name="after">What follows.</param>
    /// <param name="sameWeights">Whether W is unchanged since the last call.</param>
    /// <exception cref="ArgumentException">An operand is too short, or there are more examples than the batch holds.</exception>
    public void Forward(int examples, ReadOnlySpan<T> x, ReadOnlySpan<T> w, Span<T> y, bool accumulate = false, Epilogue<T> after = default,
        bool sameWeights = false)
    {
        Check(examples, x.Length, w.Length, y.Length);
        fixed (T* px = x, pw = w, py = y) _forward.Run(examples, px, pw, py, accumulate, after, sameWeights);
    }

    /// <summary>dx = ∂⟨dy, conv(x, W)⟩/∂x, or dx += it; linear in dy and in W.</summary>
    /// <param name="dy">examples × OutHeight × OutWidth × Maps.</param>
    /// <param name="w">Maps × Patch.</param>
    /// <param name="dx">examples × Height × Width × Channels.</param>
    /// <exception cref="ArgumentException">An operand is too short, or there are more examples than the batch holds.</exception>
    public void BackwardData(int examples, ReadOnlySpan<T> dy, ReadOnlySpan<T> w, Span<T> dx, bool accumulate = false)
    {
        Check(examples, dx.Length, w.Length, dy.Length);
        _backwardData ??= new ConvolutionBackwardData<T>(_setting);
        fixed (T* pdy = dy, pw = w, pdx = dx) _backwardData.Run(examples, pdy, pw, pdx, accumulate);
    }

    /// <summary>dW = ∂⟨dy, conv(x, W)⟩/∂W, or dW += it, summed over the examples; linear in dy and in x.</summary>
    /// <param name="x">examples × Height × Width × Channels.</param>
    /// <param name="dy">examples × OutHeight × OutWidth × Maps.</param>
    /// <param name="dw">Maps × Patch.</param>
    /// <param name="sameInput">Whether x is unchanged since the last call of <see cref="Forward"/>, which then has padded it
    /// already.</param>
    /// <exception cref="ArgumentException">An operand is too short, or there are more examples than the batch holds.</exception>
    public void BackwardWeights(int examples, ReadOnlySpan<T> x, ReadOnlySpan<T> dy, Span<T> dw, bool accumulate = false,
        bool sameInput = false)
    {
        Check(examples, x.Length, dw.Length, dy.Length);
        _backwardWeights ??= new ConvolutionBackwardWeights<T>(_setting);
        fixed (T* px = x, pdy = dy, pdw = dw) _backwardWeights.Run(examples, px, pdy, pdw, accumulate, sameInput);
    }

    private void Check(int examples, int x, int w, int y)
    {
        if (examples < 1 || examples > Batch)
            throw new ArgumentException($"{examples} examples do not fit: this convolution takes 1 to {Batch}");
        Check("inputs", x, (long)examples * Shape.InputSize);
        Check("weights", w, (long)Shape.Maps * Shape.Patch);
        Check("outputs", y, (long)examples * Shape.OutputSize);
    }

    private static void Check(string what, int length, long needed)
    {
        if (length < needed) throw new ArgumentException($"{needed} numbers are needed as {what} of a convolution, but there are {length}");
    }
}
