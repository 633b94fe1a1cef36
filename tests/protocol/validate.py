#!/usr/bin/env python3
"""Validates messages that a server sent in tests against the protocol's own schemas.

validate.py --frames DIR   every *.jsonl in DIR (rows of recorder.h: [revision, definition, line])
validate.py --examples     the example messages next to this file
validate.py --self-check   shows that the validator refuses what it must
"""

import argparse
import functools
import json
import pathlib
import sys

import jsonschema

HERE = pathlib.Path(__file__).resolve().parent
REVISIONS = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"]
# Without these in the recordings, something has stopped recording.
EXPECTED = {(r, d) for r in REVISIONS for d in ("ListToolsResult", "CallToolResult", "ProgressNotification", "error")}
EXPECTED |= {(r, "InitializeResult") for r in REVISIONS[:-1]} | {(r, "EmptyResult") for r in REVISIONS[:-1]}
EXPECTED |= {("2026-07-28", "DiscoverResult"), ("2026-07-28", "InputRequiredResult")}
EXPECTED |= {
    (r, d)
    for r in REVISIONS
    for d in (
        "ListResourcesResult",
        "ListResourceTemplatesResult",
        "ReadResourceResult",
        "ListPromptsResult",
        "GetPromptResult",
        "CompleteResult",
        "LoggingMessageNotification",
        "ResourceUpdatedNotification",
    )
}
EXPECTED |= {
    (r, d)
    for r in ("2025-06-18", "2026-07-28")
    for d in ("ToolListChangedNotification", "PromptListChangedNotification", "ResourceListChangedNotification")
}
EXPECTED |= {
    (r, d) for r in ("2025-11-25", "2026-07-28") for d in ("CreateTaskResult", "GetTaskResult", "CancelTaskResult")
}
EXPECTED |= {("2026-07-28", "UpdateTaskResult"), ("2026-07-28", "TaskStatusNotification")}
EXPECTED |= {("2026-07-28", "SubscriptionsAcknowledgedNotification"), ("2026-07-28", "SubscriptionsListenResult")}
EXPECTED |= {("2024-11-05", "CreateMessageRequest"), ("2025-03-26", "ListRootsRequest")}
EXPECTED |= {("2025-06-18", "ElicitRequest"), ("2025-11-25", "ElicitRequest"), ("2025-03-26", "JSONRPCBatchResponse")}
MODERN_ERRORS = {
    -32700: "ParseError",
    -32600: "InvalidRequestError",
    -32601: "MethodNotFoundError",
    -32602: "InvalidParamsError",
    -32603: "InternalError",
}


@functools.cache
def definitions(revision):
    schema = json.loads((HERE / "schema" / revision / "schema.json").read_text(encoding="utf-8"))
    key = "$defs" if "$defs" in schema else "definitions"
    return key, schema[key], jsonschema.validators.validator_for(schema)


# What an extension adds to a revision, where the revision itself has nothing of that name.
EXTENSIONS = {"2026-07-28": "ext-tasks-draft"}


@functools.cache
def validator(revision, definition):
    if definition not in definitions(revision)[1] and revision in EXTENSIONS:
        revision = EXTENSIONS[revision]
    key, known, kind = definitions(revision)
    if definition not in known:
        return None
    return kind({"$schema": kind.META_SCHEMA["$schema"], "$ref": f"#/{key}/{definition}", key: known})


def check(revision, definition, value):
    found = validator(revision, definition)
    if found is None:
        return [f"revision {revision} has no {definition}"]
    return [f"{definition}: {e.json_path}: {e.message}" for e in found.iter_errors(value)]


def first_known(revision, *names):
    return next(n for n in names if n in definitions(revision)[1])


