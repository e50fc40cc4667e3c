"""A server of the rack: QEMU without KVM, with firmware variables, disks and one NIC that outlive its power.

Times are the host's. Never reads the guest's disks while it runs.
"""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from rack.drives import Drive
from rack.firmware import UEFI, Firmware, uefi_files
from rack.measure import process_usage
from rack.network import Network, in_namespace
from rack.qmp import Qmp
from rack.serial_log import SerialLog

# QEMU gives the firmware this order of devices, at every power-on anew (as firmware does that puts the network back on
# top). With "own" the firmware's own BootOrder holds, and what the installer sets lasts.
BOOT_ORDERS = {"own": (), "network_first": ("network", "disk"), "disk_first": ("disk", "network")}

# A reset leaves TCG's translations of the last kernel in place, and firmware that writes over pages with such code may
# be four times as slow: 64 MB of them are emptied often enough, and cost nothing else.
ACCELERATOR = "tcg,tb-size=64"

# TCG moves one byte in each round of `rep movsb`: without ERMS the guest's kernel copies and clears eight at a time.
PROCESSOR = "max,erms=off"


class Host:
    """One server. `disks` are raw images made by rack.disk; `folder` gets variables, serial log and QEMU's messages."""

    def __init__(self, network: Network, folder: Path, name: str, mac: str, *disks: Path, memory: int = 2048,
                 kernel: Path | None = None, initrd: Path | None = None, command_line: str = "", firmware: Firmware = UEFI,
                 controller: str = "virtio"):
        self.network, self.folder, self.name, self.mac, self.memory = network, folder, name, mac, memory
        self.disk = disks[0]
        self.drives = [Drive(image, f"disk-{name}" if slot == 0 else f"disk{slot}-{name}", controller)
                       for slot, image in enumerate(disks)]
        self.direct = (["-kernel", kernel, "-initrd", initrd, "-append", command_line] if kernel else [])
        self.boot_order, self.firmware = "own", firmware
        self.tap = network.add_tap(f"tap-{name}"[:15])
        self.variables = folder / f"{name}.vars.fd"
        shutil.copyfile(uefi_files()[1], self.variables)
        self.process: subprocess.Popen | None = None
        self.serial: SerialLog | None = None
        self.powered_on = 0.0

    def arguments(self) -> list:
        def index(device: str) -> str:
            order = BOOT_ORDERS[self.boot_order]
            return f",bootindex={order.index(device) + 1}" if order else ""

        return [
            "qemu-system-x86_64", "-name", self.name, "-machine", "q35,graphics=off", "-accel", ACCELERATOR,
            "-cpu", PROCESSOR, "-smp", "1", "-m", self.memory, "-nodefaults", "-no-user-config", "-display", "none",
            *self.firmware.machine(self.variables),
            *(word for slot, drive in enumerate(self.drives) if not drive.pulled
              for word in drive.arguments(slot, index("disk") if slot == 0 else "")),
            "-netdev", f"tap,id=lan,ifname={self.tap},script=no,downscript=no",
            *self.firmware.network_card(self.mac, index("network")),
            "-device", "virtio-rng-pci", "-serial", "stdio",
            "-qmp", f"unix:/run/{self.name}.qmp,server=on,wait=off", *self.direct,
        ]

    def power_on(self) -> None:
        """Starts the machine; the serial log of earlier runs is kept in the file, `serial.lines` starts empty."""
        messages = (self.folder / f"{self.name}.qemu.log").open("ab")
        self.process = subprocess.Popen(in_namespace("switch", self.arguments()), stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=messages)
        self.powered_on = time.monotonic()
        self.serial = SerialLog(self.process.stdout, self.folder / f"{self.name}.serial.log")

    def is_on(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def monitor(self) -> Qmp:
        return Qmp(f"/run/{self.name}.qmp")

    def reset(self) -> None:
        """The reset button."""
        self.monitor().command("system_reset")

    def cut_power(self) -> None:
        """Pulls the plug: nothing in the guest gets a chance to write."""
        if self.is_on():
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait(30)

    def wait_off(self, seconds: float) -> None:
        """Waits until the machine has switched itself off."""
        self.process.wait(seconds)

    def usage(self) -> dict:
        """Peak memory in MB and CPU seconds of this machine's QEMU so far."""
        return process_usage(self.process.pid)
