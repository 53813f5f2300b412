# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of all parts: in each lane what is cheap comes first."""

from __future__ import annotations

from bundle import awx_objects, lint, with_awx
from cores import BETWEEN, NEWEST, OLDEST, ansible_test
from lab_parts import build, molecule
from parts import BIN, PYTHON, Part, command, coverage, pytest, types

CHECK = frozenset({"check", "test"})
TEST = frozenset({"test"})
BENCH = frozenset({"bench"})
# The long runs: crashes, faults, other profiles.
RELEASE = frozenset({"release"})
SHOW = tuple(f"tests/e2e/test_{name}.py" for name in ("1_show", "2_other_ways", "3_bad_input", "4_kills", "5_undo"))

PARTS = (
    Part("ruff", command(BIN / "ruff", "check", "--quiet", "--output-format", "concise", "."), CHECK, 60),
    Part("ruff-format", command(BIN / "ruff", "format", "--check", "--quiet", "."), CHECK, 60),
    Part("types", types, CHECK, 300),
    Part("yamllint", command(BIN / "yamllint", "--strict", "."), CHECK, 60),
    Part("units", pytest("tests/unit", options=("-m", "not slow", "-n", "2")), CHECK, 600),
    Part("coverage", coverage, RELEASE, 5400),  # the slow ones are among them
    Part("lab-units", pytest("lab/tests/unit", options=("--import-mode=importlib",)), CHECK, 600, "lab"),
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
    Part("units-2.19", ansible_test(None, "units"), TEST, 1800),
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
    Part("lab-build", build, TEST, 2400, lane=""),
    Part("integration-2.19", ansible_test(None, "integration"), TEST, 1800),
    Part("sanity-2.16", ansible_test(OLDEST, "sanity"), TEST, 1200),
    Part("sanity-2.21", ansible_test(NEWEST, "sanity"), TEST, 1200),
    *(Part(f"sanity-{core.line}", ansible_test(core, "sanity"), RELEASE, 1200) for core in BETWEEN),
    Part("lab-parts", pytest("lab/tests/parts"), TEST, 1800, "lab"),
    # A lab of its own as well, and here because the other lane is the longer one.
    Part("jobs", with_awx(PYTHON, "-m", "pytest", "tests/jobs"), TEST, 1800),
    Part("molecule", molecule, TEST, 1800, "lab"),
    Part("end-to-end", pytest(*SHOW), TEST, 3600, "lab"),
    Part("preflight", pytest("tests/e2e/test_7_preflight.py"), RELEASE, 3600, "lab"),
    Part("public-repository", pytest("tests/e2e/test_6_public_repository.py"), RELEASE, 3600, "lab"),
    Part("profiles", pytest("tests/e2e/test_8_profiles.py"), RELEASE, 7200, "lab"),
    Part("protected-branch", pytest("tests/e2e/test_8_protected_branch.py"), RELEASE, 3600, "lab"),
    Part("outage", pytest("tests/e2e/test_9_outage.py"), RELEASE, 3600, "lab"),
    Part("any-order", pytest("tests/e2e/test_9_any_order.py"), RELEASE, 5400, "lab"),
    Part("faults", pytest("tests/e2e/test_8_faults.py"), RELEASE, 3600, "lab"),
    Part(
        "benchmarks",
        command(PYTHON, "-m", "pytest", "-s", "tests/benchmarks", "--report", "docs/benchmarks.md"),
        BENCH,
        2 * 3600,
    ),
)
