using System.Buffers.Binary;
using System.Text;
using CertiPure.Torch.Backend;

namespace CertiPure.Torch.Tests.Backend;

public sealed class ElfVersionWeakeningTests
{
    private const string Library = "libstdc++.so.6";
    private const string Version = "GLIBCXX_3.4.32";
    private const string Symbol = "_ZSt21ios_base_library_initv";

    [Fact]
    public void Only_the_version_flag_and_the_symbol_binding_change()
    {
        var elf = new SmallElf();
        byte[] original = elf.Build();
        byte[] weakened = ElfVersionWeakening.Apply(original, Library, Version, Symbol);

        int[] changed = [.. Enumerable.Range(0, original.Length).Where(i => original[i] != weakened[i])];
        Assert.Equal([elf.SymbolInfoOffset, elf.VersionFlagsOffset], changed.Order());
        Assert.Equal(0x22, weakened[elf.SymbolInfoOffset]);
        Assert.Equal(2, weakened[elf.VersionFlagsOffset]);
    }

    [Fact]
    public void Weakening_twice_changes_nothing_more()
    {
        byte[] once = ElfVersionWeakening.Apply(new SmallElf().Build(), Library, Version, Symbol);
        Assert.Equal(once, ElfVersionWeakening.Apply(once, Library, Version, Symbol));
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        byte[] whole = new SmallElf().Build();
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.Throws<InvalidDataException>(
                () => ElfVersionWeakening.Apply(whole.AsSpan(0, length), Library, Version, Symbol));
        }
    }

    [Fact]
    public void Any_changed_byte_gives_a_refusal_or_a_copy_with_two_other_bytes_at_most()
    {
        byte[] whole = new SmallElf().Build();
        foreach (byte value in (byte[])[0, 1, 0x7f, 0x80, 0xff])
        {
            for (int i = 0; i < whole.Length; i++)
            {
                byte[] damaged = [.. whole];
                damaged[i] = value;
                try
                {
                    byte[] weakened = ElfVersionWeakening.Apply(damaged, Library, Version, Symbol);
                    Assert.True(weakened.Where((b, j) => b != damaged[j]).Count() <= 2);
                }
                catch (InvalidDataException exception)
                {
                    Assert.NotEmpty(exception.Message);
                }
            }
        }
    }

    [Fact]
    public void A_file_of_another_kind_is_refused()
    {
        var exception = Assert.Throws<InvalidDataException>(
            () => ElfVersionWeakening.Apply(new byte[4096], Library, Version, Symbol));
        Assert.Contains("ELF", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_version_needs_is_refused()
    {
        var exception = Assert.Throws<InvalidDataException>(
            () => ElfVersionWeakening.Apply(new SmallElf { HasNeeds = false }.Build(), Library, Version, Symbol));
        Assert.Contains("version needs", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_asks_for_other_versions_only_is_refused()
    {
        var exception = Assert.Throws<InvalidDataException>(
            () => ElfVersionWeakening.Apply(new SmallElf().Build(), Library, "GLIBCXX_3.4.33", Symbol));
        Assert.Contains("GLIBCXX_3.4.33", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_symbol_of_the_version_is_refused_by_name()
    {
        var exception = Assert.Throws<InvalidDataException>(
            () => ElfVersionWeakening.Apply(new SmallElf { OtherSymbolHasVersion = true }.Build(), Library, Version, Symbol));
        Assert.Contains("_other", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_version_that_no_symbol_has_is_refused()
    {
        Assert.Throws<InvalidDataException>(
            () => ElfVersionWeakening.Apply(new SmallElf { SymbolHasVersion = false }.Build(), Library, Version, Symbol));
    }

    /// <summary>The smallest shared object that asks for a version: a header, five tables and their section headers.</summary>
    private sealed class SmallElf
    {
        private const ushort VersionIndex = 5;

        public bool HasNeeds { get; init; } = true;

        public bool SymbolHasVersion { get; init; } = true;

        public bool OtherSymbolHasVersion { get; init; }

        public int SymbolInfoOffset { get; private set; }

        public int VersionFlagsOffset { get; private set; }

        public byte[] Build()
        {
            var names = new MemoryStream();
            uint Name(string text)
            {
                var offset = (uint)names.Length;
                names.Write(Encoding.ASCII.GetBytes(text + "\0"));
                return offset;
            }

            Name("");
            uint library = Name(Library), version = Name(Version), symbol = Name(Symbol), other = Name("_other");

            byte[] symbols = new byte[3 * 24];
            BinaryPrimitives.WriteUInt32LittleEndian(symbols.AsSpan(24), symbol);
            symbols[24 + 4] = 0x12;
            BinaryPrimitives.WriteUInt32LittleEndian(symbols.AsSpan(48), other);
            symbols[48 + 4] = 0x12;

            byte[] versions = new byte[3 * 2];
            BinaryPrimitives.WriteUInt16LittleEndian(versions.AsSpan(2), SymbolHasVersion ? VersionIndex : (ushort)1);
            BinaryPrimitives.WriteUInt16LittleEndian(versions.AsSpan(4), OtherSymbolHasVersion ? VersionIndex : (ushort)1);

            byte[] needs = new byte[16 + 16];
            BinaryPrimitives.WriteUInt16LittleEndian(needs, 1);
            BinaryPrimitives.WriteUInt16LittleEndian(needs.AsSpan(2), 1);
            BinaryPrimitives.WriteUInt32LittleEndian(needs.AsSpan(4), library);
            BinaryPrimitives.WriteUInt32LittleEndian(needs.AsSpan(8), 16);
            BinaryPrimitives.WriteUInt16LittleEndian(needs.AsSpan(16 + 6), VersionIndex);
            BinaryPrimitives.WriteUInt32LittleEndian(needs.AsSpan(16 + 8), version);

            var file = new MemoryStream();
            file.Write([0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1]);
            file.Write(new byte[64 - 7]);
            var headers = new List<byte[]> { new byte[64] };
            int Section(uint type, byte[] bytes, uint link, uint info)
            {
                byte[] header = new byte[64];
                BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), type);
                BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(24), (ulong)file.Length);
                BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(32), (ulong)bytes.Length);
                BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(40), link);
                BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(44), info);
                headers.Add(header);
                var offset = (int)file.Length;
                file.Write(bytes);
                return offset;
            }

            Section(3, names.ToArray(), 0, 0);
            SymbolInfoOffset = Section(11, symbols, 1, 1) + 24 + 4;
            Section(0x6fffffff, versions, 2, 0);
            if (HasNeeds)
            {
                VersionFlagsOffset = Section(0x6ffffffe, needs, 1, 1) + 16 + 4;
            }

            long table = file.Length;
            foreach (byte[] header in headers)
            {
                file.Write(header);
            }

            byte[] bytes = file.ToArray();
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(0x28), (ulong)table);
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(0x3a), 64);
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(0x3c), (ushort)headers.Count);
            return bytes;
        }
    }
}
