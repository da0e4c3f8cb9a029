// SPDX-License-Identifier: Apache-2.0
//
// folder: Make the private folder and lock it. A program that removes an old one holds its lock meanwhile;
// one that makes a folder may lose it to that before it has the lock, and makes another.

#include "tests/emulator/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TRIES = 10, FILES_AT_A_TIME = 16, PLACE_CAP = 200 };

static const char own_name[] = "leap0-emulator-";
static const char *const swept[] = {own_name, "sbxdeck-demo-"};

static void get_place(char place[PLACE_CAP])
{
    const char *base = getenv("TMPDIR");
    bool given = base != NULL && base[0] == '/' && strlen(base) < PLACE_CAP;
    (void)snprintf(place, PLACE_CAP, "%s", given ? base : "/tmp");
}

// The lock's descriptor, when the folder is ours and nobody has it; else -1.
static int lock(const char *path)
{
    struct stat opened, there;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0 && fstat(fd, &opened) == 0 && opened.st_uid == geteuid() &&
        flock(fd, LOCK_EX | LOCK_NB) == 0 && lstat(path, &there) == 0 && there.st_ino == opened.st_ino &&
        there.st_dev == opened.st_dev)
        return fd;
    if (fd >= 0)
        (void)close(fd);
    return -1;
}

bool folder_make(char *path, size_t cap)
{
    char place[PLACE_CAP];
    get_place(place);
    for (int i = 0; i < TRIES; i++) {
        (void)snprintf(path, cap, "%s/%sXXXXXX", place, own_name);
        if (mkdtemp(path) == NULL)
            return false;
        if (lock(path) >= 0) // never closed
            return true;
    }
    errno = EBUSY;
    return false;
}

static int remove_one(const char *path, const struct stat *facts, int kind, struct FTW *where)
{
    (void)facts;
    (void)kind;
    (void)where;
    (void)remove(path);
    return 0;
}

void folder_remove(const char *path)
{
    (void)nftw(path, remove_one, FILES_AT_A_TIME, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

static bool is_swept(const char *name)
{
    for (size_t i = 0; i < sizeof swept / sizeof swept[0]; i++)
        if (strncmp(name, swept[i], strlen(swept[i])) == 0)
            return true;
    return false;
}

void folder_sweep(void)
{
    char place[PLACE_CAP], path[PLACE_CAP + 260];
    const struct dirent *entry = NULL;
    get_place(place);
    DIR *list = opendir(place);
    while (list != NULL && (entry = readdir(list)) != NULL) {
        (void)snprintf(path, sizeof path, "%s/%s", place, entry->d_name);
        int fd = is_swept(entry->d_name) ? lock(path) : -1;
        if (fd < 0)
            continue;
        folder_remove(path);
        (void)close(fd);
    }
    if (list != NULL)
        (void)closedir(list);
}
