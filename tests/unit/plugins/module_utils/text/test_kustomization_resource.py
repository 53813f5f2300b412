# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Switching entries of kustomizations, on real files."""

from __future__ import annotations

import sys
from collections import Counter
from typing import Any

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._kustomization_resource import execute

DEMO = b"""apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
- namespace.yaml
bases:
#- github.com/org/repo/messaging
- ../../templates/messaging

# Comment/uncomment following line to disable/enable Event Streaming from Edge to Core
- ../../templates/prod/messaging-kafka
images:
- name: messaging-kafka
"""
FILE = "instances/messaging/kustomization.yaml"


def one(entry: str | None, state: str = "present", **more: Any) -> dict[str, Any]:
    item = {
        "path": FILE,
        "entry": entry,
        "state": state,
        "match": "exact",
        "field": None,
        "target": None,
        "missing": "error",
    }
    return {**item, **more}


def test_the_presenters_line_is_commented_out_and_in_again(tree):
    tree.add(FILE, DEMO)
    off = tree.run(execute, {"entries": [one("messaging-kafka", "disabled", match="suffix")]})
    assert tree.bytes(FILE) == DEMO.replace(b"- ../../templates/prod", b"#- ../../templates/prod")
    assert off.state["entries"] == [
        {
            "path": FILE,
            "entry": "../../templates/prod/messaging-kafka",
            "field": "bases",
            "line": 10,
            "before": "present",
            "after": "disabled",
        }
    ]
    assert off.reasons == (f"{FILE}: messaging-kafka is present, wanted disabled",)
    on = tree.run(execute, {"entries": [one("messaging-kafka", match="suffix")]})
    assert tree.bytes(FILE) == DEMO
    assert (on.before, on.after) == (off.after, off.before)


def test_the_historic_form_with_a_blank_gets_the_indent_of_its_neighbours(tree):
    tree.add(FILE, b"bases:\n  - a\n# - ../messaging-kafka\n  - b\n")
    tree.run(execute, {"entries": [one("messaging-kafka", match="suffix")]})
    assert tree.bytes(FILE) == b"bases:\n  - a\n  - ../messaging-kafka\n  - b\n"


@pytest.mark.parametrize("path", ["instances/messaging", FILE, "link-to-it"])
def test_the_file_is_found_by_its_directory_and_through_a_link_that_stays(tree, path):
    tree.add(FILE, DEMO)
    tree.link("link-to-it", FILE)
    tree.run(execute, {"entries": [one("namespace.yaml", "disabled", path=path)]})
    assert b"#- namespace.yaml" in tree.bytes(FILE)
    assert (tree.root / "link-to-it").is_symlink()


def test_a_file_keeps_its_mode(tree):
    tree.add(FILE, DEMO).chmod(0o640)
    tree.run(execute, {"entries": [one("namespace.yaml", "absent")]})
    assert (tree.root / FILE).stat().st_mode & 0o777 == 0o640


def test_an_active_entry_with_a_commented_twin_is_present_already(tree):
    tree.add(FILE, b"bases:\n- ../a\n# - ../a\n")
    assert not tree.run(execute, {"entries": [one("../a")]}).changed


def test_entries_that_stand_twice_in_one_state_are_left_in_it_and_not_switched(tree):
    tree.add(FILE, b"bases:\n# - ../a\n# - ../a\n- b\n- b\n")
    assert not tree.run(execute, {"entries": [one("../a", "disabled")]}).changed
    for entry, state in (("../a", "present"), ("../a", "absent"), ("b", "present"), ("b", "disabled")):
        failure = fails(tree, one(entry, state))
        assert failure.code == "conflict"
        assert failure.details == {"path": FILE, "lines": [2, 3] if entry == "../a" else [4, 5]}


@pytest.mark.parametrize("state", ["disabled", "absent"])
def test_an_active_entry_with_a_commented_twin_cannot_be_switched_off(tree, state):
    tree.add(FILE, b"bases:\n- ../a\n# - ../a\n")
    failure = fails(tree, one("../a", state))
    assert failure.code == "conflict"
    assert "line 2 (bases): ../a" in failure.msg and "line 3 (commented out, bases): ../a" in failure.msg


