using System.Net.Http.Headers;

namespace EtchStream.Unpack.Http;

/// <summary>
/// By what a server tells that a file is, byte for byte, still the same (RFC 9110, section 8.8): a strong ETag, or a time of its last
/// change that is old enough for a second change within it to be out of the question.
/// </summary>
internal sealed class Validator
{
    private readonly EntityTagHeaderValue? _tag;
    private readonly DateTimeOffset _modified;

    private Validator(EntityTagHeaderValue? tag, DateTimeOffset modified)
    {
        _tag = tag;
        _modified = modified;
    }

    /// <summary>The answer's; null where it has none that is strong.</summary>
    public static Validator? Of(HttpResponseMessage response)
    {
        if (response.Headers.ETag is { IsWeak: false } tag) return new Validator(tag, default);
        // Section 8.8.2.2: at least one second before the answer.
        return response.Content.Headers.LastModified is { } modified && response.Headers.Date - modified >= TimeSpan.FromSeconds(1) ? new Validator(tag: null, modified) : null;
    }

    /// <summary>For <c>If-Range</c>: the rest if it is the same file, all of it otherwise.</summary>
    public RangeConditionHeaderValue ToCondition() => _tag is null ? new RangeConditionHeaderValue(_modified) : new RangeConditionHeaderValue(_tag);

    /// <summary>Whether an answer says that it is of the same file.</summary>
    public bool Confirms(HttpResponseMessage response) =>
        _tag is null ? response.Content.Headers.LastModified == _modified : _tag.Equals(response.Headers.ETag);

    /// <summary>Whether an answer says that it is of another file; one that says nothing does not.</summary>
    public bool Contradicts(HttpResponseMessage response) =>
        _tag is null ? response.Content.Headers.LastModified is { } modified && modified != _modified : response.Headers.ETag is { } tag && !_tag.Equals(tag);
}
