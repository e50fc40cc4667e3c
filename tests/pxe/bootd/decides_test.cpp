// TFTP and HTTP serve what decide() says of a name, and nothing besides.
#include "tests/landscaper/async/run.hpp"
#include "tests/pxe/bootd/running_bootd.hpp"
#include "tests/pxe/bootd/serve_client.hpp"
#include "tests/pxe/link/entries.hpp"

using landscaper::result;
using landscaper::task;

namespace {

landscaper::content text_content(const std::string& text) {
    return landscaper::content({landscaper::literal(landscaper::bytes(text.begin(), text.end()))});
}

pxe::boot_entry entry_in(pxe::stage at) {
    pxe::boot_entry e;
    e.mac = {mac_number(1)};
    e.stage = at;
    e.token = token_number(1);
    for (auto name :
         {"uki.efi", "kernel", "initrd", "host.cpio", "script.ipxe", "grub.cfg", "local.efi", "hold.efi"})
        e.objects[name] = text_content(std::string("own ") + name);
    return e;
}

task<> push(std::string socket, pxe::boot_entry entry) {
    CO_TRY(auto serve, co_await serve_client::connect(socket));
    CO_TRY(auto lines, serve->sender.table(1, {}, std::vector{entry}));
    CO_TRY_VOID(co_await serve->send(std::move(lines)));
    CO_TRY_VOID(co_await serve->acknowledged());
    co_return result<void>();
}

// The bytes that the decision gives, or "refused".
std::string decided(const pxe::boot_entry& entry, const std::string& name, std::uint16_t http_port) {
    pxe::boot_table table;
    table.set(entry);
    pxe::proxy::network network;
    network.http_port = http_port;
    network.shared["local.efi"] = text_content("generic local.efi");
    pxe::proxy::server_facts us;
    us.address = landscaper::ipv4_address::of(127, 0, 0, 1);
    us.network = &network;
    auto said = pxe::proxy::decide_fetch(table, {name, pxe::proxy::transport::tftp}, us);
    const auto* given = std::get_if<pxe::proxy::give>(&said);
    if (!given) return "refused";
    std::string out;
    for (const auto& e : given->data.extents()) {
        const auto& part = std::get<landscaper::literal_extent>(e);
        out += landscaper::as_text(*part.data).substr(part.offset, part.length);
    }
    return out;
}

}  // namespace

TEST_CASE("TFTP and HTTP serve what decide says, in every stage, by token and without") {
    scratch_folder folder;
    folder.write("data/local.efi", "generic local.efi");
    pxe::bootd::options from;
    from.socket = folder.path + "/run/bootd.sock";
    from.state = folder.path + "/state";
    from.data = folder.path + "/data";
    running_bootd bootd(from);
    int given = 0, refused = 0;
    for (auto stage : {pxe::stage::install, pxe::stage::hold, pxe::stage::local, pxe::stage::silent}) {
        auto entry = entry_in(stage);
        REQUIRE(run_to_end(push(from.socket, entry)));
        for (const auto& folder_of_name :
             {"b/" + token_number(1) + "/", "b/" + token_number(2) + "/", std::string()}) {
            for (auto object :
                 {"uki.efi", "kernel", "host.cpio", "script.ipxe", "grub.cfg", "local.efi", "hold.efi",
                  "autoexec.ipxe", "local.ipxe", "hold.ipxe", "../uki.efi", "nothing"}) {
                auto name = folder_of_name + object;
                CAPTURE(name);
                CAPTURE(static_cast<int>(stage));
                auto wanted = decided(entry, name, bootd.http_port);
                auto by_tftp = bootd.tftp(name);
                auto by_http = bootd.http("GET /" + name);
                bool is_refused = wanted == "refused";
                (is_refused ? refused : given) += 1;
                CHECK((by_tftp.starts_with("error ") == is_refused));
                CHECK(((by_http.find(" 200 ") == std::string::npos) == is_refused));
                if (is_refused) continue;
                CHECK(by_tftp == wanted);
                CHECK(by_http.substr(by_http.find("\r\n\r\n") + 4) == wanted);
            }
        }
    }
    CHECK(given > 20);
    CHECK(refused > 60);
}
