// SPDX-License-Identifier: Apache-2.0
//
// doctor: Keep the lines, and look at what is on this machine alone: settings, vault, libssh, the set-up of
// ssh.

#include "views/cli/doctor.h"

#include "api/base/file_util.h"
#include "api/base/time_util.h"
#include "api/config/config_check.h"
#include "api/http/http_url.h"
#include "api/tools/ssh_setup.h"
#include "api/vault/vault.h"
#include "api/vault/vault_inspect.h"
#include "tui/base/text.h"
#include "views/cli/cli_ssh_block.h"

#include <errno.h>
#include <fcntl.h>
#include <libssh/libssh.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MIB = 1024 * 1024, ROOM_FAIL_MIB = 1, ROOM_WARN_MIB = 16, VERSION_CAP = 128, DPKG_WAIT_MS = 3000 };

// --- lines --------------------------------------------------------------------------------

struct doctor_line *doctor_add(struct doctor *doctor, const char *name)
{
    size_t at = doctor->count < DOCTOR_LINES ? doctor->count++ : DOCTOR_LINES - 1;
    doctor->lines[at] = (struct doctor_line){.name = name};
    return &doctor->lines[at];
}

void doctor_say(struct doctor_line *line, enum doctor_level level, const char *format, ...)
{
    char text[DOCTOR_TEXT_CAP];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    (void)text_append(line->text, sizeof line->text, "%s%s", line->text[0] != '\0' ? "; " : "", text);
    line->level = level > line->level ? level : line->level;
}

void doctor_advise(struct doctor_line *line, const char *format, ...)
{
    va_list arguments;
    if (line->advice[0] != '\0')
        return;
    va_start(arguments, format);
    (void)vsnprintf(line->advice, sizeof line->advice, format, arguments);
    va_end(arguments);
}

void doctor_fail(struct doctor_line *line, enum doctor_level level, const struct failure *why)
{
    doctor_say(line, level, "%s", failure_text(why));
    doctor_advise(line, "%s", failure_advice(why));
}

// --- settings -----------------------------------------------------------------------------

// What is used while the settings can't be read.
static void take_defaults(struct config *config)
{
    struct failure ignored;
    const char *url = getenv("LEAP0_BASE_URL");
    memset(config, 0, sizeof *config);
    for (size_t i = 0; config_option(i) != NULL; i++)
        if (strcmp(config_option(i)->name, "base_url") == 0)
            (void)snprintf(
                config->base_url, sizeof config->base_url, "%s",
                url != NULL && http_url_check(url, &ignored) == STATUS_OK ? url : config_option(i)->fallback);
    config->connect_timeout_s = config->timeout_s = DOCTOR_WAIT_MS / 1000;
    if (vault_default_folder(config->state_folder, sizeof config->state_folder, &ignored) != STATUS_OK)
        config->state_folder[0] = '\0';
    (void)snprintf(config->base_folder, sizeof config->base_folder, "%s", config->state_folder);
}

// Also what would only be seen when it is needed: a section that nobody has read yet.
static void say_faults(struct doctor_line *line)
{
    struct config_fault *faults = calloc(CONFIG_FAULTS_MAX, sizeof *faults);
    struct config_text *text = NULL;
    struct failure why = {.status = STATUS_OK};
    if (faults != NULL && config_read(&text, &why) == STATUS_OK) {
        size_t count = config_check_all(text, faults);
        if (count > 0) {
            (void)config_text_fail(text, faults[0].line, &faults[0].why, &why);
            doctor_fail(line, DOCTOR_FAIL, &why);
        }
        if (count > 1)
            doctor_say(line, DOCTOR_FAIL, "%zu more: sbxdeck config check", count - 1);
        if (count == 0)
            doctor_say(line, DOCTOR_OK, "%s, nothing wrong in them", text->there ? "read" : "none set");
    } else if (why.status != STATUS_OK) {
        doctor_fail(line, DOCTOR_FAIL, &why);
    }
    config_text_free(text);
    free(faults);
}

void doctor_settings(struct doctor *doctor)
{
    struct doctor_line *line = doctor_add(doctor, "settings");
    struct failure why = {.status = STATUS_OK};
    enum status status = config_load(&doctor->config, &why);
    doctor->unread = status != STATUS_OK;
    if (doctor->unread)
        take_defaults(&doctor->config);
    say_faults(line);
    if (status != STATUS_OK && line->level != DOCTOR_FAIL) // not the file's fault
        doctor_fail(line, DOCTOR_FAIL, &why);
    if (doctor->config.profile[0] != '\0')
        doctor_say(line, DOCTOR_OK, "profile %s", doctor->config.profile);
}

// --- vault --------------------------------------------------------------------------------

