// SPDX-License-Identifier: Apache-2.0
//
// verb_config_edit: `config edit`: the operator's editor gets a copy beside the file; it takes the file's
// place when no fault is in it. What is refused, or is left behind by a signal, stays in the copy, which is
// named.

#include "api/base/file_util.h"
#include "api/config/config_check.h"
#include "api/config/config_edit.h"
#include "views/cli/cli_arguments.h"
#include "views/cli/cli_message.h"
#include "views/cli/cli_setting.h"
#include "views/cli/verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char verb[] = "config edit";

struct editing {
    char path[CONFIG_PATH_CAP];
    char copy[CONFIG_PATH_CAP + 16];
    struct config_text *before; // as the file was when the copy was made
    struct bytebuf begun;       // what the editor was given
    struct config_text *after;
};

static enum status out_of_memory(struct failure *why)
{
    return fail(why, STATUS_NO_MEMORY, "no memory for the settings");
}

// --- the copy -----------------------------------------------------------------------------

// For a file that is not there yet: every option as a comment.
static enum status write_template(struct bytebuf *out)
{
    enum status status = bytebuf_add_text(out, "# Settings of sbxdeck: take the # away and change the value. "
                                               "See sbxdeck help settings.\n");
    for (size_t i = 0; status == STATUS_OK && config_option(i) != NULL; i++) {
        const struct config_option *option = config_option(i);
        status = bytebuf_print(out, "\n# %s: %s\n# %s = %s\n", option->text, option->type, option->name,
                               option->fallback);
    }
    for (size_t i = 0; status == STATUS_OK && config_section(i) != NULL; i++) {
        const struct config_section *section = config_section(i);
        status = bytebuf_print(out, "\n# %s: %s\n# [%s%s]\n", section->text, section->type, section->name,
                               section->named ? " NAME" : "");
    }
    return status;
}

static enum status make_copy(struct editing *editing, struct failure *why)
{
    size_t length = 0;
    int error = file_make_parents(editing->path, &length);
    int fd = -1;
    (void)snprintf(editing->copy, sizeof editing->copy, "%s.edit-XXXXXX", editing->path);
    if (error == 0)
        fd = mkostemp(editing->copy, O_CLOEXEC); // of mode 0600
    if (fd < 0 || !file_write_all(fd, bytebuf_text(&editing->begun), editing->begun.length)) {
        error = error != 0 ? error : errno;
        (void)fail(why, STATUS_STORE_FAILED, "can't make a copy of %.300s: %s", editing->path,
                   strerror(error));
        (void)advise(why, STATUS_STORE_FAILED, "check the disk and the folder's permissions");
    }
    if (fd >= 0)
        (void)close(fd);
    if (fd >= 0 && error != 0)
        (void)unlink(editing->copy);
    if (error != 0)
        editing->copy[0] = '\0';
    return why->status;
}

static enum status begin(struct editing *editing, struct failure *why)
{
    enum status status = config_path(editing->path, why);
    if (status == STATUS_OK && editing->path[0] == '\0')
        status = fail(why, STATUS_BAD_ARGUMENT,
                      "there is no folder for the settings: neither XDG_CONFIG_HOME nor the home folder is "
                      "an absolute path");
    if (status == STATUS_OK)
        status = config_text_read(editing->path, &editing->before, why);
    if (status != STATUS_OK)
        return status;
    editing->begun = BYTEBUF(CONFIG_FILE_MAX);
    status = editing->before->there ? bytebuf_add(&editing->begun, bytebuf_text(&editing->before->raw),
                                                  editing->before->raw.length)
                                    : write_template(&editing->begun);
    return status == STATUS_OK ? make_copy(editing, why) : out_of_memory(why);
}

// --- the editor ---------------------------------------------------------------------------

static const char *editor(void)
{
    static const char *const names[] = {"VISUAL", "EDITOR"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != '\0')
            return value;
    }
    return access("/usr/bin/sensible-editor", X_OK) == 0 ? "sensible-editor" : "vi";
}

// No key is for the editor.
static void drop_keys(void)
{
    struct secret *key = NULL;
    (void)config_take_api_key(&key, NULL);
    secret_free(key);
    config_drop_old_key();
}

