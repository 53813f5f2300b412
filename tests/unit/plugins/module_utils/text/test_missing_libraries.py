# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A library that is missing or too old is named at once, and nothing is written."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils import _manifest_value, _tls_secret, _yaml_text
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure


def _named(run, *args) -> Failure:
    with pytest.raises(Failure) as caught:
        run(*args)
    assert caught.value.code == "missing_library"
    return caught.value


def test_pyyaml_is_named(tree, monkeypatch):
    monkeypatch.setitem(sys.modules, "yaml", None)
    assert "pip install 'PyYAML'" in _named(_yaml_text.load).msg


def test_cryptography_is_named_before_a_file_is_read(tree, asked, monkeypatch):
    monkeypatch.setitem(sys.modules, "cryptography", None)
    failure = _named(_tls_secret.execute, {"work_tree": "/nowhere", **asked()}, False, tree.clock())
    assert "pip install 'cryptography>=3.4'" in failure.msg


def test_an_old_cryptography_is_named_with_its_version(tree, asked, monkeypatch):
    old = ModuleType("cryptography")
    old.__version__ = "2.8"  # type: ignore[attr-defined]
    for name in ("x509", "exceptions"):
        setattr(old, name, None)
    monkeypatch.setitem(sys.modules, "cryptography", old)
    failure = _named(_tls_secret.execute, {"work_tree": "/nowhere", **asked()}, False, tree.clock())
    assert failure.details["found"] == "2.8"


def test_the_pure_python_parser_gives_the_same(tree, monkeypatch):
    import yaml

    content = b'a:\n  - "x"  # why\n  - |\n    b\n\n  - &c {d: e}\n---\n\xc3\xa4: \xf0\x9f\x98\x80 z\n'
    quick = _yaml_text.read(content, "x")
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    slow = _yaml_text.read(content, "x")
    assert [_leaves(root) for root in quick.documents] == [_leaves(root) for root in slow.documents]


def _leaves(node: _yaml_text.Node) -> list[tuple[int, int, str]]:
    if not node.children:
        return [(node.start, node.end, node.value)]
    return [leaf for child in node.children for leaf in _leaves(child)]


def test_a_value_module_without_pyyaml_writes_nothing(tree, monkeypatch):
    tree.add("m.yaml", "a: 1\n")
    before = tree.snapshot()
    monkeypatch.setitem(sys.modules, "yaml", None)
    item = dict.fromkeys(("kind", "name", "namespace", "property", "secret_value"))
    item |= {"path": "m.yaml", "key_path": ["a"], "encoding": "plain", "value": 2, "missing": "error"}
    _named(_manifest_value.execute, {"work_tree": str(tree.root), "values": [item]}, False, None)
    assert tree.snapshot() == before
