// Makes the files that the QEMU tests boot, with the code that serve uses:
//   pxe_nbp_compose uki STUB KERNEL INITRD HOST_CPIO COMMAND_LINE OUT
//   pxe_nbp_compose cpio OUT PATH=MODE=FILE...
//   pxe_nbp_compose tail GENERIC local|hold GUID|any SECONDS TEXT OUT
//   pxe_nbp_compose inspect FILE
#include <fcntl.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "pxe/nbp/local_boot.hpp"
#include "pxe/nbp/uki.hpp"
#include "tests/pxe/nbp/fixture.hpp"

using landscaper::bytes;
using landscaper::bytes_view;
using landscaper::content;

template <class T>
static T must(landscaper::result<T> value) {
    if (value) return std::move(*value);
    std::fprintf(stderr, "pxe_nbp_compose: %s\n", value.error().message().c_str());
    std::exit(1);
}

static bytes read_all(const char* path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) must<int>(landscaper::errno_error(path));
    return {std::istreambuf_iterator<char>(in), {}};
}

static content open_content(const char* path) {
    auto file = std::make_shared<landscaper::open_file>();
    file->fd.reset(::open(path, O_RDONLY | O_CLOEXEC));
    file->size = read_all(path).size();
    return content({landscaper::whole_file(file)});
}

static pxe::nbp::efi_program open_program(const char* path) {
    auto head = read_all(path);
    head.resize(std::min(head.size(), pxe::nbp::pe_head_size));
    return {open_content(path), std::move(head)};
}

static int save(const content& data, const char* path) {
    auto image = fixture::put_together(data);
    std::ofstream out(path, std::ios::binary);
    out.write(reinterpret_cast<const char*>(image.data()), static_cast<std::streamsize>(image.size()));
    return out.flush() ? 0 : 1;
}

static int make_uki(char** a) {
    pxe::nbp::uki_parts parts{
        open_program(a[0]), open_program(a[1]), open_content(a[2]), "ID=test\n", "", a[4]};
    return save(must(must(pxe::nbp::shared_uki::make(parts)).for_host(open_content(a[3]))), a[5]);
}

static int make_cpio(int count, char** a) {
    std::vector<pxe::nbp::cpio_entry> entries;
    for (int i = 1; i < count; ++i) {
        std::string argument = a[i];
        auto mode = argument.find('='), file = argument.find('=', mode + 1);
        entries.push_back({argument.substr(0, mode),
                           static_cast<std::uint32_t>(std::stoul(argument.substr(mode + 1), nullptr, 8)),
                           read_all(argument.c_str() + file + 1)});
    }
    return save(fixture::in_memory(must(pxe::nbp::write_cpio(entries))), a[0]);
}

static int make_tail(char** a) {
    auto generic = read_all(a[0]);
    pxe::nbp::local_boot_tail tail;
    tail.mode = std::string_view(a[1]) == "hold" ? pxe::nbp::tail_mode::hold : pxe::nbp::tail_mode::local;
    tail.esp = pxe::nbp::efi_guid::parse(a[2]);
    tail.retry_seconds = static_cast<std::uint32_t>(std::atoi(a[3]));
    tail.text = a[4];
    auto last = bytes_view(generic).last(std::min<std::size_t>(generic.size(), pxe::nbp::tail_size));
    return save(must(pxe::nbp::local_boot(open_content(a[0]), last, tail)), a[5]);
}

static int show(const char* path) {
    auto file = read_all(path);
    auto report =
        must(pxe::nbp::inspect([&](std::uint64_t offset, std::uint64_t length) -> landscaper::result<bytes> {
            auto part = bytes_view(file).subspan(std::min<std::size_t>(offset, file.size()));
            part = part.first(std::min<std::size_t>(length, part.size()));
            return bytes(part.begin(), part.end());
        }));
    for (const auto& s : report.headers.sections) std::printf("%s %u\n", s.name.c_str(), s.virtual_size);
    std::printf("cmdline %s\n", report.command_line.c_str());
    for (const auto& f : report.host_files) std::printf("%o %s\n", f.mode, f.path.c_str());
    return 0;
}

int main(int argc, char** argv) {
    std::string_view verb = argc > 1 ? argv[1] : "";
    if (verb == "uki" && argc == 8) return make_uki(argv + 2);
    if (verb == "cpio" && argc > 2) return make_cpio(argc - 2, argv + 2);
    if (verb == "tail" && argc == 8) return make_tail(argv + 2);
    if (verb == "inspect" && argc == 3) return show(argv[2]);
    std::fprintf(
        stderr,
        "pxe_nbp_compose: uki|cpio|tail|inspect ARGUMENTS; see the head of tests/pxe/nbp/compose.cpp\n");
    return 2;
}
