using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Rhoflow.Lab.Config;

namespace Rhoflow.Cli;

/// <summary><c>rhoflow list [LIST] [NAME]</c>: what there is, one of the lists, or one entry of it.</summary>
internal static class ListCommand
{
    public static Command Create()
    {
        var what = new Argument<string?>("WHAT")
        {
            Description = string.Join(", ", Lists.All.Select(l => l.Name)),
            Arity = ArgumentArity.ZeroOrOne
        };
        CompletionCommand.OfLists(what);
        var entry = new Argument<string[]>("NAME")
        {
            Description = "One entry of the list, by its name: flows lagrange, equations T3.22.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command("list",
            "What there is: claims, figures and equations of the papers, flows, losses, networks, data, measures.")
        {
            what,
            entry,
        };
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
            var words = parsed.GetValue(entry) ?? [];
            StandardOptions.RequireWords(command, [name, .. words]);
            var list = Lists.All.FirstOrDefault(l => l.Name == name)
                ?? throw new ConfigException($"'{name}' is not a list{Nearest.Hint(name, Lists.All.Select(l => l.Name), "lists")}");
            var asked = words.Length == 0 ? null : string.Join(' ', words);
            if (list.Write is { } write) write(output, json, asked);
            else Show(list, Chosen(list, asked), output, json);
            return ExitStatus.Done;
        });
        return command;
    }

    private static void Overview(TextWriter output, bool json)
    {
        if (json)
        {
            output.WriteLine(new JsonObject(Lists.All.Select(l => KeyValuePair.Create(l.Name, (JsonNode?)Document(l.Entries()))))
                .ToJsonString(Json.Options));
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

    // All entries, or those whose name is the given one; failing that, those whose name begins with it.
    private static IReadOnlyList<ListEntry> Chosen(NamedList list, string? asked)
    {
        var entries = list.Entries();
        if (asked is null) return entries;
        var chosen = entries.Where(e => e.Name.Equals(asked, StringComparison.OrdinalIgnoreCase)).ToArray();
        if (chosen.Length == 0) chosen = [.. entries.Where(e => e.Name.StartsWith(asked, StringComparison.OrdinalIgnoreCase))];
        if (chosen.Length > 0) return chosen;
        throw new ConfigException(
            $"'{asked}' is not in the list '{list.Name}'{Nearest.Hint(asked, entries.Select(e => e.Name), "it has")}");
    }

    private static void Show(NamedList list, IReadOnlyList<ListEntry> entries, TextWriter output, bool json)
    {
        if (json)
        {
            output.WriteLine(new JsonObject { [list.Name] = Document(entries) }.ToJsonString(Json.Options));
            return;
        }
        if (entries.Count == 0) output.WriteLine($"no {list.Name} in this version");
        var width = entries.Count == 0 ? 0 : Math.Min(36, entries.Max(e => e.Name.Length)) + 2;
        foreach (var e in entries)
        {
            // A name that is longer has a line of its own.
            if (e.Name.Length + 2 > width) output.WriteLine(e.Name);
            Paragraph(output, e.Name.Length + 2 > width ? "" : e.Name, width, e.Text);
            foreach (var (label, value) in e.Details) Paragraph(output, "", width, $"{label}: {value}");
        }
    }

    // On a terminal words are kept whole and lines within its width; elsewhere a text is one line.
    private static void Paragraph(TextWriter output, string head, int indent, string text)
    {
        var room = Terminal.Is(output) ? Math.Max(20, Terminal.Width(output) - 1 - indent) : int.MaxValue;
        var line = new StringBuilder(head.PadRight(indent));
        var used = 0;
        foreach (var word in text.Split(' '))
        {
            if (used > 0 && used + 1 + word.Length > room)
            {
                output.WriteLine(line.ToString());
                line.Clear().Append(' ', indent);
                used = 0;
            }
            line.Append(used > 0 ? " " : "").Append(word);
            used += word.Length + (used > 0 ? 1 : 0);
        }
        output.WriteLine(line.ToString());
    }

    private static JsonArray Document(IReadOnlyList<ListEntry> entries) => new([.. entries.Select(e =>
    {
        var node = new JsonObject { ["name"] = e.Name, ["text"] = e.Text };
        foreach (var (label, value) in e.Details) node[label] = value;
        return (JsonNode)node;
    })]);
}
