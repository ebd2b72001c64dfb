// One HTTP request and its response over a connection that is already open, through libcurl. Loop
// thread only.
#pragma once

#include <curl/curl.h>

#include <array>
#include <functional>
#include <memory>
#include <string>

#include "probe/connector.h"
#include "probe/response.h"
#include "probe/transfers.h"
#include "signpost/address.h"

namespace signpost::probe {

class Exchange {
 public:
  enum class Ending {
    judged,            // the verdict counts
    name_not_covered,  // TLS: the certificate is for other names; nothing was sent (H-06)
  };
  struct Events {
    std::function<void()> status_seen;           // must not destroy the exchange
    std::function<void(Ending, Verdict)> ended;  // once; may destroy the exchange
  };
  struct Tls {
    bool send_name = true;   // SNI
    bool check_name = true;  // that the certificate covers the endpoint's name
  };

  // Starts at once; events come later, from the loop. `spec` must outlive the exchange.
  Exchange(Transfers& transfers, const ProbeSpec& spec, Tls tls, const Endpoint& endpoint,
           Descriptor connected, Events events);
  ~Exchange();  // gives up what still runs; closes the connection
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  bool tls_done() const { return tls_done_; }  // always true for plain HTTP

 private:
  struct EasyCleanup {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  };
  struct ListCleanup {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };
  using List = std::unique_ptr<curl_slist, ListCleanup>;

  template <typename Value>
  void set(CURLoption option, Value value);
  void set_connection(const Endpoint& endpoint);
  void set_request();
  void set_tls();
  void set_callbacks();
  List list(std::initializer_list<std::string> lines);

  static size_t on_header(char* line, size_t, size_t size, void* self);
  static size_t on_body(char* bytes, size_t, size_t size, void* self);
  static curl_socket_t on_open(void* self, curlsocktype, curl_sockaddr*);
  static int on_before_request(void* self, char*, char*, int, int);
  bool certificate_covers_name() const;
  void on_ended(CURLcode code);

  Transfers& transfers_;
  const ProbeSpec& spec_;
  const Tls tls_;
  const std::string name_;  // in SNI and in the certificate
  Descriptor connected_;
  Events events_;
  ResponseJudge judge_;
  bool tls_done_, name_not_covered_ = false;
  std::array<char, CURL_ERROR_SIZE> error_{};
  List headers_, connect_to_;
  std::unique_ptr<CURL, EasyCleanup> easy_;  // behind what it points to, so that it goes first
};

}  // namespace signpost::probe