static void say_room(struct doctor_line *line, const struct vault_report *report)
{
    if (!report->has_room)
        return;
    unsigned long long mib = report->room / MIB;
    enum doctor_level level = mib < ROOM_FAIL_MIB   ? DOCTOR_FAIL
                              : mib < ROOM_WARN_MIB ? DOCTOR_WARN
                                                    : DOCTOR_OK;
    if (mib >= 10 * 1024)
        doctor_say(line, level, "%llu GiB free", mib / 1024);
    else
        doctor_say(line, level, "%llu MiB free", mib);
    if (level != DOCTOR_OK)
        doctor_advise(line, "free some disk space");
}

static void say_seals(struct doctor_line *line, const struct doctor *doctor,
                      const struct vault_report *report)
{
    doctor_say(line, DOCTOR_OK, "%zu credential%s", report->credentials, report->credentials == 1 ? "" : "s");
    if (doctor->key == NULL)
        return;
    if (report->sealed_elsewhere > 0) {
        doctor_say(line, DOCTOR_WARN, "%zu sealed with another API key", report->sealed_elsewhere);
        doctor_advise(line, "sbxdeck vault rekey, with the old key in LEAP0_OLD_API_KEY");
    } else if (report->sealed_here > 0) {
        doctor_say(line, DOCTOR_OK, "sealed with this key");
    }
    if (report->damaged > 0) {
        doctor_say(line, DOCTOR_WARN, "%zu whose password doesn't open", report->damaged);
        doctor_advise(line, "sbxdeck access regen makes a new password");
    }
}

void doctor_vault(struct doctor *doctor)
{
    struct doctor_line *line = doctor_add(doctor, "vault");
    struct failure why = {.status = STATUS_OK};
    struct vault_report report;
    if (doctor->config.state_folder[0] == '\0') {
        (void)fail(&why, STATUS_STORE_FAILED, "no folder for it: neither HOME nor XDG_STATE_HOME is usable");
        (void)advise(&why, why.status, "set HOME, or SBXDECK_STATE to an absolute path");
        doctor_fail(line, DOCTOR_FAIL, &why);
        return;
    }
    if (vault_inspect(doctor->config.state_folder, doctor->key, &report, &why) != STATUS_OK)
        doctor_fail(line, DOCTOR_FAIL, &why);
    else if (!report.there)
        doctor_say(line, DOCTOR_OK, "none yet in %s", doctor->config.state_folder);
    else if (report.form < report.known)
        doctor_say(line, DOCTOR_OK, "opens, private, format %d (%d when it is next used)", report.form,
                   report.known);
    else
        doctor_say(line, DOCTOR_OK, "opens, private, format %d", report.form);
    if (line->level == DOCTOR_OK && report.there)
        say_seals(line, doctor, &report);
    say_room(line, &report);
}

// --- libssh -------------------------------------------------------------------------------

