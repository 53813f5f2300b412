# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What users have set up in git, in their shell and in their clones changes nothing of what is promised."""

from __future__ import annotations

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_config import Config
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.git.conftest import Site, sh

pytestmark = pytest.mark.slow

RESTORE = {"trailer": "Before", "revision": None, "subjects": ["\u00dcbung"], "overwrite": False}
GPG = """#!/bin/sh
echo "[GNUPG:] SIG_CREATED x" >&2
cat > /dev/null
case "$*" in *verify*) echo "gpg: Good signature" >&2; echo "[GNUPG:] GOODSIG x y";; *) cat <<END
-----BEGIN PGP SIGNATURE-----
x
-----END PGP SIGNATURE-----
END
esac
"""


@pytest.fixture
def settings(no_settings_of_this_machine):
    """A function that adds to the user's settings."""

    def add(text):
        with (no_settings_of_this_machine / ".gitconfig").open("a") as file:
            file.write(text)

    return add


def test_a_tag_with_the_name_of_the_branch_leads_nowhere_else(copy):
    copy.git("tag main")
    copy.git("tag origin/main")
    copy.write("work", "README", "mine\n")
    assert copy.publish(("A", "README"), branch="main").state["branch"] == "main"
    assert copy.worktree().state["branch"] == "main"
    assert sh("git for-each-ref --format='%(refname)'", copy.remote).split() == ["refs/heads/main"]


@pytest.mark.parametrize("kind", ["", "--sparse-index"])
def test_what_a_sparse_checkout_leaves_out_is_not_deleted(copy, kind):
    copy.colleague("more", ("other/x.yaml", "x\n"))
    copy.worktree()
    copy.git(f"sparse-checkout set {kind} app")
    copy.write("work", "app/new", "x\n")
    assert copy.publish(("A", "app", "other", "other/x.yaml")).state["files"] == ["app/new"]
    tip = copy.colleague("theirs", ("other/x.yaml", "xx\n"), ("other/y.yaml", "y\n"))
    assert copy.worktree().state["revision"] == copy.git("rev-parse HEAD").strip() == tip
    assert not (copy.path / "other").exists()
    assert copy.git("status --porcelain") == ""


def test_a_file_that_the_user_keeps_to_himself_is_taken_by_its_own_name_only(copy):
    copy.git("update-index --skip-worktree app/script.sh")
    copy.write("work", "app/script.sh", "local\n")
    copy.write("work", "app/new", "x\n")
    assert copy.publish(("A", "app")).state["files"] == ["app/new"]
    assert (copy.path / "app/script.sh").read_text() == "local\n"
    assert copy.publish(("B", "app/script.sh")).state["files"] == ["app/script.sh"]


def test_logs_that_show_signatures_and_speak_latin_are_understood(site, settings, tmp_path):
    (tmp_path / "gpg").write_text(GPG)
    (tmp_path / "gpg").chmod(0o755)
    settings(
        f"[log]\nshowSignature = true\n[commit]\ngpgSign\n[gpg]\nprogram = {tmp_path}/gpg\n"
        "[i18n]\nlogOutputEncoding = ISO-8859-1\ncommitEncoding = ISO-8859-1\n"
    )
    site.worktree()
    before = site.tip()
    site.write("work", "README", "mine\n")
    site.publish({"subject": "\u00dcbung", "paths": ["README"], "trailers": {"Before": before}})
    assert site.publish({"subject": "Back", "paths": ["README"], "restore": RESTORE}).changed
    assert site.show("README") == "hello\n"
    site.write("work", "README", "again\n")
    site.publish(("\u00dcbung", "README"), push=False)
    site.colleague("theirs", ("b", "x\n"))
    site.publish(("\u00dcbung", "README"))
    assert site.git("-c i18n.logOutputEncoding=UTF-8 -c log.showSignature=false log -1 --format=%s") == "\u00dcbung\n"


