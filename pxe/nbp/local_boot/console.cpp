#include "pxe/nbp/local_boot/console.hpp"

efi::system_table* tables = nullptr;

void say(const char16_t* text) {
    if (tables->console_out) tables->console_out->output_string(tables->console_out, text);
}

static void say_character(char16_t c) {
    const char16_t text[] = {c, 0};
    if (c == u'\n') return say(u"\r\n");
    say(text);
}

void say_number(uint64_t value) {
    if (value >= 10) say_number(value / 10);
    say_character(static_cast<char16_t>(u'0' + value % 10));
}

void say_status(efi::status value) {
    if (value == efi::not_found) return say(u"not found");
    if (value == efi::access_denied)
        return say(u"access denied (Secure Boot: it is not signed with a key known here)");
    if (value == efi::security_violation) return say(u"security violation (Secure Boot)");
    if (value == efi::aborted) return say(u"aborted");
    if (!efi::failed(value)) return say(u"it returned");
    say(u"EFI error ");
    say_number(value & ~efi::error_bit);
}

void say_ascii(const volatile char* text, size_t length) {
    for (size_t i = 0; i < length; ++i) say_character(static_cast<unsigned char>(text[i]));
}

void say_guid(const uint8_t* octets) {
    static constexpr uint8_t order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    static constexpr char16_t digits[] = u"0123456789abcdef";
    for (size_t i = 0; i < 16; ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) say_character(u'-');
        say_character(digits[octets[order[i]] >> 4]);
        say_character(digits[octets[order[i]] & 15]);
    }
}
