// Other people's clients against the real server, comparing bytes. A client that is not in PATH is named and
// left out; tests/tftpd/io/real-clients brings them all.
#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>

#include "landscaper/async/file.hpp"
#include "landscaper/async/process.hpp"
#include "landscaper/base/sha256.hpp"
#include "rig.hpp"

using namespace tftpd;
using namespace tftpd::test;

namespace {

bool is_in_path(const std::string& program) {
    std::string path = std::getenv("PATH") ? std::getenv("PATH") : "";
    for (std::size_t start = 0; start <= path.size();) {
        auto end = std::min(path.find(':', start), path.size());
        if (::access((path.substr(start, end - start) + "/" + program).c_str(), X_OK) == 0) return true;
        start = end + 1;
    }
    return false;
}

bool has(const std::string& program) {
    bool found = is_in_path(program);
    if (!found && std::getenv("LANDSCAPER_ALL_CLIENTS")) FAIL_CHECK(program << " is not in PATH");
    if (!found) MESSAGE(program << " is not in PATH: its transfers are skipped");
    return found;
}

struct folder_of_downloads {
    std::string path = "/tmp/tftpd-clients-XXXXXX";
    folder_of_downloads() {
        if (!::mkdtemp(path.data())) throw std::runtime_error("mkdtemp");
    }
    ~folder_of_downloads() { std::filesystem::remove_all(path); }
};

using command = std::function<std::vector<std::string>(std::string port, std::string name, std::string into)>;

// Runs the client once per file; what it wrote must be the file.
void check_client(const command& make, bool empty_file = true) {
    rig r;
    folder_of_downloads downloads;
    std::map<std::string, bytes> files;
    for (std::size_t size : {0u, 1u, 1024u, 1428u, 3'000'000u}) {
        if (size == 0 && !empty_file) continue;
        files["f" + std::to_string(size)] = sample_bytes(size);
    }
    for (const auto& [name, data] : files) {
        CAPTURE(name);
        r.files[name] = content_of(data);
        auto into = downloads.path + "/" + name;
        landscaper::process_spec spec{make(std::to_string(r.server.port()), name, into), {}, {}};
        std::optional<landscaper::result<landscaper::process_result>> ended;
        boost::asio::co_spawn(r.io, landscaper::run_process(std::move(spec), {}, clock::now() + 30s),
                              [&](std::exception_ptr, landscaper::result<landscaper::process_result> value) {
                                  ended = std::move(value);
                              });
        REQUIRE(r.pump_until([&] { return ended.has_value(); }, 40s));
        REQUIRE(ended->has_value());
        CAPTURE((*ended)->err);
        CHECK((*ended)->status.is_success());
        auto got = landscaper::read_file(into);
        REQUIRE(got.has_value());
        CHECK(landscaper::sha256(landscaper::as_bytes(*got)) == landscaper::sha256(data));
    }
    CHECK(r.pump_until([&] { return r.server.running() == 0; }));
    CHECK(r.server.counts().finished == files.size());
}

}  // namespace

TEST_CASE("curl gets every byte") {
    if (!has("curl")) return;
    for (auto blksize : {"512", "1428", "8192", "65464"}) {
        // curl refuses an empty file's OACK ("invalid tsize -:0:-").
        check_client(
            [&](auto port, auto name, auto into) {
                return std::vector<std::string>{"curl",
                                                "-sS",
                                                "--tftp-blksize",
                                                blksize,
                                                "-o",
                                                into,
                                                "tftp://127.0.0.1:" + port + "/" + name};
            },
            false);
    }
    check_client([](auto port, auto name, auto into) {
        return std::vector<std::string>{"curl", "-sS", "--tftp-no-options",
                                        "-o",   into,  "tftp://[::1]:" + port + "/" + name};
    });
}

TEST_CASE("tftp-hpa gets every byte") {
    if (!has("tftp")) return;
    check_client([](auto port, auto name, auto into) {
        return std::vector<std::string>{"tftp", "-4", "-m",  "binary", "127.0.0.1",
                                        port,   "-c", "get", name,     into};
    });
}

TEST_CASE("atftp gets every byte, with windows") {
    if (!has("atftp")) return;
    for (auto window : {"1", "4", "16", "64"}) {
        check_client([&](auto port, auto name, auto into) {
            return std::vector<std::string>{
                "atftp",    "--option", "blksize 1428", "--option", std::string("windowsize ") + window,
                "--option", "tsize 0",  "--get",        "-r",       name,
                "-l",       into,       "127.0.0.1",    port};
        });
    }
}

TEST_CASE("busybox gets every byte") {
    if (!has("busybox")) return;
    for (auto blksize : {"512", "1428", "65464"}) {
        check_client([&](auto port, auto name, auto into) {
            return std::vector<std::string>{"busybox", "tftp", "-g", "-b",        blksize, "-r",
                                            name,      "-l",   into, "127.0.0.1", port};
        });
    }
}
