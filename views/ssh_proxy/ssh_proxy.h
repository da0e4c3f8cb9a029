// SPDX-License-Identifier: Apache-2.0
//
// ssh_proxy: Let one tool that speaks SSH (ssh, scp, rsync, git, Ansible …) into a sandbox by its name: what
// `sbxdeck ssh-proxy NAME` does as the tool's ProxyCommand.
//
// The tool is answered at once; its sign-in waits until the sandbox is found, runs and has a credential. A
// tool undoes nothing that a person did (service_act_for_tools).

#ifndef SBXDECK_VIEWS_SSH_PROXY_SSH_PROXY_H
#define SBXDECK_VIEWS_SSH_PROXY_SSH_PROXY_H

#include "api/config/config.h"

struct ssh_proxy_options {
    const struct config *config;
    const char *name; // as the tool was given it
    int in_fd, out_fd;
    // A line for the operator, for a tool that doesn't show banners; clean, without an end.
    void (*say)(const char *text);
};

// Returns the exit code: 0 when the tool was let in and has left, or when a signal ended it.
int ssh_proxy_run(const struct ssh_proxy_options *options);

#endif
