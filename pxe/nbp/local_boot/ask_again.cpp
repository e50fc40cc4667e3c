#include "pxe/nbp/local_boot/ask_again.hpp"

#include "pxe/nbp/local_boot/console.hpp"

namespace {

// Marks image handles of this program, so that a waiting one and the one it started know each other: without
// that every round would nest one deeper, until the stack is full.
constexpr efi::guid our_mark{0x1f3a6c52, 0x5f0e, 0x4c0b, {0x9d, 0x0e, 0x6c, 0x61, 0x6e, 0x64, 0x73, 0x63}};

const efi::loaded_image* image_of(efi::handle image) {
    void* found = nullptr;
    if (!image || efi::failed(tables->boot->handle_protocol(image, &efi::loaded_image_id, &found)))
        return nullptr;
    return static_cast<const efi::loaded_image*>(found);
}

bool pressed_f() {
    efi::key key{};
    auto* in = tables->console_in;
    bool is_f = false;
    // A serial line may hold replies of the terminal; only the letter counts.
    while (!efi::failed(in->read_key(in, &key)))
        is_f = is_f || key.character == u'f' || key.character == u'F';
    return is_f;
}

}  // namespace

bool wait_for_key(uint32_t seconds) {
    efi::event events[2]{};
    if (efi::failed(tables->boot->create_event(efi::event_timer, 0, nullptr, nullptr, &events[0])) ||
        !tables->console_in) {
        tables->boot->stall(size_t{seconds} * 1'000'000);
        return false;
    }
    events[1] = tables->console_in->key_pressed;
    tables->boot->set_timer(events[0], efi::timer::relative, seconds * efi::second);
    bool is_f = false;
    size_t index = 1;
    while (!is_f && index == 1 && !efi::failed(tables->boot->wait_for_event(2, events, &index))) {
        is_f = pressed_f();
    }
    tables->boot->close_event(events[0]);
    return is_f;
}

bool boot_again(efi::handle self) {
    auto* us = image_of(self);
    void* path = nullptr;
    if (!us || efi::failed(tables->boot->handle_protocol(us->device, &efi::device_path_id, &path)))
        return false;
    efi::handle image = nullptr;
    auto status =
        tables->boot->load_image(1, self, static_cast<const efi::device_path*>(path), nullptr, 0, &image);
    if (efi::failed(status)) {
        say(u"landscaper: no answer from the network: ");
        say_status(status);
        say(u"\r\n");
        if (image) tables->boot->unload_image(image);
        return false;
    }
    tables->boot->set_watchdog_timer(300, 0, 0, nullptr);
    status = tables->boot->start_image(image, nullptr, nullptr);
    if (status != efi::not_ready) {
        say(u"landscaper: what the network gave came back: ");
        say_status(status);
        say(u"\r\n");
    }
    return true;
}

bool mark_and_look_at_parent(efi::handle self) {
    auto* us = image_of(self);
    void* ignored = nullptr;
    bool is_nested =
        us && us->parent && !efi::failed(tables->boot->handle_protocol(us->parent, &our_mark, &ignored));
    efi::handle handle = self;
    tables->boot->install_protocol_interface(&handle, &our_mark, 0, nullptr);
    return is_nested;
}
