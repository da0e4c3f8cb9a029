// SPDX-License-Identifier: Apache-2.0
//
// options: The table of the emulator's options, from which --help is made too.

#include "tests/emulator/options.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum option_id {
    OPT_LISTEN = 256,
    OPT_API_KEY,
    OPT_KEY_FILE,
    OPT_SANDBOXES,
    OPT_TTL,
    OPT_LATENCY,
    OPT_SKEW,
    OPT_CUT,
    OPT_WAKE,
    OPT_WHOLE,
    OPT_SEED,
    OPT_DIALECT,
    OPT_FLEET,
    OPT_SSH_PORT,
    OPT_MAX_SESSIONS,
    OPT_RATE,
    OPT_MOVE,
    OPT_CHURN,
    OPT_DROP,
    OPT_FAIL,
    OPT_LEDGER,
    OPT_DIE,
    OPT_HELP
};

static const struct {
    const char *name, *argument, *help;
    int id;
} table[] = {
    {"listen", "ADDR:PORT", "Where HTTP listens; loopback only; port 0: any (127.0.0.1:0)", OPT_LISTEN},
    {"ssh-port", "PORT", "The port of SSH on every sandbox's address; 0: any (0)", OPT_SSH_PORT},
    {"max-sessions", "N", "Sessions that one SSH connection may have at once, 0 to 256 (10)",
     OPT_MAX_SESSIONS},
    {"api-key-file", "FILE",
     "The key to ask for is the first line of FILE; else LEAP0_EMULATOR_API_KEY,\n"
     "                             else a random one",
     OPT_KEY_FILE},
    {"api-key", "KEY", "The same, but here every user of this machine can read it", OPT_API_KEY},
    {"sandboxes", "N", "How many there are at the start, 0 to 100000 (6)", OPT_SANDBOXES},
    {"fleet", "demo|plain", "In all sorts of states, or all running (demo)", OPT_FLEET},
    {"ttl", "SECONDS", "The life of a credential (3600)", OPT_TTL},
    {"dialect", "NAME", "sandbox, credential or both (both)", OPT_DIALECT},
    {"latency", "MS", "Wait before each answer (0)", OPT_LATENCY},
    {"move-ms", "MS", "How long a change of state takes (600)", OPT_MOVE},
    {"churn", "PERCENT", "So many of the sandboxes change their state each second (0)", OPT_CHURN},
    {"clock-skew", "SECONDS", "How far its clock is ahead, or with - behind (0)", OPT_SKEW},
    {"rate-limit", "N", "Requests in 60 s (1000)", OPT_RATE},
    {"cut-on-expiry", NULL, "End SSH sessions whose credential ends", OPT_CUT},
    {"whole-seconds", NULL, "Give a credential's times without their milliseconds", OPT_WHOLE},
    {"wake-on-ssh", NULL, "An SSH connection wakes a paused sandbox", OPT_WAKE},
    {"seed", "N", "Make the same sandboxes each time; keys and passwords stay random", OPT_SEED},
    {"drop-answer-to", "CALL[:N]", "Do the next N such calls (all) and close the connection unanswered",
     OPT_DROP},
    {"fail", "CALL:STATUS[:N]", "Answer the next N such calls (all) with a status, not doing them", OPT_FAIL},
    {"ledger", "FILE", "Write what is given out into FILE, with the passwords: for tests only", OPT_LEDGER},
    {"die-with-parent", NULL, "End when the process that started it ends", OPT_DIE},
    {"help", NULL, "Show this", OPT_HELP},
};
enum { TABLE_COUNT = sizeof table / sizeof table[0] };

static const char *const calls[] = {"create", "validate", "regen",  "delete", "list", "get", "start",
                                    "stop",   "pause",    "remove", "new",    "wake", NULL};

