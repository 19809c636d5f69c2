using System.CommandLine;
using System.CommandLine.Help;
using CertiPure.Imaging;
using CertiPure.Server.Hosting;
using CertiPure.Server.Models;
using CertiPure.Torch.Backend;
using Microsoft.AspNetCore.Connections;

namespace CertiPure.Server;

/// <summary>The service's command line; <c>certipure serve</c> passes its arguments on to it.</summary>
public static class ServeCommand
{
    private static readonly Option<string> Url = new("--url")
    {
        Description = "Where to listen (default http://127.0.0.1:5080, this machine only).",
    };

    private static readonly Option<string> Runs = new("--runs") { Description = "The folder whose run folders the page shows." };

    private static readonly Option<string> Data = new("--data-dir") { Description = "Where data sets lie." };

    private static readonly Option<string> Classifier = new("--classifier")
    {
        Description = "A classifier of your own instead of the bundled models: a name or a path; needs --data.",
    };

    private static readonly Option<string> DataSet = new("--data")
    {
        Description = "The data set or folder of images that --classifier knows.",
    };

    private static readonly Option<string[]> Purifier = new("--purifier")
    {
        Description = "A purifier to offer before --classifier, METHOD:WEIGHTS; may be given more than once.",
    };

    private static readonly Option<string> Precision = new("--precision") { Description = "fp32 (default) or bf16." };

    private static readonly Option<string> Device = new("--device") { Description = "cpu (default), cuda or cuda:K." };

    private static readonly Option<int?> BatchSize = Whole("--batch", "The networks' fixed batch size (default 64).");

    private static readonly Option<int?> Workers = Whole(
        "--workers", "Threads that call the networks at once (default one per core).");

    private static readonly Option<int?> Threads = Whole("--threads", "Threads of one operation of each worker (default 1).");

    private static readonly Option<string> KeyFile = new("--api-key-file")
    {
        Description = "A file that holds the key clients must send as X-Api-Key.",
    };

    private static readonly Option<bool> WithoutKey = new("--without-key")
    {
        Description = "Accept connections from other machines without a key.",
    };

    private static readonly Option<string> SealingKeyFile = new("--sealing-key-file")
    {
        Description = "A file that holds the secret certificates are sealed with (default: a new one at each start).",
    };

    private static readonly Option<bool> ClientSeeds = new("--client-seeds")
    {
        Description = "Let clients choose the seed; their certificates are marked.",
    };

    private static readonly Option<string> Configuration = new("--config")
    {
        Description = "A JSON file whose section CertiPure sets the limits (see docs/api.md).",
    };

    private static readonly Option<bool> Lazy = new("--lazy")
    {
        Description = "Load each model on first use instead of all at the start.",
    };

    private static readonly Option<string> Keep = new("--keep")
    {
        Description = "A folder that finished certificates are kept in (default: in memory, for a day).",
    };

    /// <summary>Given by <c>certipure serve</c>, which holds the other end of the pipe.</summary>
    private static readonly Option<bool> StopAtInputEnd = new("--stop-at-input-end")
    {
        Description = "Stop when standard input ends.", Hidden = true,
    };

