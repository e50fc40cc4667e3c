// What the compiler itself may call in a program without a C library.
#include <stddef.h>
#include <stdint.h>

extern "C" void* memcpy(void* to, const void* from, size_t count) {
    auto* t = static_cast<volatile uint8_t*>(to);
    auto* f = static_cast<const uint8_t*>(from);
    for (size_t i = 0; i < count; ++i) t[i] = f[i];
    return to;
}

extern "C" void* memset(void* to, int value, size_t count) {
    auto* t = static_cast<volatile uint8_t*>(to);
    for (size_t i = 0; i < count; ++i) t[i] = static_cast<uint8_t>(value);
    return to;
}
