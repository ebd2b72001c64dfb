// Clients and server share one loop, so every test runs to its end without waiting for anything but
// the kernel.
#include "net/http_endpoint.h"

#include <gtest/gtest.h>

#include <list>
#include <optional>

#include "net/http_test_client.h"
#include "net/test_socket.h"

namespace signpost {
namespace {

using net::Client;

HttpHandler says(std::string body) {
  return [body](const HttpRequest&) { return HttpReply{.body = body}; };
}

std::string get(std::string_view path, std::string_view method = "GET") {
  return std::string(method) + " " + std::string(path) +
         " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";
}

int status_of(std::string_view reply) {
  return reply.starts_with("HTTP/1.1 ") ? std::stoi(std::string(reply.substr(9, 3))) : 0;
}

std::string body_of(std::string_view reply) {
  size_t blank = reply.find("\r\n\r\n");
  return blank == reply.npos ? "" : std::string(reply.substr(blank + 4));
}

class HttpEndpointsTest : public testing::Test {
 protected:
  void SetUp() override {
    uv_loop_init(&loop);
    endpoints.emplace(&loop);
  }
  void TearDown() override {
    for (Client& c : clients) c.close();
    endpoints.reset();
    uv_run(&loop, UV_RUN_DEFAULT);
    EXPECT_EQ(uv_loop_close(&loop), 0) << "a handle is still open";
  }
  template <class Condition>
  void run_until(Condition met) {
    bool more = true;
    while (!met()) {
      ASSERT_TRUE(more) << "nothing left to wait for";
      more = uv_run(&loop, UV_RUN_ONCE) != 0;
    }
  }
  Client& connect(uint16_t port, const char* address = "127.0.0.1") {
    return clients.emplace_back(&loop, address, port);
  }
  // Sends `request` on a new connection and returns all that comes back before it ends.
  std::string ask(uint16_t port, std::string request, const char* address = "127.0.0.1") {
    Client& client = connect(port, address);
    client.send(std::move(request));
    run_until([&] { return client.ended; });
    return client.received;
  }

  uv_loop_t loop;
  std::optional<HttpEndpoints> endpoints;
  std::list<Client> clients;
};

TEST_F(HttpEndpointsTest, Get) {
  auto route = endpoints->add("127.0.0.1:0", "/health", says("OK"));
  std::string reply = ask(route.port(), get("/health"));
  EXPECT_EQ(status_of(reply), 200);
  EXPECT_EQ(body_of(reply), "OK");
  EXPECT_NE(reply.find("Content-Type: text/plain; charset=utf-8\r\n"), reply.npos) << reply;
}

TEST_F(HttpEndpointsTest, TheHandlerSeesTheRequestAndMakesTheReply) {
  auto route = endpoints->add("127.0.0.1:0", "/a b", [](const HttpRequest& r) {
    return HttpReply{503, "application/json", r.method + " " + r.path};
  });
  std::string reply = ask(route.port(), get("/a%20b?x=1"));
  EXPECT_EQ(status_of(reply), 503);
  EXPECT_EQ(body_of(reply), "GET /a b");
  EXPECT_NE(reply.find("Content-Type: application/json\r\n"), reply.npos) << reply;
}

TEST_F(HttpEndpointsTest, HeadTellsTheSizeAndSendsNoBody) {
  auto route = endpoints->add("127.0.0.1:0", "/health", says("12345"));
  std::string reply = ask(route.port(), get("/health", "HEAD"));
  EXPECT_EQ(status_of(reply), 200);
  EXPECT_NE(reply.find("Content-Length: 5\r\n"), reply.npos) << reply;
  EXPECT_EQ(body_of(reply), "");
}

TEST_F(HttpEndpointsTest, UnknownPathIs404) {
  auto route = endpoints->add("127.0.0.1:0", "/health", says("OK"));
  for (const char* path : {"/", "/healthy", "/health/", "/Health", "//health"})
    EXPECT_EQ(status_of(ask(route.port(), get(path))), 404) << path;
}

TEST_F(HttpEndpointsTest, OtherMethodsAre405) {
  auto route = endpoints->add("127.0.0.1:0", "/health", says("OK"));
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "get", "BREW"}) {
    std::string reply = ask(route.port(), get("/health", method));
    EXPECT_EQ(status_of(reply), 405) << method;
    EXPECT_NE(reply.find("Allow: GET, HEAD\r\n"), reply.npos) << reply;
  }
}

