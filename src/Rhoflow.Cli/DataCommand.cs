using System.CommandLine;
using System.Text.Json.Nodes;
using Rhoflow.Data;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Datasets;

namespace Rhoflow.Cli;

/// <summary><c>rhoflow data list|check|fetch NAME</c>: the data sets, whether they are what they should be, and how to get them.</summary>
internal static class DataCommand
{
    public static Command Create()
    {
        var command = new Command("data",
            "The data sets: which there are and where, whether their files are sound, and how to get them.") { List(), Check(), Fetch() };
        // The words alone show the list.
        var standard = StandardOptions.AddTo(command);
        var folder = FolderOption();
        command.Add(folder);
        command.SetAction(parsed =>
            DataList.Show(DataFolders.Of(parsed.GetValue(folder)), parsed.GetValue(standard.Json), parsed.InvocationConfiguration.Output));
        return command;
    }

    /// <summary>--data-dir, for every command that reads data sets.</summary>
    public static Option<string?> FolderOption() => new("--data-dir")
    {
        Description = $"The folder of the data sets (cifar10/, mnist/); otherwise {DataFolders.Variable}, then the user's cache.",
        HelpName = "DIR",
    };

    private static Command List()
    {
        var folder = FolderOption();
        var command = new Command("list", "All sets: built in, drawn, or found in which folder.") { folder };
        var standard = StandardOptions.AddTo(command);
        command.SetAction(parsed =>
            DataList.Show(DataFolders.Of(parsed.GetValue(folder)), parsed.GetValue(standard.Json), parsed.InvocationConfiguration.Output));
        return command;
    }

    private static Command Check()
    {
        var name = new Argument<string>("NAME") { Description = "A set, or all.", DefaultValueFactory = _ => "all" };
        var folder = FolderOption();
        var command = new Command("check",
            "Reads every file: sizes, digests, class counts. Exit status 3 if anything is not as published.") { name, folder };
        var standard = StandardOptions.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            var given = parsed.GetValue(name)!;
            var folders = DataFolders.Of(parsed.GetValue(folder));
            IReadOnlyList<CatalogueEntry> sets = given == "all" ? Catalogue.All : [Named(given, "all")];
            using var progress = new ProgressLine(parsed.InvocationConfiguration.Error, parsed.GetValue(standard.Quiet));
            var checks = sets.Select(s => SetCheck.Of(s, folders, file => progress.Report(() => $"reading {file}"), cancellation))
                .ToArray();
            progress.Dispose();
            if (given != "all" && checks[0].IsMissing) folders.Require(checks[0].Set);
            return Task.FromResult(DataReport.Show(checks, parsed.GetValue(standard.Json), parsed.InvocationConfiguration.Output,
                parsed.InvocationConfiguration.Error));
        });
        return command;
    }

    private static Command Fetch()
    {
        var name = new Argument<string>("NAME")
        {
            Description = string.Join(", ", Catalogue.All.Where(s => s.Download is not null).Select(s => s.Name)),
        };
        var folder = FolderOption();
        var from = new Option<string?>("--from")
        {
            Description = "An address that has the official files, instead of the official one (a mirror).",
            HelpName = "URL",
        };
        var command = new Command("fetch", "Downloads a set from its official address, checks its digests and puts it in place; an "
            + "interrupted download goes on where it was.") { name, folder, from };
        var standard = StandardOptions.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            var set = Named(parsed.GetValue(name)!);
            var place = Path.Combine(DataFolders.Of(parsed.GetValue(folder)).Places[0], set.Name);
            var address = parsed.GetValue(from) is { } text ? Address(text) : null;
            // On a thread of its own: the action has to return before Ctrl-C is listened to.
            return Task.Run(() => Run(set, place, address, parsed.GetValue(standard.Json), parsed.GetValue(standard.Quiet),
                parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancellation), CancellationToken.None);
        });
        return command;
    }

    private static async Task<int> Run(CatalogueEntry set, string place, Uri? from, bool json, bool quiet, TextWriter output,
        TextWriter error, CancellationToken cancellation)
    {
        using var progress = new ProgressLine(error, quiet);
        // A proxy of this machine's has no way to what is served on the machine itself.
        using var client = new HttpClient(new HttpClientHandler { UseProxy = from is not { IsLoopback: true }, AllowAutoRedirect = false })
        {
            Timeout = TimeSpan.FromSeconds(60),
        };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("rhoflow");
        var sound = Directory.Exists(place) && SetCheck.Of(set, new DataFolders([Path.GetDirectoryName(place)!]),
            cancellation: cancellation) is { IsMissing: false } have && !have.Errors.Any();
        IReadOnlyList<Uri> got = [];
        try
        {
            if (!sound) got = await Fetcher.Fetch(set, place, from, client, p => progress.Report(p.ToString), progress.Say, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            progress.Dispose();
            error.WriteLine($"rhoflow: interrupted; what came is kept in {Places.Show(place)}, and the same command goes on from there");
            return ExitStatus.Interrupted;
        }
        progress.Dispose();
        if (json)
            output.WriteLine(new JsonObject
            {
                ["name"] = set.Name,
                ["folder"] = place,
                ["fetched"] = !sound,
                ["from"] = new JsonArray([.. got.Select(a => (JsonNode)a.AbsoluteUri)]),
            }.ToJsonString(Json.Options));
        else output.WriteLine(sound ? $"{set.Name} is in {place} already, and sound"
            : $"{set.Name} is in {place}; all digests are as published");
        return ExitStatus.Done;
    }

    private static CatalogueEntry Named(string name, params string[] others)
    {
        string[] names = [.. Catalogue.All.Select(s => s.Name), .. others];
        return Catalogue.Find(name) ?? throw new ConfigException($"'{name}' is not a data set{Nearest.Hint(name, names, "sets")}");
    }

    private static Uri Address(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme is "http" or "https")
        ? uri
        : throw new ConfigException($"--from {text}: an address was expected, http://… or https://…");
}
