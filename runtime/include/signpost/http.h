// Requests and replies of the small HTTP endpoints (/health, /ready …). Control loop only.
#pragma once

#include <functional>
#include <string>

namespace signpost {

struct HttpRequest {
  std::string path;
};

struct HttpReply {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

using HttpHandler = std::function<HttpReply(const HttpRequest&)>;

}  // namespace signpost