    /// <summary>Runs the service until it is stopped.</summary>
    /// <param name="args">The arguments after <c>serve</c>.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        ParseResult parsed = Parse(args);
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction)
        {
            await Console.Error.WriteLineAsync($"certipure: {parsed.Errors[0].Message.TrimEnd('.')}; see certipure serve --help.");
            return StartFailure.Usage;
        }

        // The host answers signals itself and gives what is running its time; the parser's own handler would end it after two seconds.
        return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }

    /// <summary>Parses the arguments after <c>serve</c>, as a verb of the command that people type.</summary>
    internal static ParseResult Parse(string[] args)
    {
        var serve = new Command("serve", "Serves certification over HTTP, with a page.")
        {
            Url, Runs, Data, Classifier, DataSet, Purifier, Precision, Device, BatchSize, Workers, Threads, KeyFile,
            WithoutKey, SealingKeyFile, ClientSeeds, Configuration, Lazy, Keep, StopAtInputEnd,
        };
        serve.SetAction(RunAsync);
        return new Command("certipure") { serve, new HelpOption() }.Parse(["serve", .. args]);
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        try
        {
            ServerOptions options = ReadOptions(arguments);
            options.Validate();
            LibTorch.FetchWhenMissing(Console.Error.WriteLine);
            var library = CatalogLibrary.Open(options, message => Console.Error.WriteLine(message));
            var decoder = new SkiaImageDecoder(options.MaxUploadBytes, options.MaxImagePixels);
            await using WebApplication app = CertificationServer.Build(options, library, decoder);
            var warmup = app.Services.GetRequiredService<ModelWarmup>();
            if (arguments.GetValue(StopAtInputEnd))
            {
                InputEnd.Watch(
                    Console.OpenStandardInput(), app.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication);
            }

            await app.RunAsync(cancellation);
            return warmup.Failure is { } failure ? throw failure : 0;
        }
        catch (CertiPureException e)
        {
            await Console.Error.WriteLineAsync($"certipure: {StartFailure.Describe(e)}");
            return StartFailure.CodeOf(e);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"certipure: {e.Message.TrimEnd('.')}; give another address by --url.");
            return StartFailure.Failed;
        }
    }

    /// <summary>Puts the configuration together: defaults, then the file, then the environment, then the arguments.</summary>
    internal static ServerOptions ReadOptions(ParseResult arguments)
    {
        ServerOptions options = ServerConfiguration.Read(arguments.GetValue(Configuration));
        return options with
        {
            Url = arguments.GetValue(Url) ?? options.Url,
            RunsRoot = arguments.GetValue(Runs) ?? options.RunsRoot,
            DataDirectory = arguments.GetValue(Data) ?? options.DataDirectory,
            Classifier = arguments.GetValue(Classifier) ?? options.Classifier,
            Data = arguments.GetValue(DataSet) ?? options.Data,
            Purifiers = arguments.GetValue(Purifier) is { Length: > 0 } purifiers ? purifiers : options.Purifiers,
            Precision = arguments.GetValue(Precision) ?? options.Precision,
            Device = arguments.GetValue(Device) ?? options.Device,
            BatchSize = arguments.GetValue(BatchSize) ?? options.BatchSize,
            Workers = arguments.GetValue(Workers) ?? options.Workers,
            Threads = arguments.GetValue(Threads) ?? options.Threads,
            ApiKey = ReadSecret(arguments.GetValue(KeyFile)) ?? options.ApiKey,
            AllowRemoteWithoutKey = arguments.GetValue(WithoutKey) || options.AllowRemoteWithoutKey,
            SealingKey = ReadSecret(arguments.GetValue(SealingKeyFile)) ?? options.SealingKey,
            AllowClientSeed = arguments.GetValue(ClientSeeds) || options.AllowClientSeed,
            CertificatesFolder = arguments.GetValue(Keep) ?? options.CertificatesFolder,
            Lazy = arguments.GetValue(Lazy) || options.Lazy,
        };
    }

    /// <summary>An option whose value is a whole number from 1 on. The parser's own reading says .NET's type where it fails.</summary>
    private static Option<int?> Whole(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            // An option given twice has its last value, and one without a value is an error that the parser finds itself.
            string text = result.Tokens.Count > 0 ? result.Tokens[^1].Value : "";
            if (NumberText.ReadWhole(text, 1, int.MaxValue, out Int128 value) is { } complaint)
            {
                result.AddError($"{name} '{text}' {complaint}");
            }

            return (int)value;
        },
    };

    private static string? ReadSecret(string? path)
    {
        try
        {
            return path is null ? null : File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CertiPureException($"The key file {path} cannot be read: {e.Message}", e, ErrorReason.InvalidArgument);
        }
    }
}
