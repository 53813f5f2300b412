# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Linking Applications into environments, on real directories."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils import _deployment_link
from ansible_collections.manuela.event_streaming.plugins.module_utils._deployment_link import execute
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure

FACTORY, CENTRAL = "deployment/factory", "deployment/central"
MIRROR, STORE = "config/lake/mirror.yaml", "config/lake/store.yaml"


@pytest.fixture
def tree(tree):
    for target in (MIRROR, STORE, "config/other.yaml"):
        tree.add(target, "kind: Application\n")
    for environment in (FACTORY, CENTRAL):
        tree.add(f"{environment}/placeholder.yaml", "kind: ConfigMap\n")
        tree.add(f"{environment}/.gitignore", "")
    tree.link(f"{FACTORY}/other.yaml", "../../config/other.yaml")
    return tree


def one(environment: str, target: str, state: str = "present", name: str | None = None) -> dict[str, Any]:
    return {"environment": environment, "target": target, "name": name, "state": state}


def params(*links: dict[str, Any], stray: str = "error", environments: tuple[str, ...] = (FACTORY, CENTRAL)) -> Any:
    return {"links": list(links), "environments": list(environments), "stray": stray}


def text(tree: Any, path: str) -> str:
    return str((tree.root / path).readlink())


def names(tree: Any, environment: str) -> set[str]:
    return {path.name for path in (tree.root / environment).iterdir()}


def test_a_link_is_made_relative_and_removed_again(tree):
    before = names(tree, FACTORY)
    done = tree.run(execute, params(one(FACTORY, MIRROR)))
    assert text(tree, f"{FACTORY}/mirror.yaml") == "../../config/lake/mirror.yaml"
    assert done.state["created"] == [f"{FACTORY}/mirror.yaml"]
    assert done.after == f"{FACTORY}/mirror.yaml -> ../../config/lake/mirror.yaml\n"
    gone = tree.run(execute, params(one(FACTORY, MIRROR, "absent")))
    assert gone.state["removed"] == [f"{FACTORY}/mirror.yaml"]
    assert names(tree, FACTORY) == before


def test_a_link_that_is_written_with_a_dot_is_left_alone_and_one_by_another_way_is_not(tree):
    tree.link(f"{FACTORY}/mirror.yaml", "./../..//config/lake/mirror.yaml")
    assert not tree.run(execute, params(one(FACTORY, MIRROR))).changed
    tree.link(f"{FACTORY}/far", "../../config/lake")
    tree.link(f"{FACTORY}/store.yaml", "far/../../../config/lake/store.yaml")  # far leads away, so .. is not here
    tree.run(execute, params(one(FACTORY, STORE)))
    assert text(tree, f"{FACTORY}/store.yaml") == "../../config/lake/store.yaml"


def test_a_link_that_leads_elsewhere_is_led_right(tree):
    tree.link(f"{FACTORY}/mirror.yaml", "../../config/other.yaml")
    tree.run(execute, params(one(FACTORY, MIRROR)))
    assert text(tree, f"{FACTORY}/mirror.yaml") == "../../config/lake/mirror.yaml"


def test_two_links_of_one_task_are_both_led_right(tree):
    tree.link(f"{FACTORY}/mirror.yaml", "../../config/other.yaml")
    tree.link(f"{FACTORY}/store.yaml", "../../config/other.yaml")
    done = tree.run(execute, params(one(FACTORY, MIRROR), one(FACTORY, STORE)))
    assert text(tree, f"{FACTORY}/mirror.yaml") == "../../config/lake/mirror.yaml"
    assert text(tree, f"{FACTORY}/store.yaml") == "../../config/lake/store.yaml"
    assert done.after == f"{FACTORY}/mirror.yaml -> ../../{MIRROR}\n{FACTORY}/store.yaml -> ../../{STORE}\n"


def test_an_absolute_link_becomes_relative(tree):
    tree.link(f"{FACTORY}/mirror.yaml", str(tree.root / MIRROR))
    tree.run(execute, params(one(FACTORY, MIRROR)))
    assert text(tree, f"{FACTORY}/mirror.yaml") == "../../config/lake/mirror.yaml"


