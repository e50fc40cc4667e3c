"""A root expression beside the inventory, written by hand without nixpkgs: nixops4.nix in the rack's folder."""

import json
import os
import shlex
import subprocess
import time

from rack.appliance import SOCKET, program
from rack.expect import expect, same
from rack.pinned_ssh import PinnedSsh
from rack.rack import Rack
from rack.test_rack_up import check_installed, login

HELPERS = """
      provider = name: { executable = "landscaper"; args = [ "provider" name ]; type = "stdio"; };
      resource = family: type: inputs: outputs: { resource = {
        provider = provider family;
        inherit type inputs;
        outputsSkeleton = builtins.listToAttrs (map (name: { inherit name; value = { }; }) outputs);
        state = null;
      }; };
      kept = component: { resource = component.resource // { state = [ "store" ]; }; };
      exec = executable: args: resource "local" "exec" { inherit executable args; } [ "stdout" ];
      memo = value: kept (resource "local" "memo" { initialize_with = value; } [ "value" ]);
"""


def root(members: str) -> str:
    return f"""{{
  _type = "nixops4Component";
  rootFunction = {{ outputValues, hosts, ... }}:
    let{HELPERS}      o = outputValues;
    in {{ members = {{
{members}
    }}; }};
}}
"""


def write_root(rack: Rack, text: str) -> None:
    fresh = rack.appliance.network_folder / "nixops4.new"
    fresh.write_text(text)
    fresh.rename(rack.appliance.network_folder / "nixops4.nix")


def resources(rack: Rack) -> dict:
    """State by path, of what belongs to no host."""
    shot = json.loads(rack.appliance.command("hosts", "--json").stdout)
    return {row["path"]: row for row in shot["resources"]}


def wait_for(rack: Rack, what, seconds: float = 60) -> dict:
    """Waits until `what(snapshot)` holds."""
    deadline = time.monotonic() + seconds
    while True:
        shot = json.loads(rack.appliance.command("hosts", "--json").stdout)
        if what(shot):
            return shot
        if time.monotonic() > deadline:
            raise TimeoutError(f"{shot['resources']} {shot['inventory_problems']} {shot['evaluation']}")
        time.sleep(0.1)


APPS = """      store = resource "local" "state_file" { name = "apps.json"; } [ ];
      names = exec "/bin/echo" [ "-n" "%s" ];
      list = memo o.names.stdout;
      apps = { members = builtins.listToAttrs (map (name: { inherit name; value.members = {
        secret = memo "secret of ${name}";
        page = resource "local" "file" { name = "${name}.txt"; contents = o.apps.${name}.secret.value; } [ ];
      }; }) (builtins.filter builtins.isString (builtins.split " " o.names.stdout))); };"""


def check_operations(rack: Rack) -> None:
    """`landscaper run` as an operator types it."""
    listed = rack.appliance.command("run", "names").stdout
    print("    " + listed.strip().replace("\n", "\n    "), flush=True)
    same([line.split()[0] for line in listed.splitlines()], ["read", "refresh", "run"], "operations of local.exec")
    ran = rack.appliance.command("run", "names", "run")
    same((ran.returncode, json.loads(ran.stdout)), (0, {"stdout": "blue green"}), f"run again: {ran.stderr}")
    same(rack.appliance.json("run", "list", "read")["outputs"], {"value": "blue green"}, "what the memo holds")
    wrong = rack.appliance.command("run", "names", "run", "colour=red")
    expect(wrong.returncode == 1 and 'takes no argument "colour"; it takes none' in wrong.stderr, f"a wrong argument: {wrong.stderr}")
    wrong = rack.appliance.command("run", "names", "walk")
    expect(wrong.returncode == 1 and "there is: read, refresh, run" in wrong.stderr, f"a wrong operation: {wrong.stderr}")
    same(rack.appliance.command("run", "names", "run", "colour").returncode, 2, "no argument at all")


