# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of troubleshooting, made from the causes' table and the lab's faults, so that it says what they say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from ansible_collections.manuela.event_streaming.plugins.plugin_utils.root_cause_delivery import DELIVERY
from ansible_collections.manuela.event_streaming.plugins.plugin_utils.root_cause_rule import Rule
from ansible_collections.manuela.event_streaming.plugins.plugin_utils.root_cause_runtime import RUNTIME

HEAD = """\
# Troubleshooting, by what the screen says

`ansible-playbook diagnose.yml` asks every hop on the way from the commit to the data, and prints one sentence, the
next command, and what each hop said. A wait that fails prints the same. Words in capitals stand for what is found in
your clusters. The last column is the fault of the lab that produces it for real (`lab fault NAME`, and
`lab fault --clear`).

The order is that of causes: when several sentences would fit, the first one is printed, because it explains the others.
"""
TAIL = """\
## When the cause is not known

A sentence that begins with *the cause is not known* names no cause, because none of those above fits: nothing is
guessed. It repeats what each hop that is not well said last. Read it from the top: the first `BAD` of the chain is the
nearest to the cause.

*nothing is wrong with what was looked at* means that every hop answered and is well: data arrives at this moment. What
Git does not have on is not looked at.
"""
COLUMNS = "| the sentence | where it was seen | what to do next | in the lab |\n|---|---|---|---|\n"


def page(faults: Mapping[str, Iterable[str]]) -> str:
    """Return the page.  ``faults`` are the lab's, by the cause that they produce."""
    parts = [HEAD]
    for title, rules in (("From the commit to the operators", DELIVERY), ("Pods, resources and data", RUNTIME)):
        rows = [_row(rule, faults.get(rule.cause, ())) for rule in rules]
        parts.append(f"## {title}\n\n{COLUMNS}" + "\n".join(rows) + "\n")
    return "\n".join([*parts, TAIL])


def _row(rule: Rule, faults: Iterable[str]) -> str:
    made = ", ".join(f"`{name}`" for name in faults)
    return f"| {_text(rule.sentence)} | {', '.join(rule.hops) or 'anywhere'} | `{_text(rule.next_step)}` | {made} |"


def _text(template: str) -> str:
    plain = re.sub(r"(?<!\{)\{(\w+)\}(?!\})", lambda word: word[1].upper(), template)
    return plain.replace("{{", "{").replace("}}", "}").replace("|", "\\|")


def main() -> None:
    """Write the page."""
    from manuela_lab.faults.catalogue import FAULTS

    faults: dict[str, list[str]] = {}
    for fault in FAULTS.values():
        faults.setdefault(fault.cause, []).append(fault.name)
    place = Path(__file__).resolve().parents[1] / "docs" / "troubleshooting.md"
    place.write_text(page(faults), encoding="utf-8")


if __name__ == "__main__":
    main()