def test_every_link_into_a_directory_goes_and_nothing_else(tree):
    tree.link(f"{FACTORY}/any-name.yaml", f"../../{MIRROR}")
    tree.link(f"{FACTORY}/dangling.yaml", "../../config/lake/gone.yaml")
    tree.link(f"{FACTORY}/outside.yaml", "/etc/hostname")
    tree.link(f"{FACTORY}/lake.yaml", "../../config/lake-2/x.yaml")
    tree.link(f"{CENTRAL}/store.yaml", f"../../{STORE}")
    lake = [one(FACTORY, "config/lake", "absent"), one(CENTRAL, "config/lake", "absent")]
    done = tree.run(execute, params(*lake))
    assert done.state["removed"] == [f"{CENTRAL}/store.yaml", f"{FACTORY}/any-name.yaml", f"{FACTORY}/dangling.yaml"]
    assert names(tree, FACTORY) == {"placeholder.yaml", ".gitignore", "other.yaml", "outside.yaml", "lake.yaml"}
    assert [item["before"] for item in done.state["links"]] == ["present"] * 3


def test_a_link_in_the_wrong_environment_is_named(tree):
    tree.link(f"{FACTORY}/store.yaml", f"../../{STORE}")
    before = tree.snapshot()
    with pytest.raises(Failure) as caught:
        execute({"work_tree": str(tree.root), **params(one(CENTRAL, STORE))}, False, None)
    assert caught.value.code == "conflict"
    assert caught.value.details["strays"] == [f"{FACTORY}/store.yaml"]
    assert tree.snapshot() == before


def test_a_link_in_the_wrong_environment_is_moved_when_told(tree):
    tree.link(f"{FACTORY}/its-other-name.yaml", f"../../{STORE}")
    done = tree.run(execute, params(one(CENTRAL, STORE), stray="move"))
    assert (done.state["created"], done.state["removed"]) == (
        [f"{CENTRAL}/store.yaml"],
        [f"{FACTORY}/its-other-name.yaml"],
    )
    assert "its-other-name.yaml" not in names(tree, FACTORY)


@pytest.mark.parametrize("stray", ["error", "move"])
def test_two_environments_that_both_ask_for_a_link_have_no_strays(tree, stray):
    tree.run(execute, params(one(FACTORY, STORE), one(CENTRAL, STORE), stray=stray))
    assert "store.yaml" in names(tree, FACTORY) & names(tree, CENTRAL)


def test_a_stray_that_the_same_task_removes_is_none(tree):
    tree.link(f"{FACTORY}/store.yaml", f"../../{STORE}")
    tree.run(execute, params(one(CENTRAL, STORE), one(FACTORY, STORE, "absent")))
    assert "store.yaml" not in names(tree, FACTORY)


def test_strays_are_left_when_told(tree):
    tree.link(f"{FACTORY}/store.yaml", f"../../{STORE}")
    tree.run(execute, params(one(CENTRAL, STORE), stray="ignore"))
    assert "store.yaml" in names(tree, FACTORY) & names(tree, CENTRAL)


@pytest.mark.parametrize(
    ("item", "code", "said"),
    [
        (one(FACTORY, MIRROR, name="placeholder.yaml"), "refused", "is no link"),
        (one(FACTORY, MIRROR, "absent", "placeholder.yaml"), "refused", "is no link"),
        (one(FACTORY, MIRROR, "absent", "other.yaml"), "conflict", "leads to config/other.yaml"),
        (one(FACTORY, "config/none.yaml"), "not_found", "none.yaml"),
        (one(FACTORY, "config/lake"), "refused", "not a regular file"),
        (one(FACTORY, "/etc/hostname"), "refused", "outside of"),
        (one(FACTORY, "../x", "absent"), "refused", "outside of"),
        (one(FACTORY, ".", "absent"), "refused", "outside of"),
        (one("deployment/no", MIRROR), "not_found", "no directory deployment/no"),
        (one("..", MIRROR), "refused", "outside of"),
        (one(FACTORY, MIRROR, name="a/b"), "invalid_option", "plain file name"),
    ],
)
def test_bad_input_is_named_and_nothing_is_lost(tree, item, code, said):
    before = tree.snapshot()
    with pytest.raises(Failure) as caught:
        execute({"work_tree": str(tree.root), **params(item)}, False, None)
    assert (caught.value.code, said in caught.value.msg) == (code, True), caught.value.msg
    assert tree.snapshot() == before


@pytest.mark.parametrize(
    "links",
    [
        [one(FACTORY, MIRROR), one(FACTORY, STORE, name="mirror.yaml")],
        [one(FACTORY, MIRROR), one(FACTORY, "config/lake", "absent")],
    ],
)
def test_contradicting_items_are_refused(tree, links):
    with pytest.raises(Failure) as caught:
        execute({"work_tree": str(tree.root), **params(*links)}, False, None)
    assert caught.value.code == "invalid_option"


