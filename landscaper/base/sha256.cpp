#include "landscaper/base/sha256.hpp"

#include <openssl/sha.h>

namespace landscaper {

sha256_digest sha256(bytes_view data) {
    sha256_digest out;
    SHA256(data.data(), data.size(), out.data());
    return out;
}

}  // namespace landscaper
