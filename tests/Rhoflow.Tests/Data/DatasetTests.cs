using Rhoflow.Data;
using Rhoflow.Numerics;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Data;

public class DatasetTests
{
    private static readonly string[] Classes = ["cat", "dog", "eel"];
    private static readonly TensorShape Shape = new(2, 3, 2);

    // Seven images of bytes and the same numbers as float and double.
    private static (Dataset Bytes, Dataset Single, Dataset Double) Images()
    {
        var random = new RandomStream(3);
        var x = new byte[7 * Shape.Count];
        foreach (ref var b in x.AsSpan()) b = (byte)random.NextInt(256);
        double[] y = [0, 1, 2, 1, 0, 2, 2];
        return (Dataset.Of("images", x, y, Shape.Count, Classes, Shape),
            Dataset.Of("images", Array.ConvertAll(x, static b => (float)b), y, Shape.Count, Classes, Shape),
            Dataset.Of("images", Array.ConvertAll(x, static b => (double)b), y, Shape.Count, Classes, Shape));
    }

    [Fact]
    public void However_inputs_are_stored_they_read_the_same()
    {
        var (bytes, single, numbers) = Images();
        (bytes.StoredAs, single.StoredAs, numbers.StoredAs).ShouldBe((typeof(byte), typeof(float), typeof(double)));
        foreach (var data in new[] { bytes, single, numbers })
        {
            data.X.SequenceEqual(numbers.X).ShouldBeTrue();
            data.XAs<double>().SequenceEqual(numbers.X).ShouldBeTrue();
            data.XAs<float>().SequenceEqual(single.XAs<float>()).ShouldBeTrue();
            data.Example(4).SequenceEqual(numbers.X.Slice(4 * Shape.Count, Shape.Count)).ShouldBeTrue();
            (data.Shape, data.Inputs, data.Classes, data.Count).ShouldBe((Shape, 12, 3, 7));
        }
        Should.Throw<ArgumentException>(() => bytes.XAs<byte>().Length).Message.ShouldContain("float or double");
        Should.Throw<ArgumentException>(() => Dataset.Of("ints", new int[1], [1], 1)).Message.ShouldContain("not as Int32");
    }

    [Fact]
    public void Choices_keep_storage_and_shape()
    {
        foreach (var data in new[] { Images().Bytes, Images().Single, Images().Double })
        {
            var chosen = data.Choose([5, 0]);
            (chosen.StoredAs, chosen.Shape, chosen.ClassNames).ShouldBe((data.StoredAs, Shape, Classes));
            chosen.Example(0).SequenceEqual(data.Example(5)).ShouldBeTrue();
            chosen.Y.ToArray().ShouldBe([2, 0]);
            var binary = data.Binary("EEL", "cat");
            binary.Y.ToArray().ShouldBe([-1, 1, -1, 1, 1]);
            (binary.Classes, binary.ClassNames, binary.Shape, binary.StoredAs).ShouldBe((2, null, Shape, data.StoredAs));
            binary.Example(1).SequenceEqual(data.Example(2)).ShouldBeTrue();
            data.Binary("dog").Y.ToArray().ShouldBe([-1, 1, -1, 1, -1, -1, -1]);
            var two = data.OfClasses("eel", "cat");
            two.Y.ToArray().ShouldBe([1, 0, 1, 0, 0]);
            two.ClassNames.ShouldBe(["eel", "cat"]);
            two.Example(4).SequenceEqual(data.Example(6)).ShouldBeTrue();
        }
        Should.Throw<DataException>(() => Images().Bytes.OfClasses("cat", "Cat")).Message.ShouldContain("named twice");
        Should.Throw<DataException>(() =>
            Images().Bytes.OfClasses("cow")).Message.ShouldContain("no class 'cow'; its classes are cat, dog, eel");
    }

    // The reference: each transform by its formula, in plain loops over float64.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Transforms_follow_their_formulas_and_keep_the_layout(bool single)
    {
        var data = single ? Images().Single : Images().Double;
        var (n, d, tolerance) = (data.Count, data.Inputs, single ? 1e-6 : 1e-15);
        double[] x = data.X.ToArray(), mean = new double[d];
        for (var i = 0; i < d; i++) mean[i] = Enumerable.Range(0, n).Average(k => x[k * d + i] / 255);
        var result = data.ScalePixels().Center().UnitNorm().ConstantInput();
        (result.Shape, result.Inputs, result.StoredAs).ShouldBe((new TensorShape(2, 3, 3), 18, data.StoredAs));
        result.Y.SequenceEqual(data.Y).ShouldBeTrue();
        for (var k = 0; k < n; k++)
        {
            var row = Enumerable.Range(0, d).Select(i => x[k * d + i] / 255 - mean[i]).ToArray();
            var norm = Math.Sqrt(row.Sum(v => v * v));
            for (var pixel = 0; pixel < 6; pixel++)
            {
                for (var c = 0; c < 2; c++) result.Example(k)[pixel * 3 + c].ShouldBe(row[pixel * 2 + c] / norm, tolerance);
                result.Example(k)[pixel * 3 + 2].ShouldBe(1);
            }
        }
        var flat = new Dataset("flat", x, data.Y.ToArray(), d).ConstantInput();
        (flat.Inputs, flat.Shape).ShouldBe((d + 1, null));
        for (var k = 0; k < n; k++) flat.Example(k).ToArray().ShouldBe([.. data.Example(k), 1]);
    }

