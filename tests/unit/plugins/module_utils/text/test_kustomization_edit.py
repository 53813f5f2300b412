# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rare forms of entries: what is switched, what is left alone, what is refused. Mutants that lived showed each."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._kustomization_edit import Wanted, switch
from ansible_collections.manuela.event_streaming.plugins.module_utils._yaml_text import read

SUFFIX: dict[str, Any] = {"match": "suffix"}
ADD: dict[str, Any] = {"field": "resources", "add": True}


def switched(text: str, wanted: Wanted) -> str:
    return switch(read(text.encode(), "k.yaml"), wanted).text


@pytest.mark.parametrize(
    ("text", "wanted", "after"),
    [
        ("bases:\n- a\n- b", Wanted("", "b", "absent"), "bases:\n- a"),
        ("bases:\r\n- a\r\n- b", Wanted("", "b", "absent"), "bases:\r\n- a"),
        ("bases:\n- a\n- b", Wanted("", "a", "absent"), "bases:\n- b"),
        ("bases:\n- a\n  # - b\n", Wanted("", "b", "present"), "bases:\n- a\n- b\n"),
        ("bases:\n  - !t a\n#- b\n", Wanted("", "b", "present"), "bases:\n  - !t a\n  - b\n"),
        ("crds:\n- a\nbases:\n#- b\n", Wanted("", "b", "present"), "crds:\n- a\nbases:\n- b\n"),
        ("crds:\n#- b\nbases:\n- a\n", Wanted("", "b", "present"), "crds:\n- b\nbases:\n- a\n"),
        ("bases:\n- x/kafka\n", Wanted("", "kafka/", "disabled", **SUFFIX), "bases:\n#- x/kafka\n"),
        ("bases:\n#- x/kafka\n", Wanted("", "kafka/", "present", **SUFFIX), "bases:\n- x/kafka\n"),
        ("bases:\n#- b\n#    says: why\n", Wanted("", "b", "present"), "bases:\n- b\n#    says: why\n"),
        ("patches:\n#- path: b\n#  why: gone\n", Wanted("", "b", "present"), "patches:\n- path: b\n#  why: gone\n"),
    ],
)
def test_an_entry_is_switched_and_nothing_else(text, wanted, after):
    assert switched(text, wanted) == after


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("kind: K", "kind: K\nresources:\n- x\n"),
        ("resources:\n- b\nkind: K\n", "resources:\n- b\n- x\nkind: K\n"),
        ("resources:\n- patch: |\n    t\nkind: K\n", "resources:\n- patch: |\n    t\n- x\nkind: K\n"),
        ("crds:\n- a\nbases:\n  - b\n", "crds:\n- a\nbases:\n  - b\nresources:\n- x\n"),
        ("crds: [a]\n", "crds: [a]\nresources:\n- x\n"),
        ("crds:\n  - a\nresources:\n- !t b\n", "crds:\n  - a\nresources:\n- !t b\n- x\n"),
    ],
)
def test_an_entry_is_added_behind_the_last_one(text, after):
    assert switched(text, Wanted("", "x", "present", **ADD)) == after


@pytest.mark.parametrize(
    ("text", "wanted", "code", "said"),
    [
        ("bases:\n- x/b\n#- y/b\n", Wanted("", "b", "disabled"), "not_found", "it lists x/b. Correct"),
        ("bases:\n- a\n#- &x b\n", Wanted("", "b", "present"), "not_found", "it lists a. Correct"),
        ("bases:\n- a\n#- !t b\n", Wanted("", "b", "present"), "not_found", "it lists a. Correct"),
        ("bases:\n- ~\n- [b]\ncrds:\n  b: c\n", Wanted("", "b", "disabled"), "not_found", "it lists nothing. Correct"),
        ("bases:\n- ~\n", Wanted("", "~", "disabled"), "not_found", "it lists nothing. Correct"),
        ("bases:\n- a\ncrds:\n- b\n", Wanted("", "b", "disabled", field="bases"), "not_found", "'b' in bases, neither"),
        ("bases:\n- a\n", Wanted("", "b", "disabled"), "not_found", "'b', neither"),
        ("bases: &x\n- a\ncrds: *x\n", Wanted("", "x", "present", field="bases", add=True), "refused", "has an anchor"),
        (
            "bases: &x\n- a\n#- b\ncrds: *x\n",
            Wanted("", "b", "present"),
            "refused",
            "added to bases, because that has an",
        ),
        ("bases: &x\n#- b\ncrds: *x\n", Wanted("", "b", "present"), "refused", "that has an anchor"),
        ("bases: !!seq\n- a\n#- b\n", Wanted("", "b", "present"), "refused", "that has an anchor or a tag"),
        ("bases: [a]\n#- b\n", Wanted("", "b", "present"), "refused", "that is a list in [brackets]"),
        ("kind: K\nresources: b\n", Wanted("", "x", "present", **ADD), "refused", "line 2: 'x' cannot be added to res"),
        ("crds:\n  - a\nresources: b\n", Wanted("", "x", "present", **ADD), "refused", "that is no list. Write"),
        ("resources: {}\n", Wanted("", "x", "present", **ADD), "refused", "that is no list. Write"),
        (
            "bases:\n- a\r- b\n",
            Wanted("", "a", "absent"),
            "refused",
            "line 2: making 'a' absent would change more than",
        ),
    ],
)
def test_what_would_not_stay_as_it_is_is_named(text, wanted, code, said):
    with pytest.raises(Failure) as caught:
        switched(text, wanted)
    assert (caught.value.code, said in caught.value.msg) == (code, True), caught.value.msg


