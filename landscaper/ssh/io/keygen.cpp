#include <unistd.h>

#include "landscaper/async/file.hpp"
#include "landscaper/async/process.hpp"
#include "landscaper/base/printable.hpp"
#include "landscaper/ssh/io/client.hpp"

namespace landscaper::ssh {

namespace {

result<key_pair> read_pair(const std::string& file) {
    TRY(auto text, read_file(file + ".pub", 4096));
    auto key = public_key::parse(text);
    if (!key) return key.error().in(file + ".pub");
    return key_pair{file, *key};
}

}  // namespace

task<key_pair> make_key_pair(client_config config, std::string folder, std::string name,
                             std::string comment) {
    CO_TRY_VOID(make_folders(folder, 0700));
    auto file = folder + "/" + name;
    // ssh-keygen asks before it overwrites, so the pair is made aside. The private half comes last: under its
    // name it always has its public half beside it.
    auto fresh = file + ".new";
    ::unlink(fresh.c_str());
    ::unlink((fresh + ".pub").c_str());
    process_spec spec{.argv = keygen_arguments(fresh, comment), .env = {}, .directory = {}};
    spec.argv[0] = config.keygen_program;
    auto deadline = steady::now() + std::chrono::seconds(30);
    CO_TRY(auto done, co_await run_process(std::move(spec), {}, deadline));
    if (!done.status.is_success()) {
        co_return error(ssh_errc::client_failed,
                        "ssh-keygen: " + done.status.text() + ": " + text::printable(done.err, 200));
    }
    for (const char* half : {".pub", ""}) {
        CO_TRY(auto text, read_file(fresh + half, 8192));
        CO_TRY_VOID(write_file_atomically(file + half, text, 0600));
        ::unlink((fresh + half).c_str());
    }
    co_return read_pair(file);
}

task<key_pair> have_key_pair(client_config config, std::string folder, std::string name,
                             std::string comment) {
    auto file = folder + "/" + name;
    if (::access(file.c_str(), F_OK) == 0) co_return read_pair(file);
    co_return co_await make_key_pair(std::move(config), std::move(folder), std::move(name),
                                     std::move(comment));
}

}  // namespace landscaper::ssh
