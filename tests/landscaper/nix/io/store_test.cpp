#include "landscaper/nix/io/store.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>

#include "landscaper/async/group.hpp"
#include "landscaper/async/process.hpp"
#include "tests/support/nix.hpp"

using namespace landscaper;
namespace fs = std::filesystem;

namespace {

template <class T>
result<T> run(asio::io_context& io, task<T> job) {
    std::optional<result<T>> ended;
    asio::co_spawn(io, std::move(job), [&](std::exception_ptr thrown, result<T> r) {
        if (thrown) std::rethrow_exception(thrown);
        ended.emplace(std::move(r));
    });
    io.restart();
    io.run();
    return std::move(*ended);
}

// A store of the test's own: chroot stores keep the /nix/store names, so no mount and no root is needed.
struct private_store {
    fs::path root;
    nix::store_config config;
    asio::io_context io;

    private_store() {
        std::string pattern = "/tmp/landscaper-nix-XXXXXX";
        root = ::mkdtemp(pattern.data());
        fs::create_directories(root / "conf");
        std::ofstream(root / "conf/nix.conf") << "sandbox = false\nbuild-users-group =\nsubstituters =\n"
                                              << "store = " << (root / "root").string() << "\n";
        config.cache_folder = (root / "cache").string();
        config.keys_folder = (root / "keys").string();
        config.env = {
            {"NIX_CONF_DIR", (root / "conf").string()}, {"HOME", root.string()}, {"NIX_REMOTE", ""}};
    }
    ~private_store() {
        // Store paths are read-only.
        for (const auto& entry : fs::recursive_directory_iterator(root)) {
            if (entry.is_directory() && !entry.is_symlink())
                fs::permissions(entry.path(), fs::perms::owner_all);
        }
        fs::remove_all(root);
    }
    // Layouts of one's own: to format is `mkfs` of the first disk, to mount is the layout's name.
    void write_layout() {
        config.layouts = (root / "layout.nix").string();
        std::ofstream(config.layouts) << "{ layout, devices, ... }: { destroy = \"\"; format = \"mkfs "
                                         "${builtins.head devices}\"; mount = layout; "
                                         "unmount = \"\"; esp = [ ]; }";
    }
    // Adds a file to the store; its path.
    std::string add(const std::string& name, const std::string& text) {
        std::ofstream(root / name) << text;
        process_spec spec;
        spec.argv = {"nix-store", "--add", (root / name).string()};
        spec.env = config.env;
        auto done = run(io, run_process(spec, {}, steady::now() + std::chrono::seconds(60))).value();
        REQUIRE_MESSAGE(done.status.is_success(), done.err);
        return done.out.substr(0, done.out.find('\n'));
    }
};

}  // namespace

TEST_CASE("without Nix there is one clear sentence") {
    asio::io_context io;
    nix::store_config config;
    std::string path = std::getenv("PATH");
    ::setenv("PATH", "/nonexistent", 1);
    nix::store store(config);
    auto version = run(io, store.version());
    ::setenv("PATH", path.c_str(), 1);
    REQUIRE_FALSE(version.has_value());
    CHECK(version.error().code() == nix::nix_errc::missing);
    CHECK(version.error().message().find("apt install nix-bin") != std::string::npos);
}

TEST_CASE("commands that begin together on a store that is not there yet all succeed") {
    WITH_NIX
    for (int round = 0; round < 20; ++round) {
        private_store here;
        here.write_layout();
        nix::store store(here.config);
        auto evaluate = [&]() -> task<> {
            nix::layout_request request;
            request.devices = {"/dev/vda"};
            auto scripts = co_await store.layout(request);
            CHECK_MESSAGE(scripts.has_value(), scripts.error().message());
            co_return result<void>();
        };
        std::vector<task<>> together;
        for (unsigned i = 0; i < 2; ++i) together.push_back(evaluate());
        CHECK(run(here.io, all_of(std::move(together))).has_value());
    }
}

