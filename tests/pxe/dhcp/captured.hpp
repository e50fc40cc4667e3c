// What real clients sent, byte for byte: the files of tests/pxe/dhcp/fixtures, which name client and version
// in their first line. tests/rack/test_client_packets.py compares them with the clients, and makes them anew.
#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "landscaper/base/bytes.hpp"
#include "landscaper/base/hex.hpp"

namespace pxe::fixtures {

struct captured {
    std::string name;  // "ovmf-pxe-discover"
    landscaper::bytes data;
};

inline std::filesystem::path captured_folder() {
    return std::filesystem::path(__FILE__).parent_path() / "fixtures";
}

inline captured read_captured(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::string digits;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("#")) continue;
        std::erase(line, ' ');
        digits += line;
    }
    auto data = landscaper::from_hex(digits);
    REQUIRE_MESSAGE((data && data->size() >= 300), file.string());
    return {file.stem().string(), std::move(*data)};
}

// One by its name.
inline landscaper::bytes captured_packet(const std::string& name) {
    return read_captured(captured_folder() / (name + ".hex")).data;
}

inline std::vector<captured> all_captured() {
    std::vector<captured> out;
    for (const auto& at : std::filesystem::directory_iterator(captured_folder())) {
        if (at.path().extension() == ".hex") out.push_back(read_captured(at.path()));
    }
    REQUIRE(out.size() >= 13);
    return out;
}

}  // namespace pxe::fixtures
