namespace EtchStream.TestKit;

/// <summary>What a test needs of the host.</summary>
public interface IToolTest
{
    /// <summary>Programs that the test runs.</summary>
    string[] Tools { get; }

    /// <summary>True when the test has to run as root.</summary>
    bool RequiresRoot { get; set; }

    /// <summary>Why the test cannot run here; null when it can.</summary>
    string? Missing { get; }
}
