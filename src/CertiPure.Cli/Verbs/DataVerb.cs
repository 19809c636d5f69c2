using System.CommandLine;
using CertiPure.Cli.Options;
using CertiPure.Recipes.Catalog;

namespace CertiPure.Cli.Verbs;

/// <summary><c>data</c>: which data sets and models there are, getting one, and checking what is here.</summary>
internal sealed class DataVerb : Verb
{
    private readonly Argument<string> _action = new("list|get|verify") { Description = "What to do." };

    private readonly Argument<string?> _name = new("NAME")
    {
        Description = "The data set to get.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string> _directory = DataOptions.Directory();
    private readonly Option<bool> _json = OutputOptions.Json();

    /// <summary>Defines the verb.</summary>
    public DataVerb(Terminal terminal)
        : base(
            "data",
            "Lists data sets and bundled models, gets a data set, or checks the files that are here.",
            "certipure data get fashion-mnist",
            terminal)
    {
        _action.AcceptOnlyFromAmong("list", "get", "verify");
        Add(_action);
        Add(_name);
        Add(_directory);
        Add(_json);
    }

    /// <inheritdoc/>
    protected override async Task<ExitCode> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        var locations = DataLocations.Of(parse.GetValue(_directory));
        bool json = parse.GetValue(_json);
        switch (parse.GetRequiredValue(_action))
        {
            case "list":
                List(locations, json);
                return ExitCode.Success;
            case "get":
                string name = parse.GetValue(_name)
                    ?? throw new CertiPureException("data get needs a name; data list shows them.", ExitCode.Usage);
                string folder = await DataSets.Named(name).GetAsync(locations, Terminal.WriteNote, cancellation).ConfigureAwait(false);
                Terminal.WriteLine(folder);
                return ExitCode.Success;
            default:
                return Verify(locations, parse.GetValue(_name), json);
        }
    }

    private void List(DataLocations locations, bool json)
    {
        var sets = DataSets.All.Select(set => new { set.Name, set.Description, Folder = set.Find(locations) }).ToArray();
        var models = BundledModels.OfProgram.Names
            .Select(name => new { Name = name, Files = BundledModels.OfProgram.Files(name) })
            .ToArray();
        if (json)
        {
            Terminal.WriteJson(new { DataSets = sets, Models = models });
            return;
        }

        Terminal.WriteLine("Data sets:");
        foreach (var set in sets)
        {
            Terminal.WriteLine($"  {set.Name,-14} {set.Description}");
            Terminal.WriteLine($"  {"",-14} {(set.Folder is null ? "not here" : $"in {set.Folder}")}");
        }

        Terminal.WriteLine("Bundled models:");
        foreach (var model in models)
        {
            Terminal.WriteLine($"  {model.Name,-14} {string.Join(", ", model.Files)}");
        }
    }

    private ExitCode Verify(DataLocations locations, string? name, bool json)
    {
        IReadOnlyList<DataSet> asked = name is null ? DataSets.All : [DataSets.Named(name)];
        var found = asked
            .Select(set => (Set: set, Folder: set.Find(locations)))
            .Where(entry => entry.Folder is not null)
            .Select(entry => new { entry.Set.Name, Folder = entry.Folder!, Damaged = entry.Set.FindDamage(entry.Folder!) })
            .ToArray();
        if (name is not null && found.Length == 0)
        {
            throw new CertiPureException($"The data set {name} is not here; certipure data get {name} gets it.");
        }

        if (json)
        {
            Terminal.WriteJson(found);
        }
        else
        {
            foreach (var set in found)
            {
                Terminal.WriteLine(
                    $"{set.Name}: {(set.Damaged.Count == 0 ? "as published" : "not as published: " + string.Join(", ", set.Damaged))} "
                    + $"({set.Folder})");
            }
        }

        return found.All(set => set.Damaged.Count == 0) ? ExitCode.Success : ExitCode.Refused;
    }
}
