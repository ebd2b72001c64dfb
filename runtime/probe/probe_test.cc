#include "probe/probe.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

#include "probe/probe_kit.h"

namespace signpost::probe {
namespace {

using std::chrono::milliseconds;
using Connection = FakeEndpoint::Connection;

struct HttpProbe : ProbeFixture {};
struct TcpProbe : ProbeFixture {
  TcpProbe() { spec.kind = ProbeSpec::tcp; }
};

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK";

// A port on which nobody listens: bound, never listening.
struct DeafPort {
  int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  uint16_t number = 0;
  explicit DeafPort(int backlog = -1) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    bind(socket, reinterpret_cast<sockaddr*>(&address), size);
    getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
    if (backlog >= 0) listen(socket, backlog);
    number = ntohs(address.sin_port);
  }
  ~DeafPort() { close(socket); }
};

TEST_F(HttpProbe, WhatIsSent) {  // H-10, H-12; rows 155, 179, 382
  serve_text(ok);
  spec.path = "healthz?x=1";
  EXPECT_EQ(probe(), "+ HTTP Status Code 200, OK");
  EXPECT_EQ(endpoint->request(),
            "GET /healthz?x=1 HTTP/1.1\r\n"
            "Host: 127.0.0.1:" +
                std::to_string(spec.port) +
                "\r\n"
                "User-Agent: Signpost-Health-Check (ref use1)\r\n"
                "Accept-Encoding: *\r\n\r\n");
  EXPECT_GT(result.connect_time.count(), 0);
  EXPECT_GE(result.total_time, result.connect_time);
}

TEST_F(HttpProbe, HostHeader) {
  serve_text(ok);
  spec.host_header = "www.example.com";
  EXPECT_EQ(probe(), "+ HTTP Status Code 200, OK");
  EXPECT_NE(endpoint->request().find("\r\nHost: www.example.com\r\n"), std::string::npos);
}

TEST_F(HttpProbe, BadStatus) {  // H-02, H-65; row 387
  serve_text("HTTP/1.1 503 Service Unavailable\r\n\r\n");
  EXPECT_EQ(probe(), "- HTTP Status Code 503, Service Unavailable");
}

TEST_F(HttpProbe, RedirectsAreNotFollowed) {  // H-07, row 147
  serve_text("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n");
  EXPECT_EQ(probe(), "+ HTTP Status Code 302, Found");
  EXPECT_EQ(endpoint->connections(), 1);
}

TEST_F(HttpProbe, EveryProbeConnectsAnew) {
  serve([](Connection& connection) { connection.send(ok); });
  EXPECT_EQ(probe()[0], '+');
  EXPECT_EQ(probe()[0], '+');
  EXPECT_EQ(endpoint->connections(), 2);
}

TEST_F(HttpProbe, ProxiesOfTheEnvironmentAreNotAsked) {
  setenv("http_proxy", "http://127.0.0.1:1/", 1);
  serve_text(ok);
  EXPECT_EQ(probe()[0], '+');
  unsetenv("http_proxy");
}

TEST_F(HttpProbe, ExpectedText) {  // H-03
  serve_text(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
      "4\r\nheal\r\n3\r\nthy\r\n0\r\nTrailer: x\r\n\r\n");
  spec.expect_body = "healthy";
  EXPECT_EQ(probe(), "+ HTTP Status Code 200, OK");
  spec.expect_body = "Healthy";
  EXPECT_EQ(probe(), "- HTTP Status Code 200, OK; the expected text is not in the body");
}

TEST_F(HttpProbe, EndlessBody) {
  serve([](Connection& connection) {
    connection.send("HTTP/1.1 200 OK\r\n\r\n");
    connection.send_forever(std::string(4096, '.'));
  });
  EXPECT_EQ(probe(), "+ HTTP Status Code 200, OK") << "the body is not needed";
  spec.expect_body = "OK";
  EXPECT_EQ(probe(),
            "- HTTP Status Code 200, OK; "
            "the expected text is not in the first 5120 bytes of the body");
}

TEST_F(HttpProbe, EndlessHeader) {  // H-08
  serve([](Connection& connection) {
    connection.send("HTTP/1.1 200 OK\r\n");
    connection.send_forever("X: " + std::string(995, 'x') + "\r\n");
  });
  EXPECT_EQ(probe(), "- HTTP Status Code 200, OK; the header is longer than 16384 bytes");
}

TEST_F(HttpProbe, EndlessHeaderLine) {
  serve([](Connection& connection) {
    connection.send("HTTP/1.1 200 OK\r\nX: ");
    connection.send_forever(std::string(4096, 'x'));
  });
  EXPECT_EQ(probe()[0], '-');
  EXPECT_EQ(result.reason.find("HTTP Status Code 200, OK; "), 0u) << result.reason;
}

TEST_F(HttpProbe, NoStatusInTime) {  // H-02, row 143
  serve(nullptr);
  spec.status_timeout = milliseconds(20);
  EXPECT_EQ(probe(), "- no HTTP status within 20 ms");
}

TEST_F(HttpProbe, InterimResponsesDoNotStopTheClock) {
  serve([](Connection& connection) { connection.send("HTTP/1.1 100 Continue\r\n\r\n"); });
  spec.status_timeout = milliseconds(20);
  EXPECT_EQ(probe(), "- no HTTP status within 20 ms");
}

TEST_F(HttpProbe, HeaderNotCompleteInTime) {
  serve([](Connection& connection) { connection.send("HTTP/1.1 200 OK\r\nX: "); });
  spec.body_timeout = milliseconds(20);
  EXPECT_EQ(probe(), "- HTTP header not complete within 20 ms");
}

TEST_F(HttpProbe, TextNotInTime) {  // H-03
  serve([](Connection& connection) { connection.send("HTTP/1.1 200 OK\r\n\r\nhal"); });
  spec.expect_body = "half";
  spec.body_timeout = milliseconds(20);
  EXPECT_EQ(probe(), "- the expected text did not arrive in the body within 20 ms");
}

TEST_F(HttpProbe, OneLimitForAll) {
  serve([](Connection& connection) { connection.send("HTTP/1.1 200 OK\r\n\r\n"); });
  spec.expect_body = "never";
  spec.status_timeout = spec.body_timeout = milliseconds(1);
  spec.timeout = milliseconds(30);
  const std::string late = "- the expected text did not arrive in the body within 30 ms";
  // A machine that stands still before the header has arrived uses the time up: then once more.
  for (int i = 0; i < 5 && probe() != late; ++i) {
  }
  EXPECT_EQ("- " + result.reason, late);
  EXPECT_GE(result.total_time, milliseconds(29));
}

TEST_F(HttpProbe, NotHttp) {
  serve(nullptr);
  endpoint->on_accept([](Connection& connection) {
    connection.send("SSH-2.0-OpenSSH_9.2\r\n");
    connection.close();
  });
  EXPECT_EQ(probe(), "- Received HTTP/0.9 when not allowed");
}

TEST_F(HttpProbe, EmptyReply) {
  serve([](Connection& connection) { connection.close(); });
  EXPECT_EQ(probe(), "- Empty reply from server");
}

TEST_F(HttpProbe, BodyThatBreaksOff) {
  serve_text("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
  spec.expect_body = "whole";
  EXPECT_EQ(probe(),
            "- HTTP Status Code 200, OK; "
            "transfer closed with 5 bytes remaining to read");
}

TEST_F(HttpProbe, Reset) {
  serve([](Connection& connection) { connection.reset(); });
  EXPECT_EQ(probe(), "- Recv failure: Connection reset by peer");
}

TEST_F(HttpProbe, Refused) {  // row 387
  const DeafPort port;
  spec.port = port.number;
  EXPECT_EQ(probe(), "- connect: Connection refused");
  EXPECT_EQ(result.connect_time.count(), 0);
}

TEST_F(HttpProbe, NoRoute) {
  spec.host = "255.255.255.255";
  EXPECT_EQ(probe()[0], '-');
  EXPECT_EQ(result.reason.find("connect: "), 0u) << result.reason;
}

TEST_F(HttpProbe, NameIsResolvedAtEveryProbe) {  // H-11, row 158
  serve_text(ok);
  spec.host = "www.test";
  zone["www.test."] = {127, 0, 0, 2};
  EXPECT_EQ(probe(), "- connect: Connection refused");
  zone["www.test."] = {127, 0, 0, 1};
  EXPECT_EQ(probe(), "+ HTTP Status Code 200, OK");
  const std::string host = "\r\nHost: www.test:" + std::to_string(spec.port) + "\r\n";
  EXPECT_NE(endpoint->request().find(host), std::string::npos);
  EXPECT_EQ(name_server->asked(), 2);
}

TEST_F(HttpProbe, NameWithoutAddress) {  // H-11, row 157
  spec.host = "v6only.test";
  EXPECT_EQ(probe(), "- DNS resolution failed: the name has no IPv4 address");
}

TEST_F(HttpProbe, ResolutionCountsInTheOneLimit) {
  silent_names = true;
  spec.host = "www.test";
  spec.timeout = milliseconds(20);
  EXPECT_EQ(probe(), "- DNS resolution failed: no answer within 20 ms");
}

TEST_F(HttpProbe, InvalidSpecification) {
  spec.host_header = "a\r\nEvil: yes";
  EXPECT_EQ(probe(), "- 'a??Evil: yes' is no Host header");
}

TEST_F(HttpProbe, DroppingTheHandleCancels) {
  serve([](Connection& connection) { connection.send("HTTP/1.1 200 OK\r\n"); });
  spec.host = "www.test";
  zone["www.test."] = {127, 0, 0, 1};
  // In each phase: before the first turn, while resolving, connecting, requesting, reading.
  for (int turns = 0; turns < 12; ++turns) {
    ProbeHandle handle = prober->start(spec, [](const ProbeResult&) { FAIL() << "told"; });
    for (int i = 0; i < turns; ++i) uv_run(&loop, UV_RUN_NOWAIT);
    handle.reset();
  }
}

TEST_F(HttpProbe, CloseFromTheCallback) {
  serve_text(ok);
  ProbeHandle other = prober->start(spec, [](const ProbeResult&) { FAIL() << "told"; });
  other.reset();
  ProbeHandle handle = prober->start(spec, [this](const ProbeResult& told) {
    EXPECT_TRUE(told.success);
    prober->close([this] { prober.reset(), uv_stop(&loop); });
  });
  uv_run(&loop, UV_RUN_DEFAULT);
  EXPECT_EQ(prober, nullptr);
}

TEST_F(HttpProbe, CloseWithProbesUnderWay) {
  serve(nullptr);
  std::vector<ProbeHandle> handles;
  for (int i = 0; i < 5; ++i) {
    handles.push_back(prober->start(spec, [](const ProbeResult&) { FAIL() << "told"; }));
    uv_run(&loop, UV_RUN_NOWAIT);
  }
  prober->close([&] { prober.reset(), uv_stop(&loop); });
  uv_run(&loop, UV_RUN_DEFAULT);
}

TEST_F(HttpProbe, ManyAtOnce) {
  serve_text(ok);
  std::vector<ProbeHandle> handles;
  int told = 0;
  for (int i = 0; i < 50; ++i) {
    handles.push_back(prober->start(spec, [&](const ProbeResult& got) {
      EXPECT_TRUE(got.success) << got.reason;
      if (++told == 50) uv_stop(&loop);
    }));
  }
  uv_run(&loop, UV_RUN_DEFAULT);
  EXPECT_EQ(told, 50);
}

TEST_F(TcpProbe, Established) {
  serve(nullptr);
  EXPECT_EQ(probe(), "+ TCP connection established");
  EXPECT_GT(result.connect_time.count(), 0);
  EXPECT_EQ(endpoint->request(), "") << "H-10: TCP sends nothing";
}

TEST_F(TcpProbe, ByName) {  // H-11
  serve(nullptr);
  spec.host = "db.test";
  EXPECT_EQ(probe(), "- DNS resolution failed: the name has no IPv4 address");
  zone["db.test."] = {127, 0, 0, 1};
  EXPECT_EQ(probe(), "+ TCP connection established");
}

TEST_F(TcpProbe, Refused) {
  const DeafPort port;
  spec.port = port.number;
  EXPECT_EQ(probe(), "- connect: Connection refused");
}

TEST_F(TcpProbe, NoConnectionInTime) {  // H-04, row 145
  // A full accept queue drops further connections silently.
  const DeafPort port(0);
  spec.port = port.number;
  spec.connect_timeout = milliseconds(30);
  for (int i = 0; i < 4 && probe()[0] == '+'; ++i) {
  }
  EXPECT_EQ(result.reason, "connect: no connection within 30 ms");
}

}  // namespace
}  // namespace signpost::probe
