using System.CommandLine;
using System.Text.Json.Nodes;
using Rhoflow.Lab.Config;

namespace Rhoflow.Cli;

/// <summary><c>rhoflow list [figures|claims|measures|data|losses|flows|networks]</c>: what there is.</summary>
internal static class ListCommand
{
    public static Command Create()
    {
        var what = new Argument<string?>("WHAT") { Description = string.Join(", ", Lists.All.Select(l => l.Name)), Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("list", "What there is: claims and figures of the papers, flows with their equations, losses, networks, data, measures.") { what };
        var standard = StandardOptions.AddTo(command);
        command.SetAction(parsed =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var json = parsed.GetValue(standard.Json);
            if (parsed.GetValue(what) is not { } name)
            {
                Overview(output, json);
                return ExitStatus.Done;
            }
            StandardOptions.RequireWords(command, [name]);
            var list = Lists.All.FirstOrDefault(l => l.Name == name)
                ?? throw new ConfigException($"'{name}' is not a list{Nearest.Hint(name, Lists.All.Select(l => l.Name), "lists")}");
            Show(list, output, json);
            return ExitStatus.Done;
        });
        return command;
    }

    private static void Overview(TextWriter output, bool json)
    {
        if (json)
        {
            output.WriteLine(new JsonObject(Lists.All.Select(l => KeyValuePair.Create(l.Name, (JsonNode?)Document(l)))).ToJsonString(Json.Options));
            return;
        }
        foreach (var list in Lists.All)
        {
            var entries = list.Entries();
            output.WriteLine($"{list.Name,-10}{entries.Count,3}  {list.About}");
        }
        output.WriteLine();
        output.WriteLine("rhoflow list NAME shows one of them; rhoflow reproduce checks the claims and draws the figures.");
    }

    private static void Show(NamedList list, TextWriter output, bool json)
    {
        if (json)
        {
            output.WriteLine(new JsonObject { [list.Name] = Document(list) }.ToJsonString(Json.Options));
            return;
        }
        var entries = list.Entries();
        if (entries.Count == 0) output.WriteLine($"no {list.Name} in this version");
        var width = entries.Count == 0 ? 0 : Math.Min(36, entries.Max(e => e.Name.Length)) + 2;
        foreach (var e in entries)
        {
            output.WriteLine($"{e.Name.PadRight(width)}{e.Text}");
            foreach (var (label, value) in e.Details) output.WriteLine($"{new string(' ', width)}{label}: {value}");
        }
    }

    private static JsonArray Document(NamedList list) => new([.. list.Entries().Select(e =>
    {
        var node = new JsonObject { ["name"] = e.Name, ["text"] = e.Text };
        foreach (var (label, value) in e.Details) node[label] = value;
        return (JsonNode)node;
    })]);
}
