// Unified kernel images, composed as extents: systemd's EFI stub, kernel, shared initrd, and last a fixed
// slot with the files of one host. Headers and all offsets are the same for all hosts; no byte of stub,
// kernel or initrd is copied, and nothing is read: the caller hands in the first bytes of stub and kernel.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "landscaper/base/content.hpp"
#include "pxe/nbp/cpio.hpp"
#include "pxe/nbp/pe.hpp"

namespace pxe::nbp {

// Room for the host's cpio at the end of .initrd, zero padded.
inline constexpr std::uint64_t host_slot_size = 65536;

// An EFI program: its content and its first pe_head_size bytes (all of it when shorter).
struct efi_program {
    landscaper::content data;
    landscaper::bytes head;
};

struct uki_parts {
    efi_program stub;    // systemd's linuxx64.efi.stub, unsigned
    efi_program kernel;  // with its own EFI header
    landscaper::content initrd;
    std::string os_release;    // text of .osrel
    std::string uname;         // kernel version for .uname; empty leaves the section out
    std::string command_line;  // the same for all hosts; an iPXE that chains the UKI may replace it
};

// `data` followed by zeros up to a multiple of `alignment`. An initrd served as a file of its own wants 4:
// the kernel's EFI stub joins initrds without padding and then finds no cpio behind an odd length.
landscaper::content padded(const landscaper::content& data, std::uint64_t alignment);

// What all hosts share. Section order: the stub's, .osrel, .uname, .cmdline, .linux, .initrd.
class shared_uki {
  public:
    static landscaper::result<shared_uki> make(const uki_parts& parts);

    // The image of one host. `host_cpio` at most host_slot_size bytes; hand it in as a sealed memfd, it holds
    // a private key.
    landscaper::result<landscaper::content> for_host(const landscaper::content& host_cpio) const;

    // Everything before the slot: the same bytes for every host.
    const landscaper::content& prefix() const { return prefix_; }
    std::uint64_t size() const { return prefix_.size() + host_slot_size; }

  private:
    shared_uki() = default;
    landscaper::content prefix_;
};

// What `landscaper nbp --inspect` shows. The files of the slot are named, their contents (a private key) are
// not kept.
struct slot_file {
    std::string path;
    std::uint32_t mode = 0;
    std::uint64_t size = 0;  // bytes
    friend bool operator==(const slot_file&, const slot_file&) = default;
};
struct uki_report {
    pe_headers headers;
    std::string os_release, uname, command_line;
    std::vector<slot_file> host_files;
};

// Reads `length` bytes at `offset` of the image, fewer at its end.
using read_at =
    std::function<landscaper::result<landscaper::bytes>(std::uint64_t offset, std::uint64_t length)>;
landscaper::result<uki_report> inspect(const read_at& read);

}  // namespace pxe::nbp
