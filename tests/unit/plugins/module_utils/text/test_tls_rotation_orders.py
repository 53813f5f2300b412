# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An exchange in three steps met by strict clients: whichever data centre a step reaches first, both go on talking."""

from __future__ import annotations

import base64
import contextlib
import os
import time

import pytest
import yaml
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret import execute
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.text.conftest import Clock
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.text.tls_makes import made, shake_hands

pytestmark = pytest.mark.slow

PAIR, SECOND, TRUST, CLEAR = "central/pair.yaml", "central/second.yaml", "factory/trust.yaml", "edge/trust.yaml"
NAMES = {"subject_alt_name": ["DNS:*.apps.example.com"]}
STEPS = ("announce", "switch", "finish")
ONE, OTHER, ROOT = made("One"), made("Other", own_id=b"\x03" * 20), made("Root")
BELOW = made("Below", by=ROOT)
SELF, RSA = {"key_type": "ECDSA"}, {"key_type": "RSA"}
BY_ONE = {"ca_certificate": ONE.pem, "ca_private_key": ONE.secret}
BY_OTHER = {"ca_certificate": OTHER.pem, "ca_private_key": OTHER.secret}
BY_BELOW = {"ca_certificate": BELOW.pem + ROOT.pem, "ca_private_key": BELOW.secret}


@pytest.fixture
def tree(tree):
    """Two servers and two clients; one client's manifest is written in clear, as a formatter leaves it."""
    for path in (PAIR, SECOND):
        tree.add(path, 'kind: Secret\ndata:\n  tls.crt: ""\n  tls.key: ""\n')
    tree.add(TRUST, 'kind: Secret\ndata:\n  tls.crt: ""\n')
    tree.add(CLEAR, "kind: Secret\nstringData:\n  tls.crt: |\n    x\n  other: kept\n")
    return tree


@pytest.fixture
def wanted(tree, asked):
    """Return the options for all four manifests."""

    def options(**more):
        kinds = {PAIR: "pair", SECOND: "pair", TRUST: "certificate", CLEAR: "certificate"}
        place = asked()["manifests"][0]
        listed = [{**place, "path": path, "holds": kind} for path, kind in kinds.items()]
        return {"work_tree": str(tree.root), **asked(**NAMES), "manifests": listed, **more}

    return options


def now():
    return Clock(time.time())


def published(tree):
    """Return what each server shows and what each client trusts."""
    found = {}
    for path in (PAIR, SECOND, TRUST, CLEAR):
        document = yaml.safe_load(tree.bytes(path))
        keys = [*document.get("data", {}), *document.get("stringData", {})]
        texts = {key: _text(document, key) for key in keys if key.endswith((".crt", ".key"))}
        found[path] = texts
    return found


def _text(document, key):
    clear = document.get("stringData", {})
    return clear[key] if key in clear else base64.b64decode(document["data"][key]).decode()


def meet(servers, clients, place):
    for server in (PAIR, SECOND):
        for client in (TRUST, CLEAR):
            trust = "\n".join(text for key, text in clients[client].items() if key.endswith(".crt"))
            own = servers[server]
            shake_hands(place, own["tls.crt"], own["tls.key"], trust, "a.apps.example.com")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(SELF, RSA, id="another kind of key"),
        pytest.param(SELF, BY_ONE, id="to an own CA"),
        pytest.param(BY_ONE, BY_OTHER, id="to another CA"),
        pytest.param(BY_ONE, BY_BELOW, id="to a CA below a root"),
        pytest.param(BY_BELOW, BY_BELOW, id="by the same CA"),
        pytest.param(BY_OTHER, SELF, id="away from a CA"),
    ],
)
def test_both_data_centres_talk_whichever_gets_a_step_first(tree, wanted, tmp_path, old, new):
    execute(wanted(**old), False, now())
    before = start = published(tree)
    for step in STEPS:
        assert execute(wanted(**new, rotation=step, regenerate="always"), False, now()).changed
        after = published(tree)
        for servers, clients in ((before, after), (after, before), (after, after)):
            meet(servers, clients, tmp_path)
        before = after
    assert before[PAIR]["tls.crt"] != start[PAIR]["tls.crt"] and before[PAIR] == before[SECOND]
    assert not any(key.startswith("next.") for texts in before.values() for key in texts)
    assert b"  other: kept\n" in tree.bytes(CLEAR)
    assert not execute(wanted(**new), False, now()).changed


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("writes", [1, 2, 3])
def test_a_step_killed_between_its_writes_leaves_them_talking_and_goes_on(
    tree, wanted, tmp_path, monkeypatch, step, writes
):
    execute(wanted(), False, now())
    for earlier in STEPS[: STEPS.index(step)]:
        execute(wanted(**BY_ONE, rotation=earlier, regenerate="always"), False, now())
    real, calls = os.replace, []

    def replace(*names):
        if len(calls) == writes:
            raise KeyboardInterrupt
        calls.append(names)
        real(*names)

    monkeypatch.setattr(os, "replace", replace)
    with contextlib.suppress(KeyboardInterrupt):
        execute(wanted(**BY_ONE, rotation=step, regenerate="always"), False, now())
    monkeypatch.undo()
    meet(published(tree), published(tree), tmp_path)
    for again in STEPS:
        execute(wanted(**BY_ONE, rotation=again, regenerate="always"), False, now())
        meet(published(tree), published(tree), tmp_path)
    end = published(tree)
    assert end[PAIR] == end[SECOND] and end[TRUST] == {"tls.crt": ONE.pem}
    assert len(end[CLEAR]) == 1


def test_the_old_certificate_stays_trusted_while_a_second_server_shows_it(tree, wanted):
    execute(wanted(), False, now())
    execute(wanted(rotation="announce", regenerate="always"), False, now())
    second = tree.bytes(SECOND)
    execute(wanted(rotation="switch"), False, now())
    tree.add(SECOND, second)
    before = tree.snapshot()
    failure = tree.fails(execute, wanted(rotation="finish"))
    assert (failure.code, SECOND in failure.msg, "rotation=switch" in failure.msg) == ("refused", True, True)
    tree.put_pair(SECOND, *(tree.held(SECOND, key) for key in ("tls.crt", "tls.key")))
    failure = tree.fails(execute, wanted(rotation="finish"))
    assert (failure.code, "serves another certificate" in failure.msg) == ("refused", True)
    assert {path: found for path, found in tree.snapshot().items() if path != SECOND} == {
        path: found for path, found in before.items() if path != SECOND
    }


def test_a_server_without_a_next_pair_is_not_left_behind(tree, wanted):
    execute(wanted(), False, now())
    second = tree.bytes(SECOND)
    execute(wanted(rotation="announce", regenerate="always"), False, now())
    tree.add(SECOND, second)
    before = tree.snapshot()
    failure = tree.fails(execute, wanted(rotation="switch"))
    assert (failure.code, SECOND in failure.msg, "rotation=announce" in failure.msg) == ("refused", True, True)
    assert tree.snapshot() == before
    for step in STEPS:
        execute(wanted(rotation=step), False, now())
    assert published(tree)[PAIR] == published(tree)[SECOND]
