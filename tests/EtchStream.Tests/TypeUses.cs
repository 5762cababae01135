using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace EtchStream.Tests;

/// <summary>Finds which types of an assembly use which others of it: base types, signatures, fields, and every token in the methods' code.</summary>
internal sealed class TypeUses(PEReader image)
{
    private readonly MetadataReader _metadata = image.GetMetadataReader();

    /// <summary>The uses of what is named <paramref name="to"/>, or lies in that namespace or below, by what is named <paramref name="from"/> or lies in it.</summary>
    public List<string> Find(string from, string to)
    {
        var uses = new List<string>();
        foreach (var handle in _metadata.TypeDefinitions)
        {
            var user = NameOf(handle);
            if (!IsIn(user, from)) continue;
            uses.AddRange(UsedBy(handle).Distinct(StringComparer.Ordinal).Where(used => IsIn(used, to)).Select(used => $"{user} uses {used}"));
        }

        return uses;
    }

    private static bool IsIn(string type, string place) => type == place || type.StartsWith(place + ".", StringComparison.Ordinal) || type.StartsWith(place + "+", StringComparison.Ordinal);

    private IEnumerable<string> UsedBy(TypeDefinitionHandle handle)
    {
        var names = new NameCollector(this);
        var type = _metadata.GetTypeDefinition(handle);
        names.Add(type.BaseType);
        foreach (var implemented in type.GetInterfaceImplementations()) names.Add(_metadata.GetInterfaceImplementation(implemented).Interface);
        foreach (var field in type.GetFields()) _metadata.GetFieldDefinition(field).DecodeSignature(names, null!);
        foreach (var method in type.GetMethods())
        {
            var definition = _metadata.GetMethodDefinition(method);
            definition.DecodeSignature(names, null!);
            if (definition.RelativeVirtualAddress == 0) continue;
            var body = image.GetMethodBody(definition.RelativeVirtualAddress);
            if (!body.LocalSignature.IsNil) _metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(names, null!);
            AddTokens(body.GetILBytes()!, names);
        }

        return names.Names;
    }

    private static void AddTokens(byte[] code, NameCollector names)
    {
        foreach (var offset in IlOperands.Tokens(code)) names.Add(MetadataTokens.EntityHandle(BitConverter.ToInt32(code, offset)));
    }

    private string NameOf(TypeDefinitionHandle handle)
    {
        var type = _metadata.GetTypeDefinition(handle);
        var name = _metadata.GetString(type.Name);
        if (!type.GetDeclaringType().IsNil) return $"{NameOf(type.GetDeclaringType())}+{name}";
        var space = _metadata.GetString(type.Namespace);
        return space.Length == 0 ? name : $"{space}.{name}";
    }

    private sealed class NameCollector(TypeUses owner) : ISignatureTypeProvider<object?, object?>
    {
        public HashSet<string> Names { get; } = new(StringComparer.Ordinal);

        public void Add(EntityHandle handle)
        {
            if (handle.IsNil) return;
            var metadata = owner._metadata;
            switch (handle.Kind)
            {
                case HandleKind.TypeDefinition:
                    Names.Add(owner.NameOf((TypeDefinitionHandle)handle));
                    break;
                case HandleKind.TypeSpecification:
                    metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(this, null);
                    break;
                case HandleKind.MethodDefinition:
                    Add(metadata.GetMethodDefinition((MethodDefinitionHandle)handle).GetDeclaringType());
                    break;
                case HandleKind.FieldDefinition:
                    Add(metadata.GetFieldDefinition((FieldDefinitionHandle)handle).GetDeclaringType());
                    break;
                case HandleKind.MemberReference:
                    Add(metadata.GetMemberReference((MemberReferenceHandle)handle).Parent);
                    break;
                case HandleKind.MethodSpecification:
                    var specification = metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                    Add(specification.Method);
                    specification.DecodeSignature(this, null);
                    break;
            }
        }

        public object? GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
        {
            Add(handle);
            return null;
        }

        public object? GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind)
        {
            Add(handle);
            return null;
        }

        public object? GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => null;

        public object? GetSZArrayType(object? elementType) => null;

        public object? GetArrayType(object? elementType, ArrayShape shape) => null;

        public object? GetByReferenceType(object? elementType) => null;

        public object? GetPointerType(object? elementType) => null;

        public object? GetPinnedType(object? elementType) => null;

        public object? GetGenericInstantiation(object? genericType, ImmutableArray<object?> typeArguments) => null;

        public object? GetGenericMethodParameter(object? genericContext, int index) => null;

        public object? GetGenericTypeParameter(object? genericContext, int index) => null;

        public object? GetModifiedType(object? modifier, object? unmodifiedType, bool isRequired) => null;

        public object? GetPrimitiveType(PrimitiveTypeCode typeCode) => null;

        public object? GetFunctionPointerType(MethodSignature<object?> signature) => null;
    }
}
