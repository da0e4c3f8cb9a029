// SPDX-License-Identifier: Apache-2.0
//
// canary: Look for secrets in /proc and in files. A process is read each time round, since it becomes another
// program by exec; what was there before the start is passed over by its number, which keeps a round short.

#include "tests/support/canary.h"

#include "tests/support/support.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    SECRETS_MAX = 4096,
    SECRET_CAP = 160,
    PLACES_MAX = 64,
    PLACE_CAP = 256,
    OLD_MAX = 65536,
    PROC_CAP = 256 * 1024,
    PATH_ROOM = 4096,
    FOLDERS_OPEN = 16,
    ROUND_NS = 10000000, // between two looks at all processes
};

struct canary {
    pthread_t thread;
    pthread_mutex_t lock; // of all below
    char secrets[SECRETS_MAX][SECRET_CAP];
    int secret_count;
    const char *ledger;
    size_t ledger_read; // bytes of it
    char places[PLACES_MAX][PLACE_CAP];
    int place_count;
    size_t looks;
    pid_t old[OLD_MAX]; // sorted
    size_t old_count;
    char bytes[PROC_CAP];
    atomic_bool over;
};

// --- secrets ---

static void secret_add(struct canary *canary, const char *secret)
{
    size_t length = strlen(secret);
    if (length < CANARY_LEAST || length >= SECRET_CAP)
        return;
    for (int i = 0; i < canary->secret_count; i++)
        if (strcmp(canary->secrets[i], secret) == 0)
            return;
    if (canary->secret_count == SECRETS_MAX) {
        (void)fprintf(stderr, "canary: no room for one secret more\n");
        return;
    }
    (void)snprintf(canary->secrets[canary->secret_count++], SECRET_CAP, "%s", secret);
}

// Whole lines only: "SANDBOX ID PASSWORD", the password "-" for one that is deleted.
static void ledger_read(struct canary *canary)
{
    char line[512], password[SECRET_CAP];
    FILE *file = canary->ledger != NULL ? fopen(canary->ledger, "re") : NULL;
    if (file == NULL)
        return;
    (void)fseek(file, (long)canary->ledger_read, SEEK_SET);
    while (fgets(line, sizeof line, file) != NULL && strchr(line, '\n') != NULL) {
        canary->ledger_read += strlen(line);
        if (sscanf(line, "%*s %*s %159s", password) == 1)
            secret_add(canary, password);
    }
    (void)fclose(file);
}

// --- places ---

static void found_in(struct canary *canary, const char *place)
{
    for (int i = 0; i < canary->place_count; i++)
        if (strcmp(canary->places[i], place) == 0)
            return;
    if (canary->place_count == PLACES_MAX)
        return;
    (void)snprintf(canary->places[canary->place_count++], PLACE_CAP, "%s", place);
    (void)fprintf(stderr, "canary: a secret in %s\n", place);
}

static bool has_secret(const struct canary *canary, const char *bytes, size_t length)
{
    for (int i = 0; i < canary->secret_count; i++)
        if (memmem(bytes, length, canary->secrets[i], strlen(canary->secrets[i])) != NULL)
            return true;
    return false;
}

// --- processes ---

static int compare(const void *a, const void *b)
{
    pid_t left = *(const pid_t *)a, right = *(const pid_t *)b;
    return (left > right) - (left < right);
}

static void find_old(struct canary *canary)
{
    DIR *folder = opendir("/proc");
    if (folder == NULL)
        return;
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        if (pid > 0 && pid != getpid() && canary->old_count < OLD_MAX)
            canary->old[canary->old_count++] = pid;
    }
    (void)closedir(folder);
    qsort(canary->old, canary->old_count, sizeof canary->old[0], compare);
}

static size_t proc_read(struct canary *canary, pid_t pid, const char *file)
{
    char path[64];
    size_t used = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && used < PROC_CAP) {
        ssize_t count = read(fd, canary->bytes + used, PROC_CAP - used);
        if (count <= 0)
            break;
        used += (size_t)count;
    }
    if (fd >= 0)
        (void)close(fd);
    return used;
}

