// SPDX-License-Identifier: Apache-2.0
//
// leap0-emulator: a stand-in for Leap0 on loopback. Start it, print the one line that says where it is, and
// end it with nothing left behind.

#include "tests/emulator/folder.h"
#include "tests/emulator/http.h"
#include "tests/emulator/sshd.h"

#include <cjson/cJSON.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static void make_key(struct options *options)
{
    unsigned char random[20];
    char hex[sizeof random * 2 + 1];
    if (options->api_key[0] != '\0')
        return;
    randombytes_buf(random, sizeof random);
    (void)snprintf(options->api_key, sizeof options->api_key, "l0_%s",
                   sodium_bin2hex(hex, sizeof hex, random, sizeof random));
}

static bool say_ready(const struct options *options, int http_port, int ssh_port)
{
    char url[128];
    cJSON *tree = cJSON_CreateObject();
    (void)snprintf(url, sizeof url, "http://%s:%d", options->host, http_port);
    (void)cJSON_AddStringToObject(tree, "base_url", url);
    (void)cJSON_AddStringToObject(tree, "api_key", options->api_key);
    (void)cJSON_AddNumberToObject(tree, "ssh_port", ssh_port);
    char *line = cJSON_PrintUnformatted(tree);
    cJSON_Delete(tree);
    bool said = line != NULL && puts(line) >= 0 && fflush(stdout) == 0;
    cJSON_free(line);
    return said;
}

static int serve(struct options *options, const sigset_t *stop)
{
    char err[256] = "out of memory";
    struct http_server *http = NULL;
    struct sshd *sshd = NULL;
    struct store *store = store_new(options);
    int number = 0, code = 1;
    if (store != NULL)
        sshd = sshd_start(store, options, err, sizeof err);
    if (sshd != NULL) {
        store_set_ssh_port(store, sshd_port(sshd));
        http = http_server_start(store, options, err, sizeof err);
    }
    if (http == NULL) {
        (void)fprintf(stderr, "leap0-emulator: %s\n", err);
    } else if (say_ready(options, http_server_port(http), sshd_port(sshd))) {
        (void)sigwait(stop, &number);
        code = 0;
    }
    http_server_stop(http);
    if (sshd != NULL)
        sshd_stop(sshd);
    store_free(store);
    return code;
}

int main(int argc, char **argv)
{
    struct options options;
    sigset_t stop;
    if (sodium_init() < 0)
        return 1;
    if (argc > 1 && strcmp(argv[1], "--ssh-connection") == 0)
        return sshd_connection_main(argc, argv);
    int result = options_read(argc, argv, &options);
    if (result != 0)
        return result - 1;
    // Waited for in one place; threads made from here on leave them alone.
    (void)sigemptyset(&stop);
    (void)sigaddset(&stop, SIGTERM);
    (void)sigaddset(&stop, SIGINT);
    (void)sigaddset(&stop, SIGHUP);
    (void)sigprocmask(SIG_BLOCK, &stop, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN);
    if (options.die_with_parent) {
        pid_t parent = getppid();
        (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent)
            return 0;
    }
    folder_sweep();
    make_key(&options);
    int code = serve(&options, &stop);
    sodium_memzero(&options, sizeof options);
    return code;
}
