package io.riptide.proof.compress;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** Files of this machine whose name ends so and whose length is within bounds, each content once. */
public final class Found {
    private Found() {}

    /** Those under a folder, in the order of their paths; what may not be read is passed by. */
    public static List<byte[]> under(Path folder, String nameEnds, int minBytes, int maxBytes) throws IOException {
        SortedSet<Path> paths = new TreeSet<>();
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                boolean fits = attributes.isRegularFile()
                        && file.getFileName().toString().endsWith(nameEnds)
                        && attributes.size() >= minBytes
                        && attributes.size() <= maxBytes;
                if (fits && Files.isReadable(file)) {
                    paths.add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE;
            }
        });
        Map<ByteBuffer, byte[]> once = new LinkedHashMap<>();
        for (Path path : paths) {
            byte[] content = Files.readAllBytes(path);
            once.putIfAbsent(ByteBuffer.wrap(content), content);
        }
        return List.copyOf(once.values());
    }
}
