# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every entry of every kustomization of whole repositories, switched off and on again.

The lab's repository always; another one when EVENT_STREAMING_PUBLIC_REPO is the path of a clone, bare or not.
"""

from __future__ import annotations

import collections
import io
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
import yaml
from ansible_collections.manuela.event_streaming.plugins.module_utils import _kustomization_resource, _manifest_value
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._kustomization_render import find_program

pytestmark = pytest.mark.slow

LAB = Path(_kustomization_resource.__file__).resolve().parents[2] / "lab/gitops"
CLONE = os.environ.get("EVENT_STREAMING_PUBLIC_REPO", "")
LISTS = ("resources", "bases", "components", "crds", "configurations", "generators", "transformers")
LISTS += ("patches", "patchesStrategicMerge")


@pytest.fixture(params=["lab", "public"], scope="module")
def repository(request, tmp_path_factory):
    """Return a copy of a repository."""
    place = tmp_path_factory.mktemp(request.param) / "tree"
    if request.param == "lab":
        if not LAB.is_dir():
            pytest.skip("this copy of the collection comes without the lab")
        shutil.copytree(LAB, place, symlinks=True)
    elif CLONE:
        packed = subprocess.run(["git", "-C", CLONE, "archive", "HEAD"], capture_output=True, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(place, filter="tar")
    else:
        pytest.skip("EVENT_STREAMING_PUBLIC_REPO is not set")
    return place


def kustomizations(root):
    names = {"kustomization.yaml", "kustomization.yml", "Kustomization"}
    found = [path for path in sorted(root.rglob("*")) if path.name in names and not path.is_symlink()]
    assert found
    return found


def entries(file):
    document = yaml.safe_load(file.read_text()) or {}
    return [(field, one) for field in LISTS for one in document.get(field) or () if isinstance(one, str)]


def switch(root, file, field, entry, state):
    item = {
        "path": str(file.relative_to(root)),
        "entry": entry,
        "match": "exact",
        "field": field,
        "missing": "error",
        "target": None,
    }
    asked = {"work_tree": str(root), "entries": [{**item, "state": state}]}
    return _kustomization_resource.execute(asked, False, None).changed


def test_every_entry_goes_and_comes_back_byte_for_byte(repository):
    count, ambiguous = 0, []
    for file in kustomizations(repository):
        before = file.read_bytes()
        for field, entry in entries(file):
            try:
                assert switch(repository, file, field, entry, "disabled")
            except Failure as failure:
                if failure.code != "conflict":  # commented out beside itself: a person has to say
                    raise
                ambiguous.append(entry)
                assert file.read_bytes() == before
                continue
            left = collections.Counter(entries(file))
            assert switch(repository, file, field, entry, "present")
            assert file.read_bytes() == before, file
            assert collections.Counter(entries(file)) - left == {(field, entry): 1}
            count += 1
    assert count >= 10 and len(ambiguous) <= count / 50


def test_what_is_deployed_differs_by_the_objects_of_the_entry(repository):
    program = find_program("", 60)
    if program is None:
        pytest.skip("needs kustomize or kubectl")

    def kinds(directory):
        documents = [one for one in yaml.safe_load_all(program.build(directory)) if one]
        return collections.Counter((one["kind"], one["metadata"].get("name")) for one in documents)

    looked_at = 0
    for file in kustomizations(repository):
        for entry in [one for field, one in entries(file) if field in ("resources", "bases")][:2]:
            target = file.parent / entry
            if not target.is_dir() or looked_at == 5:
                continue
            bytes_before = file.read_bytes()
            try:
                before, part = kinds(file.parent), kinds(target)
                switch(repository, file, None, entry, "disabled")
                after = kinds(file.parent)
            except Failure:  # another part of this kustomization needs the entry, or does not render here
                continue
            finally:
                file.write_bytes(bytes_before)
            gone = before - after
            assert not after - before
            assert sum(gone.values()) == sum(part.values()), (file, entry)
            assert {kind for kind, _name in gone} == {kind for kind, _name in part}
            looked_at += 1
    assert looked_at


def test_every_value_of_every_manifest_goes_and_comes_back(repository):
    count = 0
    for file in sorted(repository.rglob("*.yaml")):
        before = file.read_bytes()
        if file.is_symlink() or before.count(b"\n---") or b"{{" in before:
            continue
        for key_path, value in texts(yaml.safe_load(before), ()):
            asked = {"path": str(file.relative_to(repository)), "key_path": list(key_path), "encoding": "plain"}
            asked |= dict.fromkeys(("kind", "name", "namespace", "property", "secret_value")) | {"missing": "error"}
            try:
                for new in ("another text: # 1", value):
                    given = {"work_tree": str(repository), "values": [{**asked, "value": new}]}
                    assert _manifest_value.execute(given, False, None).changed
            except Failure as failure:
                if failure.code != "refused":
                    raise
                file.write_bytes(before)
            else:
                assert yaml.safe_load(file.read_bytes()) == yaml.safe_load(before), (file, key_path)
                assert _comments(file.read_bytes()) == _comments(before)
                count += 1
            file.write_bytes(before)
    assert count >= 20


def texts(node, way):
    """Yield the first few plain texts of a document, with the way to each."""
    if isinstance(node, dict):
        for key, value in list(node.items())[:4]:
            if isinstance(key, str) and "." not in key:
                yield from texts(value, (*way, key))
    elif isinstance(node, str) and node and "\n" not in node and way not in (("kind",), ("apiVersion",)):
        yield way, node


def _comments(data):
    return [line for line in data.splitlines() if line.lstrip().startswith(b"#")]
