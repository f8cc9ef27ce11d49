using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Watching;

/// <summary>Writes events as CloudEvents 1.0 JSON, the item in them byte for byte as a read writes it.</summary>
/// <remarks>PROTOCOL, The event. Thread-safe: buffers are each thread's own.</remarks>
internal static class EventWriter
{
    private static readonly ConditionalWeakTable<ResourceDefinition, ResourceTexts> Texts = new();
    private static readonly JsonEncodedText SpecVersion = JsonEncodedText.Encode("specversion");
    private static readonly JsonEncodedText SpecVersionValue = JsonEncodedText.Encode("1.0");
    private static readonly JsonEncodedText Id = JsonEncodedText.Encode("id");
    private static readonly JsonEncodedText Source = JsonEncodedText.Encode("source");
    private static readonly JsonEncodedText Type = JsonEncodedText.Encode("type");
    private static readonly JsonEncodedText Subject = JsonEncodedText.Encode("subject");
    private static readonly JsonEncodedText Time = JsonEncodedText.Encode("time");
    private static readonly JsonEncodedText View = JsonEncodedText.Encode("view");
    private static readonly JsonEncodedText Initial = JsonEncodedText.Encode("initial");
    private static readonly JsonEncodedText Data = JsonEncodedText.Encode("data");
    private static readonly JsonEncodedText Added = JsonEncodedText.Encode("added");
    private static readonly JsonEncodedText Modified = JsonEncodedText.Encode("modified");
    private static readonly JsonEncodedText Removed = JsonEncodedText.Encode("removed");

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? threadBuffer;

    [ThreadStatic]
    private static Utf8JsonWriter? threadWriter;

    /// <summary>The event of a change for views of these fields and rights.</summary>
    public static WatchEvent Write(Change change, ViewChange view, FieldSelection select, string logId, string rights)
    {
        var texts = TextsOf(change.Resource);
        var type = change.Before is null ? texts.Created : change.After is null ? texts.Deleted : texts.Updated;
        var subject = (view == ViewChange.Removed ? change.Before! : change.After!).Key.Text;
        return Write(
            Cursor.Format(logId, change.Point, rights),
            texts,
            type,
            subject,
            change.Time,
            view,
            initial: false,
            view == ViewChange.Removed ? null : change.After,
            select,
            change.Point);
    }

    /// <summary>The event of an item of the initial snapshot.</summary>
    public static WatchEvent WriteInitial(Item item, FieldSelection select, int number, DateTimeOffset time)
    {
        var texts = TextsOf(item.Resource);
        return Write(
            string.Create(CultureInfo.InvariantCulture, $"initial-{number}"),
            texts,
            texts.Created,
            item.Key.Text,
            time,
            ViewChange.Added,
            initial: true,
            item,
            select,
            default);
    }

    /// <summary>Whether two images of a row look the same in these fields.</summary>
    public static bool LooksSame(Item left, Item right, FieldSelection select)
    {
        var (writer, buffer) = Begin();
        ItemWriter.Write(writer, left.Values, select.Columns);
        writer.Flush();
        var length = buffer.WrittenCount;
        writer.Reset();
        ItemWriter.Write(writer, right.Values, select.Columns);
        writer.Flush();
        return buffer.WrittenSpan[..length].SequenceEqual(buffer.WrittenSpan[length..]);
    }

    private static WatchEvent Write(
        string id,
        ResourceTexts texts,
        EncodedType type,
        string subject,
        DateTimeOffset time,
        ViewChange view,
        bool initial,
        Item? data,
        FieldSelection select,
        LogPoint point)
    {
        var (writer, buffer) = Begin();
        writer.WriteStartObject();
        writer.WriteString(SpecVersion, SpecVersionValue);
        writer.WriteString(Id, id);
        writer.WriteString(Source, texts.Source);
        writer.WriteString(Type, type.Encoded);
        WriteSubject(writer, subject);
        Span<char> moment = stackalloc char[32];
        time.UtcDateTime.TryFormat(moment, out var written, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        writer.WriteString(Time, moment[..written]);
        writer.WriteString(View, view switch { ViewChange.Added => Added, ViewChange.Modified => Modified, _ => Removed });
        if (initial)
            writer.WriteBoolean(Initial, true);
        if (data is not null)
        {
            writer.WritePropertyName(Data);
            ItemWriter.Write(writer, data.Values, select.Columns);
        }

        writer.WriteEndObject();
        writer.Flush();
        return new() { Id = id, Type = type.Text, Json = buffer.WrittenSpan.ToArray(), Point = point };
    }

    /// <summary>By way of UTF-8, where half a surrogate pair (a database may hold one) becomes a replacement character; the writer itself would refuse it.</summary>
    private static void WriteSubject(Utf8JsonWriter writer, string subject)
    {
        const int Short = 128;
        var bytes = subject.Length <= Short ? stackalloc byte[Short * 3] : new byte[subject.Length * 3];
        writer.WriteString(Subject, bytes[..Encoding.UTF8.GetBytes(subject, bytes)]);
    }

    private static (Utf8JsonWriter Writer, ArrayBufferWriter<byte> Buffer) Begin()
    {
        // One event that was very large does not stay with its thread.
        if (threadBuffer is null || threadBuffer.Capacity > 256 * 1024)
        {
            threadBuffer = new(1024);
            threadWriter = new(threadBuffer, ItemWriter.Options);
        }

        threadBuffer.ResetWrittenCount();
        threadWriter!.Reset();
        return (threadWriter, threadBuffer);
    }

    private static ResourceTexts TextsOf(ResourceDefinition resource) => Texts.GetValue(resource, static definition => new(definition.Name));

    private readonly record struct EncodedType(string Text)
    {
        public JsonEncodedText Encoded { get; } = ItemWriter.Encode(Text);
    }

    private sealed class ResourceTexts(string name)
    {
        public JsonEncodedText Source { get; } = ItemWriter.Encode("/api/" + Uri.EscapeDataString(name));

        public EncodedType Created { get; } = new(name + ".created");

        public EncodedType Updated { get; } = new(name + ".updated");

        public EncodedType Deleted { get; } = new(name + ".deleted");
    }
}
