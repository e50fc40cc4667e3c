# NixOS-shaped systems out of Debian's files: `base` (cloud kernel), `generic_base`, `toplevel` (generic kernel, more
# packages), and two that do not work, for the ways back.
# `base` and `toplevel` are there once more for each layout whose root stage 1 must know more for.
# `stage` is the folder that `build` fills: one folder per tree, one file per kernel and initrd. No nixpkgs.
{ stage }:
let
  tree = name: builtins.path { path = stage + "/${name}"; inherit name; };
  busybox = tree "busybox";

  # A store path made by a shell script in $out.
  make = name: script: builtins.derivation {
    inherit name;
    system = "x86_64-linux";
    builder = "${busybox}/bin/busybox";
    args = [ "sh" "-euc" "export PATH=${busybox}/bin\n${script}" ];
  };

  # All packages' files as links in one tree, the earlier package winning; busybox fills what is missing.
  environment = name: packages: make "${name}-path" ''
    mkdir -p $out/bin
    for package in ${toString packages} ${busybox}; do
      cd $package
      find . -type d ! -name . | while read -r folder; do mkdir -p $out/$folder; done
      find . ! -type d | while read -r file; do [ -e $out/$file ] || ln -s $package/$file $out/$file; done
    done
    ln -s ${tree "grub"}/bin/grub-editenv $out/bin/
    ln -sf bash $out/bin/sh
    ln -s bin $out/sbin
    cat >$out/bin/nixos-version <<'END'
    #!${busybox}/bin/sh
    exec ${busybox}/bin/cat /run/current-system/nixos-version
    END
    sed -i 's/^    //' $out/bin/nixos-version
    chmod +x $out/bin/nixos-version
  '';

  # The toplevel of a generation: the names are NixOS'.
  system = { label, kernel, modules, initrd, packages, services, etc ? "etc" }: let
    sw = environment label packages;
  in make "nixos-system-rehearsal-25.05.rehearsal-${label}" ''
    mkdir -p $out/bin
    ln -s ${tree kernel}/bzImage $out/kernel
    ln -s ${tree initrd}/initrd $out/initrd
    ln -s ${tree modules} $out/kernel-modules
    ln -s ${sw} $out/sw
    ln -s ${tree etc} $out/etc
    ln -s ${services}/run $out/services
    printf '%s' 'console=tty0 console=ttyS0,115200 net.ifnames=0 panic=60 loglevel=4' >$out/kernel-params
    printf '%s' '25.05.rehearsal-${label}' >$out/nixos-version
    printf '%s' x86_64-linux >$out/system
    for file in init:stage-2-init activate:activate rc:rc install-boot-loader:install-boot-loader \
        bin/switch-to-configuration:switch-to-configuration; do
      sed -e "s|@out@|$out|g" -e 's|@sw@|${sw}|g' -e 's|@busybox@|${busybox}|g' -e 's|@etc@|${tree etc}|g' \
        -e 's|@grub@|${tree "grub"}|g' -e 's|@accounts@|${tree "accounts"}|g' -e 's|@loader@|${tree "systemd-boot"}/systemd-bootx64.efi|g' \
        ${tree "files"}/''${file#*:} >$out/''${file%%:*}
      chmod +x $out/''${file%%:*}
    done
  '';

  service = name: script: make name ''
    mkdir $out
    printf '%s\n' '#!${busybox}/bin/sh' 'echo $$ >/run/services.pid' '${script}' >$out/run
    chmod +x $out/run
  '';

  basePackages = map tree (builtins.fromJSON (builtins.readFile (stage + "/base-packages.json")));
  morePackages = map tree (builtins.fromJSON (builtins.readFile (stage + "/more-packages.json")));

  # A layout is "" or "-" and its name: it adds to initrd, programs and /etc.
  tools = layout: if layout == "" then [ ] else [ (tree "tools${layout}") ];
  base = layout: system {
    label = "base";
    kernel = "linux-cloud"; modules = "linux-cloud-modules"; initrd = "initrd-cloud${layout}"; etc = "etc${layout}";
    packages = basePackages ++ tools layout;
    services = service "no-services" "exec ${busybox}/bin/sleep 2000000000";
  };
  # The role's service: a page on port 8006, where a Proxmox VE node would answer.
  toplevel = layout: system {
    label = "toplevel";
    kernel = "linux-generic"; modules = "linux-generic-modules"; initrd = "initrd-generic${layout}"; etc = "etc${layout}";
    packages = basePackages ++ morePackages ++ tools layout;
    services = service "role-services" "exec ${busybox}/bin/httpd -f -p 8006 -h ${tree "role-page"}";
  };
in {
  base = base "";
  toplevel = toplevel "";
  btrfs_base = base "-btrfs";
  btrfs_toplevel = toplevel "-btrfs";
  lvm_thin_base = base "-lvm-thin";
  lvm_thin_toplevel = toplevel "-lvm-thin";
  # For disks that the cloud kernel has no driver for.
  generic_base = system {
    label = "base";
    kernel = "linux-generic"; modules = "linux-generic-modules"; initrd = "initrd-generic";
    packages = basePackages;
    services = service "no-services" "exec ${busybox}/bin/sleep 2000000000";
  };
  # Two that must not stay: one takes the network away as long as its services run, one has an initrd that ends at once.
  cut_off = system {
    label = "cut-off";
    kernel = "linux-cloud"; modules = "linux-cloud-modules"; initrd = "initrd-cloud";
    packages = basePackages;
    services = service "cutting-services" ''
      export PATH=${busybox}/bin
      trap "ip link set eth0 up; exit 0" TERM
      ip link set eth0 down
      while :; do sleep 1; done
    '';
  };
  dead_kernel = system {
    label = "dead-kernel";
    kernel = "linux-generic"; modules = "linux-generic-modules"; initrd = "initrd-dead";
    packages = basePackages;
    services = service "no-services" "exec ${busybox}/bin/sleep 2000000000";
  };
}