static void help(void)
{
    (void)puts(
        "usage: leap0-emulator [OPTION]...\n\n"
        "A stand-in for Leap0 on loopback: its HTTP API, and SSH into a shell for each sandbox. When it is\n"
        "ready it prints one line of JSON: base_url, api_key, ssh_port. It runs until SIGTERM.\n");
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        char left[48];
        (void)snprintf(left, sizeof left, "--%s%s%s", table[i].name, table[i].argument != NULL ? " " : "",
                       table[i].argument != NULL ? table[i].argument : "");
        (void)printf("  %-26s %s\n", left, table[i].help);
    }
    (void)puts(
        "\nCALL: create, validate, regen, delete (of a credential); list, get, new, start, stop, pause,\n"
        "wake (a call to the system inside), remove (of a sandbox).\n\n"
        "GET /emulator/requests[?seconds=N] tells how many requests of each kind came, in the last N "
        "seconds;\n"
        "429 are `refused`. It is not counted itself.");
}

static int wrong(const char *name, const char *value, const char *takes)
{
    (void)fprintf(stderr, "leap0-emulator: --%s: '%s' is not valid (it takes %s)\n", name, value, takes);
    return 3;
}

static bool number(const char *text, long least, long most, long *out)
{
    char *end = NULL;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0 || value < least || value > most)
        return false;
    *out = value;
    return true;
}

static bool set_listen(struct options *options, const char *value)
{
    struct in_addr four;
    const char *colon = strrchr(value, ':');
    long port = 0;
    if (colon == NULL || (size_t)(colon - value) >= sizeof options->host ||
        !number(colon + 1, 0, 65535, &port))
        return false;
    (void)snprintf(options->host, sizeof options->host, "%.*s", (int)(colon - value), value);
    options->port = (int)port;
    if (strcmp(options->host, "localhost") == 0)
        (void)snprintf(options->host, sizeof options->host, "127.0.0.1");
    if (strcmp(options->host, "[::1]") == 0)
        return true;
    return inet_pton(AF_INET, options->host, &four) == 1 && ntohl(four.s_addr) >> 24 == 127;
}

// CALL[:N], or CALL:STATUS[:N] with a status.
static bool set_fault(struct options *options, const char *value, bool with_status)
{
    struct fault fault = {.left = -1};
    char copy[64], *rest = copy;
    long status = 0, left = -1;
    if (options->fault_count == FAULTS_MAX || strlen(value) >= sizeof copy)
        return false;
    (void)snprintf(copy, sizeof copy, "%s", value);
    const char *call = strsep(&rest, ":");
    size_t i = 0;
    while (calls[i] != NULL && strcmp(calls[i], call) != 0)
        i++;
    if (calls[i] == NULL)
        return false;
    if (with_status && (rest == NULL || !number(strsep(&rest, ":"), 200, 599, &status)))
        return false;
    if (rest != NULL && !number(rest, 1, 1000000, &left))
        return false;
    (void)snprintf(fault.call, sizeof fault.call, "%s", call);
    fault.status = (int)status;
    fault.left = (int)left;
    options->faults[options->fault_count++] = fault;
    return true;
}

static bool set_key(struct options *options, const char *value)
{
    (void)snprintf(options->api_key, sizeof options->api_key, "%s", value);
    return value[0] != '\0' && strlen(value) < sizeof options->api_key;
}

// The first line, without white space around it.
static bool set_key_of_file(struct options *options, const char *path)
{
    char line[sizeof options->api_key + 64] = "";
    FILE *file = fopen(path, "re");
    bool read = file != NULL && fgets(line, sizeof line, file) != NULL;
    if (file != NULL)
        (void)fclose(file);
    char *key = line + strspn(line, " \t");
    key[strcspn(key, " \t\r\n")] = '\0';
    bool taken = read && set_key(options, key);
    sodium_memzero(line, sizeof line);
    return taken;
}

static bool set_word(struct options *options, int id, const char *value)
{
    static const char *const dialects[] = {NULL, "sandbox", "credential", "both"};
    if (id == OPT_FLEET) {
        options->demo_fleet = strcmp(value, "demo") == 0;
        return options->demo_fleet || strcmp(value, "plain") == 0;
    }
    for (int i = 1; i < 4; i++) {
        if (strcmp(dialects[i], value) == 0) {
            options->dialects = (enum dialects)i;
            return true;
        }
    }
    return false;
}

