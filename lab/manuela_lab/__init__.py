# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The embedded lab: two data centres with real Kubernetes APIs, Argo CD, Kafka, Camel and S3 on one Linux machine.

``cli``              the command line: lab up | down | status | logs
``up`` ``down``      what those commands do, step by step
``profile``          which clusters and environments a lab has; ``network`` where they listen
``lab``              both with their keys, as written to lab.json
``binaries``         the control plane's programs, built once from Go modules; ``parts`` the data plane's
``programs``         the command line of every fixed program; ``supervision`` keeps them running
``operator``         plays Strimzi, Camel K and the kubelet: runs custom resources as local processes
"""
