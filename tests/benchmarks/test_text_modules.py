# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One task over 1,000 files costs at most a second more of the processor than one over ten."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils import (
    _deployment_link,
    _kustomization_resource,
    _manifest_value,
)

FEW, MANY, RUNS = 10, 1000, 5
KUSTOMIZATION = (
    "kind: Kustomization\nresources:\n- namespace.yaml\n\n# the demo\n- ../messaging-kafka\n" + 20 * "# remark\n"
)
MANIFEST = (
    "kind: ConfigMap\ndata:\n  application.properties: |\n    # where to\n    s3.bucket={}\n" + 20 * "    a.b=c\n"
)


def _entries(root: Path, count: int, run: int) -> dict[str, Any]:
    for number in range(count):
        (root / str(number)).mkdir(parents=True, exist_ok=True)
        if run == 0:
            (root / str(number) / "kustomization.yaml").write_text(KUSTOMIZATION)
    item = {"entry": "messaging-kafka", "match": "suffix", "field": None, "missing": "error"}
    state = "present" if run % 2 else "disabled"
    return {"entries": [{**item, "path": str(number), "state": state} for number in range(count)]}


def _values(root: Path, count: int, run: int) -> dict[str, Any]:
    item = dict.fromkeys(("kind", "name", "namespace", "secret_value"))
    item |= {"key_path": ["data", "application.properties"], "encoding": "plain", "missing": "error"}
    for number in range(count):
        root.mkdir(parents=True, exist_ok=True)
        if run == 0:
            (root / f"{number}.yaml").write_text(MANIFEST.format("old").replace("a.b=c", "a.b=c", 1))
    values = [
        {**item, "path": f"{number}.yaml", "property": "s3.bucket", "value": f"b{run}"} for number in range(count)
    ]
    return {"values": values}


def _links(root: Path, count: int, run: int) -> dict[str, Any]:
    (root / "environment").mkdir(parents=True, exist_ok=True)
    for number in range(count):
        (root / f"{number}.yaml").write_text("kind: Application\n")
    state = "absent" if run % 2 else "present"
    item = {"environment": "environment", "name": None, "state": state}
    links = [{**item, "target": f"{number}.yaml"} for number in range(count)]
    return {"links": links, "environments": ["environment"], "stray": "error"}


@pytest.mark.parametrize(
    ("core", "prepare"),
    [
        (_kustomization_resource.execute, _entries),
        (_manifest_value.execute, _values),
        (_deployment_link.execute, _links),
    ],
    ids=["kustomization_resource", "manifest_value", "deployment_link"],
)
def test_many_files_cost_little_more_than_few(
    tmp_path: Path, core: Callable[..., Any], prepare: Callable[..., Any]
) -> None:
    seconds = {}
    for count in (FEW, MANY):
        root = tmp_path / str(count)
        taken = []
        for run in range(RUNS):
            params = {"work_tree": str(root), **prepare(root, count, run)}
            start, used = time.perf_counter(), time.process_time()
            assert core(params, False, None).changed
            taken.append((time.process_time() - used, time.perf_counter() - start))
        seconds[count] = [statistics.median(one) for one in zip(*taken, strict=True)]
    more = [many - few for many, few in zip(seconds[MANY], seconds[FEW], strict=True)]
    name = core.__module__.rpartition(".")[2]
    print(f"{name}: {MANY} files instead of {FEW}: {more[0]:.2f} s of processor more, {more[1]:.2f} s by the clock")
    assert more[0] <= 1.0
