using EtchStream.Cli;

return await CommandRunner.RunAsync(args, Terminal.OfProcess()).ConfigureAwait(false);