@pytest.mark.parametrize(
    "text",
    ["[core]\nsplitIndex = true\n", "[core]\nuntrackedCache = true\n[index]\nversion = 4\n",
     "[fetch]\nprune = true\npruneTags = true\n[remote]\npushDefault = nowhere\n[push]\ndefault = nothing\n",
     "[diff]\nnoprefix = true\nexternal = false\nignoreSubmodules = all\n[color]\nui = always\nremote = always\n"],
    ids=["split index", "index", "fetch and push", "diff and colours"],
)  # fmt: skip
def test_settings_that_write_or_rephrase_change_nothing(site, settings, text):
    settings(text)
    site.worktree()
    site.colleague("theirs", ("b", "x\n"), ("README", "theirs\n"))
    site.write("work", "app/kustomization.yaml", "mine\n")
    before = site.bytes_of(site.path)
    site.worktree(check=True)
    predicted = site.publish(("A", "app"), check=True)
    assert site.bytes_of(site.path) == before
    done = site.publish(("A", "app"))
    assert predicted.prepared == done.prepared
    assert "+++ b/app/kustomization.yaml" in done.prepared and "\x1b" not in done.prepared
    assert site.git("status --porcelain") == ""


def test_a_remote_of_another_name_is_the_one_that_there_is(site, settings):
    settings("[clone]\ndefaultRemoteName = upstream\n[branch]\nautoSetupMerge = always\n")
    sh(f"git clone -q {site.remote} work && cd work && git checkout -q -b feature main", site.root)
    site.write("work", "a", "x\n")
    assert site.publish(("A", "a"), branch="feature").state["revision"] == site.tip("feature")
    assert site.worktree(path=str(site.root / "new")).changed
    assert not site.worktree(path=str(site.root / "new")).changed


def test_variables_that_lead_elsewhere_are_not_heard(site, monkeypatch):
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_SHALLOW_FILE", "GIT_GRAFT_FILE"):
        monkeypatch.setenv(name, __file__)
    monkeypatch.setenv("GIT_IMPLICIT_WORK_TREE", "0")
    site.worktree()
    site.write("work", "a", "x\n")
    assert site.publish(("A", "a")).state["pushed"]


def test_hooks_may_use_patterns_and_speak_the_users_language(copy, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    for name in ("pre-commit", "pre-push"):
        hook = copy.path / ".git/hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ngit ls-files '*.yaml' > {copy.root}/{name}\necho $LC_ALL > {copy.root}/language\n")
        hook.chmod(0o755)
        copy.write("work", "README", name)
        copy.publish(("A", "README"))
        assert (copy.root / name).read_text().split() == ["app/kustomization.yaml", "link.yaml"]
        assert name == "pre-push" or (copy.root / "language").read_text() == "C.UTF-8\n"


def test_a_work_copy_with_an_odd_path(tmp_path):
    root = tmp_path / "a:b \u00e9"
    root.mkdir()
    (tmp_path / "plain").mkdir()
    site = Site(tmp_path / "plain")
    site.path = root / 'work"\\'
    site.worktree()
    site.colleague("theirs", ("b", "x\n"))
    assert site.worktree(check=True).changed
    (site.path / "README").write_text("mine\n")
    assert site.publish(("A", "README"), check=True).changed
    assert site.publish(("A", "README")).state["pushed"]


def test_more_paths_than_a_command_line_takes(copy):
    names = [f"folder-{number % 7}/{'long' * 40}-{number}.yaml" for number in range(1100)]
    for name in names:
        copy.write("work", name, "x\n")
    copy.worktree(check=True)
    assert len(copy.publish(("Many", *names)).state["files"]) == len(names)
    assert not copy.publish(("Many", *names)).changed


@pytest.mark.parametrize(
    ("listed", "remote"),
    [
        ("", "origin"),
        ("remote.up.url\nx\0", "up"),
        ("remote.up.url\nx\0remote.b.url\ny\0", "origin"),
        ("remote.up.url\nx\0branch.main.remote\n.\0", "up"),
        ("branch.main.remote\na\0branch.main.remote\nb\0", "b"),
    ],
)
def test_the_remote_of_a_branch(listed, remote):
    assert Config(listed).remote_of("main") == remote


def test_a_setting_without_a_value_is_on():
    assert Config("commit.gpgsign\0").is_on("commit.gpgsign")
    assert not Config("commit.gpgsign\ntrue\0commit.gpgsign\nfalse\0").is_on("commit.gpgsign")