def test_a_suffix_ends_at_a_path_segment(tree):
    tree.add(FILE, b"bases:\n- ../my-kafka\n- ../kafka-old\n#- ../x/kafka/?ref=v1\n")
    tree.run(execute, {"entries": [one("kafka", match="suffix")]})
    assert tree.bytes(FILE) == b"bases:\n- ../my-kafka\n- ../kafka-old\n- ../x/kafka/?ref=v1\n"


def test_a_suffix_that_fits_two_entries_is_ambiguous(tree):
    tree.add(FILE, b"bases:\n- ../a/kafka\n#- ../b/kafka\n")
    failure = fails(tree, one("kafka", match="suffix"))
    assert failure.code == "conflict"
    assert failure.details["lines"] == [2, 3]


def test_lines_in_a_block_of_text_are_no_comments(tree):
    text = (
        b"resources:\n- a\npatches:\n- patch: |-\n    #- b\n  target: {kind: A}\n#- path: c\n#  target:\n#    kind: B\n"
    )
    tree.add(FILE, text)
    assert fails(tree, one("b")).code == "not_found"
    tree.run(execute, {"entries": [one("c")]})
    assert tree.bytes(FILE).endswith(b"- path: c\n  target:\n    kind: B\n")
    tree.run(execute, {"entries": [one("c", "disabled")]})
    assert tree.bytes(FILE) == text


def test_a_commented_out_list_takes_its_entries_with_it(tree):
    tree.add(FILE, b"resources:\n- a\n#configurations:\n#- b.yaml\n")
    assert fails(tree, one("b.yaml")).code == "not_found"


def test_the_last_entry_leaves_an_empty_list_that_can_be_filled_again(tree):
    tree.add(FILE, b"kind: Kustomization\nresources:\n- a.yaml")
    tree.run(execute, {"entries": [one("a.yaml", "disabled")]})
    assert tree.bytes(FILE) == b"kind: Kustomization\nresources:\n#- a.yaml"
    tree.run(execute, {"entries": [one("a.yaml")]})
    assert tree.bytes(FILE) == b"kind: Kustomization\nresources:\n- a.yaml"


def test_many_entries_of_many_files_in_one_task(tree):
    for number in range(20):
        tree.add(f"{number}/kustomization.yml", b"resources:\n- a\n- b\n")
    entries = [one(name, "disabled", path=str(number)) for number in range(20) for name in ("a", "b")]
    done = tree.run(execute, {"entries": entries})
    assert len(done.state["files"]) == 20
    assert {tree.bytes(f"{number}/kustomization.yml") for number in range(20)} == {b"resources:\n#- a\n#- b\n"}


def test_a_failure_in_the_last_file_leaves_the_first_as_it_was(tree):
    tree.add("1/kustomization.yaml", b"resources:\n- a\n")
    tree.add("2/kustomization.yaml", b"resources:\n- b\n")
    before = tree.snapshot()
    with pytest.raises(Failure):
        execute(
            {"work_tree": str(tree.root), "entries": [one("a", "disabled", path="1"), one("a", "disabled", path="2")]},
            False,
            None,
        )
    assert tree.snapshot() == before


def test_the_create_modify_delete_way_of_an_entry(tree):
    tree.add(FILE, b"resources:\n- a.yaml\n")
    add = one("b.yaml", field="resources", missing="add")
    assert tree.run(execute, {"entries": [add]}).state["entries"][0]["before"] == "absent"
    tree.run(execute, {"entries": [{**add, "state": "disabled", "missing": "error"}]})
    assert tree.bytes(FILE) == b"resources:\n- a.yaml\n#- b.yaml\n"
    gone = tree.run(execute, {"entries": [one("b.yaml", "absent")]})
    assert gone.state["entries"][0]["line"] is None
    assert tree.bytes(FILE) == b"resources:\n- a.yaml\n"


PATCHES = b"""patches:
  - path: limits.yaml
    target:
      kind: Deployment
      name: one
  - path: limits.yaml
    target: {kind: Deployment, name: two}
  - target:
      kind: Route
      name: web
    patch: |-
      - op: remove
        path: /spec/host

  - patch: |-
      kind: Pod
      metadata:
        name: web
  - patch: '- {op: remove, path: /}'
  - patch: '{'
"""


