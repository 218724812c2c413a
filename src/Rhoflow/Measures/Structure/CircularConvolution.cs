using System.Numerics;
using MathNet.Numerics.LinearAlgebra;
using Rhoflow.Kernels;

namespace Rhoflow.Measures.Structure;

/// <summary>
/// A convolution on a torus: the patch wraps around the image instead of reading zeros. The Fourier transform of the image turns it into
/// one small matrix per frequency, whose singular values together are exactly those of the map from image to image (Sedghi, Gupta and Long
/// 2019, for stride 1).
/// </summary>
/// <remarks>
/// With stride s the image is cut into its s² sub-images x_r[t] = x[s t + r]; the convolution is a sum of stride-1 convolutions of them,
/// tap k of the patch at q = ⌊(k − Padding)/s⌋ on sub-image r = (k − Padding) mod s. At the frequency φ of the output's grid the block is
/// therefore maps × (s² · channels), B_r(φ) = Σ_{k ≡ r} W_k e^{iφq}; height and width must be multiples of s. W is real, so B(−φ) is B(φ)'s
/// conjugate: half of the frequencies suffice. Where all q are 0, all blocks are one. With zeros at the border instead, the norm is at most
/// that of the torus of Height + 2·Padding by Width + 2·Padding, of which it is a part (<see cref="Around"/>); the torus of the image's own
/// size is usually above it too, but not always.
/// </remarks>
internal sealed class CircularConvolution
{
    private readonly double _scale;
    private readonly double[] _w;
    private readonly (int Column, int Y, int X)[] _taps;
    private readonly (int A, int B, int Copies)[] _frequencies;

    /// <param name="shape">The sizes; the padding only shifts the image.</param>
    /// <param name="w">Maps × Patch.</param>
    /// <exception cref="ArgumentException">Height or width is no multiple of the stride, or another number of weights.</exception>
    public CircularConvolution(ConvolutionShape shape, ReadOnlySpan<double> w)
    {
        if (w.Length != shape.Maps * shape.Patch)
            throw new ArgumentException($"{w.Length} weights are no matrix of {shape.Maps} maps × {shape.Patch}");
        if (WhyNot(shape) is { } reason) throw new ArgumentException(reason);
        (Shape, _scale, _w) = (shape, ConvolutionNorm.Scaled(w, out var scaled), scaled);
        var s = shape.Stride;
        (Rows, Columns) = (shape.Height / s, shape.Width / s);
        _taps = new (int, int, int)[shape.KernelHeight * shape.KernelWidth];
        for (var i = 0; i < _taps.Length; i++)
        {
            var (y, x) = (i / shape.KernelWidth - shape.Padding, i % shape.KernelWidth - shape.Padding);
            var (qy, qx) = ((int)Math.Floor(y / (double)s), (int)Math.Floor(x / (double)s));
            _taps[i] = (((y - s * qy) * s + x - s * qx) * shape.Channels, qy, qx);
        }
        var constant = Array.TrueForAll(_taps, t => t.Y == _taps[0].Y && t.X == _taps[0].X);
        _frequencies = constant ? [(0, 0, Rows * Columns)] : [.. Half(Rows, Columns)];
    }

    public ConvolutionShape Shape { get; }

    /// <summary>Rows of the grid of frequencies: Height/Stride.</summary>
    public int Rows { get; }

    /// <summary>Columns of the grid of frequencies: Width/Stride.</summary>
    public int Columns { get; }

    /// <summary>Columns of a block: channels · Stride².</summary>
    public int BlockWidth => Shape.Channels * Shape.Stride * Shape.Stride;

    /// <summary>A sentence why a convolution has no torus; null where it has.</summary>
    public static string? WhyNot(ConvolutionShape shape) => shape.Height % shape.Stride == 0 && shape.Width % shape.Stride == 0 ? null
        : $"an image of {shape.Height} × {shape.Width} does not close to a torus under stride {shape.Stride}: height and width have to be "
        + "multiples of it";