TEST_F(HttpEndpointsTest, ABodyIsNotReadAndEndsTheConnection) {
  auto route = endpoints->add("127.0.0.1:0", "/health", says("OK"));
  const char* bodies[] = {"Content-Length: 1000000\r\n\r\nabc", "Content-Length: 3\r\n\r\nabc",
                          "Transfer-Encoding: chunked\r\n\r\n3\r\nabc"};
  for (const char* method : {"GET", "POST"})
    for (const char* body : bodies) {
      std::string reply =
          ask(route.port(), std::string(method) + " /health HTTP/1.1\r\nHost: a\r\n" + body);
      EXPECT_EQ(status_of(reply), method == std::string("GET") ? 200 : 405) << body;
      EXPECT_EQ(reply.find("HTTP/1.1", 1), reply.npos) << "the body was taken for a request";
    }
}

TEST_F(HttpEndpointsTest, ExceptionsAndImpossibleStatusesBecome500) {
  auto throws = endpoints->add("127.0.0.1:0", "/a", [](const HttpRequest&) -> HttpReply {
    throw std::runtime_error("no table");
  });
  auto throws_int =
      endpoints->add("127.0.0.1:0", "/b", [](const HttpRequest&) -> HttpReply { throw 1; });
  auto status = endpoints->add("127.0.0.1:0", "/c", [](auto&) { return HttpReply{.status = 7}; });
  std::string reply = ask(throws.port(), get("/a"));
  EXPECT_EQ(status_of(reply), 500);
  EXPECT_EQ(body_of(reply), "500 no table\n");
  EXPECT_EQ(status_of(ask(throws.port(), get("/b"))), 500);
  EXPECT_EQ(status_of(ask(throws.port(), get("/c"))), 500);
}

TEST_F(HttpEndpointsTest, OneConnectionCarriesSeveralRequests) {
  auto route = endpoints->add("127.0.0.1:0", "/health", says("OK"));
  Client& client = connect(route.port());
  client.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
  run_until([&] { return client.received.ends_with("OK"); });
  client.received.clear();
  client.send("GET /other HTTP/1.1\r\nHost: a\r\n\r\n" + get("/health"));
  run_until([&] { return client.ended; });
  EXPECT_EQ(status_of(client.received), 404);
  EXPECT_NE(client.received.find("HTTP/1.1 200"), client.received.npos) << client.received;
}

TEST_F(HttpEndpointsTest, LargeReplyArrivesWhole) {
  std::string large(3 << 20, 'x');
  auto route = endpoints->add("127.0.0.1:0", "/metrics", says(large));
  EXPECT_EQ(body_of(ask(route.port(), get("/metrics"))), large);
}

TEST_F(HttpEndpointsTest, RoutesOfOneAddressShareOnePort) {
  auto health = endpoints->add("127.0.0.1:0", "/health", says("health"));
  auto checks = endpoints->add("127.0.0.1:0", "/health/checks", says("checks"));
  auto other = endpoints->add("127.0.0.2:0", "/health", says("other"));
  EXPECT_EQ(health.port(), checks.port());
  EXPECT_EQ(body_of(ask(health.port(), get("/health"))), "health");
  EXPECT_EQ(body_of(ask(health.port(), get("/health/checks"))), "checks");
  EXPECT_EQ(body_of(ask(other.port(), get("/health"), "127.0.0.2")), "other");
  health.reset();
  EXPECT_EQ(status_of(ask(checks.port(), get("/health"))), 404);
}

TEST_F(HttpEndpointsTest, TheNewestRouteAnswersAndTheOlderComesBack) {
  auto old_route = endpoints->add("127.0.0.1:0", "/health", says("old"));
  auto new_route = endpoints->add("127.0.0.1:0", "/health", says("new"));
  uint16_t port = old_route.port();
  EXPECT_EQ(body_of(ask(port, get("/health"))), "new");
  new_route.reset();
  EXPECT_EQ(body_of(ask(port, get("/health"))), "old");
}

// What a reload does: an open connection lives through the change of routes.
TEST_F(HttpEndpointsTest, ReplacingARouteKeepsConnections) {
  auto route = endpoints->add("127.0.0.1:0", "/health", says("old"));
  uint16_t port = route.port();
  Client& client = connect(port);
  client.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
  run_until([&] { return client.received.ends_with("old"); });
  route = endpoints->add("127.0.0.1:0", "/health", says("new"));
  EXPECT_EQ(route.port(), port);
  client.send(get("/health"));
  run_until([&] { return client.ended; });
  EXPECT_TRUE(client.received.ends_with("new")) << client.received;
}

TEST_F(HttpEndpointsTest, TheLastRouteClosesTheSocketAtOnce) {
  auto route = endpoints->add("127.0.0.1:0", "/health", says("OK"));
  Endpoint address{*Address::parse("127.0.0.1"), route.port()};
  Client& idle = connect(address.port);
  run_until([&] { return idle.connected; });
  route.reset();
  EXPECT_EQ(ask(address.port, get("/health")), "");
  run_until([&] { return idle.ended; });
  auto again = endpoints->add(address, "/health", says("again"));
  EXPECT_EQ(body_of(ask(address.port, get("/health"))), "again");
}

