// SPDX-License-Identifier: Apache-2.0
//
// verbs: what each verb does, in verb_NAME.c. See struct cli_verb for when they are called.

#ifndef SBXDECK_VIEWS_CLI_VERBS_H
#define SBXDECK_VIEWS_CLI_VERBS_H

struct cli_arguments;
struct cli_job;
struct credential;

void verb_ls(struct cli_job *job);
void verb_access_ls(struct cli_job *job);
void verb_access_create(struct cli_job *job);
void verb_access_regen(struct cli_job *job);
void verb_access_validate(struct cli_job *job);
void verb_access_delete(struct cli_job *job);
void verb_access_forget(struct cli_job *job);
void verb_access_import(struct cli_job *job);
void verb_access_revoke_all(struct cli_job *job);
void verb_access_needs_renewal(struct cli_job *job);
void verb_events(struct cli_job *job);
void verb_exec(struct cli_job *job);
void verb_name(struct cli_job *job);
void verb_note(struct cli_job *job);
void verb_pin(struct cli_job *job);
void verb_unpin(struct cli_job *job);
void verb_names_export(struct cli_job *job);
void verb_names_import(struct cli_job *job);
void verb_forward(struct cli_job *job);
void verb_sandbox_create(struct cli_job *job);
void verb_sandbox_delete(struct cli_job *job);
void verb_sandbox_start(struct cli_job *job);
void verb_sandbox_stop(struct cli_job *job);
void verb_sandbox_pause(struct cli_job *job);
void verb_ssh(struct cli_job *job);
void verb_vault_rekey(struct cli_job *job);
void verb_watch(struct cli_job *job);
int verb_setup_ssh(const struct cli_arguments *arguments);
int verb_ssh_config(const struct cli_arguments *arguments);
int verb_config_list(const struct cli_arguments *arguments);
int verb_config_get(const struct cli_arguments *arguments);
int verb_config_set(const struct cli_arguments *arguments);
int verb_config_unset(const struct cli_arguments *arguments);
int verb_config_edit(const struct cli_arguments *arguments);
int verb_config_check(const struct cli_arguments *arguments);
int verb_config_path(const struct cli_arguments *arguments);
int verb_completion(const struct cli_arguments *arguments);
int verb_doctor(const struct cli_arguments *arguments);
int verb_play(const struct cli_arguments *arguments);
int verb_ssh_proxy(const struct cli_arguments *arguments);

// What `access validate` and `access import` end with: asks the server, prints its answer and finishes.
void verb_validate_one(struct cli_job *job, const struct credential *credential);

#endif