// The output of a command without its line end, within a bounded time; "" where it can't be had.
static void first_line_of(char *const argv[], char *out, size_t cap)
{
    posix_spawn_file_actions_t files;
    int ends[2] = {-1, -1};
    pid_t pid = 0;
    size_t used = 0;
    char *const environment[] = {(char[]){"PATH=/usr/bin:/bin"}, (char[]){"LC_ALL=C"}, NULL};
    out[0] = '\0';
    if (pipe2(ends, O_CLOEXEC) != 0)
        return;
    (void)posix_spawn_file_actions_init(&files);
    (void)posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    (void)posix_spawn_file_actions_adddup2(&files, ends[1], STDOUT_FILENO);
    (void)posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    int error = posix_spawnp(&pid, argv[0], &files, NULL, argv, environment);
    (void)posix_spawn_file_actions_destroy(&files);
    (void)close(ends[1]);
    const int64_t until = time_monotonic_ms() + DPKG_WAIT_MS;
    while (error == 0 && used + 1 < cap) {
        struct pollfd ready = {.fd = ends[0], .events = POLLIN};
        int64_t left = until - time_monotonic_ms();
        if (left <= 0 || (poll(&ready, 1, (int)left) <= 0 && errno != EINTR)) {
            (void)kill(pid, SIGKILL);
            used = 0;
            break;
        }
        ssize_t got = read(ends[0], out + used, cap - 1 - used);
        if (got <= 0)
            break;
        used += (size_t)got;
    }
    out[used] = '\0';
    out[strcspn(out, "\n")] = '\0';
    (void)close(ends[0]);
    while (error == 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

static bool take_numbers(const char *text, int out[3], int *length)
{
    *length = 0;
    return sscanf(text, "%9d.%9d.%9d%n", &out[0], &out[1], &out[2], length) == 3;
}

static int compare(const int one[3], int a, int b, int c)
{
    const int other[3] = {a, b, c};
    for (int i = 0; i < 3; i++)
        if (one[i] != other[i])
            return one[i] < other[i] ? -1 : 1;
    return 0;
}

// Fixed upstream in 0.11.4 and 0.12.0; Debian 12 has the fixes in an update of 0.10.6.
int doctor_libssh_is_fixed(const char *version)
{
    static const char debian[] = "-0+deb12u";
    int numbers[3], length = 0;
    const char *colon = strchr(version, ':'); // an epoch
    version = colon != NULL ? colon + 1 : version;
    if (!take_numbers(version, numbers, &length))
        return -1;
    if (compare(numbers, 0, 11, 4) >= 0)
        return 1;
    const char *rest = version + length;
    if (compare(numbers, 0, 10, 6) == 0 && strncmp(rest, debian, sizeof debian - 1) == 0)
        return strtol(rest + sizeof debian - 1, NULL, 10) >= 3 ? 1 : 0;
    return rest[0] == '-' ? -1 : 0; // another distribution may have mended it
}

void doctor_libssh(struct doctor *doctor)
{
    struct doctor_line *line = doctor_add(doctor, "libssh");
    char package[VERSION_CAP];
    char *const argv[] = {(char[]){"dpkg-query"},    (char[]){"-W"},       (char[]){"-f"},
                          (char[]){"${Version}\\n"}, (char[]){"libssh-4"}, NULL};
    first_line_of(argv, package, sizeof package);
    const char *running = ssh_version(0); // "0.10.6/openssl/zlib"
    char own[VERSION_CAP];
    (void)snprintf(own, sizeof own, "%.*s", (int)strcspn(running, "/"), running);
    // The package counts only where it is the library that runs.
    bool is_package = strncmp(package, own, strlen(own)) == 0;
    int fixed = doctor_libssh_is_fixed(is_package ? package : own);
    doctor_say(line,
               fixed > 0    ? DOCTOR_OK
               : fixed == 0 ? DOCTOR_FAIL
                            : DOCTOR_WARN,
               "%s, %s", is_package ? package : own,
               fixed > 0    ? "has the security fixes of 2026"
               : fixed == 0 ? "lacks the security fixes of 2026"
                            : "whether it has the security fixes of 2026 can't be told");
    if (fixed <= 0)
        doctor_advise(line, "update it: Debian 12 has them in 0.10.6-0+deb12u3, others in 0.11.4");
}

// --- ssh ----------------------------------------------------------------------------------

static void say_known_hosts(struct doctor_line *line, const char *path)
{
    struct stat facts;
    if (path[0] == '\0')
        return;
    if (lstat(path, &facts) != 0 && errno == ENOENT)
        doctor_say(line, DOCTOR_OK, "no known_hosts yet");
    else if (stat(path, &facts) != 0 || access(path, R_OK) != 0) {
        doctor_say(line, DOCTOR_FAIL, "known_hosts %s: %s", path, strerror(errno));
        doctor_advise(line, "make it readable for you");
    } else if (!S_ISREG(facts.st_mode) || (facts.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        doctor_say(line, DOCTOR_FAIL, "known_hosts %s can be written by others", path);
        doctor_advise(line, "chmod 600 %s", path);
    } else {
        doctor_say(line, DOCTOR_OK, "known_hosts is fine");
    }
}

static void judge_setup(struct doctor_line *line, const struct ssh_setup *setup)
{
    struct failure why = {.status = STATUS_OK};
    if (!setup->block.exists) {
        doctor_say(line, DOCTOR_OK, "NAME" LOCAL_NAME_END " is not set up (sbxdeck setup ssh does it)");
        return;
    }
    if (setup->user.changes) {
        doctor_say(line, DOCTOR_WARN, "%s lacks the Include line", setup->config);
        doctor_advise(line, "sbxdeck setup ssh");
    } else if (setup->block.changes) {
        doctor_say(line, DOCTOR_WARN, "its settings are of another version, place or setting");
        doctor_advise(line, "run sbxdeck setup ssh again");
    } else {
        doctor_say(line, DOCTOR_OK, "NAME" LOCAL_NAME_END " is set up");
    }
    if (cli_ssh_block_try(NULL, setup->block.path, &why) != STATUS_OK)
        doctor_fail(line, DOCTOR_FAIL, &why);
}

void doctor_ssh(struct doctor *doctor)
{
    struct doctor_line *line = doctor_add(doctor, "ssh");
    struct cli_ssh_block gathered;
    struct ssh_setup setup;
    char home[PATH_MAX];
    struct failure why = {.status = STATUS_OK};
    memset(&setup, 0, sizeof setup);
    enum status status = ssh_setup_home(home, &why);
    if (status == STATUS_OK)
        status = cli_ssh_block_gather(&doctor->config, &gathered, &why);
    if (status == STATUS_OK)
        status = ssh_setup_plan(home, &gathered.keys, &gathered.block, &setup, &why);
    if (status == STATUS_OK)
        judge_setup(line, &setup);
    else
        doctor_fail(line, DOCTOR_WARN, &why);
    ssh_setup_free(&setup);
    say_known_hosts(line, doctor->config.known_hosts);
}
