# Puts together what landscaper-facts has read. Pure: the only input are the named values.

def lines($text): $text | split("\n") | map(select(. != ""));
def fields($text): lines($text) | map(split("\t"));
def trimmed: if . == null then null else gsub("^\\s+|\\s+$"; "") | if . == "" then null else . end end;
def number_of: reduce (ascii_downcase | ltrimstr("0x") | explode[]) as $c
    (0; . * 16 + (if $c >= 97 then $c - 87 else $c - 48 end));
def device_name: split("/") | last;

# /sys/block/sda/device/wwid:naa.5000... -> {"sda": "naa.5000..."}; an entry of the disk itself wins.
def wwids: reduce (lines($wwid) | sort_by(test("/device/wwid:")) | reverse)[] as $line
    ({}; . + ($line | capture("^/sys/block/(?<key>[^/]+)/(device/)?wwid:(?<value>.*)$")
        | {(.key): (.value | gsub("\\s+"; " ") | trimmed)}));
def links: reduce fields($by_id)[] as [$name, $target] ({}; .[$target | device_name] += ["/dev/disk/by-id/" + $name]);
def holders_of: reduce fields($holders)[] as [$folder, $holder]
    ({}; .[$folder | split("/") | .[-2]] += ["/dev/" + $holder]);
# A volume group's members bear UUIDs of their own.
def groups_of: reduce fields($groups)[] as [$member, $group] ({}; .[$member | trimmed] = $group);
def signatures_of: groups_of as $groups | [$signatures[].signatures[]?] | map({
    device: ("/dev/" + (.device | device_name)), offset: (.offset | number_of), type, "label": .label, uuid})
    | map(.set = if .type != "LVM2_member" then .uuid elif $groups[.device] == "" then .uuid else $groups[.device] end);
def markers_of: reduce fields($markers)[] as [$disk, $block] ({}; .[$disk] += [$block]);

wwids as $wwids | links as $links | holders_of as $held | signatures_of as $found | markers_of as $marked
| [$lsblk[0].blockdevices[] | select(.type == "disk" and .size > 0)] as $disks
| {
    version: 1,
    image: ($image | trimmed),
    kernel: $kernel,
    clock: $clock,
    coldplug: $coldplug,
    firmware: $firmware,
    secure_boot: ($secure_boot | trimmed == "1"),
    boot_current: (if ($boot_current | trimmed) == null then null
        else $boot_current | trimmed | split(" ") | map(tonumber) | .[0] + 256 * .[1] end),
    ram: ($ram * 1024),
    disks: [$disks[] | . as $disk | [.children[]? | select(.type == "part")] as $parts | {
        path,
        by_id: (($links[.name] // []) | sort),
        wwid: $wwids[.name],
        model: (.model | trimmed),
        serial: (.serial | trimmed),
        size,
        logical_sector: ."log-sec",
        physical_sector: ."phy-sec",
        removable: .rm,
        read_only: .ro,
        rotational: .rota,
        transport: (.tran // (if .name | startswith("mmcblk") then "mmc"
            elif .name | startswith("vd") then "virtio" else null end)),
        partition_table: .pttype,
        partitions: [$parts[] | {path, size}],
        holders: ([$held[(.name, $parts[].name)][]?] | unique),
        mounted: ([.. | .mountpoints? // empty | .[] | select(. != null)] | unique),
        signatures: [$found[] | select(.device as $d | $d == $disk.path or any($parts[]; .path == $d))],
        markers: ($marked[.path] // []),
        multipath: [$disks[] | select(.name != $disk.name and $wwids[.name] != null
            and $wwids[.name] == $wwids[$disk.name]).path],
        errors: [$errors[] | select(.device as $d | $d == $disk.path or any($parts[]; .path == $d)) | .error]
    }],
    nics: [fields($nics)[] as [$name, $mac, $carrier, $speed, $driver] | {
        $name, mac: ($mac | ascii_downcase), link: ($carrier == "1"),
        speed: ($speed | trimmed | if . == null or startswith("-") then null else tonumber end),
        driver: ($driver | trimmed)
    }]
}
