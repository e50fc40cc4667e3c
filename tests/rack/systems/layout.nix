# The rehearsal's stand-in for disko: the same interface, one layout, no nixpkgs.
#
#   nix-instantiate --eval --strict --json layout.nix --argstr layout single-ext4 \
#       --arg devices '[ "/dev/disk/by-id/virtio-disk-px01" ]' [--argstr esp_size 512M]
#
# Input:  layout    "single-ext4" (ESP + ext4 root on one disk)
#         devices   stable paths of the chosen disks, in the layout's order
#         esp_size  sgdisk's size word for the ESP
#         bios, disko   a BIOS boot loader's layout, a verbatim disko spec: not here, refused by name
# Output: { destroy; format; mount; unmount; esp = [ block devices of the ESPs ]; root = block device of the root; }
#         The first four are bash texts (`set -efux`) for the installer: partitions as disk-main-ESP and disk-main-root,
#         mounted at /mnt and /mnt/boot. Only `destroy` removes anything. `format` makes what is missing, leaves what
#         is there, can be repeated, and refuses a disk that holds a partition or file system of anybody else.
#         The 1 MiB before the first partition is left alone beyond the partition table's own sectors (0 to 33).
{ layout ? "single-ext4", devices, esp_size ? "512M", bios ? false, disko ? null, ... }:
let
  device = builtins.head devices;
  esp = "/dev/disk/by-partlabel/disk-main-ESP";
  root = "/dev/disk/by-partlabel/disk-main-root";
  # Partition names are links made by udev; they can be late, or point to another disk's partition of that name.
  settle = ''
    partprobe "${device}" || blockdev --rereadpt "${device}" || true
    udevadm trigger --subsystem-match=block
    udevadm settle --timeout=30
  '';
  check = label: ''
    test -b "${label}"
    test "$(lsblk -ndo PKNAME "$(readlink -f "${label}")")" = "$(basename "$(readlink -f "${device}")")"
  '';
  partition = number: size: type: name: ''
    if ! sgdisk --info=${number} "${device}" | grep -q "^Partition name: '${name}'"; then
      sgdisk --align-end --new=${number}:0:${size} --typecode=${number}:${type} --change-name=${number}:${name} "${device}"
    fi
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
      wipefs --all --force "${device}"
      sgdisk --zap-all "${device}"
      ${settle}
    '';
    format = ''
      set -efux
      test -b "${device}"
      found=$(blkid -p -o export "${device}" || true)
      case $found in
        "") sgdisk --clear "${device}" ;;
        *PTTYPE=gpt*) ;;
        *) echo "${device} is not blank: $found" >&2; exit 1 ;;
      esac
      names=$(sgdisk --print "${device}" | sed -n 's/^ *[0-9][0-9]* .* //p')
      for name in $names; do
        case $name in
          disk-main-ESP | disk-main-root) ;;
          *) echo "${device} holds partition $name of somebody else" >&2; exit 1 ;;
        esac
      done
      ${partition "1" "+${esp_size}" "EF00" "disk-main-ESP"}
      ${partition "2" "-0" "8300" "disk-main-root"}
      ${settle}
      ${check esp}
      ${check root}
      ${filesystem esp "vfat" "mkfs.vfat -F 32 -n ESP"}
      ${filesystem root "ext4" "mkfs.ext4 -q -F -L root -E lazy_itable_init=1,lazy_journal_init=1"}
      ${settle}
    '';
    mount = ''
      set -efux
      ${check esp}
      ${check root}
      if ! findmnt /mnt; then mount -t ext4 -o noatime,X-mount.mkdir "${root}" /mnt; fi
      if ! findmnt /mnt/boot; then mount -t vfat -o umask=0077,X-mount.mkdir "${esp}" /mnt/boot; fi
    '';
    unmount = ''
      set -efux
      if findmnt /mnt/boot; then umount /mnt/boot; fi
      if findmnt /mnt; then umount -R /mnt; fi
    '';
    esp = [ esp ];
    inherit root;
  };
  layouts = { inherit single-ext4; };
in
  if disko != null && disko != "" then
    throw "this is the rehearsal's layout expression; a disko spec needs disko itself (LANDSCAPER_DISKO)"
  else if bios then
    throw "the rehearsal's layouts are for UEFI"
  else if !(layouts ? ${layout}) then
    throw "no layout ${layout} here; there is: ${toString (builtins.attrNames layouts)}"
  else if builtins.length devices != 1 then
    throw "layout ${layout} takes one disk, not ${toString (builtins.length devices)}"
  else layouts.${layout}
