# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the collection is run against a lab: the inventory that fits, and what its user exports."""

from __future__ import annotations

import shlex

from manuela_lab.git_host import USER
from manuela_lab.lab import BUCKET, Lab


def exports(lab: Lab) -> dict[str, str]:
    """The environment of a presenter of this lab."""
    if lab.profile.inventory == "lab":
        return {"LAB_DIR": str(lab.places.state)}
    found = {
        "KUBECONFIG": str(lab.places.kubeconfig),
        "XDG_STATE_HOME": str(lab.places.state / "home"),
        "S3_ENDPOINT": f"http://{lab.network.s3}",
        "BUCKET_NAME": BUCKET,
        "AWS_ACCESS_KEY_ID": lab.keys.s3_access_key,
        "AWS_SECRET_ACCESS_KEY": lab.keys.s3_secret_key,
    }
    if lab.profile.openshift:
        found |= {
            "GIT_USERNAME": USER,
            "GIT_TOKEN": lab.keys.git_token,
            "GIT_SSL_CAINFO": str(lab.places.git_authority),
        }
    return found


def arguments(lab: Lab) -> list[str]:
    """What ansible-playbook is given: the inventory, and the one line of it that everybody edits."""
    if lab.profile.inventory == "lab":
        return []
    return ["-i", f"inventory/{lab.profile.inventory}", "-e", f"event_streaming_git_repo={lab.remote_url}"]


def shell(lab: Lab) -> str:
    """For ``eval "$(lab env)"``."""
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in exports(lab).items())


def advice(lab: Lab) -> str:
    """The command that comes next."""
    words = shlex.join(["ansible-playbook", *arguments(lab), "playbooks/prepare.yml"])
    return words if lab.profile.inventory == "lab" else f'eval "$(lab env)"; {words}'
