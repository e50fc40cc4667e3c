# The rehearsal's stand-in for disko: the same interface, two layouts, no nixpkgs.
#
#   nix-instantiate --eval --strict --json layout.nix --argstr layout single-ext4 \
#       --arg devices '[ "/dev/disk/by-id/virtio-disk-px01" ]' [--argstr esp_size 512M]
#
# Input:  layout    "single-ext4" (ESP + ext4 root on one disk) or "mdadm-raid1" (an ESP on each disk, the root mirrored)
#         devices   stable paths of the chosen disks, in the layout's order
#         esp_size  sgdisk's size word for the ESP
#         bios      a BIOS boot loader's layout: the loader's own partition disk-main-boot in the place of an ESP
#         disko     a verbatim disko spec: not here, refused by name
# Output: { destroy; format; mount; unmount; esp = [ block devices of the ESPs ]; root = block device of the root; }
#         The first four are bash texts (`set -efux`) for the installer. The first disk's partitions are disk-main-ESP (or
#         disk-main-boot) and disk-main-root, the second's disk-disk1-ESP and disk-disk1-root, mounted at /mnt, /mnt/boot and
#         /mnt/boot1. Only `destroy` removes anything. `format` makes what is missing, leaves what is there, can be repeated,
#         and refuses a disk that holds a partition or file system of anybody else.
#         The 1 MiB before the first partition is left alone beyond the partition table's own sectors (0 to 33).
{ layout ? "single-ext4", devices, esp_size ? "512M", bios ? false, disko ? null, ... }:
let
  kind = if bios then "boot" else "ESP";
  disks = builtins.genList (number: rec {
    device = builtins.elemAt devices number;
    name = if number == 0 then "main" else "disk${toString number}";
    place = if number == 0 then "/mnt/boot" else "/mnt/boot${toString number}";
    first = "disk-${name}-${kind}";
    second = "disk-${name}-root";
    boot = "/dev/disk/by-partlabel/${first}";
    root = "/dev/disk/by-partlabel/${second}";
  }) (builtins.length devices);
  main = builtins.head disks;
  each = make: builtins.concatStringsSep "\n" (map make disks);
  reversed = builtins.foldl' (done: disk: [ disk ] ++ done) [ ] disks;
  without_esp = text: if bios then "" else text;

  # Partition names are links made by udev: late at times, and another disk's partition may bear the same name.
  check = disk: label: ''
    udevadm wait --timeout=30 "${label}"
    test "$(lsblk -ndo PKNAME "$(readlink -f "${label}")")" = "$(basename "$(readlink -f "${disk.device}")")"
  '';
  check_both = disk: check disk disk.boot + check disk disk.root;
  filesystem = label: type: command: ''
    found=$(blkid -p -s TYPE -o value "${label}" || true)
    if [ -z "$found" ]; then
      ${command} "${label}"
    elif [ "$found" != ${type} ]; then
      echo "${label} holds $found, not ${type}: left alone" >&2
      exit 1
    fi
  '';
  ext4_on = device: filesystem device "ext4" "mkfs.ext4 -q -F -L root -E nodiscard,lazy_itable_init=1,lazy_journal_init=1";
  # One sgdisk call writes the whole table or nothing, so after a power cut there are both partitions or none.
  partition = disk: ''
    test -b "${disk.device}"
    found=$(blkid -p -o export "${disk.device}" || true)
    names=$(sgdisk --print "${disk.device}" | sed -n 's/^ *[0-9][0-9]* .* //p' | tr '\n' ' ')
    case $found in
      "" | *PTTYPE=gpt*) ;;
      *) echo "${disk.device} is not blank: $found" >&2; exit 1 ;;
    esac
    case $names in
      "")
        sgdisk --clear --align-end \
          --new=1:0:+${if bios then "1M" else esp_size} --typecode=1:${if bios then "EF02" else "EF00"} \
          --change-name=1:${disk.first} \
          --new=2:0:-0 --typecode=2:8300 --change-name=2:${disk.second} "${disk.device}"
        # The kernel reads a new table twice: links that are there now may go and come once more.
        udevadm settle --timeout=30
        ;;
      "${disk.first} ${disk.second} ") ;;
      *) echo "${disk.device} holds partitions of somebody else: $names" >&2; exit 1 ;;
    esac
    ${check_both disk}
    ${without_esp (filesystem disk.boot "vfat" "mkfs.vfat -F 32 -n ESP")}
  '';
  # Partitions before the disk: what is made in their places must not find the old file systems.
  wipe = disk: ''
    for part in $(lsblk -nrpo NAME "${disk.device}" | tac); do wipefs --all --force "$part"; done
    sgdisk --zap-all "${disk.device}"
  '';
  mount_esp = disk: without_esp ''
    if ! findmnt ${disk.place}; then mount -t vfat -o umask=0077,X-mount.mkdir "${disk.boot}" ${disk.place}; fi
  '';
  mount_root = device: ''
    if ! findmnt /mnt; then mount -t ext4 -o noatime,X-mount.mkdir "${device}" /mnt; fi
  '';
  unmount_all = ''
    ${builtins.concatStringsSep "\n" (map (disk: "if findmnt ${disk.place}; then umount ${disk.place}; fi") reversed)}
    if findmnt /mnt; then umount -R /mnt; fi
  '';
  esp = if bios then [ ] else map (disk: disk.boot) disks;

  single-ext4 = {
    destroy = ''
      set -efux
      umount -R /mnt || true
      ${wipe main}
      udevadm settle --timeout=30
    '';
    format = ''
      set -efux
      ${partition main}
      ${ext4_on main.root}
    '';
    mount = ''
      set -efux
      ${check_both main}
      ${mount_root main.root}
      ${mount_esp main}
    '';
    unmount = "set -efux\n${unmount_all}";
    inherit esp;
    inherit (main) root;
  };

  # The mirror is started here and stopped by `unmount`; nothing else on the installer touches arrays.
  array = "/dev/md/root";
  members = builtins.concatStringsSep " " (map (disk: "\"${disk.root}\"") disks);
  # A member of an array that is neither ours nor complete is refused by mdadm itself, or below as another file system.
  assemble = ''
    if [ ! -e ${array} ]; then
      mdadm --assemble ${array} ${members}
      udevadm wait --timeout=30 ${array}
    fi
  '';
  mdadm-raid1 = {
    destroy = ''
      set -efux
      umount -R /mnt || true
      if [ -e ${array} ]; then mdadm --stop ${array}; fi
      ${each (disk: ''
        for held in $(lsblk -nrpo NAME,TYPE "${disk.device}" | sed -n 's/ raid1$//p'); do mdadm --stop "$held"; done
      '')}
      ${each wipe}
      udevadm settle --timeout=30
    '';
    format = ''
      set -efux
      ${each partition}
      have=0
      ${each (disk: ''
        found=$(blkid -p -s TYPE -o value "${disk.root}" || true)
        case $found in
          "") ;;
          linux_raid_member) have=$((have + 1)) ;;
          *) echo "${disk.root} holds $found, not a mirror's half: left alone" >&2; exit 1 ;;
        esac
      '')}
      # Some but not all: the power went while the mirror was made, so nothing is on it yet.
      if [ ! -e ${array} ] && [ $have -lt ${toString (builtins.length devices)} ]; then
        mdadm --create ${array} --run --level=1 --raid-devices=${toString (builtins.length devices)} \
          --metadata=1.2 --bitmap=internal --homehost=any ${members}
        udevadm wait --timeout=30 ${array}
      fi
      ${assemble}
      ${ext4_on array}
    '';
    mount = ''
      set -efux
      ${each check_both}
      ${assemble}
      ${mount_root array}
      ${each mount_esp}
    '';
    unmount = ''
      set -efux
      ${unmount_all}
      if [ -e ${array} ]; then mdadm --stop ${array}; fi
    '';
    inherit esp;
    root = array;
  };
  layouts = { inherit single-ext4 mdadm-raid1; };
  takes = { single-ext4 = 1; mdadm-raid1 = 2; };
in
  if disko != null && disko != "" then
    throw "this is the rehearsal's layout expression; a disko spec needs disko itself (LANDSCAPER_DISKO)"
  else if !(layouts ? ${layout}) then
    throw "no layout ${layout} here; there is: ${toString (builtins.attrNames layouts)}"
  else if builtins.length devices != takes.${layout} then
    throw "layout ${layout} takes ${toString takes.${layout}} disk(s), not ${toString (builtins.length devices)}"
  else layouts.${layout}
