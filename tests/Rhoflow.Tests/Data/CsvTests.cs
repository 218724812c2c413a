using Rhoflow.Data;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Data;

public class CsvTests
{
    private static Dataset Read(string text) => Csv.Read(new StringReader(text), "points.csv");

    [Fact]
    public void Labels_stand_in_the_last_column_or_in_the_one_that_is_named_so()
    {
        var plain = Read("1,0.5,1\n0.4,1.2,-1\n");
        plain.X.ToArray().ShouldBe([1, 0.5, 0.4, 1.2]);
        plain.Y.ToArray().ShouldBe([1, -1]);
        plain.ClassNames.ShouldBeNull();
        var named = Read("# a note\nclass;a;b\nyes; 1e-3 ;2\nno;3;4\n\nyes;5;6");
        named.ClassNames.ShouldBe(["yes", "no"]);
        named.X.ToArray().ShouldBe([1e-3, 2, 3, 4, 5, 6]);
        named.Binary("no").Y.ToArray().ShouldBe([-1, 1, -1]);
        Read("1,0\n2,1\n3,2\n").ClassNames.ShouldBe(["0", "1", "2"]);
        Read("1,0.25\n2,1\n").ClassNames.ShouldBeNull();
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("a,b,y\n", "a header but no example")]
    [InlineData("1\n2\n", "one column; inputs and a label are needed")]
    [InlineData("1,2,1\n3,4\n", "points.csv, line 2: 2 columns, but line 1 has 3")]
    [InlineData("a,b,y\n1,2,1\n3,x,1\n", "points.csv, line 3, column 2: 'x' is not a number")]
    [InlineData("1,2,1\n3,NaN,1\n", "line 2, column 2: 'NaN'; every entry must be a finite number")]
    [InlineData("1,2,1\n3,1e999,1\n", "line 2, column 2: '1e999'; every entry must be a finite number")]
    [InlineData("1,2,a\n3,4,\n", "line 2, column 3: the label is missing")]
    [InlineData("1,2,a\n3,4,5\n", "line 2, column 3: the label '5' is a number, where other lines have class names")]
    [InlineData("1,2,1\n3,,1\n", "line 2, column 2: '' is not a number")]
    public void Errors_name_file_line_and_column(string text, string expected) =>
        Should.Throw<DataException>(() => Read(text)).Message.ShouldContain(expected);

    [Fact]
    public void A_missing_file_is_said_to_be_missing() =>
        Should.Throw<DataException>(() => Csv.Read("no/such.csv")).Message.ShouldContain("there is no data file 'no/such.csv'");

    [Fact]
    public void The_embedded_iris_reads_the_same_as_a_csv()
    {
        using var stream = typeof(Dataset).Assembly.GetManifestResourceStream("Rhoflow.Data.Embedded.iris.csv")!;
        var csv = Csv.Read(new StreamReader(stream), "iris.csv");
        csv.X.ToArray().ShouldBe(Iris.Load().X.ToArray());
        csv.Y.ToArray().ShouldBe(Iris.Load().Y.ToArray());
        csv.ClassNames.ShouldBe(Iris.Load().ClassNames);
    }
}