static void look_at_process(struct canary *canary, pid_t pid)
{
    static const char *const files[] = {"cmdline", "environ"};
    char place[PLACE_CAP], name[64];
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        size_t length = proc_read(canary, pid, files[i]);
        canary->looks += length > 0;
        if (!has_secret(canary, canary->bytes, length))
            continue;
        length = proc_read(canary, pid, "comm");
        (void)snprintf(name, sizeof name, "%.*s", (int)(length > 0 ? length - 1 : 0), canary->bytes);
        (void)snprintf(place, sizeof place, "the %s of process %d (%s)", files[i], (int)pid, name);
        found_in(canary, place);
    }
}

static void look_round(struct canary *canary)
{
    DIR *folder = opendir("/proc");
    if (folder == NULL)
        return;
    (void)pthread_mutex_lock(&canary->lock);
    ledger_read(canary);
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        if (pid > 0 && bsearch(&pid, canary->old, canary->old_count, sizeof pid, compare) == NULL)
            look_at_process(canary, pid);
    }
    (void)pthread_mutex_unlock(&canary->lock);
    (void)closedir(folder);
}

static void *look(void *data)
{
    struct canary *canary = data;
    const struct timespec pause = {.tv_nsec = ROUND_NS};
    while (!atomic_load(&canary->over)) {
        look_round(canary);
        (void)nanosleep(&pause, NULL);
    }
    return NULL;
}

// --- files ---

static struct canary *walking; // nftw hands nothing on; under the lock

static int look_at_file(const char *path, const struct stat *facts, int kind, struct FTW *at)
{
    char target[PATH_ROOM], place[PLACE_CAP];
    size_t length = 0;
    (void)at;
    (void)snprintf(place, sizeof place, "the file %s", path);
    if (has_secret(walking, path, strlen(path)))
        found_in(walking, "a file's name");
    ssize_t count = kind == FTW_SL ? readlink(path, target, sizeof target) : 0;
    if (count > 0 && has_secret(walking, target, (size_t)count))
        found_in(walking, place);
    char *bytes = kind == FTW_F && S_ISREG(facts->st_mode) ? support_file_read(path, &length) : NULL;
    if (bytes != NULL && has_secret(walking, bytes, length))
        found_in(walking, place);
    free(bytes);
    return 0;
}

void canary_files(struct canary *canary, const char *folder)
{
    static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
    (void)pthread_mutex_lock(&one);
    (void)pthread_mutex_lock(&canary->lock);
    ledger_read(canary);
    walking = canary;
    if (nftw(folder, look_at_file, FOLDERS_OPEN, FTW_PHYS) != 0)
        (void)fprintf(stderr, "canary: %s: %s\n", folder, strerror(errno));
    (void)pthread_mutex_unlock(&canary->lock);
    (void)pthread_mutex_unlock(&one);
}

// --- for the test ---

struct canary *canary_start(void)
{
    struct canary *canary = calloc(1, sizeof *canary);
    if (canary == NULL) {
        (void)fprintf(stderr, "canary: no memory\n");
        return NULL;
    }
    (void)pthread_mutex_init(&canary->lock, NULL);
    find_old(canary);
    if (pthread_create(&canary->thread, NULL, look, canary) == 0)
        return canary;
    (void)fprintf(stderr, "canary: no thread\n");
    (void)pthread_mutex_destroy(&canary->lock);
    free(canary);
    return NULL;
}

void canary_secret(struct canary *canary, const char *secret)
{
    (void)pthread_mutex_lock(&canary->lock);
    secret_add(canary, secret);
    (void)pthread_mutex_unlock(&canary->lock);
}

void canary_ledger(struct canary *canary, const char *path)
{
    (void)pthread_mutex_lock(&canary->lock);
    canary->ledger = path;
    canary->ledger_read = 0;
    (void)pthread_mutex_unlock(&canary->lock);
}

void canary_bytes(struct canary *canary, const char *what, const char *bytes, size_t length)
{
    (void)pthread_mutex_lock(&canary->lock);
    ledger_read(canary);
    if (has_secret(canary, bytes, length))
        found_in(canary, what);
    (void)pthread_mutex_unlock(&canary->lock);
}

size_t canary_looks(struct canary *canary)
{
    (void)pthread_mutex_lock(&canary->lock);
    size_t looks = canary->looks;
    (void)pthread_mutex_unlock(&canary->lock);
    return looks;
}

int canary_stop(struct canary *canary)
{
    if (canary == NULL)
        return 0;
    atomic_store(&canary->over, true);
    (void)pthread_join(canary->thread, NULL);
    look_round(canary);
    int count = canary->place_count;
    (void)pthread_mutex_destroy(&canary->lock);
    free(canary);
    return count;
}
