// SPDX-License-Identifier: Apache-2.0
//
// emulator: Run the emulator of Leap0 as a child. It reads one line of JSON with a few lines of its own,
// because a test program of tui/ is linked without a JSON library.

#include "tests/support/support.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OPTIONS_CAP = 40 };

bool support_json_find(const char *json, const char *name, char *value, size_t cap)
{
    char quoted[80];
    size_t used = 0;
    (void)snprintf(quoted, sizeof quoted, "\"%s\"", name);
    const char *at = strstr(json, quoted);
    if (at == NULL)
        return false;
    at += strlen(quoted);
    at += strspn(at, " \t\r\n");
    if (*at++ != ':')
        return false;
    at += strspn(at, " \t\r\n");
    bool text = *at == '"';
    at += text ? 1 : 0;
    for (; *at != '\0' && (text ? *at != '"' : strchr(",}] \r\n", *at) == NULL); at++) {
        if (text && *at == '\\' && at[1] != '\0')
            at++;
        if (used + 1 >= cap)
            return false;
        value[used++] = *at;
    }
    value[used] = '\0';
    return *at != '\0';
}

static bool read_facts(struct support_emulator *emulator)
{
    struct support_heard heard = {0};
    char port[16];
    bool ok = support_expect(emulator->out, &heard, NULL, "\n", SUPPORT_WAIT_MS) &&
              support_json_find(heard.text, "base_url", emulator->base_url, sizeof emulator->base_url) &&
              support_json_find(heard.text, "api_key", emulator->api_key, sizeof emulator->api_key) &&
              support_json_find(heard.text, "ssh_port", port, sizeof port);
    if (ok)
        emulator->ssh_port = (int)strtol(port, NULL, 10);
    support_heard_free(&heard);
    return ok;
}

bool support_emulator_start(struct support_emulator *emulator, const char *const options[])
{
    char path[SUPPORT_PATH_CAP];
    const char *argv[OPTIONS_CAP + 3] = {path, "--die-with-parent"};
    int ends[2];
    memset(emulator, 0, sizeof *emulator);
    emulator->out = -1;
    support_program("leap0-emulator", path);
    for (size_t i = 0; options != NULL && options[i] != NULL && i < OPTIONS_CAP; i++)
        argv[2 + i] = options[i];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    emulator->out = ends[0];
    (void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
    emulator->pid = support_spawn(argv, NULL, -1, ends[1], STDERR_FILENO);
    (void)close(ends[1]);
    if (emulator->pid > 0 && read_facts(emulator))
        return true;
    (void)fprintf(stderr, "support: the emulator does not start (%s)\n", path);
    (void)support_emulator_stop(emulator);
    return false;
}

int support_emulator_stop(struct support_emulator *emulator)
{
    int code = 0;
    if (emulator->pid > 0) {
        (void)kill(emulator->pid, SIGTERM);
        code = support_wait_exit(emulator->pid, SUPPORT_WAIT_MS);
        if (code < 0) {
            (void)kill(emulator->pid, SIGKILL);
            (void)waitpid(emulator->pid, NULL, 0);
        }
        if (emulator->out >= 0)
            (void)close(emulator->out);
    }
    memset(emulator, 0, sizeof *emulator);
    emulator->out = -1;
    return code;
}

void support_emulator_environment(const struct support_emulator *emulator,
                                  struct support_emulator_environment *environment)
{
    (void)snprintf(environment->key, sizeof environment->key, "LEAP0_API_KEY=%s", emulator->api_key);
    (void)snprintf(environment->url, sizeof environment->url, "LEAP0_BASE_URL=%s", emulator->base_url);
    environment->list[0] = environment->key;
    environment->list[1] = environment->url;
    environment->list[2] = NULL;
}
