// What local.efi says on the machine's screens and serial lines. Set `tables` before anything else.
#pragma once

#include "pxe/nbp/local_boot/efi.hpp"

extern efi::system_table* tables;

void say(const char16_t* text);
void say_number(uint64_t value);
// The specification's name of an error, or its number.
void say_status(efi::status value);
// ASCII of a given length; a line break becomes CR LF.
void say_ascii(const volatile char* text, size_t length);
// A GUID as blkid prints it.
void say_guid(const uint8_t* octets);