@pytest.mark.parametrize(
    ("item", "first", "count"),
    [
        (one("limits.yaml", target={"name": "two"}), b"  - path: limits.yaml\n    target: {", 2),
        (one(None, target={"kind": "Deployment", "name": "one"}), b"  - path: limits.yaml\n    target:\n", 4),
        (one(None, target={"kind": "Route"}, field="patches"), b"  - target:", 6),
        (one(None, target={"kind": "Pod", "name": "web"}), b"  - patch: |-", 4),
    ],
)
def test_a_patch_is_named_by_its_target(tree, item, first, count):
    tree.add(FILE, PATCHES)
    done = tree.run(execute, {"entries": [{**item, "state": "disabled"}]})
    start = PATCHES.index(first)
    lines = PATCHES[start:].splitlines(keepends=True)[:count]
    off = b"".join(b"  #" + line[2:] for line in lines)
    assert tree.bytes(FILE) == PATCHES[:start] + off + PATCHES[start + len(b"".join(lines)) :]
    assert done.state["entries"][0]["entry"] == ("limits.yaml" if b"path: limits" in first else None)
    assert tree.run(execute, {"entries": [item]}).changed
    assert tree.bytes(FILE) == PATCHES
    tree.run(execute, {"entries": [{**item, "state": "absent"}]})
    assert tree.bytes(FILE) == PATCHES.replace(b"".join(lines), b"")


@pytest.mark.parametrize(
    ("item", "code", "said"),
    [
        (one("limits.yaml", "disabled"), "conflict", "line 6 (patches): limits.yaml for kind=Deployment, name=two."),
        (one(None, target={"kind": "Deployment"}), "conflict", "'a patch for kind=Deployment' means: line 2 (patches)"),
        (one(None, target={"name": "no"}), "not_found", "no entry 'a patch for name=no'"),
        (one(None, target={"name": "no"}), "not_found", "two, a patch for kind=Route, name=web, a patch for kind=Pod"),
        (one(None, target={"name": "web"}), "conflict", "line 8 (patches): a patch for kind=Route, name=web, line 15 "),
        (one(None, target={}), "invalid_option", "an entry is empty"),
        (one("", target={"kind": "Route"}), "invalid_option", "an entry is empty"),
        (one("x", target={"kind": "A"}, field="patches", missing="add"), "invalid_option", "takes no target"),
    ],
)
def test_a_patch_that_is_not_clear_is_named_by_its_targets(tree, item, code, said):
    tree.add(FILE, PATCHES)
    failure = fails(tree, item)
    assert (failure.code, said in failure.msg) == (code, True), failure.msg
    assert tree.bytes(FILE) == PATCHES


@pytest.mark.parametrize(
    ("content", "field", "after"),
    [
        (b"resources: []\nkind: K\n", "resources", b"resources:\n- x.yaml\nkind: K\n"),
        (b"resources: [ ]  # none\n", "resources", b"resources:  # none\n- x.yaml\n"),
        (b"resources: null", "resources", b"resources:\n- x.yaml"),
        (b"crds:\r\n  - a\r\n", "resources", b"crds:\r\n  - a\r\nresources:\r\n  - x.yaml\r\n"),
        (b"crds:\n  - a\nresources:\n- b\n", "resources", b"crds:\n  - a\nresources:\n- b\n- x.yaml\n"),
        (b"crds:\n  - a\nresources:\nkind: K\n", "resources", b"crds:\n  - a\nresources:\n  - x.yaml\nkind: K\n"),
        (b"patches:\n- path: a\n", "patches", b"patches:\n- path: a\n- path: x.yaml\n"),
    ],
)
def test_an_entry_is_added_as_the_list_and_the_file_write_theirs(tree, content, field, after):
    tree.add(FILE, content)
    tree.run(execute, {"entries": [one("x.yaml", field=field, missing="add")]})
    assert tree.bytes(FILE) == after


