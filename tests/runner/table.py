# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of all parts, in the order in which they run: what is cheap first."""

from __future__ import annotations

from bundle import awx_objects, lint, with_awx
from cores import NEWEST, OLDEST, ansible_test
from lab_parts import build, molecule
from parts import BIN, PYTHON, Part, command, pytest, types

CHECK = frozenset({"check", "test"})
TEST = frozenset({"test"})
BENCH = frozenset({"bench"})
# Long crash runs, and what has not yet been seen green on a quiet machine: see CONTRIBUTING.
RELEASE = frozenset({"release"})
SHOW = ("tests/e2e/test_1_show.py", "tests/e2e/test_2_other_ways.py", "tests/e2e/test_3_bad_input.py")

PARTS = (
    Part("ruff", command(BIN / "ruff", "check", "--quiet", "--output-format", "concise", "."), CHECK, 60),
    Part("ruff-format", command(BIN / "ruff", "format", "--check", "--quiet", "."), CHECK, 60),
    Part("types", types, CHECK, 300),
    Part("yamllint", command(BIN / "yamllint", "--strict", "."), CHECK, 60),
    Part("units", pytest("tests/unit"), CHECK, 900),
    Part("lab-units", pytest("lab/tests/unit", options=("--import-mode=importlib",)), CHECK, 600),
    Part("tree", pytest("tests/tree"), CHECK, 600),
    Part("awx", awx_objects, TEST, 600),
    Part("ansible-lint", lint, TEST, 900),
    Part(
        "docs",
        command(BIN / "antsibull-docs", "lint-collection-docs", "--plugin-docs", "--skip-rstcheck", "."),
        TEST,
        300,
    ),
    Part("changelog", command(BIN / "antsibull-changelog", "lint"), TEST, 60),
    Part("sanity-2.19", ansible_test(None, "sanity"), TEST, 1200),
    Part("units-2.19", ansible_test(None, "units"), RELEASE, 900),
    Part(
        "crashes",  # eight publishers for fifty rounds, and a kill around every single call of git
        pytest(
            "tests/unit/plugins/module_utils/git/test_git_crashes.py",
            options=("--timeout=3000",),
            EVENT_STREAMING_ROUNDS="50",
            EVENT_STREAMING_KILL_STEP="1",
        ),
        RELEASE,
        6000,
    ),
    Part("lab-build", build, TEST, 2400),
    Part("integration-2.19", ansible_test(None, "integration"), RELEASE, 1800),
    Part("sanity-2.16", ansible_test(OLDEST, "sanity"), TEST, 1200),
    Part("sanity-2.21", ansible_test(NEWEST, "sanity"), TEST, 1200),
    Part("lab-parts", pytest("lab/tests/parts"), RELEASE, 1800),
    Part("jobs", with_awx(PYTHON, "-m", "pytest", "tests/jobs"), TEST, 1800),
    Part("end-to-end", pytest(*SHOW), TEST, 2400),
    Part("end-to-end-long", pytest("tests/e2e"), RELEASE, 3600),
    Part("molecule", molecule, RELEASE, 1800),
    Part("benchmarks", command(PYTHON, "-m", "pytest", "-s", "tests/benchmarks"), BENCH, 3600),
)
