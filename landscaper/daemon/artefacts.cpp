#include "landscaper/daemon/artefacts.hpp"

#include "landscaper/async/file.hpp"
#include "landscaper/async/read_content.hpp"
#include "landscaper/base/hex.hpp"
#include "landscaper/base/sha256.hpp"
#include "pxe/nbp/ipxe_script.hpp"
#include "pxe/nbp/local_boot.hpp"

namespace landscaper::daemon {

// Both consoles, since nobody knows which one a rack's servers have; the last is /dev/console.
static constexpr const char* command_line = "console=tty0 console=ttyS0,115200";

static result<content> open_part(const std::string& folder, const std::string& name) {
    auto file = open_for_reading(folder + "/" + name);
    if (!file) {
        return file.error().in("the data folder lacks " + name +
                               "; build it with iso/installer/build, or name another folder with --data");
    }
    return content({whole_file(*file)});
}

static result<bytes> part_of(const content& whole, std::uint64_t offset, std::size_t length) {
    bytes out(length);
    TRY(auto count, read_content(whole, offset, out));
    out.resize(count);
    return out;
}

result<artefacts> artefacts::open(const std::string& folder) {
    artefacts out;
    TRY(out.kernel_, open_part(folder, "kernel"));
    TRY(auto initrd, open_part(folder, "initrd"));
    out.initrd_ = pxe::nbp::padded(initrd, 4);
    TRY(auto stub, open_part(folder, "linuxx64.efi.stub"));
    TRY(out.local_, open_part(folder, "local.efi"));
    auto tail = std::min(out.local_.size(), pxe::nbp::tail_size);
    TRY(out.local_end_, part_of(out.local_, out.local_.size() - tail, static_cast<std::size_t>(tail)));
    pxe::nbp::uki_parts parts;
    parts.stub.data = stub;
    TRY(parts.stub.head, part_of(stub, 0, pxe::nbp::pe_head_size));
    parts.kernel.data = out.kernel_;
    TRY(parts.kernel.head, part_of(out.kernel_, 0, pxe::nbp::pe_head_size));
    parts.initrd = initrd;
    parts.os_release = "ID=landscaper\nNAME=landscaper\nPRETTY_NAME=\"landscaper installer\"\n";
    parts.command_line = command_line;
    TRY(auto uki, pxe::nbp::shared_uki::make(parts));
    out.uki_ = std::make_shared<const pxe::nbp::shared_uki>(std::move(uki));
    return out;
}

static content text_content(const std::string& text) {
    auto data = as_bytes(text);
    return content({literal(bytes(data.begin(), data.end()))});
}

result<void> artefacts::add_install(pxe::boot_entry& entry, const std::string& host,
                                    const content& host_cpio) const {
    entry.stage = pxe::stage::install;
    TRY(entry.objects["uki.efi"], uki_->for_host(host_cpio));
    TRY(auto script, pxe::nbp::install_script(host, command_line));
    entry.objects["script.ipxe"] = text_content(script);
    TRY(auto config, pxe::nbp::grub_install_config(host, command_line));
    entry.objects["grub.cfg"] = text_content(config);
    entry.objects["kernel"] = kernel_;
    entry.objects["initrd"] = initrd_;
    entry.objects["host.cpio"] = host_cpio;
    return {};
}

// A name for objects that hold no secret: the same in every run, so that a served entry does not change.
static std::string open_token(const std::string& host, const std::string& use) {
    auto digest = sha256(as_bytes(use + " " + host));
    return to_hex(bytes_view(digest).first(16));
}

result<void> artefacts::add_local(pxe::boot_entry& entry, const std::string& host,
                                  const std::string& esp) const {
    entry.stage = pxe::stage::local;
    entry.token = open_token(host, "local");
    pxe::nbp::local_boot_tail tail;
    tail.esp = pxe::nbp::efi_guid::parse(esp);
    TRY(entry.objects["local.efi"], pxe::nbp::local_boot(local_, local_end_, tail));
    return {};
}

result<void> artefacts::add_hold(pxe::boot_entry& entry, const std::string& host,
                                 const std::string& reason) const {
    entry.stage = pxe::stage::hold;
    entry.token = open_token(host, "hold");
    pxe::nbp::local_boot_tail tail;
    tail.mode = pxe::nbp::tail_mode::hold;
    tail.text = reason;
    TRY(entry.objects["hold.efi"], pxe::nbp::local_boot(local_, local_end_, tail));
    entry.objects["hold.ipxe"] = text_content(pxe::nbp::hold_script(host, reason));
    return {};
}

}  // namespace landscaper::daemon
