using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra;
using Rhoflow.Kernels;
using Rhoflow.Measures.Structure;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Measures.Structure;

public class ConvolutionNormTests
{
    // The whole map from image to image as a matrix, by its definition; outside the image the patch reads zeros, or wraps around.
    private static Matrix<double> Dense(ConvolutionShape s, double[] w, bool circular)
    {
        var (rows, columns) = circular ? (s.Height / s.Stride, s.Width / s.Stride) : (s.OutHeight, s.OutWidth);
        var a = Matrix<double>.Build.Dense(rows * columns * s.Maps, s.InputSize);
        for (var oy = 0; oy < rows; oy++)
            for (var ox = 0; ox < columns; ox++)
                for (var ky = 0; ky < s.KernelHeight; ky++)
                    for (var kx = 0; kx < s.KernelWidth; kx++)
                    {
                        var (y, x) = (oy * s.Stride + ky - s.Padding, ox * s.Stride + kx - s.Padding);
                        if (circular) (y, x) = (((y % s.Height) + s.Height) % s.Height, ((x % s.Width) + s.Width) % s.Width);
                        else if (y < 0 || x < 0 || y >= s.Height || x >= s.Width) continue;
                        for (var m = 0; m < s.Maps; m++)
                            for (var c = 0; c < s.Channels; c++)
                                a[(oy * columns + ox) * s.Maps + m,
                                    (y * s.Width + x) * s.Channels + c] += w[m * s.Patch + (ky * s.KernelWidth + kx) * s.Channels + c];
                    }
        return a;
    }

