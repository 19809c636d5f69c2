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
        Description = "The data set or checkpoint; get and verify also take hf:OWNER/NAME, a model on Hugging Face's hub.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string> _directory = DataOptions.Directory();
    private readonly Option<bool> _json = OutputOptions.Json();

    /// <summary>Defines the verb.</summary>
    public DataVerb(Terminal terminal)
        : base(
            "data",
            "Lists data sets, bundled models and published checkpoints, gets one, or checks the files that are here.",
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
                    ?? throw new CertiPureException("data get needs a name; data list shows them.", ErrorReason.InvalidArgument);
                string path = await GetAsync(name, locations, cancellation).ConfigureAwait(false);
                if (json)
                {
                    Terminal.WriteJson(new { Name = name, Path = path });
                }
                else
                {
                    Terminal.WriteLine(path);
                }

                return ExitCode.Success;
            default:
                return Verify(locations, parse.GetValue(_name), json);
        }
    }

    private async Task<string> GetAsync(string name, DataLocations locations, CancellationToken cancellation)
    {
        if (name.StartsWith(HubModel.Prefix, StringComparison.Ordinal))
        {
            using var hub = new HttpClient();
            return await HubModel.Parse(name).GetAsync(locations, hub, Terminal.WriteNote, cancellation).ConfigureAwait(false);
        }

        if (PublishedCheckpoints.Find(name) is not { } checkpoint)
        {
            return await DataSets.Named(name).GetAsync(locations, Terminal.WriteNote, cancellation).ConfigureAwait(false);
        }

        Terminal.WriteNote($"{checkpoint.Description}: {checkpoint.Licence}.");
        using var client = new HttpClient();
        return await checkpoint.GetAsync(locations, client, null, cancellation).ConfigureAwait(false);
    }

    private void List(DataLocations locations, bool json)
    {
        var sets = DataSets.All.Select(set => new { set.Name, set.Description, Folder = set.Find(locations) }).ToArray();
        var models = BundledModels.OfProgram.Names
            .Select(name => new { Name = name, Files = BundledModels.OfProgram.Files(name) })
            .ToArray();
        var checkpoints = PublishedCheckpoints.All
            .Select(checkpoint => new
            {
                checkpoint.Name,
                checkpoint.Description,
                checkpoint.Use,
                checkpoint.Architecture,
                checkpoint.Licence,
                checkpoint.Megabytes,
                Files = checkpoint.Files.Select(file => new { file.Address, file.Sha256 }),
                Path = checkpoint.Find(locations),
            })
            .ToArray();
        if (json)
        {
            Terminal.WriteJson(new { DataSets = sets, Models = models, Checkpoints = checkpoints });
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

        Terminal.WriteLine("Published checkpoints (and any model on Hugging Face's hub, hf:OWNER/NAME):");
        foreach (var checkpoint in checkpoints)
        {
            Terminal.WriteLine($"  {checkpoint.Name,-29} {checkpoint.Description}; {checkpoint.Use}");
            string size = checkpoint.Megabytes is { } megabytes ? $", about {megabytes} MB" : "";
            Terminal.WriteLine($"  {"",-29} {(checkpoint.Path is null ? "not here" : $"in {checkpoint.Path}")}{size}, {checkpoint.Licence}");
        }
    }

    private ExitCode Verify(DataLocations locations, string? name, bool json)
    {
        HubModel[] models = name?.StartsWith(HubModel.Prefix, StringComparison.Ordinal) == true ? [HubModel.Parse(name)] : [];
        PublishedCheckpoint[] checkpoints = [.. PublishedCheckpoints.All.Where(checkpoint => name is null || checkpoint.Name == name)];
        IReadOnlyList<DataSet> asked = name is null ? DataSets.All : checkpoints.Length + models.Length > 0 ? [] : [DataSets.Named(name)];
        var found = asked
            .Select(set => (Set: set, Folder: set.Find(locations)))
            .Where(entry => entry.Folder is not null)
            .Select(entry => new { entry.Set.Name, Folder = entry.Folder!, Damaged = entry.Set.FindDamage(entry.Folder!) })
            .Concat(checkpoints
                .Select(checkpoint => (Checkpoint: checkpoint, Path: checkpoint.Find(locations)))
                .Where(entry => entry.Path is not null)
                .Select(entry => new
                {
                    entry.Checkpoint.Name,
                    Folder = entry.Path!,
                    Damaged = entry.Checkpoint.FindDamage(entry.Path!),
                }))
            .Concat(models.Where(model => model.Find(locations) is not null)
                .Select(model => new { Name = model.ToString(), Folder = model.Find(locations)!, Damaged = HubModel.FindDamage(model.Find(locations)!) }))
            .ToArray();
        if (name is not null && found.Length == 0)
        {
            throw new CertiPureException($"{name} is not here; certipure data get {name} gets it.");
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
