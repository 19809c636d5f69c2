using CertiPure.Cli;

return await CommandLine.RunInTerminalAsync(args).ConfigureAwait(false);
