using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.ObjectPool;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Rest;

/// <summary>Where one answer is written before its ETag is known. Pooled; not thread-safe.</summary>
internal sealed class ReadBuffer : IDisposable
{
    private const int TagBytes = 16;

    private static readonly ObjectPool<ReadBuffer> Pool = new DefaultObjectPool<ReadBuffer>(new Policy());

    private readonly ArrayBufferWriter<byte> bytes = new(4096);

    private ReadBuffer() => Writer = new(bytes, ItemWriter.Options);

    public Utf8JsonWriter Writer { get; }

    public static ReadBuffer Rent() => Pool.Get();

    public void Append(string text) => Encoding.UTF8.GetBytes(text, bytes);

    /// <summary>Readies <see cref="Writer"/> for another value.</summary>
    /// <returns>How much has been written, and so where that value will start.</returns>
    public int Next()
    {
        Writer.Flush();
        Writer.Reset();
        return bytes.WrittenCount;
    }

    /// <summary>What has been written from here on; stays as it is until the buffer is disposed.</summary>
    public ReadOnlyMemory<byte> From(int start) => bytes.WrittenMemory[start..];

    /// <summary>The ETag of everything written so far: a truncated SHA-256, so that nobody can make two contents that share one.</summary>
    public string ComputeTag(bool weak)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes.WrittenSpan, hash);
        Span<char> tag = stackalloc char[Base64Url.GetEncodedLength(TagBytes)];
        Base64Url.EncodeToChars(hash[..TagBytes], tag);
        return weak ? $"W/\"{tag}\"" : $"\"{tag}\"";
    }

    public void Dispose() => Pool.Return(this);

    private sealed class Policy : PooledObjectPolicy<ReadBuffer>
    {
        /// <summary>A larger one is left to the garbage collector.</summary>
        private const int MaxKept = 256 * 1024;

        public override ReadBuffer Create() => new();

        public override bool Return(ReadBuffer buffer)
        {
            if (buffer.bytes.Capacity > MaxKept)
                return false;
            buffer.bytes.ResetWrittenCount();
            buffer.Writer.Reset();
            return true;
        }
    }
}
