/* Preloaded into a program under test: fails one call of malloc and kin, or of the I/O functions, where it is told to.
 *
 * A place is where the program itself (not a library) was when a call was made: the innermost CALLERS return addresses within
 * it, and which function was called. The test talks through the file INJECT_FILE, which both map: it lets places be
 * recorded, then names one of them, where the next call fails, once. All the time the blocks that are allocated are counted.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include <unwind.h>

#define CALLERS 3
#define PLACES_MAX 4096

enum { OFF, RECORD, FAIL };

typedef struct {
    uint64_t hash;
    uint32_t function; /* index in `names` of the test */
    uint32_t offset;   /* of the innermost caller in the program, for addr2line */
} Place;

/* As tests/e2e/86-injection.mjs reads it. */
typedef struct {
    _Atomic uint32_t mode;
    _Atomic uint32_t hits;
    _Atomic uint32_t count;
    uint32_t variant; /* 0: the call fails; 1: it is interrupted, does a part, or finds the end */
    uint64_t target;
    _Atomic int64_t blocks;
    Place places[PLACES_MAX];
} Control;

enum { MALLOC, CALLOC, REALLOC, ALIGNED, READ, WRITE, RECV, SEND, POLL, CONNECT, SOCKET, ACCEPT, OPEN, THREAD, PIPE, EVENT, LOOKUP };

extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t),
    *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

static Control *control;
static uintptr_t text_begin, text_end, base;
static pthread_mutex_t recording = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local bool inside __attribute__((tls_model("initial-exec")));

static int find_program(struct dl_phdr_info *info, size_t size, void *data)
{
    (void) size, (void) data;
    base = info->dlpi_addr;
    for (int i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_LOAD && info->dlpi_phdr[i].p_flags & PF_X) {
            text_begin = base + info->dlpi_phdr[i].p_vaddr;
            text_end = text_begin + info->dlpi_phdr[i].p_memsz;
        }
    return 1; /* the first is the program */
}

__attribute__((constructor)) static void prepare(void)
{
    const char *file = getenv("INJECT_FILE");
    inside = true;
    dl_iterate_phdr(find_program, NULL);
    int fd = file ? open(file, O_RDWR | O_CLOEXEC) : -1;
    void *map = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (fd >= 0)
        close(fd);
    inside = false;
    if (map != MAP_FAILED)
        control = map;
}

typedef struct {
    Place place;
    int found;
} Walk;

static _Unwind_Reason_Code take_frame(struct _Unwind_Context *context, void *data)
{
    Walk *walk = data;
    uintptr_t at = _Unwind_GetIP(context);
    if (at < text_begin || at >= text_end)
        return _URC_NO_REASON;
    if (walk->found++ == 0)
        walk->place.offset = (uint32_t) (at - base);
    walk->place.hash = (walk->place.hash ^ (at - base)) * UINT64_C(1099511628211);
    return walk->found == CALLERS ? _URC_END_OF_STACK : _URC_NO_REASON;
}

static Place place_here(uint32_t function)
{
    Walk walk = {.place = {.hash = UINT64_C(14695981039346656037) ^ function, .function = function}};
    _Unwind_Backtrace(take_frame, &walk);
    walk.place.hash >>= 12; /* a number that JavaScript holds exactly */
    return walk.place;
}

static void record(const Place *place)
{
    pthread_mutex_lock(&recording);
    uint32_t count = control->count;
    bool known = count >= PLACES_MAX;
    for (uint32_t i = 0; i < count && !known; i++)
        known = control->places[i].hash == place->hash;
    if (!known) {
        control->places[count] = *place;
        control->count = count + 1;
    }
    pthread_mutex_unlock(&recording);
}

/* Is this the call that is to fail? */
static bool fails(uint32_t function)
{
    uint32_t expected = FAIL;
    if (!control || inside || control->mode == OFF)
        return false;
    inside = true;
    Place place = place_here(function);
    bool now = control->mode == FAIL && place.hash == control->target && atomic_compare_exchange_strong(&control->mode, &expected, OFF);
    if (now)
        control->hits++;
    else if (control->mode == RECORD)
        record(&place);
    inside = false;
    return now;
}

