using Xunit;

namespace EtchStream.TestKit;

/// <summary>Asserts on lists of complaints.</summary>
public static class Nothing
{
    /// <summary>Fails with all the lines, whole, when there are any.</summary>
    /// <param name="what">What was looked for.</param>
    /// <param name="complaints">What was found.</param>
    public static void Wrong(string what, IReadOnlyCollection<string> complaints)
    {
        ArgumentNullException.ThrowIfNull(complaints);
        Assert.True(complaints.Count == 0, $"{what}:\n{string.Join('\n', complaints)}");
    }
}
