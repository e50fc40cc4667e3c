"""Operators' deployments beside the rack's own: apart in state and in trouble, with the rack's hosts in sight."""

import json
import subprocess
import time

from rack.appliance import STATE
from rack.expect import expect, same
from rack.rack import Rack
from rack.test_root_expression import root

# Everything is recorded in the deployment's own file.
OWN = """      own = component: { resource = component.resource // { state = [ ]; }; };
      keep = value: own (resource "local" "memo" { initialize_with = value; } [ "value" ]);
      page = name: contents: own (resource "local" "file" { inherit name contents; } [ ]);
"""


def own_root(members: str) -> str:
    return root(members).replace("      o = outputValues;", OWN + "      o = outputValues;")


FOO = """      key = page "key.txt" hosts.px01.installation_host_key.public_key;
      later = page "address.txt" hosts.px01.installation.address;
      secret = keep "%s";"""
BAR = """      db = page "db.txt" "db of bar";
      web = page "web.txt" "web";
      worker.members = { a = page "a.txt" "a"; b = page "b.txt" "b"; };"""
DEPLOYMENTS = """deployments:
  foo: { operator: { name: Foo University, email: ops@foo.example } }
"""
BAR_ENTRY = "  bar: { root: roots/bar.nix, launch: [[worker], [db], [web]] }\n"


def write(rack: Rack, name: str, text: str) -> None:
    file = rack.appliance.network_folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    fresh.write_text(text)
    fresh.rename(file)


def write_inventory(rack: Rack, extra: str) -> None:
    rack.appliance.write_inventory(rack.systems, rack.inventory, extra=extra)


def wait_for(rack: Rack, name: str, what, seconds: float = 60) -> dict:
    """Waits until `what(deployment)` holds; None when it is not shown."""
    deadline = time.monotonic() + seconds
    while True:
        shot = json.loads(rack.appliance.command("hosts", "--json").stdout)
        row = next((row for row in shot["deployments"] if row["name"] == name), None)
        if what(row):
            return row
        if time.monotonic() > deadline:
            raise TimeoutError(f"{row} {shot['inventory_problems']} {shot['resources']}")
        time.sleep(0.1)


def state_of(name: str) -> bytes:
    with open(f"{STATE}/engine/{name}.json", "rb") as file:
        return file.read()


def events_of(name: str) -> list:
    """(event, resource) in the order in which they were recorded."""
    text, at, out = state_of(name).decode(), 0, []
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        event, end = json.JSONDecoder().raw_decode(text, at)
        at = end
        for change in event["patch"]:
            if "/resources/" in change["path"] and change["path"].count("/resources/") == 1:
                out.append((change["op"], change["path"].split("/resources/")[-1]))
    return out


