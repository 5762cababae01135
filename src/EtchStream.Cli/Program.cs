using EtchStream.Cli;

StandardStreams.FillClosed();
return await CommandRunner.RunAsync(args, Terminal.OfProcess()).ConfigureAwait(false);
