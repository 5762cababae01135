using EtchStream.Tests.Forbidden;

namespace EtchStream.Tests.Forbidden
{
    public class Secret
    {
        public int Kept { get; init; }

        public static int Value() => 1;
    }
}

namespace EtchStream.Tests.Samples
{
    public static class InSignature
    {
        public static void Take(Secret? secret) => _ = secret is null;
    }

    public static class InBody
    {
        public static int Read() => Secret.Value();
    }

    public static class InLambda
    {
        public static Func<int> Make(int more) => () => Secret.Value() + more;
    }

    public static class AsArgument
    {
        public static int Count() => new List<Secret>().Count;
    }

    public static class AsField
    {
        public static readonly object? Kept;

        private static readonly Secret[]? Secrets = null;

        public static bool Has => Secrets is not null;
    }

    public class AsBase : Secret;

    public static class Clean
    {
        public static int Count() => new List<string>().Count;
    }
}
