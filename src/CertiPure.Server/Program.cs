return await CertiPure.Server.ServeCommand.RunAsync(args);
