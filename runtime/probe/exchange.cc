#include "probe/exchange.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <new>
#include <utility>

#include "probe/request.h"

namespace signpost::probe {
namespace {

std::string bracketed(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

std::string url_of(const ProbeSpec& spec, const std::string& host) {
  return (spec.kind == ProbeSpec::https ? "https://" : "http://") + bracketed(host) + ":" +
         std::to_string(spec.port) + "/";
}

}  // namespace

Exchange::Exchange(Transfers& transfers, const ProbeSpec& spec, Tls tls, const Endpoint& endpoint,
                   Descriptor connected, Events events)
    : transfers_(transfers),
      spec_(spec),
      tls_(tls),
      name_(endpoint_name(spec)),
      connected_(std::move(connected)),
      events_(std::move(events)),
      judge_(spec),
      tls_done_(spec.kind != ProbeSpec::https),
      easy_(curl_easy_init()) {
  if (!easy_) throw std::bad_alloc();
  set_connection(endpoint);
  set_request();
  if (spec.kind == ProbeSpec::https) set_tls();
  set_callbacks();
  transfers_.add(easy_.get(), [this](CURLcode code) { on_ended(code); });
}

Exchange::~Exchange() { transfers_.remove(easy_.get()); }

// An option can fail for want of memory only: all of them exist in the libcurl built against.
template <typename Value>
void Exchange::set(CURLoption option, Value value) {
  if (curl_easy_setopt(easy_.get(), option, value) != CURLE_OK) throw std::bad_alloc();
}

Exchange::List Exchange::list(std::initializer_list<std::string> lines) {
  List result;
  for (const std::string& line : lines) {
    curl_slist* longer = curl_slist_append(result.get(), line.c_str());
    if (!longer) throw std::bad_alloc();
    (void)result.release();
    result.reset(longer);
  }
  return result;
}

// libcurl takes SNI from the URL and sends none for an address, so the URL holds the name or, to
// keep quiet about it, the address. CONNECT_TO keeps libcurl from resolving the name.
void Exchange::set_connection(const Endpoint& endpoint) {
  const std::string address = endpoint.address.text();
  set(CURLOPT_URL, url_of(spec_, tls_.send_name ? name_ : address).c_str());
  connect_to_ = list({"::" + bracketed(address) + ":" + std::to_string(endpoint.port)});
  set(CURLOPT_CONNECT_TO, connect_to_.get());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_NOPROXY, "*");
  set(CURLOPT_FRESH_CONNECT, 1L);
  set(CURLOPT_FORBID_REUSE, 1L);
}

void Exchange::set_request() {
  const std::string host =
      spec_.host_header.empty() ? host_field(spec_.kind, name_, spec_.port) : spec_.host_header;
  headers_ = list({"Host: " + host, "Accept-Encoding: *", "Accept:"});
  set(CURLOPT_HTTPHEADER, headers_.get());
  set(CURLOPT_USERAGENT, user_agent(spec_.id).c_str());
  set(CURLOPT_REQUEST_TARGET, request_target(spec_.path).c_str());
  set(CURLOPT_HTTPGET, 1L);
  set(CURLOPT_HTTP_VERSION, long(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_HTTP_CONTENT_DECODING, 0L);  // BodySearch knows which codings count (H-09)
}

// The chain is libcurl's to verify; whether the certificate covers the name is asked in
// on_before_request, because the answer may lead to a second handshake (H-06). Without
// verification anything that speaks TLS 1.0 or later passes (H-05), and reading the system's
// certificates is spared.
void Exchange::set_tls() {
  set(CURLOPT_SSL_VERIFYHOST, 0L);
  set(CURLOPT_SSL_VERIFYPEER, spec_.verify_tls ? 1L : 0L);
  set(CURLOPT_SSL_SESSIONID_CACHE, 0L);
  set(CURLOPT_CAPATH, nullptr);  // with a file alone, libcurl keeps the parsed store
  if (!spec_.verify_tls) {
    set(CURLOPT_CAINFO, nullptr);
    set(CURLOPT_SSLVERSION, long(CURL_SSLVERSION_TLSv1_0));
    set(CURLOPT_SSL_CIPHER_LIST, "DEFAULT:@SECLEVEL=0");
  } else if (!spec_.ca_file.empty()) {
    set(CURLOPT_CAINFO, spec_.ca_file.c_str());
  }
}

void Exchange::set_callbacks() {
  set(CURLOPT_ERRORBUFFER, error_.data());
  set(CURLOPT_HEADERFUNCTION, &on_header);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_WRITEFUNCTION, &on_body);
  set(CURLOPT_WRITEDATA, this);
  set(CURLOPT_PREREQFUNCTION, &on_before_request);
  set(CURLOPT_PREREQDATA, this);
  set(CURLOPT_OPENSOCKETFUNCTION, &on_open);
  set(CURLOPT_OPENSOCKETDATA, this);
  using AfterOpen = int (*)(void*, curl_socket_t, curlsocktype);
  const AfterOpen connected_already = [](void*, curl_socket_t, curlsocktype) {
    return CURL_SOCKOPT_ALREADY_CONNECTED;
  };
  set(CURLOPT_SOCKOPTFUNCTION, connected_already);
}

// Returning less than was given ends the transfer.
size_t Exchange::on_header(char* line, size_t, size_t size, void* context) {
  auto* self = static_cast<Exchange*>(context);
  const bool had_status = self->judge_.has_status();
  self->judge_.header_line({line, size});
  if (self->judge_.verdict()) return size + 1;
  if (!had_status && self->judge_.has_status()) self->events_.status_seen();
  return size;
}

size_t Exchange::on_body(char* bytes, size_t, size_t size, void* context) {
  auto* self = static_cast<Exchange*>(context);
  self->judge_.body({bytes, size});
  return self->judge_.verdict() ? size + 1 : size;
}

// Hands over the open connection, once.
curl_socket_t Exchange::on_open(void* context, curlsocktype, curl_sockaddr*) {
  return static_cast<Exchange*>(context)->connected_.release();
}

int Exchange::on_before_request(void* context, char*, char*, int, int) {
  auto* self = static_cast<Exchange*>(context);
  const bool tls = !std::exchange(self->tls_done_, true);
  if (!tls || !self->tls_.check_name || self->certificate_covers_name()) return CURL_PREREQFUNC_OK;
  self->name_not_covered_ = true;
  return CURL_PREREQFUNC_ABORT;
}

// RFC 6125, or RFC 2818, section 3.1 for an address.
bool Exchange::certificate_covers_name() const {
  curl_tlssessioninfo* session = nullptr;
  curl_easy_getinfo(easy_.get(), CURLINFO_TLS_SSL_PTR, &session);
  if (!session || session->backend != CURLSSLBACKEND_OPENSSL || !session->internals) return false;
  X509* certificate = SSL_get0_peer_certificate(static_cast<SSL*>(session->internals));
  if (!certificate) return false;
  return Address::parse(name_)
             ? X509_check_ip_asc(certificate, name_.c_str(), 0) == 1
             : X509_check_host(certificate, name_.data(), name_.size(), 0, nullptr) == 1;
}

void Exchange::on_ended(CURLcode code) {
  const auto ended = std::move(events_.ended);
  if (name_not_covered_) {
    return ended(Ending::name_not_covered,
                 {false, "TLS: the certificate does not cover " + printable(name_, 255)});
  }
  std::string broken;
  if (code != CURLE_OK) {
    const char* const text = error_[0] != 0 ? error_.data() : curl_easy_strerror(code);
    broken = (tls_done_ ? "" : "TLS: ") + printable(text, CURL_ERROR_SIZE);
  }
  judge_.end(broken);
  ended(Ending::judged, *judge_.verdict());
}

}  // namespace signpost::probe
