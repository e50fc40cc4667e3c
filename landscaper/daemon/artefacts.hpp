// What hosts boot, composed from the files of the data folder: per host an entry of the boot table with its
// UKI, its scripts and its local-boot NBP. Opens the files once; composing copies none of them.
#pragma once

#include <memory>
#include <string>

#include "landscaper/ledger/model.hpp"
#include "pxe/nbp/uki.hpp"
#include "pxe/proxy/entry.hpp"

namespace landscaper::daemon {

class artefacts {
  public:
    // Reads kernel, initrd, linuxx64.efi.stub and local.efi of the folder; the error names what is missing
    // and how it is made.
    static result<artefacts> open(const std::string& folder);

    // A payload: everything the host needs to boot the installer, on every firmware. `host_cpio` holds the
    // temporary key.
    result<void> add_install(pxe::boot_entry& entry, const std::string& host, const content& host_cpio) const;
    // To the host's own disk; `esp` is the loader's partition GUID, empty when unknown.
    result<void> add_local(pxe::boot_entry& entry, const std::string& host, const std::string& esp) const;
    // Nothing is booted; the screen says why.
    result<void> add_hold(pxe::boot_entry& entry, const std::string& host, const std::string& reason) const;

  private:
    content kernel_, initrd_, local_;
    bytes local_end_;
    std::shared_ptr<const pxe::nbp::shared_uki> uki_;
};

}  // namespace landscaper::daemon
