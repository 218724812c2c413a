using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Rhoflow.Data;
using Rhoflow.Tests.Lab;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Data;

/// <summary>What the csv reader recognizes, says, and lets a config overrule.</summary>
public sealed class CsvReadingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static Dataset Read(string text, DataFormat? format = null) => Csv.Read(new StringReader(text), "points.csv", format);

    private static string Error(string text, DataFormat? format = null) =>
        Should.Throw<DataException>(() => Read(text, format)).Message;

    private Dataset ReadBytes(byte[] bytes, DataFormat? format = null, string name = "bytes.csv")
    {
        File.WriteAllBytes(_folder / name, bytes);
        return Csv.Read(_folder / name, format);
    }

    private static string Notes(Dataset data) => string.Join('\n', data.Reading!.Notes);

    [Fact]
    public void A_line_of_column_numbers_is_a_header_and_that_is_said()
    {
        var data = Read("0,1,2,3\n.5,1,2,0\n.25,3,4,1\n");
        (data.Count, data.X[0], data.Y[1]).ShouldBe((2, .5, 1));
        Notes(data).ShouldContain("header: yes");
        Notes(data).ShouldContain("line 1 ('0', '1', '2', '3') is taken for a header; data.header: false makes it an example");
        Read("0,1,2,3\n.5,1,2,0\n.25,3,4,1\n", new DataFormat { Header = false }).Count.ShouldBe(3);
        Read("0,1,2,label\n.5,1,2,0\n.25,3,4,1\n").Count.ShouldBe(2);
        Read("0,1,2\n.5,1,a\n.25,3,b\n").ClassNames.ShouldBe(["a", "b"]);
        Read("2019,2020,2021,outcome\n.5,1,2,0\n.25,3,4,1\n").Reading!.Inputs.ShouldBe(["2019", "2020", "2021"]);
        // Numbers that count nothing are an example, and two columns may be either.
        Read("0,2,1\n1,2,0\n").Count.ShouldBe(2);
        Error("0,1\n.5,1\n.25,3\n")
            .ShouldContain("line 1: '0' and '1' may be a header that numbers the columns, or an example; data.header:");
        Read("0,1\n.5,1\n.25,3\n", new DataFormat { Header = true }).Count.ShouldBe(2);
        Error("1,abc,2\n1,2,3\n0,1,1")
            .ShouldContain("line 1, column 2: 'abc' is not a number; if line 1 names the columns, say data.header: true");
    }

    [Fact]
    public void A_column_without_a_name_that_numbers_the_lines_is_left_out_and_that_is_said()
    {
        var data = Read(",a,b,label\n0,1,2,x\n1,3,4,y\n2,5,6,x\n");
        data.X.ToArray().ShouldBe([1, 2, 3, 4, 5, 6]);
        data.Reading!.Dropped.ShouldBe(["column 1"]);
        Notes(data).ShouldContain("column 1 has no name and numbers the lines, so it is left out; data.drop: [] makes it an input");
        // After a split the numbers are no longer in order; R counts from 1; pandas calls it Unnamed.
        Read(",0,1,2\n17,1,2,0\n3,3,4,1\n").Inputs.ShouldBe(2);
        Read("Unnamed: 0;a;b;y\n1;1;2;0\n2;3;4;1\n").Inputs.ShouldBe(2);
        Read(",a,b,label\n0,1,2,x\n1,3,4,y\n2,5,6,x\n", new DataFormat { Drop = [] }).Inputs.ShouldBe(3);
        Notes(Read(",a,b,label\n.5,1,2,x\n1,3,4,y\n")).ShouldContain("column 1 has no name and is taken for an input");
        var counted = Read("id,a,y\n" + string.Join('\n', Enumerable.Range(7, 12).Select(i => $"{i},{i * i},{i % 2}")));
        Notes(counted).ShouldContain("column 'id' seems to number the examples and is taken for an input; data.drop: [id] leaves it out");
        Notes(Read("a,b,y,\n1,2,0,\n3,4,1,\n")).ShouldContain("column 4 is empty in every line and left out");
    }

    [Fact]
    public void Label_and_dropped_columns_are_named_or_numbered()
    {
        const string text = "id,diagnosis,r1,r2\n7,M,1,2\n8,B,3,4\n";
        Error(text).ShouldContain("line 2, column 2: 'M' is not a number. If column 'diagnosis' ('M', 'B') is the label, say data.label: "
            + "diagnosis; data.drop: [diagnosis] leaves it out");
        foreach (var (label, drop) in new[] { ("diagnosis", "id"), ("2", "1"), ("Diagnosis", "-4"), ("-3", "ID") })
        {
            var data = Read(text, new DataFormat { Label = label, Drop = [drop] });
            data.X.ToArray().ShouldBe([1, 2, 3, 4]);
            data.ClassNames.ShouldBe(["M", "B"]);
            Notes(data).ShouldBe("points.csv: label: column 'diagnosis'; header: yes; 1 column dropped (column 'id')");
        }
        Error(text, new DataFormat { Label = "r3" })
            .ShouldContain("data.label: there is no column 'r3'; its columns are id, diagnosis, r1, r2");
        Error(text, new DataFormat { Label = "5" }).ShouldContain("there is no column 5; columns are numbered 1 … 4");
        Error(text, new DataFormat { Label = "0" }).ShouldContain("there is no column 0; columns are numbered 1 … 4 (−1 is the last)");
        Error(text, new DataFormat { Label = "diagnosis", Drop = ["2"] })
            .ShouldContain("data.drop names column 'diagnosis', which is the label");
        Error("a,a,y\n1,2,3\n4,5,6\n", new DataFormat { Drop = ["a"] }).ShouldContain("2 columns are called 'a' (columns 1, 2)");
        var numbered = Read("0,1,2\n.5,7,1\n.25,8,2\n", new DataFormat { Label = "1" });
        numbered.Y.ToArray().ShouldBe([7, 8]);
        Notes(numbered).ShouldContain("data.label: 1 is the column of that name, number 2 of 3");
        Notes(Read("class,a,y\n0,1,2\n1,2,3\n")).ShouldContain("column 'class' and column 'y' are called like labels; the first is taken");
    }

    [Fact]
    public void Commas_may_stand_before_decimals_where_something_else_separates()
    {
        foreach (var separator in new[] { ";", "\t", "|" })
        {
            var text = "a;b;label\r\n0,126;-0,132;1\r\n1,5e-1;2;0\r\n\r\n".Replace(";", separator, StringComparison.Ordinal);
            var data = Read(text);
            data.X.ToArray().ShouldBe([.126, -.132, .15, 2]);
            Notes(data).ShouldContain("decimal: comma");
            Read(text, new DataFormat { Decimal = ',' }).X.SequenceEqual(data.X).ShouldBeTrue();
            Error(text, new DataFormat { Decimal = '.' }).ShouldContain("line 2, column 1: '0,126' is not a number");
        }
        Read("0,126;-0,132;1\n1,5;2;0\n").Count.ShouldBe(2);
        Read("\"0,5\",\"1,25\",1\n\"2,5\",\"3,75\",0\n").X.ToArray().ShouldBe([.5, 1.25, 2.5, 3.75]);
        Error("1,234;1\n2,345;0\n").ShouldContain("line 1, column 1: the comma in '1,234' may stand before decimals or between thousands; "
            + "data.decimal: \",\" reads decimals");
        Read("1,234;1\n2,345;0\n", new DataFormat { Decimal = ',' }).X.ToArray().ShouldBe([1.234, 2.345]);
        Error("1,5;1\n2.5;0\n").ShouldContain("line 1, column 1: '1,5' has a comma, where line 2, column 1 has a point, '2.5'");
        Error("\"1,234,567\",1.5,1\n2,3,0\n").ShouldContain("line 1, column 1: '1,234,567' is not a number: separators of thousands");
        Error("1 234;1\n2 345;0\n").ShouldContain("'1 234' is not a number: separators of thousands are not read");
        Read("1;2;Smith, John\n3;4;Jones, Ann\n").ClassNames.ShouldBe(["Smith, John", "Jones, Ann"]);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_an_error_with_its_place()
    {
        byte[] latin = [.. "a,b,label\n1,2,M"u8, 0xE4, .. "n\n2,1,M"u8, 0xF6, .. "n\n"u8];
        Should.Throw<DataException>(() => ReadBytes(latin)).Message.ShouldContain("bytes.csv, line 2, column 3: the byte e4 (byte 15) "
            + "is not UTF-8. In Latin-1 the cell is 'Män': data.encoding: latin1 reads it so");
        ReadBytes(latin, new DataFormat { Encoding = "latin1" }).ClassNames.ShouldBe(["Män", "Mön"]);
        Should.Throw<DataException>(() => ReadBytes(latin, new DataFormat { Encoding = "us-ascii" })).Message.ShouldContain("line 2");
        foreach (var encoding in new[] { Encoding.UTF8, Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32 })
        {
            byte[] marked = [.. encoding.GetPreamble(), .. encoding.GetBytes("a,b,label\n1,2,Män\n3,4,€\n")];
            var data = ReadBytes(marked);
            (data.ClassNames![0], data.ClassNames[1], data.Reading!.Inputs[0]).ShouldBe(("Män", "€", "a"));
        }
        ReadBytes([.. "1,2,"u8, 0x80, .. "\n3,4,x\n"u8], new DataFormat { Encoding = "windows-1252" }).ClassNames.ShouldBe(["€", "x"]);
        Should.Throw<DataException>(() => ReadBytes(Encoding.Unicode.GetBytes("1,2,3\n"))).Message.ShouldContain("data.encoding: utf-16");
        ReadBytes(Encoding.Unicode.GetBytes("1,2,3\n1,2,4\n"), new DataFormat { Encoding = "utf-16" }).Count.ShouldBe(2);
        Should.Throw<DataException>(() => ReadBytes([0xEF, 0xBB, 0xBF, .. "1,2\n"u8], new DataFormat { Encoding = "latin1" }))
            .Message.ShouldContain("begins with the byte order mark of utf-8, but data.encoding says latin1");
    }

    [Theory]
    [InlineData("a,b,y\n1,NA,1\n", "line 2, column 2: 'NA' is not a number: a value is missing. Fill it in or leave the line out; "
        + "data.drop: [b] leaves column 'b' out")]
    [InlineData("a,b,y\n1,?,1\n", "column 2: '?' is not a number: a value is missing")]
    [InlineData("1,2,1\n,2,0\n", "line 2, column 1: '' is not a number: a value is missing")]
    [InlineData("1,2,1\n3,4,NA\n", "line 2, column 3: the label is missing ('NA')")]
    [InlineData("1,2,1\n3,4,nan\n", "line 2, column 3: the label is missing ('nan')")]
    [InlineData("1 2 3\n4 5 6\n", "one column; inputs and a label are needed, separated by commas, semicolons, tabs or |")]
    [InlineData("a,b\n1,2,0\n3,4,1\n", "The first line has one name fewer than all others have cells, as where R's write.table")]
    [InlineData("1,2,\"a\n", "line 1: not csv")]
    [InlineData("1,2,0x1\n1,2,3\n", "the label '3' is a number, where other lines have class names (line 1: '0x1')")]
    public void What_is_missing_or_odd_is_said_with_the_remedy(string text, string expected) => Error(text).ShouldContain(expected);

    [Fact]
    public void Quotes_line_breaks_and_empty_lines_are_csv()
    {
        var data = Read("\"a\",\"b \"\"x\"\"\",y\r\n\"1\",2,\"one\r\ntwo\"\r\n3,4,b\r\n\r\n\r\n");
        data.Reading!.Inputs.ShouldBe(["a", "b \"x\""]);
        data.ClassNames.ShouldBe(["one\r\ntwo", "b"]);
        Error("a,y\n\"1\n2\",0\n3,x\n").ShouldContain("line 2, column 1");
        Read("sep=;\n1;2;0\n3;4;1\n").X.ToArray().ShouldBe([1, 2, 3, 4]);
    }

    // Whatever separates, stands before decimals and encodes: the same numbers.
    [Fact]
    public void Any_table_of_numbers_is_read_back() => Prop.ForAll(
        ArbMap.Default.GeneratorFor<int>().Select(s => new Random(s)).ToArbitrary(), random =>
    {
        var (rows, columns) = (random.Next(1, 9), random.Next(2, 6));
        var numbers = Enumerable.Range(0, rows * columns).Select(_ => Math.Round(random.NextDouble() * 20 - 10, 4) + .00001).ToArray();
        var comma = random.Next(2) == 0;
        var separator = comma ? ";\t|"[random.Next(3)] : ",;\t|"[random.Next(4)];
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        if (comma) culture.NumberFormat.NumberDecimalSeparator = ",";
        var header = random.Next(2) == 0 ? string.Join(separator, Enumerable.Range(0, columns).Select(c => "n" + c)) + "\n" : "";
        var text = header + string.Join(random.Next(2) == 0 ? "\n" : "\r\n", Enumerable.Range(0, rows).Select(r => string.Join(separator,
            Enumerable.Range(0, columns).Select(c => numbers[r * columns + c].ToString("R", culture)))));
        Encoding[] encodings = [new UTF8Encoding(random.Next(2) == 0), Encoding.Unicode];
        var encoding = encodings[random.Next(2)];
        var data = ReadBytes([.. encoding.GetPreamble(), .. encoding.GetBytes(text)]);
        for (var r = 0; r < rows; r++)
        {
            data.Example(r).ToArray().ShouldBe(numbers[(r * columns)..((r + 1) * columns - 1)]);
            data.Y[r].ShouldBe(numbers[(r + 1) * columns - 1]);
        }
    }).QuickCheckThrowOnFailure();
}
