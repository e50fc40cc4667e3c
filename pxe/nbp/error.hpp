// What can be wrong with the parts of a network boot program. The context of the error says which file and
// which number.
#pragma once

#include "landscaper/base/error.hpp"

namespace pxe::nbp {

enum class nbp_errc {
    truncated = 1,  // fewer bytes than the headers promise
    not_pe,         // no MZ, no PE signature, or not PE32+
    wrong_machine,  // neither x86-64 nor arm64, or stub and kernel differ
    signed_image,   // carries an Authenticode signature that adding sections would break
    has_payload,    // a stub that is already a UKI
    no_room,        // no room for further section headers below SizeOfHeaders
    bad_layout,     // sections outside the file, overlapping, or wrongly aligned
    too_large,      // beyond the 4 GiB that PE offsets can express
    slot_full,      // the host's files or texts do not fit in their slot
    bad_cpio,       // not a newc archive
    bad_path,       // absolute, empty, with "..", or twice in one archive
    no_slot,        // an EFI program without the tail slot of local.efi
    bad_text,       // a line break or a control character where one line is wanted
};
const char* describe(nbp_errc code);

}  // namespace pxe::nbp

LANDSCAPER_ERROR_ENUM(pxe::nbp, nbp_errc, "nbp")
