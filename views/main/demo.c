// SPDX-License-Identifier: Apache-2.0
//
// demo: run the console on an emulator of Leap0 that is started for it, with a vault of its own in a private
// folder that is removed with it. Nothing of the operator's own keys and credentials is touched.

#include "views/main/demo.h"

#include "api/config/config.h"
#include "tui/base/text.h"
#include "views/cli/cli_job.h"
#include "views/cli/cli_message.h"
#include "views/cli/cli_stdout.h"
#include "views/console/console.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { READY_LINE_CAP = 4096, READY_WAIT_MS = 20000, FOLDER_TRIES = 10 };

struct demo {
    pid_t emulator;
    int output; // the emulator's stdout
    char line[READY_LINE_CAP];
    char base_url[URL_CAP];
    struct secret *key;
    char folder[256];
};

// Beside this program, or in PATH.
static void find_emulator(char *path, size_t cap)
{
    char own[PATH_MAX];
    (void)snprintf(path, cap, "leap0-emulator");
    ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);
    if (length <= 0)
        return;
    own[length] = '\0';
    char *slash = strrchr(own, '/');
    if (slash == NULL)
        return;
    *slash = '\0';
    char beside[PATH_MAX + 32];
    (void)snprintf(beside, sizeof beside, "%s/leap0-emulator", own);
    if (access(beside, X_OK) == 0 && strlen(beside) < cap)
        (void)snprintf(path, cap, "%s", beside);
}

static enum status start_emulator(struct demo *demo, struct failure *why)
{
    char path[PATH_MAX + 32];
    char *const argv[] = {"leap0-emulator", "--fleet", "demo", "--die-with-parent", NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t usual;
    int ends[2];

    find_emulator(path, sizeof path);
    if (pipe2(ends, O_CLOEXEC) < 0)
        return fail(why, STATUS_INTERNAL, "can't create a pipe: %s", strerror(errno));
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    (void)posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", 0, 0);
    (void)posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", 1, 0);
    (void)posix_spawnattr_init(&attributes);
    // A group of its own: Ctrl-C and Ctrl-Z at the terminal are not meant for it.
    (void)sigemptyset(&usual);
    (void)sigaddset(&usual, SIGPIPE);
    (void)sigaddset(&usual, SIGXFSZ);
    (void)posix_spawnattr_setsigdefault(&attributes, &usual);
    (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
    int error = posix_spawnp(&demo->emulator, path, &actions, &attributes, argv, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)posix_spawnattr_destroy(&attributes);
    (void)close(ends[1]);
    demo->output = ends[0];
    if (error != 0) {
        demo->emulator = 0;
        return advise(why, fail(why, STATUS_INTERNAL, "can't start leap0-emulator: %s", strerror(error)),
                      "build it: make");
    }
    return STATUS_OK;
}

// The one line of JSON that says where it listens.
static enum status read_ready_line(struct demo *demo, struct failure *why)
{
    size_t length = 0;
    while (length < sizeof demo->line - 1) {
        struct pollfd ready = {.fd = demo->output, .events = POLLIN};
        int count = poll(&ready, 1, READY_WAIT_MS);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return fail(why, STATUS_TIMED_OUT, "the emulator is not ready after %ds", READY_WAIT_MS / 1000);
        ssize_t got = read(demo->output, demo->line + length, sizeof demo->line - 1 - length);
        if (got <= 0)
            return advise(why, fail(why, STATUS_INTERNAL, "the emulator exited at once"),
                          "run leap0-emulator to see why");
        length += (size_t)got;
        demo->line[length] = '\0';
        if (strchr(demo->line, '\n') != NULL)
            return STATUS_OK;
    }
    return fail(why, STATUS_MALFORMED, "the emulator's first line is too long");
}

static enum status read_facts(struct demo *demo, struct failure *why)
{
    enum status status = STATUS_OK;
    cJSON *tree = cJSON_Parse(demo->line);
    const char *base_url = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(tree, "base_url"));
    const char *key = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(tree, "api_key"));
    if (base_url == NULL || key == NULL || strlen(base_url) >= sizeof demo->base_url) {
        status = fail(why, STATUS_MALFORMED, "can't parse the emulator's first line");
    } else {
        (void)snprintf(demo->base_url, sizeof demo->base_url, "%s", base_url);
        demo->key = secret_new(key, strlen(key));
        if (demo->key == NULL)
            status = fail(why, STATUS_NO_MEMORY, "no memory for the key");
    }
    cJSON_Delete(tree);
    return status;
}

