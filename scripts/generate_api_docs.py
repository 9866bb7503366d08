#!/usr/bin/env python3
"""Writes docs/api.md from the comments of protos/frontdesk/v1/*.proto.

  scripts/generate_api_docs.py            writes the page
  scripts/generate_api_docs.py --check    exits 1 when the page is not what the protos say

Every RPC gets a grpcurl example whose request is made from the fields of its message. The
caller's token is $TOKEN, the server 127.0.0.1:7600.
"""

import argparse
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "api.md"
# In the order of the page; the nouns that several services share come last.
FILES = ("chat", "console", "knowledge", "bundle", "replay", "insight", "quality", "privacy", "audit", "conversation")
SCALARS = {"string", "bytes", "bool", "int32", "int64", "double", "uint32", "uint64", "float"}
# Values that read better than a placeholder, by field name.
VALUES = {
    "conversation": '"conversations/ID"', "conversations": '["conversations/ID"]', "request_id": '"5f0c2a9e"',
    "text": '"where is my order 48213?"', "page_size": "20", "passage_hash": '"HASH"', "percent": "10",
    "version": '"b-3f9a41c2d7e8b650"', "bundle_version": '"b-3f9a41c2d7e8b650"',
    "champion": '"b-3f9a41c2d7e8b650"', "challenger": '"b-77c1e0aa93b24d18"', "customer_id": '"C-1001"',
    "mode": '"REPLAY_MODE_VERIFY"', "figure": '"abandoned"', "group_by": '"OUTCOME_GROUPING_INTENT"',
    "query": '"how long can I return things"', "rating": "5", "owner_epoch": "2", "epoch": "2", "turn": "1",
    "language_code": '"en"', "document_id": '"returns/return-policy.md"',
}
# Fields that an example leaves out: optional, or filled only in special cases.
LEFT_OUT = {"page_token", "start_time", "end_time", "intent", "flow", "outcome", "sample", "seed", "from_record",
            "identity_token", "customer_token", "order_by", "bundle_version"}


def fail(text):
    sys.exit(f"generate_api_docs.py: {text}")


class Message:
    def __init__(self, name, comment):
        self.name, self.comment, self.fields = name, comment, []


class Service:
    def __init__(self, name, comment):
        self.name, self.comment, self.rpcs = name, comment, []


def read(path):
    """Services, messages and enums of one file, each with its comment, in file order."""
    found, stack, comment = [], [], []
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = raw.strip()
        if line.startswith("//"):
            comment.append(line[2:].strip())
            continue
        text = " ".join(comment)
        if match := re.match(r"(message|service|enum) (\w+) \{(\})?", line):
            kind, name, closed = match.groups()
            item = (Service if kind == "service" else Message)(name, text)
            item.kind = kind
            found.append(item)
            if not closed:
                stack.append(item)
        elif re.match(r"oneof (\w+) \{", line):
            stack.append(stack[-1])
        elif match := re.match(r"rpc (\w+)\((stream )?([\w.]+)\) returns \((stream )?([\w.]+)\)", line):
            stack[-1].rpcs.append((match[1], text, bool(match[2]), match[3], bool(match[4]), match[5]))
            if line.endswith("{"):
                stack.append(stack[-1])
        elif match := re.match(r"(repeated |optional )?(map<[^>]+>|[\w.]+) (\w+) = (\d+)", line):
            stack[-1].fields.append((match[3], (match[1] or "").strip(), match[2], text))
        elif match := re.match(r"(\w+) = (\d+)", line):
            stack[-1].fields.append((match[1], "", "", text))
        elif line.startswith("}"):
            if not stack:
                fail(f"{path.name}:{number}: a brace too many")
            stack.pop()
        if line:
            comment = []
    return found