// --- signals ------------------------------------------------------------------------------

static volatile sig_atomic_t interrupted, editor_pid;

// A key such as Ctrl-C in the editor is the editor's; what comes from elsewhere ends it and us.
static void on_signal(int number)
{
    const int before = errno;
    const bool is_key = number == SIGINT || number == SIGQUIT;
    if (editor_pid > 0 && !is_key)
        (void)kill(editor_pid, number);
    if (editor_pid == 0 || !is_key)
        interrupted = number;
    errno = before;
}

// But none that was ignored when we were started, as by nohup. A question doesn't go on after a signal.
static void catch_signals(void)
{
    static const int numbers[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = on_signal}, before;
    (void)sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            (void)sigaction(numbers[i], &action, NULL);
}

static enum status was_interrupted(struct failure *why)
{
    return fail(why, STATUS_CANCELLED, "interrupted: the settings are as they were");
}

// --- the editor's process -----------------------------------------------------------------

// A program and its options: it takes the shell's place, so that a signal reaches it.
static bool is_plain(const char *command)
{
    return command[strcspn(command, "|&;<>()$`\\\"'*?[#~=%\n")] == '\0';
}

// By the shell, as git does: it may have options. What is caught here is at its default there.
static int spawn_editor(const struct editing *editing, const sigset_t *mask, pid_t *pid)
{
    char shell[] = "/bin/sh", flag[] = "-c", name[] = "sh";
    char *command = NULL, *copy = strdup(editing->copy);
    char *arguments[] = {shell, flag, NULL, name, copy, NULL};
    posix_spawnattr_t attributes;
    sigset_t ignored;
    int error =
        copy != NULL && asprintf(&command, "%s%s \"$@\"", is_plain(editor()) ? "exec " : "", editor()) > 0
            ? 0
            : ENOMEM;
    arguments[2] = command;
    (void)sigemptyset(&ignored);
    (void)sigaddset(&ignored, SIGPIPE);
    (void)sigaddset(&ignored, SIGXFSZ);
    if (error == 0)
        error = posix_spawnattr_init(&attributes);
    if (error == 0) {
        (void)posix_spawnattr_setsigdefault(&attributes, &ignored);
        (void)posix_spawnattr_setsigmask(&attributes, mask);
        (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
        error = posix_spawn(pid, shell, NULL, &attributes, arguments, environ);
        (void)posix_spawnattr_destroy(&attributes);
    }
    free(command);
    free(copy);
    return error;
}

// *ended: as by waitpid.
static int wait_for_editor(const struct editing *editing, int *ended)
{
    sigset_t all, before;
    pid_t pid = -1;
    (void)sigfillset(&all);
    (void)sigprocmask(SIG_SETMASK, &all, &before);
    int error = spawn_editor(editing, &before, &pid);
    editor_pid = error == 0 ? pid : 0;
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    while (error == 0 && waitpid(pid, ended, 0) < 0)
        error = errno == EINTR ? 0 : errno;
    editor_pid = 0;
    return error;
}

static enum status run_editor(const struct editing *editing, struct failure *why)
{
    int ended = 0;
    int error = wait_for_editor(editing, &ended);
    if (interrupted != 0)
        return was_interrupted(why);
    if (error == 0 && WIFEXITED(ended) && WEXITSTATUS(ended) == 0)
        return STATUS_OK;
    if (error != 0)
        (void)fail(why, STATUS_CANCELLED, "the editor %.100s can't be run: %s", editor(), strerror(error));
    else if (WIFEXITED(ended))
        (void)fail(why, STATUS_CANCELLED, "the editor %.100s ended with %d: the settings are as they were",
                   editor(), WEXITSTATUS(ended));
    else
        (void)fail(why, STATUS_CANCELLED, "the editor %.100s was killed: the settings are as they were",
                   editor());
    return advise(why, why->status, "set VISUAL or EDITOR to one that can");
}

// --- afterwards ---------------------------------------------------------------------------

// Whether the copy has what nobody else has.
static bool has_news(const struct editing *editing)
{
    struct bytebuf now = BYTEBUF(CONFIG_FILE_MAX);
    int fd = open(editing->copy, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return editing->copy[0] != '\0' && errno != ENOENT;
    bool same = file_read_all(fd, &now) == STATUS_OK && now.length == editing->begun.length &&
                (now.length == 0 || memcmp(now.data, editing->begun.data, now.length) == 0);
    (void)close(fd);
    bytebuf_free(&now);
    return !same;
}

static bool is_unchanged(const struct editing *editing)
{
    const struct config_text *after = editing->after;
    return after != NULL && after->there && after->raw.length == editing->begun.length &&
           (editing->begun.length == 0 ||
            memcmp(after->raw.data, editing->begun.data, editing->begun.length) == 0);
}

// The copy as it is now. *faults: how many are in it, which are printed.
static enum status read_copy(struct editing *editing, size_t *faults, struct failure *why)
{
    struct config_fault *list = calloc(CONFIG_FAULTS_MAX, sizeof *list);
    config_text_free(editing->after);
    editing->after = NULL;
    *faults = 0;
    if (list == NULL)
        return out_of_memory(why);
    enum status status = config_text_read(editing->copy, &editing->after, why);
    struct config_text *after = editing->after;
    if (after != NULL && !after->there)
        status =
            fail(why, STATUS_CANCELLED, "the editor has removed its file: the settings are as they were");
    if (after != NULL && after->there) {
        after->open_to = editing->before->open_to; // where it will stand
        *faults = config_check_all(after, list);
    }
    for (size_t i = 0; i < *faults; i++)
        cli_setting_print_fault(stderr, editing->path, list[i].line, "", &list[i].why);
    free(list);
    return status;
}

static enum status make(void *ctx, const struct config_text *text, struct bytebuf *out, struct failure *why)
{
    const struct editing *editing = ctx;
    const struct bytebuf *before = &editing->before->raw, *after = &editing->after->raw;
    if (text->there != editing->before->there || text->raw.length != before->length ||
        (before->length > 0 && memcmp(text->raw.data, before->data, before->length) != 0))
        return advise(
            why,
            fail(why, STATUS_CONFLICT, "%.300s has been changed by somebody else meanwhile", editing->path),
            "edit it again");
    return bytebuf_add(out, bytebuf_text(after), after->length) == STATUS_OK ? STATUS_OK : out_of_memory(why);
}

static bool wants_again(size_t faults)
{
    char line[16] = "";
    if (isatty(STDIN_FILENO) == 0)
        return false;
    (void)fprintf(stderr, "%zu fault%s: edit again? [Y/n] ", faults, faults == 1 ? "" : "s");
    return fgets(line, sizeof line, stdin) != NULL && line[0] != 'n' && line[0] != 'N';
}

static enum status edit(struct editing *editing, struct failure *why)
{
    size_t faults = 0;
    do {
        enum status status = run_editor(editing, why);
        if (status == STATUS_OK)
            status = read_copy(editing, &faults, why);
        if (status != STATUS_OK)
            return status;
        if (is_unchanged(editing))
            return STATUS_OK;
    } while (faults > 0 && wants_again(faults));
    if (interrupted != 0)
        return was_interrupted(why);
    if (faults > 0)
        return fail(why, STATUS_BAD_ARGUMENT, "the settings are as they were: %zu fault%s", faults,
                    faults == 1 ? "" : "s");
    return config_edit_run(editing->path, make, editing, why);
}

int verb_config_edit(const struct cli_arguments *arguments)
{
    struct editing editing = {.before = NULL};
    struct failure why = {.status = STATUS_OK};
    (void)arguments;
    drop_keys();
    catch_signals();
    enum status status = begin(&editing, &why);
    if (status == STATUS_OK)
        status = edit(&editing, &why);
    if (status != STATUS_OK && has_news(&editing))
        (void)advise(&why, why.status, "what you wrote is in %s", editing.copy);
    else if (editing.copy[0] != '\0')
        (void)unlink(editing.copy);
    if (status != STATUS_OK)
        cli_complain(verb, &why);
    config_text_free(editing.before);
    config_text_free(editing.after);
    bytebuf_free(&editing.begun);
    if (interrupted != 0 && signal(interrupted, SIG_DFL) != SIG_ERR)
        (void)raise(interrupted);
    return status_exit_code(status);
}
