// The receiver of the benchmarks: an HTTP/1.1 server on one thread that answers every request with 200 and keeps the id and the
// time of each, so that a run can be checked request by request.
//
// usage: receiver PORTS answer|hang [CERTIFICATE KEY]
// It listens on PORTS ports of 127.0.0.1, with TLS if a certificate is given, and prints them in one line. With `hang` no request
// is answered. A line on standard input is a command:
//   total   prints the number of requests
//   count   prints the number of requests, of different ids, and the times of the first and last request
//   times   prints the id and the time of each request, one a line, and then `end`
//   reset   forgets all requests and prints `ok`
//   drop    closes all connections and prints `ok`
// Times are in nanoseconds of CLOCK_MONOTONIC. The id is the value of the header Postback-Delivery-Id, 0 without one. The end of
// standard input ends the program.

#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ROOM = 1 << 17, EVENTS = 512 };

struct connection {
    int descriptor;
    bool listens;
    SSL *tls;
    size_t filled;
    char *bytes;  // what has arrived of the next request
    struct connection *previous, *next;
};

static struct connection accepted = {.previous = &accepted, .next = &accepted};  // the ends of a ring of those that were accepted

static struct request {
    uint64_t id, at;
} *requests;
static size_t request_count, request_room;
static int loop;
static bool answers, drops;
static SSL_CTX *tls_context;
static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nok\n";

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void *checked(void *memory) {
    if (!memory) fail("memory");
    return memory;
}

static void keep(uint64_t id) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (request_count == request_room) {
        request_room = request_room ? 2 * request_room : 1 << 16;
        requests = checked(realloc(requests, request_room * sizeof *requests));
    }
    requests[request_count++] = (struct request){id, (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec};
}

static void watch(struct connection *connection) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    if (epoll_ctl(loop, EPOLL_CTL_ADD, connection->descriptor, &event)) fail("epoll_ctl");
}

static void drop(struct connection *connection) {
    connection->previous->next = connection->next;
    connection->next->previous = connection->previous;
    if (connection->tls) SSL_free(connection->tls);
    close(connection->descriptor);
    free(connection->bytes);
    free(connection);
}

