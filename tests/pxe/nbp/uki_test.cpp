#include "pxe/nbp/uki.hpp"

#include <doctest/doctest.h>

#include "tests/pxe/nbp/fixture.hpp"

using namespace pxe::nbp;
using landscaper::as_text;
using landscaper::bytes;
using landscaper::bytes_view;
using landscaper::content;

static uki_parts some_parts() {
    auto stub = fixture::make_pe({{".text", bytes(700, 1)}, {".data", bytes(10, 2)}});
    auto kernel = fixture::make_pe({{".text", bytes(5000, 3)}}, {.size_of_image = 50000});
    return {{fixture::in_memory(stub), stub},
            {fixture::in_memory(kernel), kernel},
            fixture::in_memory(bytes(3001, 4)),
            "ID=nixos\n",
            "6.1.0-test",
            "console=ttyS0 quiet"};
}

static read_at reader_of(bytes image) {
    return
        [image = std::move(image)](std::uint64_t offset, std::uint64_t length) -> landscaper::result<bytes> {
            auto begin = std::min<std::uint64_t>(offset, image.size());
            auto end = std::min<std::uint64_t>(begin + length, image.size());
            return bytes(image.begin() + static_cast<std::ptrdiff_t>(begin),
                         image.begin() + static_cast<std::ptrdiff_t>(end));
        };
}

static content cpio_of(std::string_view name) {
    return fixture::in_memory(*write_cpio({{"landscaper/" + std::string(name), 0600, bytes(100, 9)}}));
}

TEST_CASE("every part is found where its section header says") {
    auto parts = some_parts();
    auto image = fixture::put_together(*shared_uki::make(parts)->for_host(cpio_of("host.json")));
    auto h = *read_pe(image);
    auto section = [&](std::string_view name) {
        const auto* s = h.find(name);
        REQUIRE(s != nullptr);
        return bytes_view(image).subspan(s->raw_offset, std::min(s->virtual_size, s->raw_size));
    };
    CHECK(as_text(section(".osrel")) == "ID=nixos\n");
    CHECK(as_text(section(".uname")) == "6.1.0-test");
    CHECK(as_text(section(".cmdline")) == "console=ttyS0 quiet");
    auto kernel = section(".linux");
    CHECK(bytes(kernel.begin(), kernel.begin() + static_cast<std::ptrdiff_t>(parts.kernel.head.size())) ==
          parts.kernel.head);
    auto initrd = section(".initrd");
    CHECK(initrd.size() == 3072 + host_slot_size);
    CHECK(std::count(initrd.begin(), initrd.begin() + 3001, 4) == 3001);
    CHECK(as_text(initrd.subspan(3072, 6)) == "070701");
    CHECK(h.sections.back().name == ".initrd");
    CHECK(image.size() == h.raw_end());
}

TEST_CASE("a kernel that runs in place gets the memory of its SizeOfImage") {
    auto image = fixture::put_together(*shared_uki::make(some_parts())->for_host({}));
    auto h = *read_pe(image);
    CHECK(h.find(".linux")->virtual_size == 50000);
    CHECK(h.find(".initrd")->virtual_address >= h.find(".linux")->virtual_address + 50000);
    for (const auto* name : {".osrel", ".linux", ".initrd"}) CHECK(h.find(name)->virtual_address % 4096 == 0);
    CHECK(h.size_of_image >= h.virtual_end());
}

TEST_CASE("two hosts differ in their slot and nowhere else") {
    auto shared = *shared_uki::make(some_parts());
    auto one = fixture::put_together(*shared.for_host(cpio_of("one")));
    auto two = fixture::put_together(*shared.for_host(cpio_of("two")));
    REQUIRE(one.size() == two.size());
    CHECK(one.size() == shared.size());
    auto slot = static_cast<std::ptrdiff_t>(one.size() - host_slot_size);
    CHECK(std::equal(one.begin(), one.begin() + slot, two.begin()));
    CHECK(one != two);
    CHECK(fixture::put_together(shared.prefix()) == bytes(one.begin(), one.begin() + slot));
}

TEST_CASE("no byte of stub, kernel or initrd is copied, and literals fit into a line of bootd's socket") {
    auto parts = some_parts();
    auto file = std::make_shared<landscaper::open_file>();
    file->size = 1 << 30;
    parts.initrd = content({landscaper::whole_file(file)});
    auto image = *shared_uki::make(parts)->for_host(cpio_of("host.json"));
    std::uint64_t literals = 0, files = 0;
    for (const auto& e : image.extents()) {
        if (const auto* l = std::get_if<landscaper::literal_extent>(&e)) {
            bool is_ours = l->data->size() == l->length && l->length <= 4096;
            literals += is_ours;
        }
        if (const auto* f = std::get_if<landscaper::file_extent>(&e)) files += f->length;
    }
    CHECK(files == 1 << 30);
    CHECK(literals >= 4);
}