def faults(revision, definition, line):
    """What is wrong with one recorded line; empty when nothing is."""
    try:
        message = json.loads(line, parse_constant=lambda c: sys.exit(f"not JSON: {c}"))
    except ValueError as error:
        return [f"not JSON: {error}"]
    if definition == "error":
        found = check(revision, first_known(revision, "JSONRPCErrorResponse", "JSONRPCError"), message)
        code = message.get("error", {}).get("code")
        if revision == REVISIONS[-1] and code in MODERN_ERRORS:
            found += check(revision, MODERN_ERRORS[code], message["error"])
        if revision == REVISIONS[-1] and code == -32021:
            found += check(revision, "MissingRequiredClientCapabilityError", message)
        if revision == REVISIONS[-1] and code == -32022:
            found += check(revision, "UnsupportedProtocolVersionError", message)
        return found
    if definition.endswith("Result"):
        found = check(revision, first_known(revision, "JSONRPCResultResponse", "JSONRPCResponse"), message)
        return found + check(revision, definition, message.get("result"))
    found = check(revision, definition, message) + check(revision, "JSONRPCMessage", message)
    if definition == "SubscriptionsAcknowledgedNotification" and "taskIds" in message["params"]["notifications"]:
        found += check(revision, "TaskSubscriptionAcknowledgedNotifications", message["params"]["notifications"])
    return found


def validate_frames(directory):
    rows = set()
    for path in sorted(pathlib.Path(directory).glob("*.jsonl")):
        rows |= {tuple(json.loads(row)) for row in path.read_text(encoding="utf-8").splitlines()}
    bad = [(row, found) for row in sorted(rows) if (found := faults(*row))]
    for (revision, definition, line), found in bad:
        print(f"{revision} {definition}: {'; '.join(found)}\n  {line[:400]}")
    missing = EXPECTED - {row[:2] for row in rows}
    for revision, definition in sorted(missing):
        print(f"never recorded: {revision} {definition}")
    print(f"{len(rows)} distinct messages, {len(bad)} invalid, {len(missing)} kinds missing")
    return not bad and not missing


def validate_examples():
    bad = 0
    for revision, definition, message in json.loads((HERE / "examples.json").read_text(encoding="utf-8")):
        for fault in check(revision, definition, message):
            print(f"{revision} {fault}")
            bad += 1
    return bad == 0


def self_check():
    result = '{"jsonrpc":"2.0","id":1,"result":%s}'
    info = '"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"a","version":"1"}}'
    good = [
        ("2025-11-25", "CallToolResult", result % '{"content":[{"type":"text","text":"a"}]}'),
        ("2026-07-28", "CallToolResult", result % ('{"resultType":"complete","content":[],%s}' % info)),
        ("2024-11-05", "error", '{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"a"}}'),
        ("2026-07-28", "error", '{"jsonrpc":"2.0","error":{"code":-32700,"message":"a"}}'),
    ]
    broken = [
        ("2025-11-25", "CallToolResult", result % '{"content":[{"type":"text"}]}'),
        ("2025-11-25", "CallToolResult", result % '{"isError":true}'),
        ("2026-07-28", "CallToolResult", result % '{"content":[]}'),
        ("2026-07-28", "ListToolsResult", result % '{"resultType":"complete","tools":[]}'),
        ("2024-11-05", "error", '{"jsonrpc":"2.0","error":{"code":-32601,"message":"a"}}'),
        ("2025-06-18", "error", '{"jsonrpc":"2.0","id":null,"error":{"code":-32601,"message":"a"}}'),
        ("2024-11-05", "ElicitRequest", '{"jsonrpc":"2.0","id":1,"method":"elicitation/create","params":{}}'),
        ("2025-11-25", "EmptyResult", '{"jsonrpc":"2.0","id":1,'),
        ("2026-07-28", "GetTaskResult", result % '{"resultType":"complete","taskId":"a","status":"completed"}'),
        ("2025-11-25", "UpdateTaskResult", result % "{}"),
        ("2025-11-25", "unexpected method", '{"jsonrpc":"2.0","method":"x","params":{}}'),
    ]
    wrong = [row for row in good if faults(*row)] + [row for row in broken if not faults(*row)]
    for row in wrong:
        print(f"misjudged: {row}")
    return not wrong


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--frames")
    arguments.add_argument("--examples", action="store_true")
    arguments.add_argument("--self-check", action="store_true")
    given = arguments.parse_args()
    fine = True
    if given.self_check:
        fine = self_check() and fine
    if given.examples:
        fine = validate_examples() and fine
    if given.frames:
        fine = validate_frames(given.frames) and fine
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
