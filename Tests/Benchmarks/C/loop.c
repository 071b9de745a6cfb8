// A bare curl_multi loop: the limit of what one thread can send with libcurl. It keeps a number of requests in flight, and does
// nothing else: no line is read, nothing is checked, rendered, signed or written.
//
// usage: loop COUNT IN_FLIGHT SCHEME BODY_FILE|- USER:PASSWORD|- CA_FILE|- PORT...
// The ports are taken in turn. It prints one line: the seconds from the first request to the last answer, the microseconds of CPU
// for a request, and the 50th and 99th percentile of the time of a request in microseconds.

#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static long count, started, ended, port_count;
static char **ports, *scheme, *body, *user, *authorities;
static double *durations;
static CURLM *multi;

static void fail(const char *what) {
    fprintf(stderr, "loop: %s\n", what);
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static size_t ignore(char *bytes, size_t size, size_t number, void *unused) {
    (void)bytes, (void)unused;
    return size * number;
}

static char *read_file(const char *path) {
    FILE *file = fopen(path, "r");
    if (!file) fail("the body's file cannot be read");
    char *text = calloc(1, 1 << 20);
    if (!text || fread(text, 1, (1 << 20) - 1, file) == 0) fail("the body's file is empty");
    fclose(file);
    return text;
}

// A handle of a place among the requests in flight is used again for the next one.
struct place {
    CURL *easy;
    struct curl_slist *headers;
};

static void start(struct place *place) {
    char text[200];
    long number = ++started;
    snprintf(text, sizeof text, "%s://127.0.0.1:%s/postback?cid=d0-c%ld&payout=1.50&status=done", scheme,
        ports[number % port_count], number);
    curl_easy_setopt(place->easy, CURLOPT_URL, text);
    curl_slist_free_all(place->headers);
    snprintf(text, sizeof text, "Postback-Delivery-Id: %ld", number);
    place->headers = curl_slist_append(NULL, text);
    place->headers = curl_slist_append(place->headers, "Postback-Attempt: 1");
    if (body) {
        // As long as the headers of a signed request (Standard Webhooks); nothing checks them.
        place->headers = curl_slist_append(place->headers, "Content-Type: application/json");
        snprintf(text, sizeof text, "webhook-id: %ld", number);
        place->headers = curl_slist_append(place->headers, text);
        place->headers = curl_slist_append(place->headers, "webhook-timestamp: 1790000000");
        place->headers = curl_slist_append(place->headers,
            "webhook-signature: v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
        place->headers = curl_slist_append(place->headers, "Expect:");
    }
    curl_easy_setopt(place->easy, CURLOPT_HTTPHEADER, place->headers);
    curl_multi_add_handle(multi, place->easy);
}

static void prepare(struct place *place) {
    place->easy = curl_easy_init();
    if (!place->easy) fail("no handle");
    curl_easy_setopt(place->easy, CURLOPT_PRIVATE, place);
    curl_easy_setopt(place->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(place->easy, CURLOPT_WRITEFUNCTION, ignore);
    curl_easy_setopt(place->easy, CURLOPT_USERAGENT, "postbacks/0.1.0");
    if (user) {
        curl_easy_setopt(place->easy, CURLOPT_USERPWD, user);
        curl_easy_setopt(place->easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    }
    if (authorities) curl_easy_setopt(place->easy, CURLOPT_CAINFO, authorities);
    if (body) curl_easy_setopt(place->easy, CURLOPT_POSTFIELDS, body);
}

static void finish(CURLMsg *message) {
    struct place *place;
    long status = 0;
    double seconds = 0;
    CURL *easy = message->easy_handle;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&place);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME, &seconds);
    if (message->data.result != CURLE_OK) fail(curl_easy_strerror(message->data.result));
    if (status != 200) fail("the receiver did not answer 200");
    durations[ended++] = seconds;
    curl_multi_remove_handle(multi, easy);
    if (started < count) start(place);
}

static int ascending(const void *one, const void *other) {
    double a = *(const double *)one, b = *(const double *)other;
    return a < b ? -1 : a > b;
}

int main(int argc, char **argv) {
    if (argc < 8) fail("usage: loop COUNT IN_FLIGHT SCHEME BODY_FILE|- USER:PASSWORD|- CA_FILE|- PORT...");
    count = atol(argv[1]);
    long in_flight = atol(argv[2]) < count ? atol(argv[2]) : count;
    scheme = argv[3];
    body = strcmp(argv[4], "-") ? read_file(argv[4]) : NULL;
    user = strcmp(argv[5], "-") ? argv[5] : NULL;
    authorities = strcmp(argv[6], "-") ? argv[6] : NULL;
    ports = argv + 7;
    port_count = argc - 7;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    multi = curl_multi_init();
    // Each destination keeps its connections.
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, in_flight + port_count);
    struct place *places = calloc((size_t)in_flight, sizeof *places);
    durations = calloc((size_t)count, sizeof *durations);
    if (!places || !durations || in_flight < 1) fail("no memory, or nothing to do");
    double begin = now();
    for (long index = 0; index < in_flight; index++) {
        prepare(&places[index]);
        start(&places[index]);
    }
    while (ended < count) {
        int running, left;
        if (curl_multi_perform(multi, &running) != CURLM_OK) fail("curl_multi_perform failed");
        bool any = false;
        for (CURLMsg *message; (message = curl_multi_info_read(multi, &left));) {
            any = true;
            finish(message);
        }
        if (!any && curl_multi_poll(multi, NULL, 0, 1000, NULL) != CURLM_OK) fail("curl_multi_poll failed");
    }
    double seconds = now() - begin;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6
        + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
    qsort(durations, (size_t)count, sizeof *durations, ascending);
    printf("%.6f %.3f %.1f %.1f\n", seconds, cpu / (double)count, durations[(count - 1) / 2] * 1e6,
        durations[(count - 1) * 99 / 100] * 1e6);
    return 0;
}