def test_a_root_by_hand_is_planned_applied_corrected_and_kept(folder) -> None:
    rack = Rack(folder)
    write_root(rack, root(APPS % "blue green"))
    rack.start()
    rack.appliance.wait_ready()
    done = rack.appliance.command("apply", "apps", timeout=120)
    print(f"    apply: {done.stdout.strip().splitlines()[-1:]}", flush=True)
    same(done.returncode, 0, f"landscaper apply apps: {done.stderr}")
    same((rack.appliance.network_folder / "green.txt").read_text(), "secret of green", "what the file says")
    same({path: row["state"] for path, row in resources(rack).items()},
         {"store": "done", "names": "done", "list": "done", "apps.blue.page": "done", "apps.blue.secret": "done",
          "apps.green.page": "done", "apps.green.secret": "done"}, "resources")
    kept = (rack.appliance.network_folder / "apps.json").read_text()
    expect("secret of green" in kept, "the state resource holds no entry of its siblings")
    plan = rack.appliance.command("plan", "apps")
    same(plan.returncode, 0, f"nothing would change: {plan.stdout}")
    check_operations(rack)

    write_root(rack, root(APPS % "blue red"))
    wait_for(rack, lambda shot: any(row["path"] == "list" and row["state"] == "person" for row in shot["resources"]))
    plan = rack.appliance.command("plan")
    print("    " + plan.stdout.strip().replace("\n", "\n    "), flush=True)
    same(plan.returncode, 4, "plan of a changed root")
    expect("update    list (local.memo)" in plan.stdout, "the plan does not say that list is updated")
    expect("orphan    apps.green.secret" in plan.stdout, "the plan does not say that green is declared no more")

    lines = root(APPS % "blue red").splitlines()
    lines[11] = lines[11].replace("component.resource", "componnent.resource")
    write_root(rack, "\n".join(lines))
    shot = wait_for(rack, lambda shot: shot["inventory_problems"])
    print(f"    {shot['inventory_problems']}", flush=True)
    expect(shot["inventory_problems"][0].startswith("nixops4.nix:12:"), "the error does not begin with file and line")
    expect("undefined variable 'componnent'" in shot["inventory_problems"][0], "the error does not say what is wrong")
    same(resources(rack)["names"]["state"], "done", "what was declared stays in force")
    same(rack.appliance.command("apply", timeout=60).returncode != 0, True, "apply of a root that is refused")


def ask_provider(rack: Rack, family: str, kind: str, inputs: dict) -> dict:
    """One request to `landscaper provider FAMILY`, as NixOps4 sends it; the answer."""
    line = json.dumps({"createResourceRequest": {"type": kind, "inputProperties": inputs, "isStateful": False}})
    done = subprocess.run([str(w) for w in rack.appliance.command_line("provider", family)], input=line + "\n", capture_output=True,
                          text=True, timeout=60)
    same(done.returncode, 0, f"landscaper provider {family}: {done.stderr}")
    return json.loads(done.stdout)


def test_providers_of_host_resources_ask_the_daemon(folder) -> None:
    rack = Rack(folder)
    rack.inventory["px01"]["managed_by"] = "nixops4"
    rack.write_inventory()
    said = ask_provider(rack, "ssh", "keypair", {"host": "px01", "attempt": 1})
    expect("landscaper serve does not answer; start it" in said["errorResponse"]["message"], f"no daemon: {said}")
    rack.start()
    outputs = ask_provider(rack, "ssh", "keypair", {"host": "px01", "attempt": 1})["createResourceResponse"]["outputProperties"]
    expect(outputs["public_key"].startswith("ssh-ed25519 "), f"outputs: {outputs}")
    same(ask_provider(rack, "ssh", "keypair", {"host": "px01", "attempt": 1})["createResourceResponse"]["outputProperties"], outputs,
         "asked again")
    said = ask_provider(rack, "ssh", "keypair", {"host": "px99", "attempt": 1})
    expect("there is no host px99 in inventory.yaml" in said["errorResponse"]["message"], f"unknown host: {said}")
    rack.inventory["px01"].pop("managed_by")
    rack.write_inventory()
    deadline = time.monotonic() + 60
    while "errorResponse" not in (said := ask_provider(rack, "ssh", "keypair", {"host": "px01", "attempt": 1})):
        expect(time.monotonic() < deadline, "the changed inventory is not taken up")
    expect("managed by its line in inventory.yaml" in said["errorResponse"]["message"], f"two drivers: {said}")


def check_provider(rack: Rack, family: str, kind: str, inputs: dict, changed: dict, spoil: str = "") -> dict:
    """`landscaper provider-check` of a real `landscaper provider FAMILY` that asks the running daemon; verdict by step."""
    done = rack.appliance.command("provider-check", "--json", "--type", kind, "--inputs", json.dumps(inputs), "--changed",
                                  json.dumps(changed), *(("--spoil", spoil) if spoil else ()), program("landscaper"), "provider",
                                  family, timeout=600)
    steps = json.loads(done.stdout)
    print(f"    {family}.{kind}: " + ", ".join(f"{step['step']}: {step['verdict']} {step['sentence']}" for step in steps), flush=True)
    return {step["step"]: step["verdict"] for step in steps}


LIFE = {"a type that does not exist is refused": "ok", "it is created": "ok",
        "applied again without a change, it is the same": "ok", "it is updated": "ok",
        "the same update, sent again after a crash, works": "ok", "what others do to it is seen": "left out",
        "and put right": "left out", "it is destroyed": "ok", "it is gone": "ok",
        "it is destroyed once more, which is no error": "ok"}
