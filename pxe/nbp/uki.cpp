#include "pxe/nbp/uki.hpp"

#include <algorithm>

namespace pxe::nbp {

using landscaper::bytes;
using landscaper::content;
using landscaper::error;
using landscaper::extent;
using landscaper::result;

namespace {

// IMAGE_SCN_CNT_INITIALIZED_DATA | IMAGE_SCN_MEM_READ
constexpr std::uint32_t readable_data = 0x40000040;
// Where sections begin in memory. Debian's stub 252 says 512, but a kernel wants whole pages.
constexpr std::uint64_t page = 4096;

std::uint64_t round_up(std::uint64_t n, std::uint64_t alignment) {
    return (n + alignment - 1) / alignment * alignment;
}

content text_content(const std::string& text) {
    auto data = landscaper::as_bytes(text);
    return content({landscaper::literal(bytes(data.begin(), data.end()))});
}

content joined(std::initializer_list<content> parts) {
    std::vector<extent> all;
    for (const auto& part : parts) all.insert(all.end(), part.extents().begin(), part.extents().end());
    return content(std::move(all));
}

// One section to add: its bytes in the file, and its length in memory where that is longer.
struct payload {
    std::string name;
    content data;
    std::uint64_t memory = 0;
};

result<pe_headers> check_stub(const efi_program& stub) {
    auto headers = read_pe(stub.head);
    if (!headers) return headers.error().in("EFI stub");
    if (headers->is_signed) return error(nbp_errc::signed_image, "EFI stub");
    if (headers->find(".linux") || headers->find(".initrd")) return error(nbp_errc::has_payload, "EFI stub");
    if (headers->raw_end() > stub.data.size()) return error(nbp_errc::truncated, "EFI stub");
    return headers;
}

// A kernel that is started in place needs the memory behind its file: its SizeOfImage covers that.
result<std::uint64_t> memory_of_kernel(const efi_program& kernel, pe_machine wanted) {
    auto headers = read_pe(kernel.head);
    if (!headers) return headers.error().in("kernel");
    if (headers->machine != wanted) return error(nbp_errc::wrong_machine, "kernel and EFI stub");
    return std::max<std::uint64_t>(kernel.data.size(), headers->size_of_image);
}

// Gives the payloads their places behind the stub's own sections, in file and memory.
result<std::vector<pe_section>> lay_out(const pe_headers& stub, const std::vector<payload>& payloads) {
    auto alignment = std::max<std::uint64_t>(stub.section_alignment, page);
    auto raw = round_up(stub.raw_end(), stub.file_alignment);
    auto address = round_up(stub.virtual_end(), alignment);
    std::vector<pe_section> sections;
    for (const auto& part : payloads) {
        auto raw_size = round_up(part.data.size(), stub.file_alignment);
        auto memory = std::max(part.data.size(), part.memory);
        auto end = std::max(raw + raw_size, round_up(address + memory, alignment));
        if (end > UINT32_MAX)
            return error(nbp_errc::too_large, part.name + " ends at byte " + std::to_string(end));
        sections.push_back({part.name, static_cast<std::uint32_t>(memory),
                            static_cast<std::uint32_t>(address), static_cast<std::uint32_t>(raw_size),
                            static_cast<std::uint32_t>(raw), readable_data});
        raw += raw_size;
        address = round_up(address + memory, alignment);
    }
    return sections;
}

}  // namespace

content padded(const content& data, std::uint64_t alignment) {
    return joined({data, content({landscaper::zero_extent{round_up(data.size(), alignment) - data.size()}})});
}

result<shared_uki> shared_uki::make(const uki_parts& parts) {
    TRY(auto stub, check_stub(parts.stub));
    TRY(auto kernel_memory, memory_of_kernel(parts.kernel, stub.machine));
    for (const auto* line : {&parts.uname, &parts.command_line}) {
        auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20; };
        if (std::any_of(line->begin(), line->end(), is_control))
            return error(nbp_errc::bad_text, "command line");
    }
    // The slot must end where the file ends: file alignments up to 64 KiB divide it, and the shared initrd is
    // padded to one (more zeros between two archives are as good as three).
    auto initrd = padded(parts.initrd, std::max<std::uint64_t>(stub.file_alignment, 4));
    if (host_slot_size % stub.file_alignment) return error(nbp_errc::bad_layout, "EFI stub: file alignment");
    std::vector<payload> payloads{{".osrel", text_content(parts.os_release)}};
    if (!parts.uname.empty()) payloads.push_back({".uname", text_content(parts.uname)});
    payloads.push_back({".cmdline", text_content(parts.command_line)});
    payloads.push_back({".linux", parts.kernel.data, kernel_memory});
    payloads.push_back({".initrd", joined({initrd, content({landscaper::zero_extent{host_slot_size}})})});
    TRY(auto sections, lay_out(stub, payloads));
    auto header = with_sections(parts.stub.head, stub, sections);
    if (!header) return header.error().in("EFI stub");

    auto body = parts.stub.data.slice(stub.size_of_headers, stub.raw_end() - stub.size_of_headers);
    auto image = joined({content({landscaper::literal(std::move(*header))}), content(std::move(body))});
    for (const auto& part : payloads) {
        image = joined({padded(image, stub.file_alignment), part.name == ".initrd" ? initrd : part.data});
    }
    shared_uki shared;
    shared.prefix_ = std::move(image);
    return shared;
}

result<content> shared_uki::for_host(const content& host_cpio) const {
    if (host_cpio.size() > host_slot_size) {
        return error(nbp_errc::slot_full, "the host's files are " + std::to_string(host_cpio.size()) +
                                              " of " + std::to_string(host_slot_size) + " bytes");
    }
    return joined(
        {prefix_, host_cpio, content({landscaper::zero_extent{host_slot_size - host_cpio.size()}})});
}

}  // namespace pxe::nbp