TEST_F(HttpEndpointsTest, AHandlerMayDropItsOwnRoute) {
  HttpEndpoints::Route route;
  std::string own = "a text too long to be kept within the string object itself";
  route = endpoints->add("127.0.0.1:0", "/once", [&route, own](const HttpRequest&) {
    route.reset();
    return HttpReply{.body = own};
  });
  uint16_t port = route.port();
  ask(port,
      get("/once"));  // the socket closes with its last route, perhaps before the reply is out
  EXPECT_EQ(route.port(), 0);
  EXPECT_EQ(ask(port, get("/once")), "");
}

TEST_F(HttpEndpointsTest, AHandlerMayReplaceItsOwnRoute) {
  HttpEndpoints::Route route;
  route = endpoints->add("127.0.0.1:0", "/a", [&](const HttpRequest&) {
    route.reset();
    route = endpoints->add("127.0.0.1:0", "/a", says("second"));
    return HttpReply{.body = "first"};
  });
  uint16_t port = route.port();
  EXPECT_EQ(body_of(ask(port, get("/a"))), "first");
  EXPECT_EQ(route.port(), port);
  EXPECT_EQ(body_of(ask(port, get("/a"))), "second");
}

TEST_F(HttpEndpointsTest, AHandlerMayCloseEverything) {
  bool closed = false;
  auto route = endpoints->add("127.0.0.1:0", "/stop", [&](const HttpRequest&) {
    endpoints->close([&] { closed = true; });
    return HttpReply{};
  });
  ask(route.port(), get("/stop"));
  run_until([&] { return closed; });
  EXPECT_THROW((void)endpoints->add("127.0.0.1:0", "/x", says("")), std::runtime_error);
}

TEST_F(HttpEndpointsTest, SlowClientsStopNobody) {
  auto route = endpoints->add("127.0.0.1:0", "/health", says("OK"));
  Client& slow = connect(route.port());
  slow.send("GET /hea");
  Client& silent = connect(route.port());
  run_until([&] { return slow.connected && silent.connected; });
  EXPECT_EQ(body_of(ask(route.port(), get("/health"))), "OK");
  slow.send("lth HTTP/1.1\r\nConnection: close\r\nHost:");
  EXPECT_EQ(body_of(ask(route.port(), get("/health"))), "OK");
  slow.send(" a\r\n\r\n");
  run_until([&] { return slow.ended; });
  EXPECT_EQ(body_of(slow.received), "OK");
  EXPECT_FALSE(silent.ended);
}

// 64 connections are the limit. However many slow ones there are, a newcomer is answered at once,
// and those that ask stay.
TEST_F(HttpEndpointsTest, AtTheLimitTheIdlestMakesRoom) {
  auto route = endpoints->add("127.0.0.1:0", "/health", says("OK"));
  Client& asking = connect(route.port());
  std::list<Client*> slow;
  for (int i = 0; i < 63; ++i) slow.push_back(&connect(route.port()));
  for (Client* c : slow) {
    c->send("GET /hea");
    run_until([&] { return c->connected; });
  }
  asking.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
  run_until([&] { return asking.received.ends_with("OK"); });
  EXPECT_EQ(endpoints->pushed_out(), 0u);
  EXPECT_EQ(body_of(ask(route.port(), get("/health"))), "OK");
  EXPECT_EQ(endpoints->pushed_out(), 1u);
  run_until([&] { return slow.front()->ended; });
  EXPECT_FALSE(slow.back()->ended);
  EXPECT_FALSE(asking.ended);
}

TEST_F(HttpEndpointsTest, AFloodOfSilentClientsShutsNobodyOut) {
  auto route = endpoints->add("127.0.0.1:0", "/health", says("OK"));
  for (int i = 0; i < 150; ++i) {
    Client& silent = connect(route.port());
    run_until([&] { return silent.connected; });
  }
  EXPECT_EQ(body_of(ask(route.port(), get("/health"))), "OK");
  EXPECT_EQ(endpoints->pushed_out(), 151u - 64u);
}

// What a reload from one to the other does.
TEST_F(HttpEndpointsTest, AllAddressesAndOneOfThemStandSideBySide) {
  auto all = endpoints->add(":0", "/health", says("all"));
  const std::string port = std::to_string(all.port());
  auto one = endpoints->add("127.0.0.1:" + port, "/health", says("one"));
  EXPECT_EQ(one.port(), all.port());
  EXPECT_EQ(body_of(ask(one.port(), get("/health"))), "one") << "the closer match answers";
  EXPECT_EQ(body_of(ask(one.port(), get("/health"), "127.0.0.2")), "all");
  const uint16_t number = one.port();
  all.reset();
  EXPECT_EQ(body_of(ask(number, get("/health"))), "one");
  all = endpoints->add(":" + port, "/health", says("again"));
  one.reset();
  EXPECT_EQ(body_of(ask(number, get("/health"))), "again");
}