    /// <summary>The smallest torus that the zero-padded convolution is a part of, so that its norm is a bound of that one's.</summary>
    public static CircularConvolution Around(ConvolutionShape shape, ReadOnlySpan<double> w)
    {
        int Multiple(int size) => (size + shape.Stride - 1) / shape.Stride * shape.Stride;
        return new(new ConvolutionShape(Multiple(shape.Height + 2 * shape.Padding), Multiple(shape.Width + 2 * shape.Padding),
            shape.Channels, shape.Maps,
            shape.KernelHeight, shape.KernelWidth, shape.Stride, shape.Padding), w);
    }

    /// <summary>‖A‖₂: the largest of the blocks' norms, each by Lanczos to a residual of 1e-9.</summary>
    /// <param name="team">Who works, frequency by frequency; the bits do not depend on it.</param>
    /// <param name="cancellation">Looked at before every product.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public OperatorNorm Norm(Team team, CancellationToken cancellation = default)
    {
        var norms = new OperatorNorm[_frequencies.Length];
        var blocks = new FourierBlock?[team.Threads];
        team.Run(norms.Length, (task, thread) =>
        {
            var block = blocks[thread] ??= new FourierBlock(Shape.Maps, BlockWidth);
            Fill(block, _frequencies[task].A, _frequencies[task].B);
            norms[task] = block.Norm(cancellation);
        });
        var (value, bound, steps) = (0.0, 0.0, 0);
        foreach (var norm in norms) (value, bound, steps) = (Math.Max(value, norm.Value), Math.Max(bound, norm.Bound), steps + norm.Steps);
        return new OperatorNorm(_scale * value, _scale * bound, steps);
    }

    /// <summary>All singular values, descending: min(maps, Stride² · channels) of every frequency, by dense decompositions.</summary>
    public double[] SingularValues()
    {
        var values = new List<double>();
        var block = new FourierBlock(Shape.Maps, BlockWidth);
        foreach (var (a, b, copies) in _frequencies)
        {
            Fill(block, a, b);
            var svd = Matrix<Complex>.Build.Dense(Shape.Maps, BlockWidth,
                (i, j) => new Complex(block.Real[i * BlockWidth + j], block.Imaginary[i * BlockWidth + j])).Svd(computeVectors: false);
            foreach (var s in svd.S)
                for (var copy = 0; copy < copies; copy++) values.Add(_scale * s.Real);
        }
        return [.. values.OrderDescending()];
    }

    // B_r(φ) for all r, side by side, φ = 2π (a/Rows, b/Columns).
    private void Fill(FourierBlock block, int a, int b)
    {
        var (channels, isReal) = (Shape.Channels, 2 * a % Rows == 0 && 2 * b % Columns == 0);
        block.Clear(isReal);
        for (var i = 0; i < _taps.Length; i++)
        {
            var (column, y, x) = _taps[i];
            // Turns in exact integers first, so that ±1 and 0 come out exactly.
            var turns = Mod((long)a * y * Columns + (long)b * x * Rows, (long)Rows * Columns) / ((double)Rows * Columns);
            var (sin, cos) = double.SinCosPi(2 * turns);
            for (var m = 0; m < Shape.Maps; m++)
                block.Add(m, column, _w.AsSpan(m * Shape.Patch + i * channels, channels), cos, isReal ? 0 : sin);
        }
    }

    private static long Mod(long value, long by) => (value % by + by) % by;

    // One frequency of every pair ±φ; those that are their own negative count once.
    private static IEnumerable<(int A, int B, int Copies)> Half(int rows, int columns)
    {
        for (var a = 0; a <= rows / 2; a++)
            for (var b = 0; b < columns; b++)
            {
                var (na, nb) = ((rows - a) % rows, (columns - b) % columns);
                if (na == a && nb == b) yield return (a, b, 1);
                else if (na > a || na == a && nb > b) yield return (a, b, 2);
            }
    }
}
