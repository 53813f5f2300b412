# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A way that leads to no one value: what is said of it. Mutants that lived showed each."""

from __future__ import annotations

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._manifest_value_address import (
    Address,
    kind_of,
    locate,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._yaml_text import read


def to(way: str, kind: str = "", name: str = "", namespace: str = "") -> Address:
    return Address(kind, name, namespace, tuple(way.split("/")))


@pytest.mark.parametrize(
    ("text", "address", "code", "said"),
    [
        ("a:\n  b:\n    c: 1\n", to("a/b/x/y"), "not_found", "line 3: there is no 'x' of a.b.x.y; there is c. Correct"),
        ("a:\n", to("a/x/y"), "not_found", "line 1: there is no 'x' of a.x.y; there is nothing. Correct"),
        (
            "l:\n- {a: 1}\n",
            to("l/name=z"),
            "not_found",
            "m.yaml, line 2: l.name=z: no item has name=z; the list has none",
        ),
        ("kind: A\n", to("a", "B", "n", "s"), "not_found", "m.yaml holds no B s n; it holds line 1 A. Correct kind"),
        ("- a\n", to("0", name="n"), "not_found", "m.yaml holds no n; it holds line 1 something without kind"),
        ("- a\n", to("0", namespace="s"), "not_found", "m.yaml holds no s; it holds"),
        (
            "kind: [x]\n---\na: 1\n",
            to("a"),
            "conflict",
            "line 1 something without kind, line 3 something without kind.",
        ),
        ("kind: A\nkind: A\n", to("a", "A"), "conflict", "m.yaml holds the key 'kind' twice, on lines 1 and 2"),
        ("metadata:\nmetadata:\n", to("a"), "conflict", "m.yaml holds the key 'metadata' twice"),
        ("metadata: {name: n, name: n}\n", to("a", name="n"), "conflict", "m.yaml holds the key 'name' twice"),
        (
            "metadata: {namespace: s, namespace: s}\n",
            to("a", namespace="s"),
            "conflict",
            "'namespace' twice, on lines 1",
        ),
        ("a: 1\n---\nkind: A\nkind: A\n", to("a"), "conflict", "m.yaml holds the key 'kind' twice"),
        ("a: 1\n---\nmetadata: {name: n, name: n}\n", to("a"), "conflict", "m.yaml holds the key 'name' twice"),
        ("l:\n- {name: a, name: b}\n", to("l/name=a"), "conflict", "m.yaml holds the key 'name' twice"),
    ],
)
def test_a_way_that_leads_to_no_one_value_is_named(text, address, code, said):
    with pytest.raises(Failure) as caught:
        locate(read(text.encode(), "m.yaml"), address)
    assert (caught.value.code, said in caught.value.msg) == (code, True), caught.value.msg


def test_a_document_of_two_kinds_is_of_none():
    source = read(b"kind: A\nkind: Secret\na: 1\n", "m.yaml")
    assert locate(source, to("a")).node.value == "1"
    with pytest.raises(Failure, match="m.yaml holds the key 'kind' twice"):
        kind_of(source, 0)
