// Memory that a program gives back holds nothing any more: temporary private keys pass through strings,
// archives and buffers of both programs, and after rotation they are to be nowhere. Linked into the programs
// themselves, never into a library: it replaces their operator new and delete ([replacement.functions]).
#include <malloc.h>
#include <string.h>

#include <cstdlib>
#include <new>

static void* allocated(std::size_t size) {
    for (;;) {
        if (void* found = std::malloc(size ? size : 1)) return found;
        auto handler = std::get_new_handler();
        if (!handler) throw std::bad_alloc();
        handler();
    }
}

static void wipe_and_free(void* at) noexcept {
    if (!at) return;
    ::explicit_bzero(at, ::malloc_usable_size(at));
    std::free(at);
}

void* operator new(std::size_t size) {
    return allocated(size);
}
void* operator new[](std::size_t size) {
    return allocated(size);
}
void operator delete(void* at) noexcept {
    wipe_and_free(at);
}
void operator delete[](void* at) noexcept {
    wipe_and_free(at);
}
void operator delete(void* at, std::size_t) noexcept {
    wipe_and_free(at);
}
void operator delete[](void* at, std::size_t) noexcept {
    wipe_and_free(at);
}