TEST_CASE("files beyond the slot are refused with both sizes") {
    auto refused = shared_uki::make(some_parts())->for_host(fixture::in_memory(bytes(host_slot_size + 1)));
    REQUIRE(!refused);
    CHECK(refused.error().message() ==
          "the host's files are 65537 of 65536 bytes: does not fit in the slot for one host's data");
    CHECK(shared_uki::make(some_parts())->for_host(fixture::in_memory(bytes(host_slot_size))).has_value());
}

TEST_CASE("stubs that cannot be extended are refused, and why") {
    auto parts = some_parts();
    SUBCASE("signed") {
        parts.stub.head = fixture::make_pe({{".text", bytes(10, 1)}}, {.certificate_size = 900});
        CHECK(shared_uki::make(parts).error().message() ==
              "EFI stub: is signed, and adding to it would break the signature; take the unsigned file");
    }
    SUBCASE("a UKI already") {
        parts.stub.head = fixture::make_pe({{".linux", bytes(10, 1)}});
        CHECK(shared_uki::make(parts).error().code() == nbp_errc::has_payload);
    }
    SUBCASE("not an EFI program") {
        parts.stub.head = bytes(100, 0);
        CHECK(shared_uki::make(parts).error().message() ==
              "EFI stub: no MZ at the start: not an EFI program");
    }
    SUBCASE("shorter than its sections") {
        parts.stub.data = fixture::in_memory(bytes(1100, 1));
        CHECK(shared_uki::make(parts).error().code() == nbp_errc::truncated);
    }
    SUBCASE("without room") {
        parts.stub.head = fixture::make_pe({{".text", bytes(10, 1)}}, {.size_of_headers = 512});
        CHECK(shared_uki::make(parts).error().message() ==
              "EFI stub: room for 2 more, 5 wanted: no room for more section headers");
    }
}

TEST_CASE("a kernel for another machine, or without an EFI header, is refused") {
    auto parts = some_parts();
    parts.kernel.head = fixture::make_pe({}, {.machine = 0xaa64});
    CHECK(shared_uki::make(parts).error().code() == nbp_errc::wrong_machine);
    parts.kernel.head = bytes(9000, 7);
    CHECK(shared_uki::make(parts).error().message().starts_with("kernel: "));
}

TEST_CASE("a command line of two lines is refused") {
    auto parts = some_parts();
    parts.command_line = "quiet\ninit=/bin/sh";
    CHECK(shared_uki::make(parts).error().code() == nbp_errc::bad_text);
}

TEST_CASE("more than 4 GiB is refused") {
    auto parts = some_parts();
    parts.initrd = content({landscaper::zero_extent{std::uint64_t{4} << 30}});
    CHECK(shared_uki::make(parts).error().code() == nbp_errc::too_large);
}

TEST_CASE("inspect names what is inside, and the host's files without their contents") {
    auto image = fixture::put_together(*shared_uki::make(some_parts())->for_host(cpio_of("host.json")));
    auto report = inspect(reader_of(image));
    REQUIRE(report.has_value());
    CHECK(report->command_line == "console=ttyS0 quiet");
    CHECK(report->uname == "6.1.0-test");
    CHECK(report->os_release == "ID=nixos\n");
    CHECK(report->host_files ==
          std::vector<slot_file>{{"landscaper", 0040755, 0}, {"landscaper/host.json", 0100600, 100}});
    CHECK(report->headers.sections.size() == 7);
}

TEST_CASE("inspect of an image with an empty slot, a plain EFI program, and rubbish") {
    auto image = fixture::put_together(*shared_uki::make(some_parts())->for_host({}));
    CHECK(inspect(reader_of(image))->host_files.empty());
    CHECK(inspect(reader_of(some_parts().stub.head)).error().code() == nbp_errc::not_pe);
    CHECK(!inspect(reader_of(bytes(70000, 0x41))));
    for (std::size_t size = 0; size < image.size(); size += 97) {
        CHECK_NOTHROW(
            inspect(reader_of(bytes(image.begin(), image.begin() + static_cast<std::ptrdiff_t>(size)))));
    }
}

TEST_CASE("padding fills up to the next multiple, and adds nothing at one") {
    CHECK(padded(fixture::in_memory(bytes(5)), 4).size() == 8);
    CHECK(padded(fixture::in_memory(bytes(8)), 4).size() == 8);
    CHECK(padded({}, 4).size() == 0);
}
