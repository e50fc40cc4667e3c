# The rehearsal's stand-in for disko: the same interface, one layout, no nixpkgs.
#
#   nix-instantiate --eval --strict --json layout.nix --argstr layout single-ext4 \
#       --arg devices '[ "/dev/disk/by-id/virtio-disk-px01" ]' [--argstr esp_size 512M]
#
# Input:  layout    "single-ext4" (ESP + ext4 root on one disk)
#         devices   stable paths of the chosen disks, in the layout's order
#         esp_size  sgdisk's size word for the ESP
#         bios      a BIOS boot loader's layout: the loader's own partition disk-main-bios in the place of an ESP
#         disko     a verbatim disko spec: not here, refused by name
# Output: { destroy; format; mount; unmount; esp = [ block devices of the ESPs ]; root = block device of the root; }
#         The first four are bash texts (`set -efux`) for the installer: partitions as disk-main-ESP (or disk-main-bios) and
#         disk-main-root, mounted at /mnt and /mnt/boot. Only `destroy` removes anything. `format` makes what is missing, leaves what
#         is there, can be repeated, and refuses a disk that holds a partition or file system of anybody else.
#         The 1 MiB before the first partition is left alone beyond the partition table's own sectors (0 to 33).
{ layout ? "single-ext4", devices, esp_size ? "512M", bios ? false, disko ? null, ... }:
let
  device = builtins.head devices;
  first = if bios then "disk-main-bios" else "disk-main-ESP";
  boot = "/dev/disk/by-partlabel/${first}";
  root = "/dev/disk/by-partlabel/disk-main-root";
  # Partition names are links made by udev: late at times, and another disk's partition may bear the same name.
  check = label: ''
    udevadm wait --timeout=30 "${label}"
    test "$(lsblk -ndo PKNAME "$(readlink -f "${label}")")" = "$(basename "$(readlink -f "${device}")")"
  '';
  filesystem = label: type: command: ''
    found=$(blkid -p -s TYPE -o value "${label}" || true)
    if [ -z "$found" ]; then
      ${command} "${label}"
    elif [ "$found" != ${type} ]; then
      echo "${label} holds $found, not ${type}: left alone" >&2
      exit 1
    fi
  '';
  single-ext4 = {
    destroy = ''
      set -efux
      umount -R /mnt || true
      # Partitions before the disk: what is made in their places must not find the old file systems.
      for part in $(lsblk -nrpo NAME "${device}" | tac); do wipefs --all --force "$part"; done
      sgdisk --zap-all "${device}"
      udevadm settle --timeout=30
    '';
    # One sgdisk call writes the whole table or nothing, so after a power cut there are both partitions or none.
    format = ''
      set -efux
      test -b "${device}"
      found=$(blkid -p -o export "${device}" || true)
      names=$(sgdisk --print "${device}" | sed -n 's/^ *[0-9][0-9]* .* //p' | tr '\n' ' ')
      case $found in
        "" | *PTTYPE=gpt*) ;;
        *) echo "${device} is not blank: $found" >&2; exit 1 ;;
      esac
      case $names in
        "")
          sgdisk --clear --align-end \
            --new=1:0:+${if bios then "1M" else esp_size} --typecode=1:${if bios then "EF02" else "EF00"} \
            --change-name=1:${first} \
            --new=2:0:-0 --typecode=2:8300 --change-name=2:disk-main-root "${device}"
          ;;
        "${first} disk-main-root ") ;;
        *) echo "${device} holds partitions of somebody else: $names" >&2; exit 1 ;;
      esac
      ${check boot}
      ${check root}
      ${if bios then "" else filesystem boot "vfat" "mkfs.vfat -F 32 -n ESP"}
      ${filesystem root "ext4" "mkfs.ext4 -q -F -L root -E nodiscard,lazy_itable_init=1,lazy_journal_init=1"}
    '';
    mount = ''
      set -efux
      ${check boot}
      ${check root}
      if ! findmnt /mnt; then mount -t ext4 -o noatime,X-mount.mkdir "${root}" /mnt; fi
      ${if bios then "" else ''if ! findmnt /mnt/boot; then mount -t vfat -o umask=0077,X-mount.mkdir "${boot}" /mnt/boot; fi''}
    '';
    unmount = ''
      set -efux
      if findmnt /mnt/boot; then umount /mnt/boot; fi
      if findmnt /mnt; then umount -R /mnt; fi
    '';
    esp = if bios then [ ] else [ boot ];
    inherit root;
  };
  layouts = { inherit single-ext4; };
in
  if disko != null && disko != "" then
    throw "this is the rehearsal's layout expression; a disko spec needs disko itself (LANDSCAPER_DISKO)"
  else if !(layouts ? ${layout}) then
    throw "no layout ${layout} here; there is: ${toString (builtins.attrNames layouts)}"
  else if builtins.length devices != 1 then
    throw "layout ${layout} takes one disk, not ${toString (builtins.length devices)}"
  else layouts.${layout}