@pytest.mark.parametrize(
    ("content", "item", "code", "said"),
    [
        (DEMO, one("nothing.yaml"), "not_found", "it lists namespace.yaml, ../../templates/messaging"),
        (DEMO, one("nothing.yaml", path="elsewhere"), "not_found", "elsewhere"),
        (DEMO, one("x", path="../outside.yaml"), "refused", "outside of"),
        (DEMO, one("x", path="instances"), "not_found", "holds no kustomization"),
        (DEMO, one("x", field="images"), "invalid_option", "'images' is no list of paths"),
        (DEMO, one("x", missing="add"), "invalid_option", "needs a field"),
        (DEMO, one(" "), "invalid_option", "empty"),
        (DEMO, one("x", field="patchesJson6902", missing="add"), "invalid_option", "needs a target"),
        (b"bases: [a]\n", one("x", field="bases", missing="add"), "refused", "cannot be added to bases"),
        (b"kind: K\n...\n", one("x", field="bases", missing="add"), "refused", "this edit would leave no YAML"),
        (b"resources: [a, b]\n", one("a", "disabled"), "refused", "[brackets]"),
        (b"resources:\n-\n  a\n", one("a", "disabled"), "refused", "another line"),
        (b"resources:\n- a\n  b\n", one("a b", "disabled"), "refused", "several lines"),
        (b"patches:\n- path: a\n\n  target: {kind: A}\n", one("a", "disabled"), "refused", "on line 3. Move that line"),
        (b"bases:\n- &x a\ncrds: [*x]\n", one("a", "disabled"), "refused", "it has an anchor or a tag"),
        (b"bases: &x\n- a\ncrds: *x\n", one("a", "disabled"), "refused", "its list has an anchor"),
        (b"bases:\n- a b\n", one("a b", "disabled"), "refused", "would read as a remark"),
        (b"resources:\n- a\n- a\n", one("a", "disabled"), "conflict", "line 2 (resources): a, line 3 (resources): a"),
        (b"resources:\n- a\nresources:\n- b\n", one("a"), "conflict", "twice, on lines 1 and 3"),
        (b"- a\n", one("a"), "corrupt_input", "no kustomization"),
        (b"a: 1\n---\nb: 2\n", one("a"), "corrupt_input", "no kustomization"),
        (b"", one("a"), "corrupt_input", "no kustomization"),
        (b"a: [\n", one("a"), "corrupt_input", "not YAML: line 2"),
        (b"a: \xff\n", one("a"), "corrupt_input", "not UTF-8 at byte 3"),
        (b"a: \x00\n", one("a"), "corrupt_input", "not YAML"),
    ],
)
def test_bad_input_is_named_and_nothing_is_lost(tree, content, item, code, said):
    tree.add(FILE, content)
    tree.root.parent.joinpath("outside.yaml").write_text("resources: []\n")
    before = tree.snapshot()
    failure = fails(tree, item)
    assert failure.code == code
    assert said in failure.msg
    assert "\n" not in failure.msg
    assert tree.snapshot() == before


def test_contradicting_items_are_refused(tree):
    tree.add(FILE, DEMO)
    with pytest.raises(Failure) as caught:
        execute(
            {"work_tree": str(tree.root), "entries": [one("namespace.yaml", "disabled"), one("namespace.yaml")]},
            False,
            None,
        )
    assert caught.value.code == "invalid_option"
    assert tree.bytes(FILE) == DEMO


def test_two_kustomizations_in_one_directory_are_refused(tree):
    tree.add("a/kustomization.yaml", DEMO)
    tree.add("a/Kustomization", DEMO)
    assert fails(tree, one("x", path="a")).code == "conflict"


def test_a_work_tree_that_is_not_there_is_named(tree):
    with pytest.raises(Failure, match="there is no directory"):
        execute({"work_tree": str(tree.root / "no"), "entries": []}, False, None)


def fails(tree, item: dict[str, Any]) -> Failure:
    with pytest.raises(Failure) as caught:
        execute({"work_tree": str(tree.root), "entries": [item]}, False, None)
    return caught.value


def test_an_entry_is_looked_for_once_before_and_once_after(tree):
    paths = [f"{number}/kustomization.yaml" for number in range(5)]
    for path in paths:
        tree.add(path, DEMO)
    entries = [one("messaging-kafka", "disabled", match="suffix", path=path) for path in paths]
    calls: Counter[str] = Counter()

    def count(frame, event, _value):
        if event == "call":
            calls[frame.f_code.co_name] += 1

    sys.setprofile(count)
    try:
        execute({"work_tree": str(tree.root), "entries": entries}, False, None)
    finally:
        sys.setprofile(None)
    assert calls["occurrences"] == 2 * len(paths)
