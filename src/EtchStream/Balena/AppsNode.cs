using System.Text.Json;

namespace EtchStream.Balena;

/// <summary>How a member may be missing. The supervisor tells null from absent, but only where it has no default.</summary>
internal enum Presence
{
    /// <summary>It has to be there.</summary>
    Required,

    /// <summary>It may be absent, but not null.</summary>
    Optional,

    /// <summary>It may be absent or null: the supervisor puts its default there.</summary>
    Defaulted,
}

/// <summary>A value in the document, with its place.</summary>
internal readonly record struct AppsNode(JsonElement Value, JsonPath Path, AppsReport Report)
{
    private const string ObjectRule = "it has to be an object";
    private static readonly string ShortTextRule = $"it has to be a string of at most {SupervisorNames.MaxLength} characters";

    public bool IsObject => Value.ValueKind == JsonValueKind.Object;

    public string Text => Value.GetString()!;

    /// <summary>The members, in the order in which the file has them.</summary>
    public IEnumerable<(string Name, AppsNode Node)> Members
    {
        get
        {
            foreach (var property in Value.EnumerateObject()) yield return (property.Name, new AppsNode(property.Value, Path.Member(property.Name), Report));
        }
    }

    public void Problem(string rule) => Report.Problem(Path, rule);

    public bool Has(string name) => IsObject && Value.TryGetProperty(name, out _);

    /// <summary>Whether this is an object; reports if not.</summary>
    public bool CheckObject()
    {
        if (!IsObject) Problem(ObjectRule);
        return IsObject;
    }

    /// <summary>A member that is an object; null where there is none, which is reported unless it may be missing.</summary>
    public AppsNode? Object(string name, Presence presence, string rule = ObjectRule) => Find(name, presence, static value => value.ValueKind == JsonValueKind.Object, rule);

    /// <summary>A member that is a short string.</summary>
    public AppsNode? ShortText(string name, Presence presence) => Find(name, presence, IsShortText, ShortTextRule);

    public void Boolean(string name, Presence presence) =>
        Find(name, presence, static value => value.ValueKind is JsonValueKind.True or JsonValueKind.False, "it has to be true or false");

    public void Identifier(string name) =>
        Find(name, Presence.Required, SupervisorNumber.IsIdentifier, "an ID has to be a non-negative integer, as a number or a decimal string");

    /// <summary>A member that is an object of strings under names of one kind.</summary>
    public void Variables(string name, Presence presence, SupervisorNames names)
    {
        if (Object(name, presence, "it has to be an object of strings, which may be empty: {}") is not { } variables) return;
        // Paths only for what goes wrong: there may be many variables.
        foreach (var property in variables.Value.EnumerateObject())
        {
            if (!names.Allow(property.Name)) Report.Problem(variables.Path.Member(property.Name), names.Rule);
            if (property.Value.ValueKind != JsonValueKind.String) Report.Problem(variables.Path.Member(property.Name), "its value has to be a string, so also numbers and booleans go in quotes");
            AppsWarnings.OfVariable(variables, property.Name, names);
        }
    }

    private static bool IsShortText(JsonElement value) => value.ValueKind == JsonValueKind.String && value.GetString()!.Length <= SupervisorNames.MaxLength;

    private AppsNode? Find(string name, Presence presence, Func<JsonElement, bool> isValid, string rule)
    {
        var isThere = Value.TryGetProperty(name, out var value);
        if (!isThere && presence != Presence.Required) return null;
        if (isThere && presence == Presence.Defaulted && value.ValueKind == JsonValueKind.Null) return null;
        var path = Path.Member(name);
        if (isThere && isValid(value)) return new AppsNode(value, path, Report);
        Report.Problem(path, isThere ? rule : $"it is missing; {rule}");
        return null;
    }
}
