# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pair exchanged in three steps: at no moment does the server show what the clients do not trust."""

from __future__ import annotations

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils import _tls_secret_x509 as x509
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret import execute
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.text.conftest import NOON, Clock

PAIR, TRUST = "central/pair.yaml", "factory/trust.yaml"
STEPS = ("announce", "switch", "finish")


@pytest.fixture
def tree(tree, asked):
    """A pair that serves and is trusted."""
    tree.add(PAIR, b'kind: Secret\nmetadata:\n  name: p\ndata:\n  tls.crt: ""\n  tls.key: ""\n')
    tree.add(TRUST, b'kind: Secret\nmetadata:\n  name: t\ndata:\n  # public\n  tls.crt: ""\n')
    tree.run(execute, asked())
    return tree


def step(tree, asked, rotation, **options):
    return tree.run(execute, asked(rotation=rotation, regenerate="always", **options))


def held(tree, path, *keys):
    """Return what stands under those of the keys that are there."""
    return [tree.held(path, key) for key in keys if f"  {key}: " in tree.bytes(path).decode()]


def trusted(tree):
    return set(held(tree, TRUST, "tls.crt", "next.tls.crt"))


def test_what_serves_is_trusted_at_every_step(tree, asked):
    old = tree.held(PAIR, "tls.crt")
    for rotation in STEPS:
        step(tree, asked, rotation)
        assert tree.held(PAIR, "tls.crt") in trusted(tree)
        if rotation != "finish":
            assert old in trusted(tree) and len(trusted(tree)) == 2
    new = tree.held(PAIR, "tls.crt")
    assert new != old and trusted(tree) == {new}
    assert x509.read(new, tree.held(PAIR, "tls.key"), needs_key=True).is_usable


def test_the_files_end_with_the_keys_that_they_began_with(tree, asked):
    for rotation in STEPS:
        step(tree, asked, rotation)
    for path in (PAIR, TRUST):
        assert b"next." not in tree.bytes(path)
    assert b"  # public\n  tls.crt: " in tree.bytes(TRUST)


@pytest.mark.parametrize("done", [1, 2])
def test_a_rotation_that_was_killed_goes_on_with_the_same_pair(tree, asked, done):
    for rotation in STEPS[:done]:
        step(tree, asked, rotation)
    waiting = held(tree, PAIR, "next.tls.crt", "tls.crt")[0]
    for rotation in STEPS:
        step(tree, asked, rotation)
    assert tree.held(PAIR, "tls.crt") == waiting and trusted(tree) == {waiting}


@pytest.mark.parametrize("done", [1, 2, 3])
def test_each_step_again_changes_nothing(tree, asked, done):
    for rotation in STEPS[:done]:
        step(tree, asked, rotation)
    before = tree.snapshot()
    assert not tree.run(execute, asked(rotation=STEPS[done - 1])).changed
    assert tree.snapshot() == before


def test_nothing_is_announced_before_its_time(tree, asked):
    assert not tree.run(execute, asked(rotation="announce")).changed


def test_what_expires_soon_is_announced_without_being_asked(tree, asked):
    options = {"work_tree": str(tree.root), **asked(rotation="announce", renew_before_days=30)}
    done = execute(options, False, Clock(NOON + 340 * 86400))
    assert done.changed and len(trusted(tree)) == 2


def test_the_old_one_is_not_taken_away_before_the_next_one_serves(tree, asked):
    step(tree, asked, "announce")
    failure = tree.fails(execute, asked(rotation="finish"))
    assert failure.code == "refused" and "rotation=switch" in failure.msg


def test_a_next_pair_that_nobody_trusts_does_not_serve(tree, asked):
    trust = tree.bytes(TRUST)
    step(tree, asked, "announce")
    tree.add(TRUST, trust)
    failure = tree.fails(execute, asked(rotation="switch"))
    assert failure.code == "refused" and "rotation=announce" in failure.msg


@pytest.mark.parametrize("done", [0, 1, 2])
def test_check_mode_predicts_each_step_and_writes_nothing(tree, asked, done):
    for rotation in STEPS[:done]:
        step(tree, asked, rotation)
    before = tree.snapshot()
    options = asked(rotation=STEPS[done], regenerate="always")
    predicted = execute({"work_tree": str(tree.root), **options}, True, tree.clock())
    assert predicted.changed and tree.snapshot() == before
    assert tree.run(execute, options).changed


def test_no_private_key_is_shown(tree, asked):
    for rotation in STEPS:
        done = step(tree, asked, rotation)
        keys = held(tree, PAIR, "tls.key", "next.tls.key")
        shown = repr([done.state, done.before, done.after, done.reasons])
        assert not any(key.splitlines()[1] in shown for key in keys)
