// Ten thousand hosts over a real socket: the figures are printed, the counts are checked.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <fstream>

#include "landscaper/async/file.hpp"
#include "tests/landscaper/async/run.hpp"
#include "tests/pxe/bootd/running_bootd.hpp"
#include "tests/pxe/bootd/serve_client.hpp"
#include "tests/pxe/link/entries.hpp"
#include "tftpd/io/listen.hpp"

using namespace pxe::link;
using landscaper::result;
using landscaper::task;
using clock_type = std::chrono::steady_clock;

namespace {

// A sanitizer makes JSON fifty times slower and adds nothing by the number of hosts.
#ifndef __has_feature
#define __has_feature(name) 0
#endif
constexpr unsigned hosts = __has_feature(address_sanitizer) ? 1'000 : 10'000;

std::size_t resident_mib() {
    std::ifstream in("/proc/self/statm");
    std::size_t total = 0, resident = 0;
    in >> total >> resident;
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) >> 20;
}

long long since(clock_type::time_point start) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(clock_type::now() - start).count();
}

task<> push(serve_client& serve, const char* what, std::uint64_t generation,
            const std::vector<pxe::boot_entry>& entries) {
    auto before = resident_mib();
    auto start = clock_type::now();
    CO_TRY(auto lines, serve.sender.table(generation, {}, entries));
    std::size_t bytes = 0, files = 0;
    for (const auto& item : lines) bytes += item.line.size() + 1, files += item.file ? 1 : 0;
    auto encoded = since(start);
    CO_TRY_VOID(co_await serve.send(std::move(lines)));
    CO_TRY(auto acked, co_await serve.acknowledged());
    CHECK(acked == generation);
    std::printf(
        "%u entries, %s: %zu KiB and %zu descriptors, encoded in %lld ms, acknowledged after %lld ms; "
        "resident (both sides) %zu -> %zu MiB\n",
        hosts, what, bytes >> 10, files, encoded, since(start), before, resident_mib());
    co_return result<void>();
}

task<> push_both(running_bootd& bootd, std::string socket, std::vector<pxe::boot_entry> installs,
                 std::vector<pxe::boot_entry> locals) {
    CO_TRY(auto serve, co_await serve_client::connect(socket));
    CO_TRY_VOID(co_await push(*serve, "all to be installed", 1, installs));
    for (unsigned host : {0u, hosts / 2, hosts - 1}) {
        auto body = bootd.http_body("GET /b/" + token_number(host) + "/host.cpio");
        CHECK(body == "host " + std::to_string(host));
    }
    // While a table is pushed, files are fetched as before.
    CO_TRY_VOID(co_await push(*serve, "all on their disks", 2, locals));
    CHECK(bootd.http("GET /b/" + token_number(5) + "/host.cpio").find(" 404 ") != std::string::npos);
    auto start = clock_type::now();
    CO_TRY(auto one, serve->sender.put(3, installs[5]));
    CO_TRY_VOID(co_await serve->send(std::move(one)));
    CO_TRY(auto acked, co_await serve->acknowledged());
    CHECK(acked == 3);
    std::printf("one entry more: acknowledged and on disk after %lld ms\n", since(start));
    co_return result<void>();
}

}  // namespace

TEST_CASE("a table of 10000 entries is pushed, acknowledged and served") {
    // Both ends of the socket are in this process, so every host.cpio costs two descriptors here.
    auto descriptors = tftpd::raise_descriptor_limit();
    auto files = static_cast<unsigned>(std::min<std::size_t>(hosts, (descriptors - 200) / 2));
    scratch_folder folder;
    folder.write("data/local.efi", "x");
    pxe::bootd::options from;
    from.socket = folder.path + "/bootd.sock";
    from.state = folder.path + "/state";
    from.data = folder.path + "/data";
    running_bootd bootd(from);

    auto opened = landscaper::sealed_memfd("image", landscaper::bytes(10'000'000)).value();
    std::vector<pxe::boot_entry> installs, locals;
    std::vector<shared_file> cpios;
    for (unsigned i = 0; i < hosts; ++i) {
        auto text = "host " + std::to_string(i);
        if (i < files) cpios.push_back(landscaper::sealed_memfd("cpio", landscaper::as_bytes(text)).value());
        auto entry = installing(i, opened, cpios[i % files]);
        entry.objects["host.cpio"] =
            i < files ? landscaper::content({landscaper::whole_file(cpios[i])})
                      : landscaper::content({landscaper::literal({text.begin(), text.end()})});
        installs.push_back(std::move(entry));
        pxe::boot_entry local;
        local.mac = {mac_number(i)};
        local.stage = pxe::stage::local;
        locals.push_back(std::move(local));
    }
    CHECK(run_to_end(push_both(bootd, from.socket, installs, locals)));
    bootd.stop();
    CHECK(bootd.ended_well);
}