static void accept_all(struct connection *listener) {
    int descriptor;
    while ((descriptor = accept4(listener->descriptor, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        int one = 1;
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        struct connection *connection = checked(calloc(1, sizeof *connection));
        connection->descriptor = descriptor;
        connection->next = accepted.next;
        connection->previous = &accepted;
        accepted.next->previous = connection;
        accepted.next = connection;
        connection->bytes = checked(malloc(ROOM));
        if (tls_context) {
            connection->tls = checked(SSL_new(tls_context));
            SSL_set_fd(connection->tls, descriptor);
            SSL_set_accept_state(connection->tls);
        }
        watch(connection);
    }
}

// The value of a header in the head, which ends with an empty line; NULL if there is none.
static const char *header(const char *head, const char *end, const char *name) {
    size_t length = strlen(name);
    for (const char *line = head; line && line < end; line = memchr(line, '\n', end - line)) {
        if (*line == '\n') line++;
        if ((size_t)(end - line) > length && !strncasecmp(line, name, length) && line[length] == ':') return line + length + 1;
    }
    return NULL;
}

// Takes the complete requests from the buffer. Returns their number; -1 for a request that has no place in the buffer.
static int take(struct connection *connection) {
    int taken = 0;
    char *next = connection->bytes, *filled = connection->bytes + connection->filled;
    while (next < filled) {
        char *end = memmem(next, filled - next, "\r\n\r\n", 4);
        if (!end) break;
        const char *length = header(next, end, "Content-Length");
        char *after = end + 4 + (length ? strtoul(length, NULL, 10) : 0);
        if (after > filled) break;
        const char *id = header(next, end, "Postback-Delivery-Id");
        keep(id ? strtoull(id, NULL, 10) : 0);
        taken++;
        next = after;
    }
    connection->filled = filled - next;
    memmove(connection->bytes, next, connection->filled);
    return connection->filled == ROOM ? -1 : taken;
}

// Reads and answers. Returns false at the end of the connection.
static bool serve(struct connection *connection) {
    for (;;) {
        size_t room = ROOM - connection->filled;
        char *place = connection->bytes + connection->filled;
        ssize_t count = connection->tls ? SSL_read(connection->tls, place, (int)room) : read(connection->descriptor, place, room);
        if (count <= 0) {
            if (!connection->tls) return count < 0 && errno == EAGAIN;
            int error = SSL_get_error(connection->tls, (int)count);
            return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
        }
        connection->filled += count;
        int taken = take(connection);
        if (taken < 0) return false;
        for (; answers && taken > 0; taken--) {
            // An answer fits into an empty send buffer: the client waits for it before it sends the next request.
            ssize_t written = connection->tls ? SSL_write(connection->tls, answer, sizeof answer - 1)
                                              : write(connection->descriptor, answer, sizeof answer - 1);
            if (written != sizeof answer - 1) return false;
        }
        // A full buffer or a TLS record may have left more to read; otherwise epoll reports what comes next.
        if (!connection->tls && (size_t)count < room) return true;
    }
}

static int by_id(const void *one, const void *other) {
    uint64_t a = ((const struct request *)one)->id, b = ((const struct request *)other)->id;
    return a < b ? -1 : a > b;
}

static void count(void) {
    struct request *sorted = checked(malloc((request_count + 1) * sizeof *sorted));
    memcpy(sorted, requests, request_count * sizeof *sorted);
    qsort(sorted, request_count, sizeof *sorted, by_id);
    size_t different = 0;
    for (size_t index = 0; index < request_count; index++) different += !index || sorted[index].id != sorted[index - 1].id;
    free(sorted);
    printf("%zu %zu %llu %llu\n", request_count, different, request_count ? (unsigned long long)requests[0].at : 0,
        request_count ? (unsigned long long)requests[request_count - 1].at : 0);
}

static void obey(void) {
    char line[64];
    // The buffer of stdio would hide a second command from epoll, so each is read as it is.
    ssize_t length = read(STDIN_FILENO, line, sizeof line - 1);
    if (length <= 0) exit(0);
    line[length] = 0;
    for (char *rest = line, *word; (word = strsep(&rest, "\n")) && *word;) {
        if (!strcmp(word, "total")) printf("%zu\n", request_count);
        if (!strcmp(word, "count")) count();
        if (!strcmp(word, "times")) {
            for (size_t index = 0; index < request_count; index++)
                printf("%llu %llu\n", (unsigned long long)requests[index].id, (unsigned long long)requests[index].at);
            puts("end");
        }
        if (!strcmp(word, "reset")) request_count = 0;
        if (!strcmp(word, "drop")) drops = true;
        if (!strcmp(word, "reset") || !strcmp(word, "drop")) puts("ok");
    }
    fflush(stdout);
}

static void listen_on_any_port(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    struct connection *listener = checked(calloc(1, sizeof *listener));
    listener->listens = true;
    listener->descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener->descriptor < 0 || bind(listener->descriptor, (struct sockaddr *)&address, sizeof address)
        || listen(listener->descriptor, 1024) || getsockname(listener->descriptor, (struct sockaddr *)&address, &length))
        fail("listen");
    watch(listener);
    printf("%d ", ntohs(address.sin_port));
}

int main(int argc, char **argv) {
    if (argc != 3 && argc != 5) {
        fprintf(stderr, "usage: receiver PORTS answer|hang [CERTIFICATE KEY]\n");
        return 64;
    }
    signal(SIGPIPE, SIG_IGN);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    answers = !strcmp(argv[2], "answer");
    if (argc == 5) {
        tls_context = checked(SSL_CTX_new(TLS_server_method()));
        if (SSL_CTX_use_certificate_chain_file(tls_context, argv[3]) != 1
            || SSL_CTX_use_PrivateKey_file(tls_context, argv[4], SSL_FILETYPE_PEM) != 1)
            fail("certificate");
    }
    loop = epoll_create1(EPOLL_CLOEXEC);
    for (int number = atoi(argv[1]); number > 0; number--) listen_on_any_port();
    putchar('\n');
    fflush(stdout);
    struct connection input = {.descriptor = STDIN_FILENO};
    watch(&input);
    for (;;) {
        struct epoll_event events[EVENTS];
        int ready = epoll_wait(loop, events, EVENTS, -1);
        for (int index = 0; index < ready; index++) {
            struct connection *connection = events[index].data.ptr;
            if (connection == &input) obey();
            else if (connection->listens) accept_all(connection);
            else if (!serve(connection)) drop(connection);
        }
        // After all events, because one of them may be of a connection that is dropped here.
        while (drops && accepted.next != &accepted) drop(accepted.next);
        drops = false;
    }
}