def value_of(field, messages, depth=0):
    name, label, kind, _ = field
    if name in VALUES:
        value = VALUES[name]
        return value if not label == "repeated" or value.startswith("[") else f"[{value}]"
    if kind in SCALARS:
        value = {"string": f'"{name.upper()}"', "bytes": '"Ynl0ZXM="', "bool": "true", "double": "0.5"}.get(kind, "1")
    elif kind.startswith("map<"):
        return '{"key": "value"}'
    elif kind == "google.protobuf.Struct":
        value = "{}"
    elif kind == "google.protobuf.Timestamp":
        value = '"2026-11-20T10:00:00Z"'
    elif kind == "google.protobuf.Duration":
        value = '"60s"'
    elif kind.split(".")[-1] in messages and depth < 3:
        item = messages[kind.split(".")[-1]]
        value = f'"{item.fields[1][0]}"' if item.kind == "enum" else request_of(item, messages, depth + 1)
    else:
        fail(f"field {name} has a type {kind} that no proto defines")
    return f"[{value}]" if label == "repeated" else value


def request_of(message, messages, depth=0):
    parts = [f'"{f[0]}": {value_of(f, messages, depth)}' for f in message.fields if f[0] not in LEFT_OUT]
    return "{" + ", ".join(parts) + "}"


def example(service, rpc, messages):
    name, _, client_stream, request, _, _ = rpc
    body = request_of(messages[request.split(".")[-1]], messages)
    token = "" if f"{service}/{name}" == "ChatService/CreateConversation" else ' -H "authorization: Bearer $TOKEN"'
    shown = f"grpcurl -plaintext{token} -d '{body}' 127.0.0.1:7600 frontdesk.v1.{service}/{name}"
    return shown if not client_stream else f"echo '{body}' | {shown.replace(f' -d {chr(39)}{body}{chr(39)}', ' -d @')}"


def page():
    files = {name: read(ROOT / "protos" / "frontdesk" / "v1" / f"{name}.proto") for name in FILES}
    known = {p.stem for p in (ROOT / "protos" / "frontdesk" / "v1").glob("*.proto")}
    if known != set(FILES):
        fail(f"protos that the page leaves out: {', '.join(sorted(known ^ set(FILES)))}; add them to FILES")
    messages = {item.name: item for items in files.values() for item in items if not isinstance(item, Service)}
    lines = [
        "# The API", "",
        "Generated from the comments of `protos/frontdesk/v1` by `scripts/generate_api_docs.py`; change those and run it again.",
        "Who may call what, and the errors of every call: `docs/permissions.md`.", "",
        "The examples use grpcurl against a server on this machine, whose reflection tells grpcurl the types. `$TOKEN` is the conversation's token from",
        "`CreateConversation` for `ChatService`, and a user token from `frontdesk user add NAME --role ROLE` for the rest.", ""]
    rpcs = 0
    for name, items in files.items():
        lines += [f"## {name}.proto", ""]
        for item in items:
            if isinstance(item, Service):
                lines += [f"### {item.name}", "", item.comment, ""]
                for rpc in item.rpcs:
                    rpcs += 1
                    method, text, client_stream, request, server_stream, response = rpc
                    lines += [f"#### {item.name}.{method}", "", text, "",
                              f"Takes {'a stream of ' if client_stream else ''}`{request}`, returns "
                              f"{'a stream of ' if server_stream else ''}`{response}`.", "",
                              "```", example(item.name, rpc, messages), "```", ""]
            else:
                lines += [f"### {item.name}", "", item.comment, ""]
                if item.fields:
                    enum = item.kind == "enum"
                    lines += ["| value | meaning |" if enum else "| field | type | meaning |",
                              "| --- | --- |" if enum else "| --- | --- | --- |"]
                    for field, label, kind, text in item.fields:
                        shown = f"{label} {kind}".strip().replace("|", "\\|")
                        text = text.replace("|", "\\|")
                        lines.append(f"| `{field}` | {text} |" if enum else f"| `{field}` | {shown} | {text} |")
                    lines.append("")
    return "\n".join(lines).rstrip() + "\n", rpcs


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    arguments = parser.parse_args()
    text, rpcs = page()
    if not arguments.check:
        PAGE.write_text(text, encoding="utf-8")
        print(f"{PAGE.relative_to(ROOT)}: {rpcs} RPCs")
        return
    if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
        fail("docs/api.md is not what the protos say; run scripts/generate_api_docs.py")
    print(f"docs/api.md is fresh: {rpcs} RPCs")


if __name__ == "__main__":
    main()
