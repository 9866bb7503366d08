#!/usr/bin/env python3
"""Holds every #include of ours against the table of who may include whom.

The table says the arrows of README.md ("Where things are"); a folder that is missing here may
not be included at all. Prints each offence as file:line and exits 1.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

MAY_INCLUDE = {
    "text": {"text"},
    "storage": {"storage"},
    "llm": {"llm", "storage", "text"},
    "retrieval": {"retrieval", "storage", "text"},
    "tools": {"tools", "storage", "text"},
    "dialog": {"dialog", "retrieval", "llm", "tools", "storage", "text"},
    "server": {"server", "dialog", "retrieval", "llm", "tools", "storage", "text"},
    "clients": {"clients", "text"},
    "tests": None,  # anything
    "bench": None,
}
MAY_SEE_PROTOS = {"server", "clients", "tests", "bench"}
INCLUDE = re.compile(r'^\s*#\s*include\s+["<]([^">]+)[">]')


def offences(path):
    folder = path.relative_to(ROOT).parts[0]
    allowed = MAY_INCLUDE[folder]
    if path == ROOT / "server" / "main.cc":  # the one file that wires everything
        allowed = allowed | {"clients"}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        included = match.group(1)
        if included.endswith(".pb.h") or included.startswith(("grpcpp/", "grpc/", "google/protobuf/")):
            if folder not in MAY_SEE_PROTOS:
                yield number, f"{included}: only {', '.join(sorted(MAY_SEE_PROTOS))} may see gRPC and protobuf"
            continue
        top = included.split("/")[0]
        if "/" not in included or top not in MAY_INCLUDE:
            if "/" not in included and line.strip().startswith('#include "'):
                yield number, f'"{included}": write the path from the root of the project'
            continue
        if allowed is not None and top not in allowed:
            yield number, f"{included}: {folder}/ may include only {', '.join(sorted(allowed))}"


def main():
    files = 0
    found = 0
    for folder in MAY_INCLUDE:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix not in {".h", ".cc"} or "node_modules" in path.parts:
                continue
            files += 1
            for number, text in offences(path):
                print(f"{path.relative_to(ROOT)}:{number}: {text}")
                found += 1
    print(f"{files} files checked, {found} includes against the table")
    return 1 if found or files == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
