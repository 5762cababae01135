using Polly;
using Polly.Retry;

namespace EtchStream.Oci.Http;

/// <summary>Tries again what failed for a passing reason: exponential back-off with jitter, or what the server asked for.</summary>
internal static class RetryPolicy
{
    private static readonly TimeSpan s_maxDelay = TimeSpan.FromSeconds(30);

    /// <param name="options">Number of retries and delays.</param>
    /// <param name="mayRetry">An end of patience of the caller's own; null for none.</param>
    /// <param name="maxRefused">How often to try again where nothing listens at all.</param>
    public static ResiliencePipeline Create(HttpOptions options, Func<HttpTransferException, bool>? mayRetry = null, int maxRefused = int.MaxValue)
    {
        if (options.MaxRetries < 1) return ResiliencePipeline.Empty;
        return new ResiliencePipelineBuilder { TimeProvider = options.TimeProvider }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = options.MaxRetries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = options.RetryDelay,
                MaxDelay = s_maxDelay,
                ShouldHandle = arguments => ValueTask.FromResult(
                    arguments.Outcome.Exception is HttpTransferException { IsTransient: true } error
                    && !(error.RetryAfter > options.MaxRetryAfter)
                    && (arguments.AttemptNumber < maxRefused || !NetworkFailure.IsRefused(error))
                    && mayRetry?.Invoke(error) != false),
                DelayGenerator = static arguments => ValueTask.FromResult((arguments.Outcome.Exception as HttpTransferException)?.RetryAfter)
            })
            .Build();
    }
}