// Locked for as long as we live: one that is not locked is of a demo that was killed, and is removed by the
// next emulator that starts (tests/emulator/folder.h). It may do so before ours is locked; then there is
// another.
static bool lock_folder(const char *path)
{
    struct stat there;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 && stat(path, &there) == 0)
        return true; // and it stays open
    if (fd >= 0)
        (void)close(fd);
    return false;
}

static enum status make_folder(struct demo *demo, struct failure *why)
{
    const char *base = getenv("TMPDIR");
    bool given = base != NULL && base[0] == '/' && strlen(base) < sizeof demo->folder - 32;
    for (int i = 0; i < FOLDER_TRIES; i++) {
        (void)snprintf(demo->folder, sizeof demo->folder, "%s/sbxdeck-demo-XXXXXX", given ? base : "/tmp");
        if (mkdtemp(demo->folder) == NULL)
            break;
        if (lock_folder(demo->folder))
            return STATUS_OK;
    }
    demo->folder[0] = '\0';
    return advise(why,
                  fail(why, STATUS_STORE_FAILED, "can't create a folder in %s: %s", given ? base : "/tmp",
                       strerror(errno)),
                  "set TMPDIR to a folder you can write to");
}

static int remove_one(const char *path, const struct stat *facts, int kind, struct FTW *where)
{
    (void)facts;
    (void)kind;
    (void)where;
    return remove(path);
}

static void demo_end(struct demo *demo)
{
    if (demo->emulator > 0) {
        (void)kill(demo->emulator, SIGTERM);
        while (waitpid(demo->emulator, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    if (demo->output >= 0)
        (void)close(demo->output);
    if (demo->folder[0] != '\0')
        (void)nftw(demo->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    secret_free(demo->key);
}

// --json: no console, but how to reach the emulator, for scripts; until a signal asks it to stop.
static int serve(const struct demo *demo)
{
    sigset_t stop;
    int number = 0;
    (void)sigemptyset(&stop);
    (void)sigaddset(&stop, SIGINT);
    (void)sigaddset(&stop, SIGTERM);
    (void)sigaddset(&stop, SIGHUP);
    (void)sigprocmask(SIG_BLOCK, &stop, NULL);
    (void)fputs(demo->line, stdout);
    if (cli_stdout_failed())
        return 1;
    (void)sigwait(&stop, &number);
    return 0;
}

static int run_console(const struct demo *demo, bool wall)
{
    struct config config;
    char notice[160];
    int code = cli_load_settings(&config);
    if (code != 0)
        return code;
    (void)snprintf(config.base_url, sizeof config.base_url, "%s", demo->base_url);
    (void)snprintf(config.state_folder, sizeof config.state_folder, "%s/state", demo->folder);
    (void)snprintf(config.known_hosts, sizeof config.known_hosts, "%s/known_hosts", demo->folder);
    config.profile[0] = '\0';
    struct app_options options = {
        .config = &config,
        .api_key = demo->key,
        .notice = wall ? NULL : notice,
    };
    (void)snprintf(notice, sizeof notice, "Demo, emulated here: %s creates a credential, %s connects",
                   command_key(COMMAND_create), command_key(COMMAND_connect));
    return console_run(&options, wall);
}

int demo_run(bool json, bool wall)
{
    struct demo demo = {.output = -1};
    struct failure why = {.status = STATUS_OK};
    int code = 1;

    // The demo has a key of its own; the operator's are not for the emulator's eyes.
    struct secret *unused = NULL;
    (void)config_take_api_key(&unused, &why);
    secret_free(unused);
    config_drop_old_key();
    if (make_folder(&demo, &why) != STATUS_OK || start_emulator(&demo, &why) != STATUS_OK ||
        read_ready_line(&demo, &why) != STATUS_OK || read_facts(&demo, &why) != STATUS_OK) {
        cli_complain("demo", &why);
        goto done;
    }
    code = json ? serve(&demo) : run_console(&demo, wall);
done:
    demo_end(&demo);
    return code;
}
