#include "landscaper/nix/layout.hpp"

#include <nlohmann/json.hpp>
#include <algorithm>

#include "landscaper/base/json_fields.hpp"
#include "landscaper/base/printable.hpp"
#include "landscaper/nix/command.hpp"

namespace landscaper::nix {

namespace {

// The five layouts as disko specs. Plain Nix, so that systems get them without disko or nixpkgs at hand.
constexpr std::string_view named_specs = R"nix({ layout, devices, bios, esp_size }:
let
  inherit (builtins) attrNames elemAt genList length listToAttrs toString;
  # Without an ESP the loader lies in its own partition, on every disk.
  loader = number: if bios then { boot = { size = "1M"; type = "EF02"; }; } else { ESP = esp number; };
  esp = number: {
    size = esp_size; type = "EF00";
    # One of several may be pulled, and the others' system is to boot all the same.
    content = { type = "filesystem"; format = "vfat";
                mountOptions = [ "umask=0077" ] ++ (if length devices > 1 then [ "nofail" ] else [ ]);
                mountpoint = if number == 0 then "/boot" else "/boot${toString number}"; };
  };
  disk = number: partitions: {
    name = if number == 0 then "main" else "disk${toString number}";
    value = { type = "disk"; device = elemAt devices number; content = { type = "gpt"; inherit partitions; }; };
  };
  each = make: listToAttrs (genList (number: disk number (make number)) (length devices));
  root = content: loader 0 // { root = { size = "100%"; inherit content; }; };
  ext4 = { type = "filesystem"; format = "ext4"; mountpoint = "/"; };
  layouts = {
    single-ext4.disk = each (_: root ext4);
    btrfs.disk = each (_: root {
      type = "btrfs"; extraArgs = [ "-f" ];
      subvolumes = { "/root".mountpoint = "/"; "/nix".mountpoint = "/nix"; "/home".mountpoint = "/home"; };
    });
    # An ESP is a plain partition of each disk: a firmware or boot loader that writes to it knows no array.
    # With its bitmap a disk that comes back takes seconds to be whole again.
    mdadm-raid1 = {
      disk = each (number: loader number // { root = { size = "100%"; content = { type = "mdraid"; name = "root"; }; }; });
      mdadm.root = { type = "mdadm"; level = 1; extraArgs = [ "--bitmap=internal" ]; content = ext4; };
    };
    lvm-thin = {
      disk = each (number: loader number // { root = { size = "100%"; content = { type = "lvm_pv"; vg = "pool"; }; }; });
      lvm_vg.pool = { type = "lvm_vg"; lvs = {
        thin = { size = "60%FREE"; lvm_type = "thin-pool"; };
        root = { size = "35%VG"; content = ext4; };
      }; };
    };
    zfs-mirror = {
      disk = each (number: loader number // { zfs = { size = "100%"; content = { type = "zfs"; pool = "rpool"; }; }; });
      zpool.rpool = { type = "zpool"; mode = "mirror"; rootFsOptions = { mountpoint = "none"; compression = "zstd"; };
                      datasets.root = { type = "zfs_fs"; mountpoint = "/"; options.mountpoint = "legacy"; }; };
    };
  };
in layouts.${layout} or (throw "no layout ${layout}; there is: ${toString (attrNames layouts)}"))nix";

// disko's library with nixpkgs' lib alone; what needs packages stays unevaluated. Its `disk-deactivate` is on
// the installer, so the only store path in the text becomes the place there (iso/installer/CONTRACT.md 6).
std::string disko_wrapper() {
    return R"nix(
{ disko, nixpkgsLib, layout, devices, bios, esp_size, spec ? "" }:
let
  lib = import (/. + nixpkgsLib);
  diskoLib = import (/. + disko + "/lib") { inherit lib; makeTest = null; eval-config = null; qemu-common = null; };
  chosen = if spec != "" then (builtins.fromJSON spec).devices or (builtins.fromJSON spec)
    else ()nix" +
           std::string(named_specs) + R"nix() { inherit layout devices bios esp_size; };
  config = (lib.evalModules {
    modules = [ { options.devices = lib.mkOption { type = diskoLib.toplevel; default = { }; }; } { devices = chosen; } ];
  }).config.devices;
  script = text: "set -efux\n" + deactivate (builtins.unsafeDiscardStringContext text);
  helper = "/usr/lib/landscaper/disk-deactivate/disk-deactivate";
  deactivate = text: let parts = builtins.split "[^ \"]*disk-deactivate/disk-deactivate" text;
    in lib.concatMapStrings (part: if builtins.isString part then part else helper) parts;
  lacking = "the installer image has no ${helper}: build it with LANDSCAPER_DISKO (iso/installer/build)";
in {
  destroy = "set -- --yes-wipe-all-disks\ntest -e ${helper} || { echo '${lacking}' >&2; exit 1; }\n" + script config._destroy;
  format = script config._create;
  mount = script config._mount;
  unmount = script config._unmount;
  esp = [ ];
}
)nix";
}

bool is_plain_name(std::string_view text) {
    return !text.empty() && text.size() < 64 &&
           text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == text.npos;
}

// A Nix string literal; the text is a device path, so what Nix would read as something else is refused
// before.
bool is_plain_path(std::string_view text) {
    return text.starts_with("/dev/") && text.find_first_of("\"\\$\n") == text.npos;
}

std::string list_of(const std::vector<std::string>& devices) {
    std::string out = "[";
    for (const auto& device : devices) out += " \"" + device + "\"";
    return out + " ]";
}

result<void> check(const layout_request& request) {
    if (is_plain_name(request.layout) && std::ranges::all_of(request.devices, is_plain_path)) return {};
    return error(nix_errc::bad_layout, text::printable(request.layout, 80));
}

std::string mebibytes(const layout_request& request) {
    return std::to_string(request.esp_size >> 20) + "M";
}

}  // namespace

result<std::string> spec_expression(const layout_request& request) {
    TRY_VOID(check(request));
    return "(" + std::string(named_specs) + ") { layout = \"" + request.layout +
           "\"; devices = " + list_of(request.devices) + "; bios = " + (request.bios ? "true" : "false") +
           "; esp_size = \"" + mebibytes(request) + "\"; }";
}

std::string describe(const layout_source& source) {
    if (!source.disko.empty()) return "disko at " + source.disko;
    return "the layout expression " + source.file + " (disko is not set)";
}

result<std::vector<std::string>> evaluate_layout(const layout_source& source, const layout_request& request) {
    bool has_disko = !source.disko.empty() && !source.nixpkgs_lib.empty();
    if (!has_disko && (source.file.empty() || !request.disko.empty())) return error(nix_errc::no_layout);
    TRY_VOID(check(request));
    std::vector<std::string> out{"nix-instantiate", "--eval",       "--strict", "--json",
                                 "--option",        "substituters", ""};
    if (has_disko) {
        out.insert(out.end(), {"--expr", disko_wrapper(), "--argstr", "disko", source.disko, "--argstr",
                               "nixpkgsLib", source.nixpkgs_lib});
        if (!request.disko.empty()) out.insert(out.end(), {"--argstr", "spec", request.disko});
    } else {
        out.push_back(source.file);
    }
    out.insert(out.end(),
               {"--argstr", "layout", request.layout, "--argstr", "esp_size", mebibytes(request), "--arg",
                "bios", request.bios ? "true" : "false", "--arg", "devices", list_of(request.devices)});
    return out;
}

result<layout_result> parse_layout(std::string_view text, std::string source) {
    auto document = json_in(text, std::size_t{4} << 20, 8);
    if (!document) return error(nix_errc::bad_output, document.error().message());
    json_fields fields(*document, "layout");
    layout_result out;
    out.destroy = fields.text("destroy");
    out.format = fields.text("format");
    out.mount = fields.text("mount");
    out.unmount = fields.text("unmount");
    out.esp = fields.texts("esp");
    out.source = std::move(source);
    if (fields.failed()) return error(nix_errc::bad_output, fields.failure().message());
    return out;
}

}  // namespace landscaper::nix