TEST_F(HttpEndpointsTest, GarbageIsRefusedAndServingGoesOn) {
  auto route = endpoints->add("127.0.0.1:0", "/health", says("OK"));
  const std::string requests[] = {
      "\r\n\r\n\r\n",
      "hello\r\n\r\n",
      std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11) + "\r\n\r\n",
      std::string(100, '\0') + "\r\n\r\n",
      "GET /" + std::string(40'000, 'a') + " HTTP/1.1\r\n\r\n",
      "GET /health HTTP/1.1\r\nX: " + std::string(40'000, 'a') + "\r\n\r\n",
      "GET /health HTTP/9.9\r\nHost: a\r\n\r\n",
      "GET /health HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
  };
  for (const std::string& request : requests) {
    Client& client = connect(route.port());
    client.send(request);
    run_until([&] { return client.connected; });
    EXPECT_EQ(body_of(ask(route.port(), get("/health"))), "OK");
    EXPECT_EQ(client.received.find("200 OK"), client.received.npos) << request.substr(0, 60);
  }
}

TEST_F(HttpEndpointsTest, ListensOnAllAddressesOfBothFamilies) {
  auto route = endpoints->add(":0", "/health", says("OK"));
  EXPECT_EQ(body_of(ask(route.port(), get("/health"), "127.0.0.1")), "OK");
  if (!net::is_here("::1")) GTEST_SKIP() << "no ::1";
  EXPECT_EQ(body_of(ask(route.port(), get("/health"), "::1")), "OK");
}

TEST_F(HttpEndpointsTest, ListensOnIpv6) {
  if (!net::is_here("::1")) GTEST_SKIP() << "no ::1";
  auto route = endpoints->add("[::1]:0", "/health", says("OK"));
  EXPECT_EQ(body_of(ask(route.port(), get("/health"), "::1")), "OK");
}

TEST_F(HttpEndpointsTest, PortInUseNamesTheAddress) {
  auto route = endpoints->add("127.0.0.1:0", "/health", says("OK"));
  HttpEndpoints second(&loop);
  std::string address = "127.0.0.1:" + std::to_string(route.port());
  try {
    (void)second.add(address, "/health", says("OK"));
    FAIL();
  } catch (const std::runtime_error& e) {
    EXPECT_EQ(e.what(), "listen on " + address + ": Address already in use");
  }
  EXPECT_THROW((void)second.add(":" + std::to_string(route.port()), "/", says("")),
               std::runtime_error);
}

TEST_F(HttpEndpointsTest, RefusesWhatIsNoAddress) {
  for (const char* text : {"", ":", "8080", "127.0.0.1", "[::1]", "::1", ":x", ":65536",
                           "localhost:80", "127.0.0.1:", "256.1.1.1:80"}) {
    try {
      (void)endpoints->add(text, "/health", says("OK"));
      FAIL() << text;
    } catch (const std::runtime_error& e) {
      EXPECT_EQ(e.what(), std::string("'") + text +
                              "' is no address to listen on; expected ADDRESS:PORT or :PORT");
    }
  }
  EXPECT_THROW((void)endpoints->add("127.0.0.1:0", "health", says("")), std::runtime_error);
  EXPECT_THROW((void)endpoints->add("192.0.2.1:0", "/health", says("")), std::runtime_error);
}

TEST_F(HttpEndpointsTest, CloseWithClientsConnectedAndRoutesHeld) {
  auto route = endpoints->add("127.0.0.1:0", "/health", says("OK"));
  auto other = endpoints->add("127.0.0.2:0", "/health", says("OK"));
  Client& client = connect(route.port());
  client.send("GET /hea");
  run_until([&] { return client.connected; });
  bool closed = false;
  endpoints->close([&] { closed = true; });
  run_until([&] { return closed && client.ended; });
  EXPECT_EQ(route.port(), 0);
  endpoints.reset();
  endpoints.emplace(&loop);
}

TEST_F(HttpEndpointsTest, CloseWaitsForListenersThatWereLeftJustBefore) {
  auto route = endpoints->add("127.0.0.1:0", "/health", says("OK"));
  route.reset();
  bool closed = false;
  endpoints->close([&] { closed = true; });
  EXPECT_FALSE(closed);
  run_until([&] { return closed; });
}

TEST_F(HttpEndpointsTest, CloseOfNothingIsImmediate) {
  bool closed = false;
  endpoints->close([&] { closed = true; });
  EXPECT_TRUE(closed);
}

}  // namespace
}  // namespace signpost