/* --- memory --- */

static void *counted(void *block)
{
    if (block && control)
        control->blocks++;
    return block;
}

static bool no_memory(uint32_t function)
{
    if (!fails(function))
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size) { return no_memory(MALLOC) ? NULL : counted(__libc_malloc(size)); }

void *calloc(size_t count, size_t size) { return no_memory(CALLOC) ? NULL : counted(__libc_calloc(count, size)); }

void free(void *block)
{
    if (block && control)
        control->blocks--;
    __libc_free(block);
}

void *realloc(void *block, size_t size)
{
    if (no_memory(REALLOC))
        return NULL;
    if (!block)
        return counted(__libc_realloc(NULL, size));
    if (size == 0 && control)
        control->blocks--;
    return __libc_realloc(block, size);
}

void *memalign(size_t alignment, size_t size) { return no_memory(ALIGNED) ? NULL : counted(__libc_memalign(alignment, size)); }

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **block, size_t alignment, size_t size)
{
    void *got = memalign(alignment, size);
    if (got)
        *block = got;
    return got ? 0 : ENOMEM;
}

/* --- input and output --- */

#define REAL(name) ((__typeof__(&name)) real(#name))

static void *real(const char *name)
{
    bool before = inside;
    inside = true;
    void *function = dlsym(RTLD_NEXT, name);
    inside = before;
    return function;
}

/* A call that fails for good, or, in the second variant, for the moment. */
static int failed(int for_good, int for_now)
{
    errno = control->variant == 0 ? for_good : for_now;
    return -1;
}

ssize_t read(int fd, void *bytes, size_t size)
{
    if (fails(READ))
        return failed(ECONNRESET, EINTR);
    return REAL(read)(fd, bytes, size);
}

ssize_t write(int fd, const void *bytes, size_t size)
{
    if (fails(WRITE))
        return failed(EPIPE, EINTR);
    return REAL(write)(fd, bytes, size);
}

ssize_t readv(int fd, const struct iovec *parts, int count)
{
    if (fails(READ))
        return failed(ECONNRESET, EINTR);
    return REAL(readv)(fd, parts, count);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    if (fails(WRITE))
        return failed(EPIPE, EINTR);
    return REAL(writev)(fd, parts, count);
}

ssize_t recv(int fd, void *bytes, size_t size, int flags)
{
    if (fails(RECV))
        return control->variant == 0 ? failed(ECONNRESET, 0) : 0;
    return REAL(recv)(fd, bytes, size, flags);
}

ssize_t send(int fd, const void *bytes, size_t size, int flags)
{
    bool hit = fails(SEND);
    if (hit && control->variant == 0)
        return failed(EPIPE, 0);
    return REAL(send)(fd, bytes, hit && size > 1 ? size / 2 : size, flags);
}

ssize_t sendto(int fd, const void *bytes, size_t size, int flags, const struct sockaddr *to, socklen_t to_size)
{
    if (fails(SEND))
        return failed(EPIPE, EINTR);
    return REAL(sendto)(fd, bytes, size, flags, to, to_size);
}

ssize_t recvfrom(int fd, void *bytes, size_t size, int flags, struct sockaddr *from, socklen_t *from_size)
{
    if (fails(RECV))
        return failed(ECONNRESET, EINTR);
    return REAL(recvfrom)(fd, bytes, size, flags, from, from_size);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    if (fails(SEND))
        return failed(EPIPE, EINTR);
    return REAL(sendmsg)(fd, message, flags);
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    if (fails(RECV))
        return failed(ECONNRESET, EINTR);
    return REAL(recvmsg)(fd, message, flags);
}

int poll(struct pollfd *fds, nfds_t count, int timeout)
{
    if (fails(POLL))
        return failed(ENOMEM, EINTR);
    return REAL(poll)(fds, count, timeout);
}

int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask)
{
    if (fails(POLL))
        return failed(ENOMEM, EINTR);
    return REAL(ppoll)(fds, count, timeout, mask);
}

