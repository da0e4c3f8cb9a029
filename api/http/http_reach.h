// SPDX-License-Identifier: Apache-2.0
//
// http_reach: Set the CA certificates that are trusted, and name what is in the way to the server: an
// untrusted certificate, a CA file, a proxy.

#ifndef SBXDECK_API_HTTP_HTTP_REACH_H
#define SBXDECK_API_HTTP_HTTP_REACH_H

#include "api/base/status.h"

#include <curl/curl.h>
#include <stdbool.h>

// The authorities: ca_file if it is not "", else CURL_CA_BUNDLE, else SSL_CERT_FILE and SSL_CERT_DIR, else
// curl's own. As the curl program has them, which curl's library leaves to us.
void http_reach_set(CURL *easy, const char *ca_file);

// Why there was no TLS connection; false: it was not for that.
bool http_reach_tls_failure(CURL *easy, CURLcode result, const char *base_url, struct failure *why);

// The same for a file of authorities that can't be read (CURLE_SSL_CACERT_BADFILE), by its name.
void http_reach_name_file(const char *ca_file, struct failure *why);

// Adds the proxy by name, without its user and password, to a failure before the server was reached; also
// where the proxy refused. No proxy: nothing.
enum { PROXY_NAME_CAP = 300 };
void http_reach_name_proxy(CURL *easy, const char *base_url, struct failure *why);
// The proxy that the environment names for base_url as scheme://host:port; false: none.
bool http_reach_proxy(const char *base_url, char out[PROXY_NAME_CAP]);

#endif
