#include "pxe/dhcp/architecture.hpp"

#include <algorithm>
#include <array>

namespace pxe::dhcp {

using enum firmware;
// x64 is 7 in EDK2 and 9 in others: RFC 4578 had the two wrong for years, so both are taken for x64.
static constexpr auto rows = std::to_array<architecture>({
    {0, "BIOS", bios, false, ""},
    {1, "NEC PC-98", other, false, "_pc98"},
    {2, "UEFI Itanium", other, false, "_ia64"},
    {6, "UEFI ia32", uefi, false, "_ia32"},
    {7, "UEFI x64", uefi, false, ""},
    {9, "UEFI x64 (EBC)", uefi, false, ""},
    {10, "UEFI arm32", uefi, false, "_arm"},
    {11, "UEFI arm64", uefi, false, "_aa64"},
    {15, "UEFI ia32 HTTP", uefi, true, "_ia32"},
    {16, "UEFI x64 HTTP", uefi, true, ""},
    {17, "UEFI EBC HTTP", other, true, "_ebc"},
    {18, "UEFI arm32 HTTP", uefi, true, "_arm"},
    {19, "UEFI arm64 HTTP", uefi, true, "_aa64"},
    {20, "BIOS HTTP", bios, true, ""},
    {25, "UEFI riscv32", uefi, false, "_riscv32"},
    {26, "UEFI riscv32 HTTP", uefi, true, "_riscv32"},
    {27, "UEFI riscv64", uefi, false, "_riscv64"},
    {28, "UEFI riscv64 HTTP", uefi, true, "_riscv64"},
    {37, "UEFI loongarch32", uefi, false, "_loongarch32"},
    {38, "UEFI loongarch32 HTTP", uefi, true, "_loongarch32"},
    {39, "UEFI loongarch64", uefi, false, "_loongarch64"},
    {40, "UEFI loongarch64 HTTP", uefi, true, "_loongarch64"},
    {41, "Raspberry Pi boot", other, false, "_rpi"},
});

const architecture* architecture_of(std::uint16_t number) {
    auto at = std::ranges::find(rows, number, &architecture::number);
    return at == rows.end() ? nullptr : &*at;
}

}  // namespace pxe::dhcp
