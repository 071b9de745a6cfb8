#include <curl/curl.h>

// Swift cannot call variadic functions. One function for each kind of argument gives Swift overloads under the real
// name.
#define POSTBACKS_NAMED(name) __attribute__((swift_name(name))) static inline

POSTBACKS_NAMED("curl_easy_setopt(_:_:_:)")
CURLcode postbacks_easy_setopt_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

POSTBACKS_NAMED("curl_easy_setopt(_:_:_:)")
CURLcode postbacks_easy_setopt_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

POSTBACKS_NAMED("curl_easy_setopt(_:_:bytes:)")
CURLcode postbacks_easy_setopt_bytes(CURL *handle, CURLoption option, const unsigned char *value) {
    return curl_easy_setopt(handle, option, value);
}

POSTBACKS_NAMED("curl_easy_setopt(_:_:_:)")
CURLcode postbacks_easy_setopt_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

POSTBACKS_NAMED("curl_easy_setopt(_:_:_:)")
CURLcode postbacks_easy_setopt_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}

POSTBACKS_NAMED("curl_easy_setopt(_:_:_:)")
CURLcode postbacks_easy_setopt_write(CURL *handle, CURLoption option, curl_write_callback value) {
    return curl_easy_setopt(handle, option, value);
}

POSTBACKS_NAMED("curl_easy_setopt(_:_:_:)")
CURLcode postbacks_easy_setopt_socket(CURL *handle, CURLoption option, curl_opensocket_callback value) {
    return curl_easy_setopt(handle, option, value);
}

POSTBACKS_NAMED("curl_easy_setopt(_:_:_:)")
CURLcode postbacks_easy_setopt_closing(CURL *handle, CURLoption option, curl_closesocket_callback value) {
    return curl_easy_setopt(handle, option, value);
}

POSTBACKS_NAMED("curl_easy_setopt(_:_:_:)")
CURLcode postbacks_easy_setopt_resolver(CURL *handle, CURLoption option, curl_resolver_start_callback value) {
    return curl_easy_setopt(handle, option, value);
}

POSTBACKS_NAMED("curl_easy_setopt(_:_:_:)")
CURLcode postbacks_easy_setopt_prerequest(CURL *handle, CURLoption option, curl_prereq_callback value) {
    return curl_easy_setopt(handle, option, value);
}

// Serves curl_off_t too, which is a long on all supported platforms.
POSTBACKS_NAMED("curl_easy_getinfo(_:_:_:)")
CURLcode postbacks_easy_getinfo_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

POSTBACKS_NAMED("curl_easy_getinfo(_:_:_:)")
CURLcode postbacks_easy_getinfo_socket(CURL *handle, CURLINFO info, curl_socket_t *value) {
    return curl_easy_getinfo(handle, info, value);
}

POSTBACKS_NAMED("curl_easy_getinfo(_:_:_:)")
CURLcode postbacks_easy_getinfo_text(CURL *handle, CURLINFO info, const char **value) {
    return curl_easy_getinfo(handle, info, value);
}

POSTBACKS_NAMED("curl_multi_setopt(_:_:_:)")
CURLMcode postbacks_multi_setopt_long(CURLM *handle, CURLMoption option, long value) {
    return curl_multi_setopt(handle, option, value);
}

POSTBACKS_NAMED("curl_multi_setopt(_:_:_:)")
CURLMcode postbacks_multi_setopt_pointer(CURLM *handle, CURLMoption option, void *value) {
    return curl_multi_setopt(handle, option, value);
}

POSTBACKS_NAMED("curl_multi_setopt(_:_:_:)")
CURLMcode postbacks_multi_setopt_socket(CURLM *handle, CURLMoption option, curl_socket_callback value) {
    return curl_multi_setopt(handle, option, value);
}

POSTBACKS_NAMED("curl_multi_setopt(_:_:_:)")
CURLMcode postbacks_multi_setopt_timer(CURLM *handle, CURLMoption option, curl_multi_timer_callback value) {
    return curl_multi_setopt(handle, option, value);
}

#undef POSTBACKS_NAMED
