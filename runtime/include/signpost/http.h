// HTTP requests and replies as the handler of an endpoint (/health, /ready, /metrics) sees them.
// Control loop only.
#pragma once

#include <functional>
#include <string>

namespace signpost {

// A GET or HEAD request without a body; anything else is answered before a handler is asked.
struct HttpRequest {
  std::string path;            // percent-decoded, without the query: "/health/checks"
  std::string method = "GET";  // or "HEAD"
};

struct HttpReply {
  int status = 200;  // 200..599; anything else is sent as 500
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;  // left out of the reply to HEAD, whose header still tells its size
};

// Must not block: DNS answers do not wait for it, but health probes and reloads do. What it throws
// becomes status 500 with the exception's text.
using HttpHandler = std::function<HttpReply(const HttpRequest&)>;

}  // namespace signpost
