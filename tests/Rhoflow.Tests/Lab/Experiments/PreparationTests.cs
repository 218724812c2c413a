using Rhoflow.Data;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Datasets;
using Rhoflow.Lab.Experiments;
using Rhoflow.Numerics;
using Rhoflow.Tests.Data;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Experiments;

public sealed class PreparationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PreparationTests()
    {
        SampleFiles.WriteCifar(_folder / "cifar10");
        SampleFiles.WriteMnist(_folder / "mnist", packed: true);
    }

    public void Dispose() => _folder.Dispose();

    private DataFolders Folders => DataFolders.Of(_folder.Path);

    private DataConfig Config(string data) => Configs.Read(Configs.TwoParameters, $"data={data}").Data!;

    private PreparedData Load(string data, Precision precision = Precision.Float64) =>
        Preparation.Load(Config(data), precision, Folders);

    [Fact]
    public void Sets_with_a_test_part_keep_it_apart()
    {
        var (train, test) = Load("{set: cifar10}");
        (train.Count, test!.Count, train.Shape).ShouldBe((100, 10, new TensorShape(32, 32, 3)));
        train.X.SequenceEqual(Cifar10.Train(_folder / "cifar10").X).ShouldBeTrue();
        Load("{set: cifar10, test: 0}").Test.ShouldBeNull();
        var (some, few) = Load("{set: cifar10, train: 30, test: 5}");
        (some.Count, few!.Count).ShouldBe((30, 5));
        some.Y.ToArray().CountBy(y => y).ShouldAllBe(c => c.Value == 3);
        Should.Throw<DataException>(() =>
            Load("{set: mnist, train: 31}")).Message.ShouldContain("data 'mnist' has 30 examples; train: 31 was asked for");
        Should.Throw<DataException>(() =>
            Load("{set: mnist, test: 11}")).Message.ShouldContain("data 'mnist test' has 10 examples; test: 11");
    }

    [Fact]
    public void Images_in_lent_memory_are_those_of_the_whole_set()
    {
        var random = new RandomStream(Random.Shared.NextInt64());
        foreach (var (whole, lent) in new[]
        {
            (Cifar10.Train(_folder / "cifar10"), Cifar10.Lend(test: false, _folder / "cifar10", null)),
            (Cifar10.Test(_folder / "cifar10", ["cat", "dog"]), Cifar10.Lend(test: true, _folder / "cifar10", ["dog", "cat"])),
            (Mnist.Train(_folder / "mnist", ["7"]), Mnist.Lend(test: false, _folder / "mnist", ["7"])),
        })
        {
            using (lent)
            {
                lent.Examples.Y.SequenceEqual(whole.Y).ShouldBeTrue();
                int[] some = [.. Enumerable.Range(0, whole.Count).Where(_ => random.NextInt(2) == 0), whole.Count - 1];
                var (expected, found) = (whole.Choose(some), lent.Of(lent.Examples.Choose(some)));
                (found.Name, found.Shape, found.Count, found.StoredAs)
                    .ShouldBe((expected.Name, expected.Shape, expected.Count, expected.StoredAs));
                found.X.SequenceEqual(expected.X).ShouldBeTrue();
                found.Y.SequenceEqual(expected.Y).ShouldBeTrue();
                found.ClassNames.ShouldBe(expected.ClassNames);
            }
            Should.Throw<ObjectDisposedException>(() => lent.Of(lent.Examples));
        }
    }

    [Fact]
    public void A_missing_set_is_said_with_the_command_that_gets_it()
    {
        Directory.Delete(_folder / "mnist", recursive: true);
        var message = Should.Throw<DataException>(() => Load("{set: mnist}")).Message;
        message.ShouldContain("none of train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte "
            + "(or with .gz) is in " + (_folder / "mnist"));
        message.ShouldContain("`rhoflow data fetch mnist` gets it (12 MB)");
        File.Delete(_folder / "cifar10" + Path.DirectorySeparatorChar + Cifar10.TestFile);
        Load("{set: cifar10, test: 0}").Train.Count.ShouldBe(100);
        Should.Throw<DataException>(() => Load("{set: cifar10}")).Message.ShouldContain("there is no file 'test_batch.bin'");
    }

    [Fact]
    public void A_folder_is_recognized_by_its_files()
    {
        var named = Load("{set: mnist, train: 10}").Train;
        var folder = _folder / "mnist";
        Load($"{{path: {folder}, train: 10}}").Train.X.SequenceEqual(named.X).ShouldBeTrue();
        Should.Throw<DataException>(() => Load($"{{path: {_folder.Path}}}")).Message.ShouldContain(
            "holds the files of no set that is known by name: mnist: train-images");
        Should.Throw<DataException>(() => Load($"{{path: {folder}s}}")).Message.ShouldContain("there is no data folder");
    }

    [Fact]
    public void Classes_make_binary_and_smaller_problems()
    {
        var (train, test) = Load("{set: mnist, classes: [7, 3]}");
        (train.Count, train.IsBinary, test!.Count).ShouldBe((6, true, 2));
        train.Y.ToArray().ShouldBe([-1, 1, -1, 1, -1, 1]);
        var whole = Mnist.Train(_folder / "mnist");
        train.Example(1).SequenceEqual(whole.Example(7)).ShouldBeTrue();
        var three = Load("{set: cifar10, classes: [truck, cat, dog], train: 9}").Train;
        three.ClassNames.ShouldBe(["truck", "cat", "dog"]);
        three.Y.ToArray().CountBy(y => y).OrderBy(c => c.Key).Select(c => c.Value).ShouldBe([3, 3, 3]);
        // ±1 in balance although the rest is nine times as large; where one side runs out, the other makes up for it.
        Load("{set: mnist, classes: [7, rest], train: 6}").Train.Y.ToArray().Sum().ShouldBe(0);
        Load("{set: mnist, classes: [7, rest], train: 10}").Train.Y.ToArray().Sum().ShouldBe(3 - 7);
    }

    [Fact]
    public void Choices_depend_on_the_seed_and_larger_ones_hold_the_smaller()
    {
        HashSet<string> Rows(string data) =>
            [.. Load(data).Train is var d ? Enumerable.Range(0, d.Count).Select(n => string.Join(' ', d.Example(n)[..8].ToArray())) : []];
        var (small, large) = (Rows("{set: cifar10, train: 13}"), Rows("{set: cifar10, train: 41}"));
        (small.Count, large.Count).ShouldBe((13, 41));
        small.IsSubsetOf(large).ShouldBeTrue();
        Rows("{set: cifar10, train: 13, seed: 1}").SetEquals(small).ShouldBeFalse();
        Rows("{set: cifar10, train: 13}").SetEquals(small).ShouldBeTrue();
    }

    [Fact]
    public void Label_noise_changes_exactly_its_share_to_other_classes()
    {
        foreach (var data in new[] { "set: cifar10", "set: mnist, classes: [7, rest]", "set: iris, train: 100, test: 50" })
        {
            var (clean, cleanTest) = Load($"{{{data}}}");
            var (noisy, noisyTest) = Load($"{{{data}, label-noise: 0.3}}");
            Enumerable.Range(0, clean.Count).Count(n => clean.Y[n] != noisy.Y[n]).ShouldBe((int)Math.Round(.3 * clean.Count));
            noisy.Y.ToArray().Except(clean.Y.ToArray()).ShouldBeEmpty();
            noisyTest!.Y.SequenceEqual(cleanTest!.Y).ShouldBeTrue();
            noisy.X.SequenceEqual(clean.X).ShouldBeTrue();
        }
        var all = Load("{set: mnist, classes: [7, rest], label-noise: 1}").Train;
        all.Y.ToArray().Zip(Load("{set: mnist, classes: [7, rest]}").Train.Y.ToArray()).ShouldAllBe(p => p.First == -p.Second);
    }

    [Fact]
    public void Random_labels_are_drawn_from_the_classes_by_the_seed()
    {
        var a = Load("{set: cifar10, labels: random}").Train;
        a.X.SequenceEqual(Load("{set: cifar10}").Train.X).ShouldBeTrue();
        a.Y.SequenceEqual(Load("{set: cifar10}").Train.Y).ShouldBeFalse();
        a.Y.ToArray().Distinct().Count().ShouldBe(10);
        Load("{set: cifar10, labels: random}").Train.Y.SequenceEqual(a.Y).ShouldBeTrue();
        Load("{set: cifar10, labels: random, seed: 2}").Train.Y.SequenceEqual(a.Y).ShouldBeFalse();
        // An example keeps its random label in a smaller choice.
        var few = Load("{set: cifar10, labels: random, train: 20}").Train;
        for (var n = 0; n < 20; n++)
        {
            var twin = Enumerable.Range(0, 100).Single(m => a.Example(m).SequenceEqual(few.Example(n)));
            few.Y[n].ShouldBe(a.Y[twin]);
        }
    }

    // The whole pipeline in float32 and float64 against the formulas in plain loops.
    [Fact]
    public void Both_precisions_follow_the_same_formulas()
    {
        const string config = "{set: cifar10, classes: [cat, dog], train: 8, test: 2, transforms: [scale-pixels, center, unit-norm, "
            + "constant-input]}";
        var ((train, test), (train32, test32)) = (Load(config), Load(config, Precision.Float32));
        (train.StoredAs, train32.StoredAs, train.Shape, train32.Shape)
            .ShouldBe((typeof(double), typeof(float), new TensorShape(32, 32, 4), new TensorShape(32, 32, 4)));
        for (var i = 0; i < train.X.Length; i++) ((double)train32.XAs<float>()[i]).ShouldBe(train.X[i], 1e-6);
        for (var i = 0; i < test!.X.Length; i++) ((double)test32!.XAs<float>()[i]).ShouldBe(test.X[i], 1e-6);
        var (raw, rawTest) = Load("{set: cifar10, classes: [cat, dog], train: 8, test: 2}");
        var mean = Enumerable.Range(0, 3072).Select(i => Enumerable.Range(0, 8).Average(n => raw.Example(n)[i] / 255)).ToArray();
        foreach (var (before, after) in new[] { (raw, train), (rawTest!, test) })
            for (var n = 0; n < before.Count; n++)
            {
                var row = before.Example(n).ToArray().Select((v, i) => v / 255 - mean[i]).ToArray();
                var norm = Math.Sqrt(row.Sum(v => v * v));
                for (var i = 0; i < 3072; i++) after.Example(n)[i / 3 * 4 + i % 3].ShouldBe(row[i] / norm, 1e-15);
                for (var p = 0; p < 1024; p++) after.Example(n)[p * 4 + 3].ShouldBe(1);
            }
        Load("{set: digits, transforms: [scale-pixels]}").Train.X.ToArray().Max().ShouldBe(1);
    }

    [Theory]
    [InlineData("{set: cifar10, train: 5}")]
    [InlineData("{set: cifar10, train: 5, test: 0, label-noise: 0.25, labels: random}")]
    [InlineData("{set: digits, classes: [3, 5, 8]}")]
    [InlineData("{set: gaussian-mixture, inputs: 4, components: 3, margin: 0.5}")]
    [InlineData("{set: xor, train: 40, test: 10}")]
    public void Configs_read_back_as_the_same(string data)
    {
        var first = Configs.Read(Configs.TwoParameters, $"data={data}");
        var second = Experiment.Read(ConfigSource.Parse(first.ToYaml()));
        second.ToYaml().ShouldBe(first.ToYaml());
        RunIdentity.Id(first).ShouldBe(RunIdentity.Id(second));
    }

    [Fact]
    public void Synthetic_sets_are_as_large_as_is_asked_for()
    {
        var (train, test) = Load("{set: xor, train: 40, test: 10, inputs: 3}");
        (train.Count, test!.Count, train.Inputs).ShouldBe((40, 10, 3));
        Load("{set: gaussian-teacher, examples: 30, inputs: 5, units: 2}").Train.X.SequenceEqual(GaussianTeacher.Draw(30, 5, 0, 2).X)
            .ShouldBeTrue();
        Load("{set: two-moons}").Train.Count.ShouldBe(1000);
    }

    [Fact]
    public void The_identity_counts_the_content_of_every_file()
    {
        string Id(string path) => RunIdentity.Id(Configs.Read(Configs.TwoParameters, $"data={{path: {path}}}"));
        SampleFiles.WriteMnist(_folder / "copy", packed: true);
        var before = Id(_folder / "mnist");
        Id(_folder / "copy").ShouldBe(before);
        SampleFiles.Write(Path.Combine(_folder / "copy", Mnist.TestFiles[1] + ".gz"), SampleFiles.IdxLabels(1, 1, 1, 1, 1, 1, 1, 1, 1, 1));
        Id(_folder / "copy").ShouldNotBe(before);
        File.WriteAllBytes(_folder / "a.npy", SampleFiles.Npy("|u1", "(2, 2)", [1, 2, 3, 4]));
        var alone = Id(_folder / "a.npy");
        File.WriteAllBytes(_folder / "a_y.npy", SampleFiles.Npy("|u1", "(2,)", [0, 1]));
        Id(_folder / "a.npy").ShouldNotBe(alone);
        Load($"{{path: {_folder / "a.npy"}}}").Train.Inputs.ShouldBe(2);
    }

    [Fact]
    public void Csv_files_may_be_packed()
    {
        SampleFiles.Write(_folder / "p.csv.gz", "1,2,1\n3,4,-1\n"u8.ToArray());
        var data = Load($"{{path: {_folder / "p.csv.gz"}}}").Train;
        (data.Name, data.Count).ShouldBe(("p", 2));
        File.WriteAllBytes(_folder / "q.csv.gz", File.ReadAllBytes(_folder / "p.csv.gz")[..^9]);
        Should.Throw<DataException>(() => Load($"{{path: {_folder / "q.csv.gz"}}}")).Message.ShouldContain("ends at byte");
        File.WriteAllBytes(_folder / "p.csv.gz", [1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        Should.Throw<DataException>(() => Load($"{{path: {_folder / "p.csv.gz"}}}")).Message.ShouldContain("damaged");
    }
}
