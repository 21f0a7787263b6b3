package io.riptide.proof.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceReaderTest {
    private static List<Integer> read(TraceFormat format, byte[] bytes) throws IOException {
        Trace.Recorder recorder = new Trace.Recorder(1000);
        new TraceReader(format, "input", recorder).read(new ByteArrayInputStream(bytes));
        Trace trace = recorder.trace("t", "");
        return IntStream.range(0, trace.length()).mapToObj(trace::key).toList();
    }

    private static List<Integer> read(TraceFormat format, String text) throws IOException {
        return read(format, text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void arcIsRangesOfBlocks() throws IOException {
        assertThat(read(TraceFormat.ARC, "100 3 0 0\n101 1 0 1\n7 0 0 2\n102 2 0 3\n"))
                .containsExactly(0, 1, 2, 1, 2, 3);
    }

    @Test
    void lirsIsABlockALineAndStarsPartSections() throws IOException {
        assertThat(read(TraceFormat.LIRS, "5\n6\n*\n\n5\r\n  7  \n6")).containsExactly(0, 1, 0, 2, 1);
    }

    @Test
    void anAddressIsItsSecondField() throws IOException {
        assertThat(read(TraceFormat.ADDRESS, "s 0x1fffff50 1\nl 0x1FFFFF58 0\nl 0x1fffff50 3\n"))
                .containsExactly(0, 1, 0);
    }

    @Test
    void lrbIsTimeIdAndSize() throws IOException {
        assertThat(read(TraceFormat.LRB, "0 17 1200\n1 18 30\n2 17 1200 4 5\n")).containsExactly(0, 1, 0);
    }

    @Test
    void ofTwittersOperationsGetsAloneAreRequests() throws IOException {
        assertThat(read(TraceFormat.TWITTER, """
                        0,nz:u:a,6,100,1,get,0
                        0,nz:u:b,6,100,1,set,3600
                        1,nz:u:b,6,100,2,gets,0
                        1,nz:u:a,6,100,2,delete,0
                        2,nz:u:a,6,100,2,get,0
                        """)).containsExactly(0, 1, 0);
    }

    @Test
    void ofStorageReadsAloneAreRequestsOfEachBlockAndUnitsAreApart() throws IOException {
        assertThat(read(TraceFormat.UMASS_STORAGE, """
                        0,20,1024,R,0.1
                        0,20,512,w,0.2
                        1, 20, 512, r, 0.3
                        0,21,513,R,0.4,x
                        """)).containsExactly(0, 1, 2, 1, 3);
    }

    @Test
    void cambridgeIsTheOffset() throws IOException {
        assertThat(read(TraceFormat.SNIA_CAMBRIDGE, """
                        128166372003061629,hm,1,Read,383496192,32768,413
                        128166372016382155,hm,1,Write,2822144,65536,1
                        128166372026382245,hm,1,Read,383496192,4096,3
                        """)).containsExactly(0, 1, 0);
    }

    @Test
    void ofAnObjectStoresOperationsGetsAloneAreRequests() throws IOException {
        assertThat(read(TraceFormat.SNIA_OBJECT_STORE, """
                        1219008 REST.PUT.OBJECT 8d4fcda3d675bac9 1056
                        1221974 REST.HEAD.OBJECT 39d177fb735ac5df 528
                        1232437 REST.GET.OBJECT 3b8255e0609a700d 1456
                        1232488 REST.GET.OBJECT 95d363d3fbdc0b03 1168
                        1234545 REST.GET.OBJECT 3b8255e0609a700d 1456 0 1000
                        """)).containsExactly(0, 1, 0);
    }

    @Test
    void cordaIsLongsAndCloudPhysicsUnsignedIntegers() throws IOException {
        byte[] longs =
                ByteBuffer.allocate(24).putLong(-1).putLong(5).putLong(-1).array();
        assertThat(read(TraceFormat.CORDA, longs)).containsExactly(0, 1, 0);
        byte[] integers = ByteBuffer.allocate(12).putInt(-1).putInt(5).putInt(5).array();
        assertThat(read(TraceFormat.CLOUD_PHYSICS, integers)).containsExactly(0, 1, 1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    ARC | 1 2 0 0;x 2 0 0 | input:2: start: "x" (expected: a whole number from 0 to 46
                    ARC | 1 | input:1: count: missing (expected: a text)
                    ARC | 1 -2 | input:1: count: "-2" (expected: a whole number from 0
                    LIRS | 1;;9223372036854775807 | input:3: block: "9223372036854775807" (exp
                    ADDRESS | s 1fff 1 | input:1: address: "1fff" (expected: 0x and up to 15 digits of hexadecimal)
                    ADDRESS | s 0x1ggg 1 | input:1: address: "0x1ggg" (expected: 0x and up to 15 digits of hexadecimal)
                    TWITTER | 0,,6,1,1,get,0 | input:1: key: "" (expected: a text)
                    TWITTER | 0,a,6 | input:1: operation: missing (expected: a text)
                    UMASS_STORAGE | 0,1,512,X,0 | input:1: operation: "X" (expected: r or w)
                    SNIA_CAMBRIDGE | 1,h,0,Read | input:1: offset: missing
                    CORDA | 123456789 | input: 9 bytes (expected: a multiple of 8)
                    CLOUD_PHYSICS | 123 | input: 3 bytes (expected: a multiple of 4)
                    """)
    void whatIsNotOfTheFormatIsToldWithItsPlace(TraceFormat format, String text, String message) {
        assertThatThrownBy(() -> read(format, text.replace(';', '\n')))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void aLineWithoutEndIsNotHeld() {
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return '1';
            }
        };
        TraceReader reader = new TraceReader(TraceFormat.LIRS, "input", new Trace.Recorder(10));
        assertThatThrownBy(() -> reader.read(endless))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("input:1: a line of more than 65536 characters");
    }

    @Test
    void readingEndsWhereTheRecorderIsFull() throws IOException {
        Trace.Recorder recorder = new Trace.Recorder(3);
        InputStream in = new ByteArrayInputStream("1 1000000000 0 0\nnot read\n".getBytes(StandardCharsets.UTF_8));
        new TraceReader(TraceFormat.ARC, "input", recorder).read(in);
        assertThat(recorder.trace("t", "").length()).isEqualTo(3);
        assertThat(recorder.trace("t", "").cut()).isTrue();
    }

    @Test
    void aFileMayBePlainOrPackedWhateverItIsCalled(@TempDir Path folder) throws IOException {
        byte[] plain = "5\n6\n5\n".getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
            out.write(plain);
        }
        for (byte[] bytes : List.of(plain, gzip.toByteArray(), Zstd.compress(plain))) {
            Files.write(folder.resolve("a.trace"), bytes);
            TraceFile file = TraceFile.of("lirs:a.trace", folder);
            Trace trace = file.read(100);
            assertThat(file.label()).isEqualTo("lirs:a.trace");
            assertThat(trace.name()).isEqualTo("a.trace");
            assertThat(trace.description()).isEqualTo("lirs, 3 requests of 2 keys");
            assertThat(file.read(2).description()).isEqualTo("lirs, 2 requests of 2 keys; there are more in the file");
        }
    }

    @Test
    void whatCannotBeOpenedIsTold(@TempDir Path folder) throws IOException {
        Files.write(folder.resolve("a.xz"), new byte[] {(byte) 0xfd, '7', 'z', 'X', 'Z', 0});
        assertThatThrownBy(() -> TraceFile.of("lirs:a.xz", folder).read(1))
                .hasMessage("a.xz: packed by xz (expected: plain, gzip or Zstandard; unpack it)");
        assertThatThrownBy(() -> TraceFile.of("lirs:b", folder)).hasMessageEndingWith("b: not a file");
        assertThatThrownBy(() -> TraceFile.of("a.xz", folder)).hasMessageStartingWith("a.xz: no format (expected: ");
        assertThatThrownBy(() -> TraceFile.of("lru:a.xz", folder))
                .hasMessageStartingWith("lru: not a format (expected: one of arc, lirs, ")
                .hasMessageContaining("umass-storage");
    }
}
