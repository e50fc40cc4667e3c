"""Somebody without the right key answers at a server's address, in every phase: refused, said, and nothing is done with it."""

from rack.expect import expect, same
from rack.pinned_ssh import make_key
from rack.rack import Rack
from rack.test_rack_up import check_installed
from rack.test_refusals import impostor_sshd

# Where serve is stopped so that the next thing it does is to log in, in that phase.
BEFORE_LOGIN = {"installer": "installation.clock.intent", "gate": "installation.evidence.intent",
                "format": "installation.format.intent", "copy": "installation.copy.intent",
                "loader": "installation.loader.intent", "reboot": "installation.finish.proof",
                "rotate": "ssh_host_public_key.commit.intent", "system": "nixos.activate.intent"}


class Impostor:
    """A machine with a MAC and a host key of its own, at px01's address, whose cable is in or out."""

    def __init__(self, rack: Rack, folder):
        self.rack = rack
        rack.network.add_namespace("impostor", rack.inventory["px01"]["ip"], "52:54:00:ff:00:02")
        make_key(folder / "impostor_key")
        rack.network.spawn("impostor", impostor_sshd(rack.systems["base"], folder), stderr=(folder / "impostor.log").open("wb"))
        self.plug(False)

    def plug(self, is_in: bool) -> None:
        """Its cable in and the server's out, or the other way round."""
        self.rack.network.set_link("to-impostor", "up" if is_in else "down")
        self.rack.network.set_link(self.rack.hosts["px01"].tap, "down" if is_in else "up")
        self.rack.network.run("appliance", "ip", "neigh", "flush", "all")


def test_an_impostor_is_refused_in_every_phase(folder) -> None:
    rack = Rack(folder)
    impostor = Impostor(rack, folder)
    for phase, line in BEFORE_LOGIN.items():
        rack.appliance.start(kill_at=line)
        if phase == "installer":
            rack.power_on()
        rack.appliance.wait_killed(300)
        impostor.plug(True)
        rack.start()
        row = rack.appliance.wait_for("px01", lambda row: "another host key" in row["sentence"], 120)
        same((row["phase"], row["condition"]), (phase, "HOLD"), "phase and condition with an impostor")
        print(f"    {phase}: {row['sentence']}", flush=True)
        _, name, moment = line.split(".")
        left = [step for step in row["steps"] if step["step"] == name and not step["proof"]]
        expect(left or moment == "proof", f"{phase}: the impostor proved {name}")
        rack.appliance.kill()
        impostor.plug(False)
    rack.start()
    row = rack.appliance.wait_ok("px01")
    same(row["attempt"], 1, "attempt")
    check_installed(rack, "px01")
