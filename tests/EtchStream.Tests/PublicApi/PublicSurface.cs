using System.Reflection;
using System.Runtime.CompilerServices;

namespace EtchStream.Tests.PublicApi;

/// <summary>Writes down what an assembly shows to others: a line for each type and each member.</summary>
internal static class PublicSurface
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>The lines, in the order of the types' names, and of the members' in them.</summary>
    public static IEnumerable<string> Of(Assembly assembly) => assembly.GetExportedTypes()
        .OrderBy(t => t.FullName, StringComparer.Ordinal)
        .SelectMany(t => Members(t).Order(StringComparer.Ordinal).Prepend($"{Kind(t)} {t.Namespace}.{Name(t)}{Bases(t)}"));

    private static IEnumerable<string> Members(Type type)
    {
        if (typeof(Delegate).IsAssignableFrom(type)) yield break;
        foreach (var member in type.GetMembers(All))
        {
            if (member.GetCustomAttribute<CompilerGeneratedAttribute>() is not null && member is not PropertyInfo) continue;
            var line = member switch
            {
                FieldInfo field when IsShown(field) && !field.IsSpecialName => $"{(field.IsLiteral ? $"const {Name(field.FieldType)} {Name(type)}.{field.Name} = {field.GetRawConstantValue()}" : $"{Name(field.FieldType)} {Name(type)}.{field.Name}")}",
                PropertyInfo property when Shown(property) is { Length: > 0 } accessors => $"{Name(property.PropertyType)} {Name(type)}.{property.Name}{Index(property)} {{ {accessors}}}",
                EventInfo { AddMethod: { } add } e when IsShown(add) => $"event {Name(e.EventHandlerType!)} {Name(type)}.{e.Name}",
                ConstructorInfo constructor when IsShown(constructor) => $"new {Name(type)}({Parameters(constructor)})",
                MethodInfo { IsSpecialName: false } method when IsShown(method) => $"{(method.IsStatic ? "static " : "")}{Name(method.ReturnType)} {Name(type)}.{method.Name}{Generic(method)}({Parameters(method)})",
                MethodInfo { IsSpecialName: true } method when IsShown(method) && method.Name.StartsWith("op_", StringComparison.Ordinal) => $"static {Name(method.ReturnType)} {Name(type)}.{method.Name}({Parameters(method)})",
                _ => null,
            };
            if (line is not null) yield return "    " + line;
        }
    }

    private static bool IsShown(MethodBase method) => method.IsPublic || ((method.IsFamily || method.IsFamilyOrAssembly) && !method.DeclaringType!.IsSealed);

    private static bool IsShown(FieldInfo field) => field.IsPublic || ((field.IsFamily || field.IsFamilyOrAssembly) && !field.DeclaringType!.IsSealed);

    private static string Shown(PropertyInfo property)
    {
        var text = "";
        if (property.GetMethod is { } get && IsShown(get)) text += "get; ";
        if (property.SetMethod is not { } set || !IsShown(set)) return text;
        var isInit = set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));
        return text + (isInit ? "init; " : "set; ");
    }

    private static string Kind(Type type) =>
        type.IsInterface ? "interface" : type.IsEnum ? "enum" : type.IsValueType ? "struct" : type is { IsAbstract: true, IsSealed: true } ? "static class" : type.IsAbstract ? "abstract class" : type.IsSealed ? "sealed class" : "class";

    private static string Bases(Type type)
    {
        if (type.IsEnum) return "";
        var names = new List<string>();
        if (type.BaseType is { } super && super != typeof(object) && super != typeof(ValueType)) names.Add(Name(super));
        names.AddRange(type.GetInterfaces().Where(i => i.IsPublic).Select(Name).Order(StringComparer.Ordinal));
        return names.Count == 0 ? "" : " : " + string.Join(", ", names);
    }

    private static string Index(PropertyInfo property) => property.GetIndexParameters() is { Length: > 0 } index ? $"[{string.Join(", ", index.Select(p => $"{Name(p.ParameterType)} {p.Name}"))}]" : "";

    private static string Generic(MethodInfo method) => method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(p => $"{Name(p.ParameterType)} {p.Name}"));

    private static string Name(Type type)
    {
        if (type.IsByRef) return "ref " + Name(type.GetElementType()!);
        if (type.IsArray) return Name(type.GetElementType()!) + "[]";
        if (type.IsPointer) return Name(type.GetElementType()!) + "*";
        var name = type.IsNested && !type.IsGenericParameter ? $"{Name(type.DeclaringType!)}.{type.Name}" : type.Name;
        var tick = name.IndexOf('`', StringComparison.Ordinal);
        return tick < 0 ? name : $"{name[..tick]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
    }
}
