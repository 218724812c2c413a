using System.Security.Cryptography;
using System.Text;

namespace Rhoflow.Lab.Files;

/// <summary>Short names for contents.</summary>
public static class ContentHash
{
    /// <summary>The first 24 hexadecimal digits of SHA-256 of <paramref name="text"/> in UTF-8.</summary>
    public static string Of(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..24];
}
