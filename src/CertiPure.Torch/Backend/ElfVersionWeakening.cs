using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace CertiPure.Torch.Backend;

/// <summary>
/// Makes one symbol of an ELF shared object optional, so that the object loads where the library that should define the
/// symbol is too old to have it. Two flags change in a copy: the version need becomes weak (<c>VER_FLG_WEAK</c> in
/// <c>.gnu.version_r</c>) and so does the symbol's binding (<c>STB_WEAK</c> in <c>.dynsym</c>). The symbol's address is
/// then null, which is harmless only if nothing calls it; that is for the caller to know.
/// Format: System V ABI and the Linux Standard Base, "Symbol Versioning".
/// </summary>
internal static class ElfVersionWeakening
{
    private const int HeaderSize = 64;
    private const int SectionHeaderSize = 64;
    private const int SymbolSize = 24;
    private const int NeedSize = 16;
    private const int NeedAuxiliarySize = 16;
    private const uint SectionDynamicSymbols = 11;
    private const uint SectionVersionNeeds = 0x6ffffffe;
    private const uint SectionSymbolVersions = 0x6fffffff;
    private const ushort WeakVersion = 2;
    private const byte WeakBinding = 2;

    /// <summary>Returns a copy in which the version and its only symbol are weak.</summary>
    /// <param name="file">A 64-bit little-endian ELF shared object.</param>
    /// <param name="library">The library that the version is asked from, e.g. <c>libstdc++.so.6</c>.</param>
    /// <param name="version">The version that may be absent, e.g. <c>GLIBCXX_3.4.32</c>.</param>
    /// <param name="symbol">The one symbol that may have that version.</param>
    /// <returns>The changed copy: the same length, at most two bytes different.</returns>
    /// <exception cref="InvalidDataException">The file is not such an object, its tables do not fit in it, it does not ask
    /// for the version, or another symbol has that version.</exception>
    public static byte[] Apply(ReadOnlySpan<byte> file, string library, string version, string symbol)
    {
        ReadOnlySpan<byte> magic = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        if (file.Length < HeaderSize || !file.StartsWith(magic))
        {
            throw new InvalidDataException("not a 64-bit little-endian ELF file");
        }

        Section[] sections = ReadSections(file);
        (int needFlags, ushort index) = FindVersionNeed(file, sections, library, version);
        int symbolInfo = FindOnlySymbol(file, sections, index, version, symbol);

        byte[] weakened = file.ToArray();
        ushort flags = BinaryPrimitives.ReadUInt16LittleEndian(file[needFlags..]);
        BinaryPrimitives.WriteUInt16LittleEndian(weakened.AsSpan(needFlags), (ushort)(flags | WeakVersion));
        weakened[symbolInfo] = (byte)((WeakBinding << 4) | (weakened[symbolInfo] & 0xf));
        return weakened;
    }

    private static Section[] ReadSections(ReadOnlySpan<byte> file)
    {
        ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(file[0x28..]);
        ushort entrySize = BinaryPrimitives.ReadUInt16LittleEndian(file[0x3a..]);
        ushort count = BinaryPrimitives.ReadUInt16LittleEndian(file[0x3c..]);
        if (count == 0 || entrySize != SectionHeaderSize)
        {
            throw new InvalidDataException("the file has no section table");
        }

        ReadOnlySpan<byte> table = Slice(file, offset, (ulong)count * SectionHeaderSize, "section table");
        var sections = new Section[count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> header = table.Slice(i * SectionHeaderSize, SectionHeaderSize);
            sections[i] = new Section(
                BinaryPrimitives.ReadUInt32LittleEndian(header[4..]),
                BinaryPrimitives.ReadUInt64LittleEndian(header[24..]),
                BinaryPrimitives.ReadUInt64LittleEndian(header[32..]),
                BinaryPrimitives.ReadUInt32LittleEndian(header[40..]),
                BinaryPrimitives.ReadUInt32LittleEndian(header[44..]));
        }

        return sections;
    }

