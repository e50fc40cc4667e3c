#include "landscaper/async/file.hpp"

#include <doctest/doctest.h>

#include "tests/support/result.hpp"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "landscaper/async/read_content.hpp"

using namespace landscaper;

namespace {
struct scratch {
    std::string path = "/tmp/landscaper-file-test-XXXXXX";
    scratch() { REQUIRE(::mkdtemp(path.data())); }
    ~scratch() { CHECK(std::system(("rm -rf " + path).c_str()) == 0); }
};
}  // namespace

TEST_CASE("a file written atomically is read back, with its mode") {
    scratch folder;
    auto path = folder.path + "/a";
    REQUIRE(write_file_atomically(path, "one", 0600));
    REQUIRE(write_file_atomically(path, "two", 0600));
    CHECK(read_file(path).value() == "two");
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    CHECK(read_file(path, 2).has_error());
}

TEST_CASE("a file larger than the first look is read whole, and its limit holds") {
    scratch folder;
    std::string text(300001, 'x');
    text.back() = 'y';
    REQUIRE(write_file_atomically(folder.path + "/a", text));
    CHECK(read_file(folder.path + "/a").value() == text);
    CHECK(read_file(folder.path + "/a", 300001).value() == text);
    CHECK(read_file(folder.path + "/a", 300000).has_error());
    REQUIRE(write_file_atomically(folder.path + "/empty", ""));
    CHECK(read_file(folder.path + "/empty").value().empty());
}

TEST_CASE("what was read is not left on the stack, where nobody wipes it") {
    scratch folder;
    std::string secret;
    for (int i = 0; i < 64; ++i) secret += static_cast<char>('a' + (i * 7 + ::getpid()) % 26);
    REQUIRE(write_file_atomically(folder.path + "/key", secret));
    CHECK(read_file(folder.path + "/key", 4096).value() == secret);
    std::vector<char> below(128 * 1024);
    char here = 0;
    auto begin = reinterpret_cast<std::uintptr_t>(&here) - below.size();
    unique_fd memory(::open("/proc/self/mem", O_RDONLY | O_CLOEXEC));
    auto count = ::pread(memory.get(), below.data(), below.size(), static_cast<off_t>(begin));
    REQUIRE(count == static_cast<ssize_t>(below.size()));
    CHECK(std::search(below.begin(), below.end(), secret.begin(), secret.end()) == below.end());
}

TEST_CASE("nothing is opened outside of the folder, nor through a symbolic link") {
    scratch folder;
    REQUIRE(make_folders(folder.path + "/tree/deep"));
    REQUIRE(write_file_atomically(folder.path + "/secret", "s"));
    REQUIRE(write_file_atomically(folder.path + "/tree/deep/file", "inside"));
    REQUIRE(::symlink("../secret", (folder.path + "/tree/link").c_str()) == 0);
    auto tree = open_folder(folder.path + "/tree");
    REQUIRE(tree);
    CHECK(open_beneath(tree->get(), "deep/file").value()->size == 6);
    CHECK(open_beneath(tree->get(), "../secret").has_error());
    CHECK(open_beneath(tree->get(), "link").has_error());
    CHECK(open_beneath(tree->get(), "/etc/passwd").has_error());
    CHECK(open_beneath(tree->get(), "deep").has_error());
}

TEST_CASE("content reads across files, zeros and literals at every offset") {
    auto file = sealed_memfd("test", as_bytes("0123456789"));
    REQUIRE(file);
    content whole({file_extent{*file, 2, 5}, zero_extent{3}, literal(bytes{'a', 'b'})});
    REQUIRE(whole.size() == 10);
    const std::string expected("23456\0\0\0ab", 10);
    for (std::size_t from = 0; from <= 10; ++from) {
        for (std::size_t length = 0; length <= 12; ++length) {
            bytes into(length);
            auto count = read_content(whole, from, into);
            REQUIRE(count);
            CHECK(as_text(bytes_view(into).first(*count)) == expected.substr(from, length));
        }
    }
}

TEST_CASE("a file that became shorter is an error, not zeros") {
    scratch folder;
    auto path = folder.path + "/f";
    REQUIRE(write_file_atomically(path, "0123456789"));
    auto file = open_for_reading(path);
    REQUIRE(file);
    REQUIRE(::truncate(path.c_str(), 4) == 0);
    CHECK(read_content(content({whole_file(*file)})).has_error());
}