def test_what_there_is_instead_of_an_entry_is_told():
    with pytest.raises(Failure) as caught:
        switched("bases:\n- a\npatches:\n- path: b\n  target: {kind: A}\n", Wanted("", "c", "disabled"))
    assert caught.value.details == {"path": "k.yaml", "entries": ["a", "b for kind=A"]}


@pytest.mark.parametrize(
    "written", ["'x\n\n    #- b\n    '", '"x\n\n    #- b\n    "', ">\n    #- b\n", "|\n    #- b\n"]
)
def test_lines_of_a_text_are_no_entries_whatever_its_quotes(written):
    with pytest.raises(Failure, match="has no entry 'b'"):
        switched(f"patches:\n- patch: {written}\n", Wanted("", "b", "present"))


@pytest.mark.parametrize(
    "text", ["patch: ''", "patch: '# none'", "target: [x]", "patch: 'metadata: [x]'", "patch: '- a'"]
)
def test_a_patch_for_nothing_is_passed_by(text):
    wanted = Wanted("", "", "disabled", target=frozenset({("kind", "Pod"), ("namespace", "shop"), ("name", "web")}))
    odd = f"patches:\n- {text}\n"
    item = "- patch: |\n    kind: Pod\n    metadata:\n      name: web\n      namespace: shop\n"
    assert switched(odd + item, wanted) == odd + "".join(f"#{line}\n" for line in item.splitlines())


AGAIN = "namePrefix: &a one-\npatches:\n- path: p\n  target: &a {kind: Kafka}\n- path: q\nnameSuffix: *a\n"
ONCE = "patches:\n- path: p\n  target: &a {kind: Kafka}\n- path: q\n  target: *a\n"
OWN = "patches:\n- path: p\n  target: &a {kind: Kafka}\n  options: *a\n- path: q\n"
OFF = "namePrefix: &a one-\npatches:\n#- path: p\n#  target: &a {kind: Kafka}\n- path: q\nnameSuffix: *a\n"


@pytest.mark.parametrize("state", ["disabled", "absent"])
@pytest.mark.parametrize("text", [AGAIN, ONCE])
def test_an_entry_whose_anchor_others_need_stays(text, state):
    with pytest.raises(Failure) as caught:
        switched(text, Wanted("", "p", state))
    assert caught.value.code == "refused" and "alias elsewhere" in caught.value.msg


def test_an_entry_that_would_give_an_alias_another_meaning_stays_off():
    with pytest.raises(Failure) as caught:
        switched(OFF, Wanted("", "p", "present"))
    assert caught.value.code == "refused" and "alias elsewhere" in caught.value.msg


def test_an_entry_that_needs_its_anchor_alone_is_switched_off_and_on():
    off = switched(OWN, Wanted("", "p", "disabled"))
    assert "#  options: *a" in off
    assert switched(off, Wanted("", "p", "present")) == OWN


def test_an_entry_does_not_come_back_beside_an_empty_list_in_brackets():
    with pytest.raises(Failure) as caught:
        switched("resources: []\n#- x\n", Wanted("", "x", "present"))
    assert caught.value.code == "refused" and "[brackets]" in caught.value.msg