def test_deployments_are_apart(folder) -> None:
    rack = Rack(folder)
    appliance = rack.appliance
    write(rack, "deployments/foo/nixops4.nix", own_root(FOO % "one"))
    write(rack, "roots/bar.nix", own_root(BAR.replace("page", "pagee", 1)))
    write_inventory(rack, DEPLOYMENTS + BAR_ENTRY)

    checked = appliance.command("check", timeout=60)
    print("    " + "\n    ".join(checked.stdout.strip().splitlines()), flush=True)
    same(checked.returncode, 1, "check of a broken root")
    expect("BAD  deployment bar" in checked.stdout and "roots/bar.nix:" in checked.stdout and "'pagee'" in checked.stdout,
           "check does not say what is wrong with bar")
    expect("ok   deployment foo: 3 members" in checked.stdout, "check does not say that foo is well")

    rack.start()
    row = wait_for(rack, "bar", lambda row: row and row["problems"])
    expect(row["condition"] == "FAILED" and row["problems"][0].startswith("roots/bar.nix:"), f"bar: {row}")
    done = appliance.command("apply", "--deployment", "foo", timeout=60)
    same(done.returncode, 3, f"apply of foo, which waits for a host, beside a broken bar: {done.stdout}{done.stderr}")
    wait_for(rack, "foo", lambda row: row["count"].get("done") == 2)
    expect((appliance.network_folder / "deployments/foo/key.txt").read_text().startswith("ssh-ed25519 "),
           "foo does not see the rack's host, or writes elsewhere")

    write(rack, "roots/bar.nix", own_root(BAR))
    wait_for(rack, "bar", lambda row: row["count"].get("done") == 4 and row["condition"] == "ok")
    same([name for _, name in events_of("bar")][-2:], ["db", "web"], "launch phases")
    same(sorted(name for _, name in events_of("bar")[:-2]), ["a", "b"], "the first launch phase")

    for command in ("apply", "plan"):
        for words in (["wbe", "--deployment", "bar"], ["hosts.px1"], ["hosts.px01.instalation"]):
            done = appliance.command(command, *words)
            same(done.returncode, 2, f"{command} of a path that names nothing: {done.stdout}{done.stderr}")
            expect(f"{words[0]} is neither declared nor recorded" in done.stderr,
                   f"{command} {words} does not say what is wrong: {done.stderr}")

    plan = appliance.command("plan")
    print("    " + "\n    ".join(plan.stdout.strip().splitlines()), flush=True)
    same(plan.returncode, 4, "plan of all")
    expect("rack:\n" in plan.stdout and "bar:\n" in plan.stdout and "foo:\n" in plan.stdout, "a deployment is missing in the plan")
    expect("contents:  -> (known after apply)" in plan.stdout, "what waits for a host is not known after apply")
    rows = appliance.json("plan", "--deployment", "bar")
    same({row["deployment"] for row in rows}, {"bar"}, "whose plan it is")

    write(rack, "deployments/foo/nixops4.nix", own_root(FOO % "two"))
    wait_for(rack, "foo", lambda row: row["condition"] == "person")
    done = appliance.command("apply", "--deployment", "foo", "secret", timeout=60)
    same(done.returncode, 0, f"the change: {done.stdout}{done.stderr}")

    foos = state_of("foo")
    write_inventory(rack, DEPLOYMENTS)
    row = wait_for(rack, "bar", lambda row: not row["managed"])
    same((row["condition"], row["count"]), ("unmanaged", {"orphan": 4}), "a deployment whose entry is gone")
    expect("bar:\nroots" not in appliance.command("state", "list").stdout and "worker.a" in
           appliance.command("state", "list", "--deployment", "bar").stdout, "its state is not shown")
    refused = appliance.command("destroy", "--deployment", "foo")
    expect(refused.returncode == 1 and "still in inventory.yaml" in refused.stderr, f"foo is declared: {refused}")
    appliance.kill()
    rack.start()
    wait_for(rack, "bar", lambda row: row and not row["managed"] and row["count"] == {"orphan": 4})
    before = len(events_of("bar"))
    done = appliance.command("destroy", "--deployment", "bar", "--even-protected", timeout=60)
    same(done.returncode, 0, f"destroy of bar: {done.stdout}{done.stderr}")
    same([name for _, name in events_of("bar")[before:]][:2], ["web", "db"], "destroyed in reverse")
    wait_for(rack, "bar", lambda row: row is None)
    expect(not (appliance.network_folder / "roots/db.txt").exists(), "what bar had is still there")
    expect((appliance.network_folder / "deployments/foo/key.txt").exists(), "foo has lost something")
    expect(state_of("foo") == foos, "foo's state was written to")


WAITS = """      slow = own (exec "/bin/sh" [ "-c" "%s" ]);
      quick = keep "%s";"""


def test_two_applies_share_a_deployment(folder) -> None:
    rack = Rack(folder)
    appliance = rack.appliance
    write(rack, "deployments/foo/nixops4.nix", own_root(WAITS % ("true", "1")))
    write_inventory(rack, DEPLOYMENTS)
    rack.start()
    wait_for(rack, "foo", lambda row: row and row["count"] == {"done": 2})
    write(rack, "deployments/foo/nixops4.nix", own_root(WAITS % ("until test -e go; do sleep 0.1; done", "2")))
    wait_for(rack, "foo", lambda row: row["count"] == {"person": 2})

    words = appliance.command_line("apply", "slow", "--deployment", "foo")
    first = subprocess.Popen([str(word) for word in words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wait_for(rack, "foo", lambda row: row["count"].get("running") == 1)
    second = subprocess.Popen([str(word) for word in words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    other = appliance.command("apply", "quick", "--deployment", "foo", timeout=60)
    same((other.returncode, other.stderr), (0, ""), "an apply of something else meanwhile")
    same((first.poll(), second.poll()), (None, None), "applies of what is at work")
    (appliance.network_folder / "deployments/foo/go").touch()
    said = [one.communicate(timeout=60)[1].decode() for one in (first, second)]
    same((first.returncode, second.returncode), (0, 0), "applies when it is done")
    print(f"    {said[1].strip()}", flush=True)
    same(said[0], "", "the first apply waits for nobody")
    expect(said[1].startswith("slow is at work already (update, for ") and "confirmed by root): this apply waits" in said[1],
           "the second does not say for whom it waits")