@pytest.mark.parametrize("dies_at", [1, 2, 3])
def test_a_run_that_is_killed_between_its_writes_is_completed_by_the_next(tree, monkeypatch, dies_at):
    tree.link(f"{FACTORY}/store.yaml", f"../../{STORE}")
    asked = params(one(CENTRAL, STORE), one(FACTORY, MIRROR), stray="move")
    real, calls = _deployment_link._Links._write, []

    def write(self: Any, step: Any) -> None:
        calls.append(step)
        if len(calls) == dies_at:
            raise KeyboardInterrupt
        real(self, step)

    monkeypatch.setattr(_deployment_link._Links, "_write", write)
    with pytest.raises(KeyboardInterrupt):
        execute({"work_tree": str(tree.root), **asked}, False, None)
    monkeypatch.undo()
    tree.run(execute, asked)
    assert {"mirror.yaml"} == names(tree, FACTORY) - {"placeholder.yaml", ".gitignore", "other.yaml"}
    assert {"store.yaml"} == names(tree, CENTRAL) - {"placeholder.yaml", ".gitignore"}


def test_several_links_in_one_task_are_each_made_led_right_moved_and_told(tree):
    tree.link(f"{FACTORY}/mirror.yaml", "../../config/other.yaml")
    tree.link(f"{FACTORY}/store-1.yaml", f"../../{STORE}")
    tree.link(f"{FACTORY}/store-2.yaml", f"../../{STORE}")
    moved = [one(FACTORY, MIRROR), one(FACTORY, MIRROR, name="second.yaml"), one(CENTRAL, STORE)]
    done = tree.run(execute, params(*moved, one(FACTORY, "config/other.yaml", "absent"), stray="move"))
    assert names(tree, FACTORY) == {"placeholder.yaml", ".gitignore", "mirror.yaml", "second.yaml"}
    assert done.reasons == (
        f"{FACTORY}/mirror.yaml: is ../../config/other.yaml, wanted ../../{MIRROR}",
        f"{FACTORY}/second.yaml: is missing",
        f"{CENTRAL}/store.yaml: is missing",
        f"{FACTORY}/store-1.yaml: {STORE} belongs to {CENTRAL}",
        f"{FACTORY}/store-2.yaml: {STORE} belongs to {CENTRAL}",
        f"{FACTORY}/other.yaml: is there, and leads to config/other.yaml",
    )
    before = ["mirror.yaml -> ../../config/other.yaml", f"store-1.yaml -> ../../{STORE}",
              f"store-2.yaml -> ../../{STORE}", "other.yaml -> ../../config/other.yaml"]  # fmt: skip
    assert done.before == "".join(f"{FACTORY}/{line}\n" for line in before)
    assert done.after == (
        f"{FACTORY}/mirror.yaml -> ../../{MIRROR}\n{FACTORY}/second.yaml -> ../../{MIRROR}\n"
        f"{CENTRAL}/store.yaml -> ../../{STORE}\n"
    )


def test_all_strays_are_named_in_one_sentence(tree):
    tree.link(f"{FACTORY}/store-1.yaml", f"../../{STORE}")
    tree.link(f"{FACTORY}/store-2.yaml", f"../../{STORE}")
    with pytest.raises(Failure, match=f"{FACTORY}/store-1.yaml and {FACTORY}/store-2.yaml leads to it already"):
        execute({"work_tree": str(tree.root), **params(one(CENTRAL, STORE))}, False, None)


@pytest.mark.parametrize("state", ["present", "absent"])
def test_what_is_no_link_is_named_and_left_alone(tree, state):
    with pytest.raises(Failure, match=f"{FACTORY}/placeholder.yaml is no link"):
        asked = one(FACTORY, MIRROR, state, name="placeholder.yaml")
        execute({"work_tree": str(tree.root), **params(asked)}, False, None)


def test_the_same_target_under_two_names_may_be_asked_for_as_present_and_absent(tree):
    tree.link(f"{FACTORY}/old.yaml", f"../../{MIRROR}")
    both = [one(FACTORY, MIRROR, name="new.yaml"), one(FACTORY, MIRROR, "absent", name="old.yaml")]
    done = tree.run(execute, params(*both))
    assert (done.state["created"], done.state["removed"]) == ([f"{FACTORY}/new.yaml"], [f"{FACTORY}/old.yaml"])
