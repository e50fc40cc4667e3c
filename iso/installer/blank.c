/* Looks whether a disk is blank: its first and last 16 MiB and 256 samples of 64 KiB must hold nothing but
 * 0x00, or nothing but 0xFF. Prints one JSON object. Opens read-only and never writes; with --exclusive a
 * disk that is mounted, swapped on or held by an array is refused (O_EXCL). Signatures are the business of
 * landscaper-blank.
 *
 * With --mark the disk is opened for writing, O_EXCL as well, and stays open after the verdict: nobody else
 * gets hold of it until the input has given a block of 4096 bytes, which goes to byte 524288 and is read back
 * past the page cache and printed as hex, or has ended without one, which leaves the disk as it is.
 *
 *   blank-scan [--exclusive | --mark] DEVICE SEED      SEED: any text; the same text and size give the same
 *                                                      samples
 *
 * Exit status: 0 read to the end (blank or not), 1 could not be opened, read or written, 2 bad usage. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { edge = 16 << 20, sample = 64 << 10, samples = 256, chunk = 1 << 20, alignment = 4096 };
enum { block_size = 4096, block_offset = 524288 };

struct scan {
    int fd;
    uint64_t size;
    unsigned char* buffer; /* chunk bytes, aligned for O_DIRECT */
    int fill;              /* 0x00 or 0xFF once a byte has been seen, else -1 */
    uint64_t found_at;     /* offset of the first byte that is neither, or differs from fill */
    const char* reason;    /* why the disk is not blank; NULL so far */
    int failure;           /* errno of a failed read */
};

/* First index of a byte that differs from fill; count when there is none. Compares words: this runs under
 * emulation. */
static size_t first_other(const unsigned char* bytes, size_t count, unsigned char fill) {
    uint64_t word, expected;
    size_t at = 0;
    memset(&expected, fill, sizeof expected);
    for (; at + sizeof word <= count; at += sizeof word) {
        memcpy(&word, bytes + at, sizeof word);
        if (word != expected) break;
    }
    while (at < count && bytes[at] == fill) ++at;
    return at;
}

static bool check_bytes(struct scan* s, uint64_t offset, size_t count) {
    if (s->fill < 0 && (s->buffer[0] == 0x00 || s->buffer[0] == 0xFF)) s->fill = s->buffer[0];
    size_t at = s->fill < 0 ? 0 : first_other(s->buffer, count, (unsigned char)s->fill);
    if (at == count) return true;
    s->found_at = offset + at;
    s->reason = "data";
    return false;
}

/* Reads [offset, offset + length) and checks it; false ends the scan. */
static bool check_range(struct scan* s, uint64_t offset, uint64_t length) {
    while (length > 0) {
        size_t want = length < chunk ? (size_t)length : chunk;
        ssize_t got = pread(s->fd, s->buffer, want, (off_t)offset);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && errno == EINVAL && (fcntl(s->fd, F_GETFL) & O_DIRECT)) {
            fcntl(s->fd, F_SETFL, fcntl(s->fd, F_GETFL) & ~O_DIRECT); /* the tail of an image file */
            continue;
        }
        if (got <= 0) {
            s->failure = got < 0 ? errno : EIO;
            s->found_at = offset;
            s->reason = "unreadable";
            return false;
        }
        if (!check_bytes(s, offset, (size_t)got)) return false;
        offset += (uint64_t)got;
        length -= (uint64_t)got;
    }
    return true;
}

/* splitmix64, started from an FNV-1a hash of the seed's text: repeatable, spread evenly; no secrecy is
 * needed. */
static uint64_t next_random(uint64_t* state) {
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static uint64_t hash_of(const char* text) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (; *text; ++text) hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
    return hash;
}

