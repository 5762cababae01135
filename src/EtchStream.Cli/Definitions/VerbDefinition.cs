using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using CommandLine;
using EtchStream.Cli.Verbs;

namespace EtchStream.Cli.Definitions;

/// <summary>A verb as its class defines it, for what is generated from that: the manual page and the shells' completions.</summary>
/// <param name="Name">How it is called.</param>
/// <param name="Help">What it does.</param>
/// <param name="Values">What it takes without an option's name, in order.</param>
/// <param name="Options">Its options, its own first.</param>
internal sealed record VerbDefinition(string Name, string Help, IReadOnlyList<ValueDefinition> Values, IReadOnlyList<OptionDefinition> Options)
{
    /// <summary>Reads a verb's class.</summary>
    public static VerbDefinition Of([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] Type verb)
    {
        var attribute = verb.GetCustomAttribute<VerbAttribute>() ?? throw new ArgumentException("no verb", nameof(verb));
        var properties = verb.GetProperties();
        var own = properties.Where(p => p.DeclaringType != typeof(CommonOptions));
        var common = properties.Where(p => p.DeclaringType == typeof(CommonOptions));
        return new VerbDefinition(
            attribute.Name,
            attribute.HelpText,
            [.. own.Select(p => (Property: p, Value: p.GetCustomAttribute<ValueAttribute>())).Where(v => v.Value is { Hidden: false }).OrderBy(v => v.Value!.Index).Select(v => new ValueDefinition(v.Value!.MetaName, v.Value.HelpText, IsMany(v.Property)))],
            [.. own.Concat(common).Select(p => (Property: p, Option: p.GetCustomAttribute<OptionAttribute>())).Where(o => o.Option is { Hidden: false }).Select(o => OptionDefinition.Of(o.Option!, o.Property.PropertyType == typeof(bool), IsMany(o.Property)))]);
    }

    private static bool IsMany(PropertyInfo property) => property.PropertyType == typeof(IEnumerable<string>);
}
