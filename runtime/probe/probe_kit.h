// For tests: a loop with a resolver, a fake name server and a prober on it, and the promise that
// nothing is left on the loop in the end.
#pragma once

#include <gtest/gtest.h>
#include <uv.h>

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "probe/endpoint_kit.h"
#include "probe/probe.h"
#include "resolve/name_server_kit.h"
#include "resolve/resolver.h"

namespace signpost::probe {

struct ProbeFixture : testing::Test {
  uv_loop_t loop;
  std::map<std::string, std::vector<uint8_t>> zone;  // A records by name
  bool silent_names = false;
  std::unique_ptr<resolve::FakeNameServer> name_server;
  std::unique_ptr<Resolver> resolver;
  std::unique_ptr<Prober> prober;
  std::unique_ptr<FakeEndpoint> endpoint;
  ProbeSpec spec{.host = "127.0.0.1", .id = "use1"};

  ProbeFixture() {
    uv_loop_init(&loop);
    name_server = std::make_unique<resolve::FakeNameServer>(
        &loop,
        [this](const resolve::FakeNameServer::Asked& asked) -> std::optional<std::vector<uint8_t>> {
          if (silent_names) return std::nullopt;
          resolve::ResponseWriter reply(asked.name, asked.type, 0, asked.id);
          const auto at = zone.find(asked.name);
          if (at != zone.end()) reply.answer(asked.name, 1, 60, at->second);
          return reply.bytes();
        });
    // The name server answers at once, but a busy machine must have its time.
    const Resolver::Options options{{name_server->endpoint()}, std::chrono::seconds(30), 1};
    resolver = std::make_unique<Resolver>(&loop, options);
    prober = std::make_unique<Prober>(&loop, *resolver);
  }

  ~ProbeFixture() override {
    if (prober) prober->close([this] { prober.reset(); });
    resolver->close([this] { resolver.reset(); });
    name_server->close();
    if (endpoint) endpoint->close();
    uv_run(&loop, UV_RUN_DEFAULT);
    EXPECT_EQ(uv_loop_close(&loop), 0) << "a handle is left on the loop";
  }

  // An endpoint that answers every request by `script`; spec.port becomes its port.
  void serve(FakeEndpoint::Script script, SSL_CTX* tls = nullptr) {
    endpoint = std::make_unique<FakeEndpoint>(&loop, std::move(script), tls);
    spec.port = endpoint->port();
  }
  void serve_text(std::string response, SSL_CTX* tls = nullptr) {
    serve(
        [response](FakeEndpoint::Connection& connection) {
          connection.send(response);
          connection.close();
        },
        tls);
  }

  // Probes and runs the loop until the result is there: "+ REASON" or "- REASON".
  std::string probe() {
    std::optional<ProbeResult> got;
    const ProbeHandle handle = prober->start(spec, [&](const ProbeResult& told) {
      EXPECT_FALSE(got) << "told twice";
      got = told;
      uv_stop(&loop);
    });
    EXPECT_FALSE(got) << "told inside start()";
    uv_run(&loop, UV_RUN_DEFAULT);
    result = got.value();
    return (result.success ? "+ " : "- ") + result.reason;
  }
  ProbeResult result;
};

}  // namespace signpost::probe
