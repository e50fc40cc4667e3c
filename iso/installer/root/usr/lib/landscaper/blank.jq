# The verdict of landscaper-blank. Pure: signatures come as wipefs' JSON objects on the input, the rest by name.
def words($text): $text | split("\n") | map(select(. != ""));
def number_of: reduce (ascii_downcase | ltrimstr("0x") | explode[]) as $c
    (0; . * 16 + (if $c >= 97 then $c - 87 else $c - 48 end));
def tables: ["gpt", "dos", "PMBR", "mac", "bsd", "sun", "sgi", "minix", "unixware", "solaris_x86", "atari"];

(if $device | startswith("/dev/") then "/dev/" else "" end) as $folder
| [inputs.signatures[]? | {device: (if .device == null then $device else $folder + .device end),
    offset: (.offset | number_of), type, "label": .label, uuid}] as $signatures
| words($partitions) as $partitions | words($holders) as $holders
| ($signatures | map(select(.type as $t | tables | index($t)))) as $found_tables
| (if $scan.reason == "in use" then "in use: mounted, swapped on, or part of an array or volume group"
    elif ($scan.error != null) then "\($scan.reason): \($scan.error)"
        + (if $scan.offset != null then " at offset \($scan.offset)" else "" end)
    elif ($holders | length) > 0 then "held by \($holders | join(", "))"
    elif ($partitions | length) > 0 then "has partitions: \($partitions | join(", "))"
    elif ($found_tables | length) > 0 then "has a partition table: \($found_tables | map(.type) | unique | join(", "))"
    elif ($signatures | length) > 0 then "has a signature: \($signatures[0] | "\(.type) at offset \(.offset)")"
    elif $marker != "" then "holds a landscaper marker at offset 524288"
    elif $scan.blank then null
    else "no known signature, but data at offset \($scan.offset)" end) as $reason
| {
    version: 1,
    $device,
    blank: ($reason == null),
    $reason,
    offset: ($scan.offset // $signatures[0].offset),
    size: $scan.size,
    fill: $scan.fill,
    $seed,
    $signatures,
    $partitions,
    $holders,
    marker: (if $marker == "" then null else $marker end)
}