static bool set_number(struct options *options, int id, const char *value)
{
    static const struct {
        int id;
        long least, most;
        size_t offset;
    } numbers[] = {
        {OPT_SANDBOXES, 0, 100000, offsetof(struct options, sandboxes)},
        {OPT_TTL, 1, 86400 * 365, offsetof(struct options, ttl_s)},
        {OPT_LATENCY, 0, 600000, offsetof(struct options, latency_ms)},
        {OPT_SKEW, -86400L * 3650, 86400L * 3650, offsetof(struct options, clock_skew_s)},
        {OPT_RATE, 1, 1000000, offsetof(struct options, rate_limit)},
        {OPT_MOVE, 0, 600000, offsetof(struct options, move_ms)},
        {OPT_CHURN, 0, 100, offsetof(struct options, churn_percent)},
        {OPT_SSH_PORT, 0, 65535, offsetof(struct options, ssh_port)},
        {OPT_MAX_SESSIONS, 0, 256, offsetof(struct options, max_sessions)},
    };
    long result = 0;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        if (numbers[i].id != id || !number(value, numbers[i].least, numbers[i].most, &result))
            continue;
        *(int *)(void *)((char *)options + numbers[i].offset) = (int)result;
        return true;
    }
    return false;
}

static bool set(struct options *options, int id, const char *value)
{
    long seed = 0;
    switch (id) {
    case OPT_LISTEN:
        return set_listen(options, value);
    case OPT_API_KEY:
        return set_key(options, value);
    case OPT_KEY_FILE:
        return set_key_of_file(options, value);
    case OPT_DIALECT:
    case OPT_FLEET:
        return set_word(options, id, value);
    case OPT_DROP:
        return set_fault(options, value, false);
    case OPT_FAIL:
        return set_fault(options, value, true);
    case OPT_SEED:
        options->seed = number(value, 1, 0x7fffffffL, &seed) ? (uint64_t)seed : 0;
        return options->seed != 0;
    case OPT_CUT:
        options->cut_on_expiry = true;
        return true;
    case OPT_WHOLE:
        options->whole_seconds = true;
        return true;
    case OPT_WAKE:
        options->wake_on_ssh = true;
        return true;
    case OPT_LEDGER:
        (void)snprintf(options->ledger, sizeof options->ledger, "%s", value);
        return value[0] != '\0' && strlen(value) < sizeof options->ledger;
    case OPT_DIE:
        options->die_with_parent = true;
        return true;
    default:
        return set_number(options, id, value);
    }
}

static void defaults(struct options *options)
{
    const char *key = getenv("LEAP0_EMULATOR_API_KEY");
    memset(options, 0, sizeof *options);
    (void)snprintf(options->host, sizeof options->host, "127.0.0.1");
    options->sandboxes = 6;
    options->ttl_s = 3600;
    options->dialects = DIALECTS_BOTH;
    options->demo_fleet = true;
    options->rate_limit = 1000;
    options->move_ms = 600;
    options->max_sessions = 10;
    if (key != NULL && strlen(key) < sizeof options->api_key)
        (void)snprintf(options->api_key, sizeof options->api_key, "%s", key);
}

int options_read(int argc, char **argv, struct options *options)
{
    struct option list[TABLE_COUNT + 1];
    int id = 0, which = 0;
    defaults(options);
    memset(list, 0, sizeof list);
    for (size_t i = 0; i < TABLE_COUNT; i++)
        list[i] = (struct option){table[i].name, table[i].argument != NULL, NULL, table[i].id};
    while ((id = getopt_long(argc, argv, "", list, &which)) != -1) {
        if (id == OPT_HELP) {
            help();
            return 1;
        }
        if (id == '?')
            return 3;
        if (!set(options, id, optarg != NULL ? optarg : ""))
            return wrong(table[which].name, optarg, table[which].argument);
    }
    if (optind < argc) {
        (void)fprintf(stderr, "leap0-emulator: '%s': no argument is taken but options (see --help)\n",
                      argv[optind]);
        return 3;
    }
    return 0;
}
