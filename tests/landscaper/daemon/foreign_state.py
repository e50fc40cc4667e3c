"""A NixOps4 state provider in another's hands, written from the protocol alone: `ledger` keeps a state in an SQLite file
of its own format, one row per resource, and knows no file of ours.

    foreign_state.py LOG       one line per request served goes to LOG

`die-before` or `die-after` beside the file: killed with SIGKILL in the next event, before or after it is kept.
"""
import json
import os
import signal
import sqlite3
import sys


def opened(resource):
    name = resource["inputProperties"]["file"]
    base = sqlite3.connect(name, isolation_level=None)
    base.execute("create table if not exists kept (id integer primary key check (id = 1), document text not null)")
    base.execute("create table if not exists history (event text not null, version text not null)")
    base.execute("insert or ignore into kept values (1, ?)",
                 [json.dumps({"_type": "nixopsState", "resources": {}, "deployments": {}})])
    return base, name


def document(base):
    return json.loads(base.execute("select document from kept").fetchone()[0])


def patched(value, patch):
    """RFC 6902: add, remove, replace; anything else, or a place that is not there, is refused."""
    for operation in patch:
        *above, last = [part.replace("~1", "/").replace("~0", "~") for part in operation["path"].split("/")[1:]] or [""]
        if operation["path"] == "":
            value = operation["value"]
            continue
        at = value
        for part in above:
            at = at[int(part)] if isinstance(at, list) else at[part]
        if operation["op"] == "remove":
            del at[int(last) if isinstance(at, list) else last]
        elif operation["op"] == "replace" and last in at:
            at[last] = operation["value"]
        elif operation["op"] == "add" and isinstance(at, list):
            at.insert(len(at) if last == "-" else int(last), operation["value"])
        elif operation["op"] == "add":
            at[last] = operation["value"]
        else:
            raise ValueError(f"cannot {operation['op']} {operation['path']}")
    return value


def dies(name, when):
    marker = os.path.join(os.path.dirname(name), "die-" + when)
    if os.path.exists(marker):
        os.unlink(marker)
        os.kill(os.getpid(), signal.SIGKILL)


def create(body):
    if body["type"] != "ledger":
        raise ValueError("unknown type " + body["type"])
    opened(body)
    return {"outputProperties": {}}


def read(body):
    base, _ = opened(body["resource"])
    return {"state": document(base)}


def event(body):
    base, name = opened(body["resource"])
    dies(name, "before")
    with base:
        base.execute("begin immediate")
        base.execute("update kept set document = ?", [json.dumps(patched(document(base), body["patch"]))])
        base.execute("insert into history values (?, ?)", [body["event"], body["nixopsVersion"]])
        base.execute("commit")
    dies(name, "after")
    return {}


OPERATIONS = {
    "createResourceRequest": ("createResourceResponse", create),
    "stateResourceReadRequest": ("stateResourceReadResponse", read),
    "stateResourceEvent": ("stateResourceEventResponse", event),
}

for line in sys.stdin:
    (name, body), = json.loads(line).items()
    with open(sys.argv[1], "a") as log:
        log.write(name + "\n")
    answer, operation = OPERATIONS[name]
    try:
        out = {answer: operation(body)}
    except (ValueError, KeyError, sqlite3.Error) as problem:
        out = {"errorResponse": {"message": repr(problem)}}
    print(json.dumps(out), flush=True)
