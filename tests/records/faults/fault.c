/* A disk that fails: loaded before libc (LD_PRELOAD), it stands between the program and the system and lets the Nth
   write, flush, rename or removal below one folder go wrong. SQLite and Python both pass through here.

   fault_arm(folder, mode, nth) arms it, fault_count(kind) tells how many calls of a kind have passed. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum kind { WRITE, FLUSH, RENAME, REMOVE, KINDS };
enum mode { COUNT, KILL, TORN, FULL, IO, SHORT, NO_FLUSH, NO_RENAME };

static char root[4096];
static int mode = COUNT;
static long nth = -1, passed[KINDS], all;
static int full;

void fault_arm(const char *folder, int how, long n) {
    memset(passed, 0, sizeof passed);
    all = 0, full = 0, mode = how, nth = n;
    snprintf(root, sizeof root, "%s", folder);
}

long fault_count(int kind) { return kind < 0 ? all : passed[kind]; }

static int is_ours(const char *path) { return root[0] && strncmp(path, root, strlen(root)) == 0; }

static int ours(int fd) {
    char link[64], path[4096];
    if (!root[0]) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return is_ours(path);
}

static void die(void) { raise(SIGKILL); }

/* Whether this call is the one to go wrong in a mode that looks at calls of this kind only. */
static int now(enum kind kind) {
    long number = passed[kind]++;
    if (mode == KILL && all == nth) die();
    all++;
    return number == nth;
}

#define REAL(name) \
    static __typeof__(name) *real; \
    if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

/* How many bytes may be written; -1 with errno set for none. */
static ssize_t allowed(size_t size) {
    int hit = now(WRITE);
    if (full || (mode == FULL && hit)) { full = 1; errno = ENOSPC; return -1; }
    if (mode == IO && hit) { errno = EIO; return -1; }
    if (mode == SHORT && hit) { full = 1; return size / 2; }
    if (mode == TORN && hit) return size / 2;
    return size;
}

ssize_t write(int fd, const void *data, size_t size) {
    REAL(write);
    if (!ours(fd)) return real(fd, data, size);
    ssize_t part = allowed(size);
    if (part < 0) return -1;
    ssize_t done = real(fd, data, part);
    if (mode == TORN && part < (ssize_t)size) die();
    return done;
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
    REAL(pwrite64);
    if (!ours(fd)) return real(fd, data, size, at);
    ssize_t part = allowed(size);
    if (part < 0) return -1;
    ssize_t done = real(fd, data, part, at);
    if (mode == TORN && part < (ssize_t)size) die();
    return done;
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { return pwrite64(fd, data, size, at); }

int fsync(int fd) {
    REAL(fsync);
    if (ours(fd) && now(FLUSH) && mode == NO_FLUSH) { errno = EIO; return -1; }
    return real(fd);
}

int fdatasync(int fd) {
    REAL(fdatasync);
    if (ours(fd) && now(FLUSH) && mode == NO_FLUSH) { errno = EIO; return -1; }
    return real(fd);
}

int rename(const char *from, const char *to) {
    REAL(rename);
    if (is_ours(to) && now(RENAME) && mode == NO_RENAME) { errno = EIO; return -1; }
    return real(from, to);
}

int renameat(int a, const char *from, int b, const char *to) {
    REAL(renameat);
    if (is_ours(to) && now(RENAME) && mode == NO_RENAME) { errno = EIO; return -1; }
    return real(a, from, b, to);
}

int unlink(const char *path) {
    REAL(unlink);
    if (is_ours(path)) now(REMOVE);
    return real(path);
}

int ftruncate64(int fd, off64_t size) {
    REAL(ftruncate64);
    if (ours(fd)) now(REMOVE);
    return real(fd, size);
}