SPOILT_LIFE = LIFE | {"what others do to it is seen": "ok", "and put right": "ok"}


def began(rack: Rack, family: str, kind: str, inputs: dict) -> subprocess.Popen:
    """A provider in the middle of a create: it has said what it waits for."""
    line = json.dumps({"createResourceRequest": {"type": kind, "inputProperties": inputs, "isStateful": True}})
    running = subprocess.Popen([str(w) for w in rack.appliance.command_line("provider", family)], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    running.stdin.write(line + "\n")
    running.stdin.flush()
    for said in running.stderr:
        if "switch it on" in said:
            return running
    raise RuntimeError(f"it ended without waiting: {running.stdout.read()}")


def test_host_types_conform_over_stdio_as_far_as_goes_without_a_server(folder) -> None:
    rack = Rack(folder)
    rack.inventory["px01"]["managed_by"] = "nixops4"
    rack.write_inventory()
    rack.start()
    rack.appliance.wait_ready()
    one, two = {"host": "px01", "attempt": 1}, {"host": "px01", "attempt": 2}
    # The folder of keys is a tmpfs, which a power cut empties.
    losing_the_key = f"rm {os.path.dirname(SOCKET)}/keys/*"
    same(check_provider(rack, "ssh", "keypair", one, two, losing_the_key), SPOILT_LIFE, "ssh.keypair")
    key = ask_provider(rack, "ssh", "keypair", one)["createResourceResponse"]["outputProperties"]["public_key"]
    nbp = {"public_key": key}
    same(check_provider(rack, "pxe", "nbp", one | nbp, two | nbp, losing_the_key), SPOILT_LIFE, "pxe.nbp")
    # What was offered and not fetched is withdrawn: the next key is another.
    outputs = ask_provider(rack, "ssh", "keypair", one)["createResourceResponse"]["outputProperties"]
    expect(outputs["public_key"] != key, "the payload of a destroyed pxe.nbp is offered again")
    ask_provider(rack, "pxe", "nbp", one | {"public_key": outputs["public_key"]})

    install = one | {"disk": {"layout": "single-ext4"}, "base": rack.systems["base"]}
    running = began(rack, "host", "install", install)
    same(rack.appliance.host("px01")["condition"], "person", "while it waits to be switched on")
    running.kill()
    running.wait()
    # The daemon's job goes on, and the next request attaches to it.
    again = began(rack, "host", "install", install)
    same(rack.appliance.host("px01")["condition"], "person", "asked again")
    again.stdin.close()
    again.kill()
    again.wait()

    for family, kind, inputs in (("ssh", "keypair", {}), ("pxe", "nbp", nbp), ("host", "install", install), ("nixos", "system", {})):
        said = ask_provider(rack, family, kind, one | inputs | {"host": "px99"})["errorResponse"]["message"]
        expect("there is no host px99 in inventory.yaml" in said, f"{family}.{kind} of an unknown host: {said}")
        said = ask_provider(rack, family, kind, inputs | {"host": "px01", "atempt": 1})["errorResponse"]["message"]
        expect("atempt" in said or "is missing" in said, f"{family}.{kind} with wrong inputs: {said}")
        said = ask_provider(rack, family, kind, inputs | {"attempt": 1} | {"host": 7})["errorResponse"]["message"]
        expect("has no input host" in said, f"{family}.{kind} whose host is no name: {said}")


CHAIN = """      px01.members = {
        key = resource "ssh" "keypair" { host = "px01"; attempt = 1; } [ "public_key" "private_key_file" ];
        nbp = resource "pxe" "nbp" { host = "px01"; attempt = 1; public_key = o.px01.key.public_key; } [ "entry" ];
        installation = resource "host" "install" { host = "px01"; attempt = 1; entry = o.px01.nbp.entry; disk = { layout = "single-ext4"; }; base = "%(base)s"; } [ "installation_id" "address" ];
        host_key = resource "ssh" "host_key" { host = "px01"; installation_id = o.px01.installation.installation_id; } [ "public_key" ];
        system = resource "nixos" "system" { host = "px01"; public_key = o.px01.host_key.public_key; toplevel = "%(toplevel)s"; } [ "generation" "toplevel" ];
      };
      after = exec "/bin/echo" [ o.px01.installation.address ];
      there = resource "ssh" "exec" { address = o.px01.installation.address; public_key = o.px01.host_key.public_key; command = "cat; readlink -f /run/current-system"; stdin = o.px01.system.toplevel + "\n"; } [ "stdout" ];
"""


def test_a_root_by_hand_brings_a_host_from_blank_to_ok(folder) -> None:
    rack = Rack(folder)
    # The inventory has a line for it and so knows its MAC; while the line does not say who drives it, nobody else may.
    write_root(rack, root(CHAIN % rack.systems))
    rack.start()
    shot = wait_for(rack, lambda shot: shot["inventory_problems"])
    expect("managed_by: nixops4" in shot["inventory_problems"][0], "a host claimed twice")
    rack.inventory["px01"]["managed_by"] = "nixops4"
    rack.write_inventory()
    wait_for(rack, lambda shot: not shot["inventory_problems"])
    rack.power_on()
    rack.appliance.wait_ok("px01")
    check_installed(rack, "px01")
    for member in ("after", "there"):
        wait_for(rack, lambda shot: any(row["path"] == member and row["state"] == "done" for row in shot["resources"]))
    said = rack.appliance.json("run", "there", "run")["stdout"]
    same(said.split(), 2 * [rack.systems["toplevel"]], "what ssh.exec printed")
    verified = rack.appliance.json("run", "px01.host_key", "verify")
    print(f"    verify: {verified}", flush=True)
    expect(verified["fingerprint"].startswith("SHA256:") and verified["boot_id"], "who answered")
    ran = rack.appliance.json("run", "px01.system", "generations")["generations"]
    same([one["toplevel"] for one in ran][-1:], [rack.systems["toplevel"]], "what ran")
    check_lives_of_what_is_there(rack)


TOLD_LIFE = LIFE | {"what others do to it is seen": "ok", "and put right": "refused"}
MARKER = "/dev/vda bs=4096 count=1 conv=fsync"


def check_lives_of_what_is_there(rack: Rack) -> None:
    """The types that need a server, on one that is installed: destroying them forgets, and touches nothing on it."""
    host = {"host": "px01"}
    ssh, systems = login(rack, "px01"), rack.systems

    def there(command: str) -> str:
        return shlex.join(["ssh", *ssh.options(), f"root@{ssh.address}", command])

    install = host | {"disk": {"layout": "single-ext4"}, "base": systems["base"]}
    ssh.run("dd if=/dev/vda of=/root/marker bs=4096 skip=128 count=1")
    same(check_provider(rack, "host", "install", install | {"attempt": 1}, install | {"attempt": 2},
                        there(f"dd if=/dev/zero of={MARKER} seek=128")), TOLD_LIFE, "host.install")
    ssh.run(f"dd if=/root/marker of={MARKER} seek=128")
    same(check_provider(rack, "ssh", "host_key", host | {"installation_id": "1"}, host | {"installation_id": "2"}), LIFE, "ssh.host_key")
    rack.appliance.json("run", "px01.host_key", "verify")
    system = host | {"public_key": "a"}
    same(check_provider(rack, "nixos", "system", system | {"toplevel": systems["toplevel"]}, system | {"toplevel": systems["base"]},
                        there(switch_to(systems["toplevel"]))), SPOILT_LIFE, "nixos.system")
    same(running(ssh), systems["base"], "what somebody else activated is put right")
    check_rollback(rack, ssh)


def switch_to(system: str) -> str:
    """Another administrator's commands, past landscaper."""
    return f"nix-env -p /nix/var/nix/profiles/system --set {system} && {system}/bin/switch-to-configuration switch"


def running(ssh: PinnedSsh) -> str:
    return ssh.run("readlink -f /run/current-system")


def check_rollback(rack: Rack, ssh: PinnedSsh) -> None:
    """To what ran before, which is what is declared; and once more, which the next look calls a change."""
    base, toplevel = rack.systems["base"], rack.systems["toplevel"]
    refused = rack.appliance.command("run", "px01.system", "rollback")
    expect(refused.returncode == 1 and "say so with confirm=px01" in refused.stderr, f"not confirmed: {refused.stderr}")
    for target, code in ((toplevel, 0), (base, 4)):
        answer = rack.appliance.json("run", "px01.system", "rollback", "confirm=px01", timeout=600)
        same((answer["toplevel"], running(ssh)), (target, target), "what rollback activated")
        plan = rack.appliance.command("plan", "--refresh", "px01.system")
        print("    " + (plan.stderr + plan.stdout).strip().replace("\n", "\n    "), flush=True)
        same(plan.returncode, code, f"plan --refresh: {plan.stdout}")
    expect("was changed by somebody else: toplevel" in plan.stdout, f"plan --refresh: {plan.stdout}")
    done = rack.appliance.command("apply", "px01.system", timeout=600)
    same((done.returncode, running(ssh)), (0, toplevel), f"apply goes forward again: {done.stderr}")
