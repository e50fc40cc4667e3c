#include "pxe/nbp/error.hpp"

namespace pxe::nbp {

const char* describe(nbp_errc code) {
    switch (code) {
        case nbp_errc::truncated: return "the file ends inside its headers";
        case nbp_errc::not_pe: return "not an EFI program";
        case nbp_errc::wrong_machine: return "built for another machine";
        case nbp_errc::signed_image:
            return "is signed, and adding to it would break the signature; take the unsigned file";
        case nbp_errc::has_payload: return "is a complete kernel image already; take the plain EFI stub";
        case nbp_errc::no_room: return "no room for more section headers";
        case nbp_errc::bad_layout: return "sections do not fit together";
        case nbp_errc::too_large: return "larger than an EFI program can be (4 GiB)";
        case nbp_errc::slot_full: return "does not fit in the slot for one host's data";
        case nbp_errc::bad_cpio: return "not a cpio archive (newc)";
        case nbp_errc::bad_path:
            return "not a path for an archive: relative, once, without empty or dotted parts";
        case nbp_errc::no_slot: return "not landscaper's local-boot program";
        case nbp_errc::bad_text: return "contains a line break or a control character";
    }
    return "unknown error";
}

}  // namespace pxe::nbp
