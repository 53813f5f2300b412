# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of all modules, one line each; a module without one fails a test."""

from __future__ import annotations

from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.cases import (
    argocd_application_info,
    cluster_info,
    cluster_object,
    deployment_link,
    git_publish,
    git_pull_request,
    git_worktree,
    kafka_topic_info,
    kustomization_info,
    kustomization_resource,
    manifest_value,
    resource_status_info,
    s3_bucket,
    s3_object_info,
    tls_secret,
)

CASES = tuple(
    one.CASE
    for one in (
        argocd_application_info,
        cluster_info,
        cluster_object,
        deployment_link,
        git_publish,
        git_pull_request,
        git_worktree,
        kafka_topic_info,
        kustomization_info,
        kustomization_resource,
        manifest_value,
        resource_status_info,
        s3_bucket,
        s3_object_info,
        tls_secret,
    )
)
WRITING = tuple(case for case in CASES if case.writes)
FAULTS = tuple((case, fault) for case in CASES for fault in case.faults)
