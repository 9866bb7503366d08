#!/usr/bin/env python3
"""Checks that paths and commands named in the documentation exist.

A path is any `code` word of a Markdown file that starts with one of our folders
and a slash; a command is `frontdesk WORD` in code. Prints each that does not
exist as file:line and exits 1.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ("protos", "server", "dialog", "retrieval", "llm", "tools", "storage", "text", "clients",
           "demo", "tests", "bench", "docs", "scripts", "cmake", ".ci")
COMMANDS = {"serve", "chat", "console", "replay", "simulate", "eval", "explain", "doctor", "backup", "restore",
            "bundle", "knowledge", "model", "insight", "privacy", "audit", "user", "token", "export", "version",
            "demo", "webhooks", "import"}
CODE = re.compile(r"`([^`\n]+)`")
COMMAND = re.compile(r"(?:^|[\s/])frontdesk ([a-z]+)")  # not inside quotes


def main():
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    for folder in FOLDERS:
        pages += sorted(p for p in (ROOT / folder).rglob("README.md") if "node_modules" not in p.parts)
    checked = 0
    wrong = 0
    for page in pages:
        if not page.exists():
            continue
        fenced = False
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
            if line.lstrip().startswith("```"):
                fenced = not fenced
                continue
            words = [line] if fenced else CODE.findall(line)
            for code in words:
                for command in COMMAND.findall(code):
                    checked += 1
                    if command not in COMMANDS:
                        print(f"{page.relative_to(ROOT)}:{number}: no command `frontdesk {command}`")
                        wrong += 1
                for word in re.split(r"[\s,;()]+", code):
                    word = word.strip("'\"").split("#")[0]
                    word = re.sub(r":\d+$", "", word).rstrip(".:")
                    top = word.split("/")[0]
                    if "/" not in word or top not in FOLDERS or any(c in word for c in "*<>{}$…|="):
                        continue
                    if word.startswith(("build/",)):
                        continue
                    checked += 1
                    if not (ROOT / word).exists():
                        print(f"{page.relative_to(ROOT)}:{number}: {word} does not exist")
                        wrong += 1
    print(f"{checked} paths and commands checked, {wrong} wrong")
    return 1 if wrong or checked == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