    private static (int FlagsOffset, ushort Index) FindVersionNeed(
        ReadOnlySpan<byte> file, Section[] sections, string library, string version)
    {
        Section section = Only(sections, SectionVersionNeeds, "version needs");
        ReadOnlySpan<byte> needs = Slice(file, section.Offset, section.Size, "version needs");
        ReadOnlySpan<byte> names = Names(file, sections, section);
        (int FlagsOffset, ushort Index)? found = null;
        ulong need = 0;
        for (uint i = 0; i < section.Info; i++)
        {
            ReadOnlySpan<byte> entry = Slice(needs, need, NeedSize, "version need");
            ushort count = BinaryPrimitives.ReadUInt16LittleEndian(entry[2..]);
            bool rightLibrary = NameAt(names, BinaryPrimitives.ReadUInt32LittleEndian(entry[4..])) == library;
            ulong auxiliary = need + BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]);
            for (int j = 0; j < count; j++)
            {
                ReadOnlySpan<byte> asked = Slice(needs, auxiliary, NeedAuxiliarySize, "version need");
                if (rightLibrary && NameAt(names, BinaryPrimitives.ReadUInt32LittleEndian(asked[8..])) == version)
                {
                    if (found is not null)
                    {
                        throw new InvalidDataException($"the file asks for {version} twice");
                    }

                    int flagsOffset = checked((int)(section.Offset + auxiliary)) + 4;
                    found = (flagsOffset, BinaryPrimitives.ReadUInt16LittleEndian(asked[6..]));
                }

                uint nextAuxiliary = BinaryPrimitives.ReadUInt32LittleEndian(asked[12..]);
                if (nextAuxiliary == 0)
                {
                    break;
                }

                auxiliary += nextAuxiliary;
            }

            uint next = BinaryPrimitives.ReadUInt32LittleEndian(entry[12..]);
            if (next == 0)
            {
                break;
            }

            need += next;
        }

        return found ?? throw new InvalidDataException($"the file does not ask {library} for {version}");
    }

    private static int FindOnlySymbol(
        ReadOnlySpan<byte> file, Section[] sections, ushort index, string version, string symbol)
    {
        Section symbolSection = Only(sections, SectionDynamicSymbols, "dynamic symbols");
        Section versionSection = Only(sections, SectionSymbolVersions, "symbol versions");
        ReadOnlySpan<byte> symbols = Slice(file, symbolSection.Offset, symbolSection.Size, "dynamic symbols");
        ReadOnlySpan<byte> versions = Slice(file, versionSection.Offset, versionSection.Size, "symbol versions");
        ReadOnlySpan<byte> names = Names(file, sections, symbolSection);
        int count = symbols.Length / SymbolSize;
        if (versions.Length / sizeof(ushort) != count)
        {
            throw new InvalidDataException("the symbols and their versions differ in number");
        }

        int? found = null;
        for (int i = 0; i < count; i++)
        {
            // The highest bit of a symbol's version index says "hidden"; the rest is the index.
            if ((BinaryPrimitives.ReadUInt16LittleEndian(versions[(i * sizeof(ushort))..]) & 0x7fff) != (index & 0x7fff))
            {
                continue;
            }

            ReadOnlySpan<byte> entry = symbols.Slice(i * SymbolSize, SymbolSize);
            string name = NameAt(names, BinaryPrimitives.ReadUInt32LittleEndian(entry));
            bool defined = BinaryPrimitives.ReadUInt16LittleEndian(entry[6..]) != 0;
            if (name != symbol || defined || found is not null)
            {
                throw new InvalidDataException($"the symbol {name} has version {version}, only {symbol} may");
            }

            found = checked((int)symbolSection.Offset) + (i * SymbolSize) + 4;
        }

        return found ?? throw new InvalidDataException($"no symbol has version {version}");
    }

    private static Section Only(Section[] sections, uint type, string what)
    {
        Section? found = null;
        foreach (Section section in sections)
        {
            if (section.Type == type)
            {
                found = found is null ? section : throw new InvalidDataException($"the file has two tables of {what}");
            }
        }

        return found ?? throw new InvalidDataException($"the file has no table of {what}");
    }

    private static ReadOnlySpan<byte> Names(ReadOnlySpan<byte> file, Section[] sections, Section user)
    {
        if (user.Link >= sections.Length)
        {
            throw new InvalidDataException("a table's names lie in a section that does not exist");
        }

        Section names = sections[user.Link];
        return Slice(file, names.Offset, names.Size, "names");
    }

    private static string NameAt(ReadOnlySpan<byte> names, uint offset)
    {
        if (offset >= names.Length)
        {
            throw new InvalidDataException("a name lies outside its table");
        }

        ReadOnlySpan<byte> rest = names[(int)offset..];
        int end = rest.IndexOf((byte)0);
        return end < 0
            ? throw new InvalidDataException("a name has no end")
            : Encoding.UTF8.GetString(rest[..end]);
    }

    private static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> bytes, ulong offset, ulong length, string what)
    {
        ulong total = (ulong)bytes.Length;
        return offset > total || length > total - offset
            ? throw new InvalidDataException($"the {what} lie outside the file")
            : bytes.Slice((int)offset, (int)length);
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Section(uint Type, ulong Offset, ulong Size, uint Link, uint Info);
}
