package io.riptide.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
    @TempDir
    private Path parent;

    @Test
    void a_new_folder_is_its_owners_alone() throws IOException {
        Path path = parent.resolve("a/data");
        try (DataFolder folder = DataFolder.own(path)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rwx------");
            assertThat(folder.entries()).isEqualTo(path.resolve("entries"));
            assertThat(Files.readString(path.resolve("lock")))
                    .isEqualTo(ProcessHandle.current().pid() + "\n");
        }
    }

    @Test
    void a_folder_that_another_process_owns_is_refused_with_its_id_and_free_when_it_ends() throws Exception {
        Path path = parent.resolve("data");
        try (Child owner = Child.start(FolderOwner.class, path.toString())) {
            assertThat(owner.readLine()).isEqualTo("owned");
            assertThatThrownBy(() -> DataFolder.own(path)).isInstanceOfSatisfying(RipTideException.class, e -> {
                assertThat(e.problem().code()).isEqualTo(ProblemCode.CONFLICT);
                assertThat(e.problem().detail())
                        .contains("process " + owner.pid())
                        .contains("--data")
                        .doesNotContain(path.toString());
            });
            owner.kill();
        }
        DataFolder.own(path).close();
    }

    @Test
    void a_folder_given_up_may_be_taken_again() {
        Path path = parent.resolve("data");
        DataFolder first = DataFolder.own(path);
        assertThatThrownBy(() -> DataFolder.own(path)).hasMessageContaining("in use");
        first.close();
        first.close();
        DataFolder.own(path).close();
    }

    @Test
    void a_path_that_is_a_file_is_refused_in_words() throws IOException {
        Path file = Files.writeString(parent.resolve("file"), "x");
        assertThatThrownBy(() -> DataFolder.own(file))
                .isInstanceOf(RipTideException.class)
                .hasMessageContaining("not usable");
    }

    /** Owns a folder until it is killed. */
    static final class FolderOwner {
        public static void main(String[] arguments) throws IOException {
            try (DataFolder folder = DataFolder.own(Path.of(arguments[0]))) {
                System.out.println("owned");
                System.out.flush();
                while (System.in.read() >= 0) {
                    // The parent closes the pipe, or kills.
                }
            }
        }
    }
}