    private static void Random(int draws, bool wrapping, Action<ConvolutionShape, double[]> test) =>
        FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(draws), Prop.ForAll(Gen.Choose(0, 1_000_000).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            while (true)
            {
                var (stride, kernel, padding) = (random.Next(1, 4), random.Next(1, 5), random.Next(0, 3));
                int height = wrapping ? stride * random.Next(1, 5) : random.Next(2, 9), width =
                    wrapping ? stride * random.Next(1, 5) : random.Next(2, 9);
                if (height + 2 * padding < kernel || width + 2 * padding < kernel || padding >= kernel) continue;
                var shape = new ConvolutionShape(height, width, random.Next(1, 4), random.Next(1, 4), kernel, kernel, stride, padding);
                test(shape, Problems.Normal(random, shape.Maps * shape.Patch));
                return;
            }
        }));

    [Fact]
    public void Fourier_blocks_have_the_singular_values_of_the_whole_matrix() => Random(150, wrapping: true, static (shape, w) =>
    {
        var dense = Dense(shape, w, circular: true).Svd(false).S;
        var torus = new CircularConvolution(shape, w);
        var values = torus.SingularValues();
        values.Length.ShouldBe(torus.Rows * torus.Columns * Math.Min(shape.Maps, torus.BlockWidth));
        values.Length.ShouldBe(dense.Count);
        for (var i = 0; i < values.Length; i++) values[i].ShouldBe(dense[i], 1e-12 * dense[0], $"{shape}");
        using var team = new Team(2);
        var norm = torus.Norm(team);
        norm.Value.ShouldBe(dense[0], 1e-12 * dense[0], $"{shape}");
        norm.Bound.ShouldBeLessThan(1e-8 * dense[0]);
    });

    [Fact]
    public void Zero_padding_has_the_norm_of_the_whole_matrix_and_is_part_of_a_larger_torus() =>
        Random(100, wrapping: false, static (shape, w) =>
    {
        var dense = Dense(shape, w, circular: false).Svd(false).S;
        using var team = new Team();
        var norm = ConvolutionNorm.ZeroPadded(shape, w, team);
        norm.Value.ShouldBe(dense[0], 1e-11 * dense[0], $"{shape}");
        dense.Min(s => Math.Abs(s - norm.Value)).ShouldBeLessThanOrEqualTo(norm.Bound + 1e-13 * dense[0]);
        CircularConvolution.Around(shape, w).Norm(team).Value.ShouldBeGreaterThanOrEqualTo(dense[0] * (1 - 1e-12));
    });

    // One channel: the singular values of a circulant are |Σ w_k e^{iφk}|.
    [Fact]
    public void A_circulant_in_closed_form()
    {
        double[] w = [0, 0, 0, 1, 2, -3, 0, 0, 0];
        var torus = new CircularConvolution(new ConvolutionShape(1, 6, 1, 1, 3, 3, 1, 1), w);
        double[] expected = [.. Enumerable.Range(0, 6).Select(static j =>
            (System.Numerics.Complex.FromPolarCoordinates(1, -j * Math.PI / 3)
            + 2 - 3 * System.Numerics.Complex.FromPolarCoordinates(1, j * Math.PI / 3)).Magnitude).OrderDescending()];
        var values = torus.SingularValues();
        for (var j = 0; j < 6; j++) values[j].ShouldBe(expected[j], 1e-14);
        using var team = new Team();
        // On one pixel the patch wraps onto itself: 1 + 2 − 3 = 0, where zeros leave the 2. Only the torus with room for the padding is a
        // bound.
        var pixel = new ConvolutionShape(1, 1, 1, 1, 3, 3, 1, 1);
        new CircularConvolution(pixel, w).Norm(team).Value.ShouldBe(0, 1e-15);
        ConvolutionNorm.ZeroPadded(pixel, w, team).Value.ShouldBe(2, 1e-15);
        CircularConvolution.Around(pixel, w).Norm(team).Value.ShouldBeGreaterThan(2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_patch_of_one_pixel_has_the_norm_of_its_matrix(int stride)
    {
        var shape = new ConvolutionShape(8, 8, 5, 7, 1, 1, stride, 0);
        var w = Problems.Normal(new Random(4), 35);
        var expected = SingularSpectrum.Of(w, 7, 5).SpectralNorm;
        using var team = new Team();
        new CircularConvolution(shape, w).Norm(team).Value.ShouldBe(expected, 1e-13);
        ConvolutionNorm.ZeroPadded(shape, w, team).Value.ShouldBe(expected, 1e-13);
    }

    [Fact]
    public void Dead_tiny_and_huge_weights()
    {
        var shape = new ConvolutionShape(4, 4, 2, 3, 3, 3, 1, 1);
        using var team = new Team();
        new CircularConvolution(shape, new double[54]).Norm(team).Value.ShouldBe(0);
        ConvolutionNorm.ZeroPadded(shape, new double[54], team).Value.ShouldBe(0);
        var w = Problems.Normal(new Random(2), 54);
        foreach (var scale in new[] { 1e-200, 1e200 })
        {
            double[] scaled = [.. w.Select(v => scale * v)];
            (new CircularConvolution(shape, scaled).Norm(team).Value / scale)
                .ShouldBe(new CircularConvolution(shape, w).Norm(team).Value, 1e-12);
            (ConvolutionNorm.ZeroPadded(shape, scaled, team).Value / scale)
                .ShouldBe(ConvolutionNorm.ZeroPadded(shape, w, team).Value, 1e-12);
        }
    }

    [Fact]
    public void The_bits_do_not_depend_on_the_threads()
    {
        var shape = new ConvolutionShape(8, 8, 6, 10, 3, 3, 2, 1);
        var w = Problems.Normal(new Random(2), shape.Maps * shape.Patch);
        using Team one = new(), three = new(3);
        new CircularConvolution(shape, w).Norm(three).ShouldBe(new CircularConvolution(shape, w).Norm(one));
        ConvolutionNorm.ZeroPadded(shape, w, three).ShouldBe(ConvolutionNorm.ZeroPadded(shape, w, one));
    }

    [Fact]
    public void What_does_not_fit_is_said()
    {
        using var team = new Team();
        var shape = new ConvolutionShape(7, 8, 1, 1, 3, 3, 2, 1);
        Message(() => new CircularConvolution(shape, new double[9]))
            .ShouldBe("an image of 7 × 8 does not close to a torus under stride 2: height and width have to be multiples of it");
        Message(() => new CircularConvolution(shape, new double[8])).ShouldBe("8 weights are no matrix of 1 maps × 9");
        Message(() => ConvolutionNorm.ZeroPadded(shape, new double[10], team)).ShouldBe("10 weights are no matrix of 1 maps × 9");
        Message(() => ConvolutionNorm.ZeroPadded(shape, [1, 2, 3, 4, double.NaN, 6, 7, 8, 9], team)).ShouldContain("not a finite number");
        static string Message(Action action) => Should.Throw<ArgumentException>(action).Message;
    }
}
