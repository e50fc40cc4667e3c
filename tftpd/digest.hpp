// A 64-bit FNV-1a digest: tells things apart that nobody has an interest in confusing. Not for secrets.
#pragma once

#include <cstdint>

#include "landscaper/base/bytes.hpp"

namespace tftpd {

class digest {
  public:
    digest& add(landscaper::bytes_view data) {
        for (auto byte : data) value_ = (value_ ^ byte) * 0x100000001b3u;
        return *this;
    }
    digest& add(std::uint64_t number) {
        for (int i = 0; i < 8; ++i) value_ = (value_ ^ (number >> 8 * i & 0xff)) * 0x100000001b3u;
        return *this;
    }
    std::uint64_t value() const { return value_; }

  private:
    std::uint64_t value_ = 0xcbf29ce484222325u;
};

}  // namespace tftpd