TEST_CASE("the signing key is made once, its secret half closed to others") {
    WITH_NIX
    private_store here;
    here.config.cache_name = "landscaper-test";
    nix::store store(here.config);
    auto key = run(here.io, store.have_cache());
    REQUIRE_MESSAGE(key.has_value(), key.error().message());
    CHECK(key->starts_with("landscaper-test:"));
    CHECK(run(here.io, store.have_cache()).value() == *key);
    struct stat info;
    REQUIRE(::stat((here.config.keys_folder + "/cache_secret").c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
}

TEST_CASE("a published path lies signed in the cache, as static files") {
    WITH_NIX
    private_store here;
    nix::store store(here.config);
    auto key = run(here.io, store.have_cache()).value();
    auto path = here.add("hello", "hello\n");
    auto published = run(here.io, store.publish({path}));
    REQUIRE_MESSAGE(published.has_value(), published.error().message());
    std::ifstream info(here.config.cache_folder + "/" + nix::hash_part(path) + ".narinfo");
    std::string text(std::istreambuf_iterator<char>(info), {});
    CHECK(text.find("StorePath: " + path) != text.npos);
    CHECK(text.find("Sig: landscaper:") != text.npos);
    CHECK(text.find("Compression: zstd") != text.npos);
    CHECK(run(here.io, store.publish({path})).has_value());
    CHECK(run(here.io, store.publish({"/etc/passwd"})).error().code() == nix::nix_errc::bad_path);
}

TEST_CASE("a system that is not in the store is a clear error") {
    WITH_NIX
    private_store here;
    nix::store store(here.config);
    auto missing = nix::system_paths{"/nix/store/m5zd3qj7c4bs4g5d8hqvs5pc5xicclfg-none",
                                     "/nix/store/m5zd3qj7c4bs4g5d8hqvs5pc5xicclfg-none"};
    auto said = run(here.io, store.system(missing, "/", {}));
    REQUIRE_FALSE(said.has_value());
    CHECK(said.error().code() == nix::nix_errc::bad_path);
    CHECK(run(here.io, store.closure_of(missing.base)).error().code() == nix::nix_errc::bad_path);
}

TEST_CASE("a function of the host in a flake is built, and knows the host's disks") {
    WITH_NIX
    private_store here;
    fs::create_directories(here.root / "network");
    // Built without a shell: a store beneath another folder has none.
    std::ofstream(here.root / "network/flake.nix") << R"nix({
  outputs = _:
    let made = name: derivation {
      inherit name; system = "builtin"; builder = "builtin:buildenv"; derivations = [ ];
      manifest = builtins.toFile "note" "kept";
    };
    in {
      broken = host: { base = made "base"; toplevel = made host.data.nothing; };
      proxmox = host: {
        base = made "base-${host.firmware}";
        toplevel = made "top-${host.name}-${builtins.concatStringsSep "-" (builtins.attrNames host.disko.devices.disk)}";
      };
    };
})nix";
    nix::store store(here.config);
    nix::system_argument argument;
    argument.name = "px01";
    argument.firmware = "uefi";
    argument.layout =
        nix::layout_request{.layout = "mdadm-raid1", .disko = {}, .devices = {"/dev/a", "/dev/b"}};
    nix::flake_attribute proxmox{".", "proxmox"};
    auto folder = (here.root / "network").string();
    auto built = run(here.io, store.system(proxmox, folder, argument));
    REQUIRE_MESSAGE(built.has_value(), built.error().message());
    CHECK(built->base.ends_with("-base-uefi"));
    CHECK(built->toplevel.ends_with("-top-px01-disk1-main"));
    nix::flake_attribute broken{".", "broken"};
    auto why = run(here.io, store.system(broken, folder, argument)).error();
    CHECK(why.code() == nix::nix_errc::failed);
    CHECK(why.context() == "system .#broken: flake.nix:8:60: value is null while a set was expected");
}

TEST_CASE("a layout is evaluated to scripts by the expression that is given") {
    WITH_NIX
    private_store here;
    here.write_layout();
    nix::store store(here.config);
    if (!store.layouts().disko.empty()) {
        MESSAGE("skipped: LANDSCAPER_DISKO is set and comes first");
        return;
    }
    nix::layout_request request;
    request.devices = {"/dev/disk/by-id/x"};
    auto scripts = run(here.io, store.layout(request));
    REQUIRE_MESSAGE(scripts.has_value(), scripts.error().message());
    CHECK(scripts->format == "mkfs /dev/disk/by-id/x");
    CHECK(scripts->mount == "single-ext4");
    CHECK(scripts->source.find("layout.nix") != std::string::npos);
}

TEST_CASE("the real disko evaluates every layout to scripts without a store path") {
    nix::store given({});
    if (given.layouts().disko.empty()) {
        MESSAGE("skipped: LANDSCAPER_DISKO and NIXPKGS_LIB are not set");
        return;
    }
    WITH_NIX
    private_store here;
    nix::store store(here.config);
    for (const char* name : {"single-ext4", "btrfs", "mdadm-raid1", "lvm-thin", "zfs-mirror"}) {
        CAPTURE(name);
        nix::layout_request request;
        request.layout = name;
        request.devices = {"/dev/disk/by-id/a"};
        std::string layout = name;
        if (layout == "mdadm-raid1" || layout == "zfs-mirror") request.devices.push_back("/dev/disk/by-id/b");
        auto scripts = run(here.io, store.layout(request));
        REQUIRE_MESSAGE(scripts.has_value(), scripts.error().message());
        for (const auto& text : {scripts->destroy, scripts->format, scripts->mount, scripts->unmount}) {
            CHECK(text.find("/nix/store") == text.npos);
        }
        CHECK(scripts->format.find("/dev/disk/by-id/a") != std::string::npos);
        CHECK(scripts->mount.find("/mnt") != std::string::npos);
        CHECK(scripts->destroy.find("$BASH /usr/lib/landscaper/disk-deactivate/disk-deactivate \"$dev\"") !=
              std::string::npos);
        CHECK(scripts->format.find("--typecode=1:EF00") != std::string::npos);
        CHECK(scripts->format.find("512M") != std::string::npos);
        // Beside a pool that takes its share of any disk, a root of a fixed size fits large ones only.
        if (layout == "lvm-thin") CHECK(scripts->format.find("35%VG") != std::string::npos);
        for (std::size_t number = 1; number < request.devices.size(); ++number) {
            CHECK(scripts->mount.find("\"/mnt/boot" + std::to_string(number) + "\"") != std::string::npos);
            CHECK(scripts->mount.find("nofail") != std::string::npos);
        }
        request.bios = true;
        auto bios = run(here.io, store.layout(request));
        REQUIRE_MESSAGE(bios.has_value(), bios.error().message());
        CHECK(bios->format.find("--typecode=1:EF02") != std::string::npos);
        CHECK(bios->format.find("EF00") == std::string::npos);
    }
}