    [Fact]
    public void Preparing_at_once_equals_one_transform_after_another_and_the_test_set_has_no_say()
    {
        Transform[] steps = [Transform.ScalePixels, Transform.ConstantInput, Transform.Center, Transform.UnitNorm, Transform.ConstantInput];
        var data = Images().Bytes;
        var (train, test) = Transforms.Prepare<double>(data.Choose([0, 1, 2, 3, 4]), data.Choose([5, 6]), steps);
        var alone = data.Choose([0, 1, 2, 3, 4]).ScalePixels().ConstantInput().Center().UnitNorm().ConstantInput();
        train.X.SequenceEqual(alone.X).ShouldBeTrue();
        train.Shape.ShouldBe(new TensorShape(2, 3, 4));
        // A training example sent through as a test example comes out the same.
        var (_, same) = Transforms.Prepare<double>(data.Choose([0, 1, 2, 3, 4]), data.Choose([3]), steps);
        same!.X.SequenceEqual(train.Example(3)).ShouldBeTrue();
        test!.Count.ShouldBe(2);
        var (narrow, _) = Transforms.Prepare<float>(data.Choose([0, 1, 2, 3, 4]), null, steps);
        narrow.StoredAs.ShouldBe(typeof(float));
        for (var i = 0; i < train.X.Length; i++) ((double)narrow.XAs<float>()[i]).ShouldBe(train.X[i], 1e-6);
        Should.Throw<DataException>(() => Transforms.Prepare<double>(data, new Dataset("other", [1, 2], [1], 2), [])).Message
            .ShouldContain("'other' has 2 inputs, but 'images' has images of 2×3×2");
    }

    // Large enough for several threads: the same bits as one example, or one column, at a time.
    [Fact]
    public void Many_numbers_are_shared_among_threads_without_changing_a_bit()
    {
        const int n = 3000, d = 500;
        var random = new RandomStream(1);
        var x = new float[n * d];
        foreach (ref var v in x.AsSpan()) v = (float)random.NextDouble();
        var data = Dataset.Of("large", x, new double[n], d);
        var centered = data.Center();
        for (var i = 0; i < d; i += 83)
        {
            var sum = 0.0;
            for (var k = 0; k < n; k++) sum += x[k * d + i];
            for (var k = 0; k < n; k += 997) centered.XAs<float>()[k * d + i].ShouldBe((float)(x[k * d + i] - sum / n));
        }
        var unit = data.UnitNorm().XAs<float>();
        for (var k = 0; k < n; k += 499) unit.Slice(k * d, d).SequenceEqual(data.Choose([k]).UnitNorm().XAs<float>()).ShouldBeTrue();
    }

    [Fact]
    public void What_cannot_be_used_is_named()
    {
        string Error(Action make) => Should.Throw<DataException>(make).Message;
        Error(() => Dataset.Of("a", new float[5], [1, 1], 3)).ShouldContain("2 labels but 5 input values, which is not 2 × 3");
        Error(() => Dataset.Of("a", new float[] { 1, 2, float.NaN, 4 }, [1, 1], 2)).ShouldContain("x[1][0] is NaN");
        Error(() => Dataset.Of("a", new double[] { 1, 2, 3, double.NegativeInfinity }, [1, 1], 2)).ShouldContain("x[1][1] is -Infinity");
        Error(() => new Dataset("a", [1, 2], [double.NaN], 2)).ShouldContain("y[0] is NaN");
        Error(() => Dataset.Of("a", new byte[6], [1], 6, shape: new TensorShape(1, 2, 2)))
            .ShouldContain("images of 1×2×2 have 4 inputs; 6 were given");
        Error(() => new Dataset("a", [1, 0, 0, 0], [1, 1], 2).UnitNorm()).ShouldContain("example 1 is zero");
        Error(() => new Dataset("a", [1, 1e300], [1], 2).XAs<float>()).ShouldContain("x[0][1] is 1E+300, which is too large for float32");
        new Dataset("real", [1.0, 2], [.5, 1.5], 1).Classes.ShouldBe(0);
    }
}