int connect(int fd, const struct sockaddr *address, socklen_t size)
{
    if (fails(CONNECT))
        return failed(ECONNREFUSED, EAGAIN);
    return REAL(connect)(fd, address, size);
}

int socket(int domain, int type, int protocol)
{
    if (fails(SOCKET))
        return failed(EMFILE, ENOBUFS);
    return REAL(socket)(domain, type, protocol);
}

int socketpair(int domain, int type, int protocol, int fds[2])
{
    if (fails(SOCKET))
        return failed(EMFILE, ENOBUFS);
    return REAL(socketpair)(domain, type, protocol, fds);
}

int accept(int fd, struct sockaddr *address, socklen_t *size)
{
    if (fails(ACCEPT))
        return failed(EMFILE, ECONNABORTED);
    return REAL(accept)(fd, address, size);
}

int accept4(int fd, struct sockaddr *address, socklen_t *size, int flags)
{
    if (fails(ACCEPT))
        return failed(EMFILE, ECONNABORTED);
    return REAL(accept4)(fd, address, size, flags);
}

int pipe(int fds[2])
{
    if (fails(PIPE))
        return failed(EMFILE, ENFILE);
    return REAL(pipe)(fds);
}

int pipe2(int fds[2], int flags)
{
    if (fails(PIPE))
        return failed(EMFILE, ENFILE);
    return REAL(pipe2)(fds, flags);
}

int eventfd(unsigned value, int flags)
{
    if (fails(EVENT))
        return failed(EMFILE, ENOMEM);
    return REAL(eventfd)(value, flags);
}

int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
    if (fails(LOOKUP))
        return control->variant == 0 ? EAI_MEMORY : EAI_AGAIN;
    return REAL(getaddrinfo)(host, service, hints, found);
}

/* --- files, by each of the names that they are opened by --- */

static mode_t mode_of(int flags, va_list arguments)
{
    return flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
}

#define OPENS(name)                                                                                                            \
    int name(const char *path, int flags, ...)                                                                                 \
    {                                                                                                                          \
        va_list arguments;                                                                                                     \
        va_start(arguments, flags);                                                                                            \
        mode_t mode = mode_of(flags, arguments);                                                                               \
        va_end(arguments);                                                                                                     \
        return fails(OPEN) ? failed(EMFILE, EINTR) : REAL(name)(path, flags, mode);                                            \
    }
OPENS(open)
OPENS(open64)

#define OPENS_AT(name)                                                                                                         \
    int name(int folder, const char *path, int flags, ...)                                                                     \
    {                                                                                                                          \
        va_list arguments;                                                                                                     \
        va_start(arguments, flags);                                                                                            \
        mode_t mode = mode_of(flags, arguments);                                                                               \
        va_end(arguments);                                                                                                     \
        return fails(OPEN) ? failed(EMFILE, EINTR) : REAL(name)(folder, path, flags, mode);                                    \
    }
OPENS_AT(openat)
OPENS_AT(openat64)

#define OPENS_STREAM(name)                                                                                                     \
    FILE *name(const char *path, const char *how)                                                                              \
    {                                                                                                                          \
        if (!fails(OPEN))                                                                                                      \
            return REAL(name)(path, how);                                                                                      \
        failed(EMFILE, EINTR);                                                                                                 \
        return NULL;                                                                                                           \
    }
OPENS_STREAM(fopen)
OPENS_STREAM(fopen64)

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *data)
{
    if (fails(THREAD))
        return EAGAIN;
    return REAL(pthread_create)(thread, attributes, start, data);
}

/* As compiled with _FORTIFY_SOURCE. */
ssize_t __read_chk(int fd, void *bytes, size_t size, size_t room) { (void) room; return read(fd, bytes, size); }
ssize_t __recv_chk(int fd, void *bytes, size_t size, size_t room, int flags) { (void) room; return recv(fd, bytes, size, flags); }
int __poll_chk(struct pollfd *fds, nfds_t count, int timeout, size_t room) { (void) room; return poll(fds, count, timeout); }
int __ppoll_chk(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask, size_t room)
{
    (void) room;
    return ppoll(fds, count, timeout, mask);
}