static bool check_disk(struct scan* s, const char* seed) {
    uint64_t head = s->size < edge ? s->size : edge;
    if (!check_range(s, 0, head)) return false;
    uint64_t tail = (s->size - head) & ~(uint64_t)(alignment - 1);
    if (!check_range(s, tail, s->size - tail)) return false;
    if (s->size <= 2 * (uint64_t)edge) return true; /* all of it has been read */
    uint64_t state = hash_of(seed), places = (s->size - sample) / alignment + 1;
    for (int i = 0; i < samples; ++i)
        if (!check_range(s, next_random(&state) % places * alignment, sample)) return false;
    return true;
}

static int refuse(const char* reason, int code) {
    printf("{\"blank\":false,\"reason\":\"%s\",\"error\":\"%s\"}\n", reason, strerror(code));
    return 1;
}

/* Bytes of the input, at most `count`; fewer at its end. */
static size_t read_input(unsigned char* into, size_t count) {
    size_t have = 0;
    while (have < count) {
        ssize_t got = read(STDIN_FILENO, into + have, count - have);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        have += (size_t)got;
    }
    return have;
}

static int failed(const char* what) {
    fprintf(stderr, "blank-scan: %s: %s\n", what, strerror(errno));
    return 1;
}

/* Still under the exclusive open of the look. */
static int mark(struct scan* s) {
    size_t given = read_input(s->buffer, block_size);
    if (given == 0) return 0;
    if (given < block_size || read_input(s->buffer + block_size, 1) != 0) {
        fprintf(stderr, "blank-scan: a block of another size than %d bytes; nothing was written\n",
                block_size);
        return 1;
    }
    fcntl(s->fd, F_SETFL, fcntl(s->fd, F_GETFL) | O_DIRECT); /* refused where it is not known */
    if (pwrite(s->fd, s->buffer, block_size, block_offset) != block_size) return failed("write");
    if (fsync(s->fd) != 0) return failed("fsync");
    posix_fadvise(s->fd, block_offset, block_size, POSIX_FADV_DONTNEED); /* where O_DIRECT is not known */
    memset(s->buffer, 0, block_size);
    if (pread(s->fd, s->buffer, block_size, block_offset) != block_size) return failed("read back");
    for (int i = 0; i < block_size; ++i) printf("%02x", s->buffer[i]);
    printf("\n");
    return 0;
}

int main(int argc, char** argv) {
    bool marks = argc == 4 && strcmp(argv[1], "--mark") == 0;
    bool exclusive = marks || (argc == 4 && strcmp(argv[1], "--exclusive") == 0);
    if (argc != 3 && !exclusive) {
        fprintf(stderr, "usage: blank-scan [--exclusive | --mark] DEVICE SEED\n");
        return 2;
    }
    const char* device = argv[argc - 2];
    int flags = (marks ? O_RDWR : O_RDONLY) | O_CLOEXEC | (exclusive ? O_EXCL : 0);
    struct scan s = {.fd = open(device, flags | O_DIRECT), .fill = -1};
    if (s.fd < 0 && errno == EINVAL) s.fd = open(device, flags); /* tmpfs knows no O_DIRECT */
    if (s.fd < 0) return refuse(errno == EBUSY ? "in use" : "cannot be opened", errno);
    off_t end = lseek(s.fd, 0, SEEK_END);
    if (end <= 0) return refuse("has no size", end < 0 ? errno : ENOMEDIUM);
    s.size = (uint64_t)end;
    s.buffer = aligned_alloc(alignment, chunk);
    if (s.buffer == NULL) return refuse("out of memory", ENOMEM);

    bool blank = check_disk(&s, argv[argc - 1]);
    printf("{\"blank\":%s,\"size\":%" PRIu64 ",\"fill\":", blank ? "true" : "false", s.size);
    if (s.fill < 0)
        printf("null");
    else
        printf("\"%02x\"", (unsigned)s.fill);
    if (!blank) printf(",\"reason\":\"%s\",\"offset\":%" PRIu64, s.reason, s.found_at);
    if (s.failure != 0) printf(",\"error\":\"%s\"", strerror(s.failure));
    printf("}\n");
    if (s.failure != 0 || !marks) return s.failure != 0 ? 1 : 0;
    fflush(stdout);
    return mark(&s);
}
