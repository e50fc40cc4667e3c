// local.efi: reads its tail, starts the loader on the disk or holds the machine. It never returns "success":
// firmware takes that as "somebody dealt with it" and stays in its set-up; and returning an error sends it
// through IPv6 and HTTP for minutes. So it waits here and asks the network again.
#include "pxe/nbp/local_boot/ask_again.hpp"
#include "pxe/nbp/local_boot/console.hpp"
#include "pxe/nbp/local_boot/loader.hpp"
#include "pxe/nbp/local_boot/tail.h"

// Volatile: what the file says, not what the compiler knew.
__attribute__((section(".tail"), used)) static const volatile local_boot_tail_bytes tail = {
    {'L', 'A', 'N', 'D', 'S', 'C', 'A', 'P', 'E', 'R', '-', 'T', 'A', 'I', 'L', '1'}, 0, 30, {}, 0, 0, {}};

static void run_once(efi::handle self) {
    uint32_t length = tail.text_length;
    say(u"\r\n");
    say_ascii(tail.text, length > LOCAL_BOOT_TEXT_SIZE ? LOCAL_BOOT_TEXT_SIZE : length);
    if (length) say(u"\r\n");
    if (tail.mode == 1) return;
    uint8_t esp[16];
    for (int i = 0; i < 16; ++i) esp[i] = tail.esp[i];
    start_local_loader(self, esp);
}

static uint32_t wait_seconds() {
    uint32_t seconds = tail.retry_seconds;
    return seconds < 1 ? 1 : seconds > 3600 ? 3600 : seconds;
}

extern "C" efi::status efi_main(efi::handle self, efi::system_table* table) {
    tables = table;
    bool is_nested = mark_and_look_at_parent(self);
    run_once(self);
    if (is_nested) return efi::not_ready;
    for (int failures = 0; failures < 3;) {
        // The watchdog of the firmware must not end a wait that is meant.
        tables->boot->set_watchdog_timer(0, 0, 0, nullptr);
        say(u"landscaper: asking again in ");
        say_number(wait_seconds());
        say(u" s; press F for the firmware's next boot entry.\r\n");
        if (wait_for_key(wait_seconds())) return efi::aborted;
        if (boot_again(self)) {
            failures = 0;
        } else {
            ++failures;
            run_once(self);
        }
    }
    say(u"landscaper: no answer three times, restarting this machine.\r\n");
    tables->runtime->reset_system(efi::reset_type::warm, efi::success, 0, nullptr);
    return efi::aborted;
}
