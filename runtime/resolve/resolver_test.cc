#include "resolve/resolver.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "resolve/name_server_kit.h"

namespace signpost {
namespace {

using resolve::FakeNameServer;
using resolve::ResponseWriter;
constexpr uint16_t type_a = 1, type_aaaa = 28, nxdomain = 3, servfail = 2;

Name parsed(const std::string& text) { return Name::parse(text).value(); }

std::optional<std::vector<uint8_t>> answer_from_table(const FakeNameServer::Asked& asked) {
  const auto reply = [&](uint16_t flags = 0) {
    return ResponseWriter(asked.name, asked.type, flags, asked.id);
  };
  if (asked.name == "a.test." && asked.type == type_a) {
    return reply().answer("a.test.", type_a, 60, {192, 0, 2, 1}).bytes();
  }
  if (asked.name == "a.test.") return reply().soa("test.", 900, 30).bytes();
  if (asked.name == "chain.test.") {
    return reply()
        .cname("chain.test.", 20, "a.test.")
        .answer("a.test.", type_a, 60, {192, 0, 2, 1})
        .bytes();
  }
  if (asked.name == "gone.test.") return reply(nxdomain).soa("test.", 900, 30).bytes();
  if (asked.name == "broken.test.") return reply(servfail).bytes();
  if (asked.name == "garbage.test.") {
    auto bytes = reply().bytes();
    bytes[7] = 9;  // nine answers announced, none there
    return bytes;
  }
  if (asked.name == "w\\032x.test.")
    return reply().answer(asked.name, type_a, 1, {192, 0, 2, 7}).bytes();
  return std::nullopt;
}

struct ResolverTest : testing::Test {
  uv_loop_t loop;
  std::unique_ptr<FakeNameServer> server;
  std::unique_ptr<Resolver> resolver;

  ResolverTest() {
    uv_loop_init(&loop);
    server = std::make_unique<FakeNameServer>(&loop, answer_from_table);
    open({server->endpoint()});
  }
  ~ResolverTest() override {
    if (resolver) resolver->close([this] { resolver.reset(); });
    if (server) server->close();
    uv_run(&loop, UV_RUN_DEFAULT);
    EXPECT_EQ(resolver, nullptr);
    EXPECT_EQ(uv_loop_close(&loop), 0) << "a handle is left on the loop";
  }

  // Short patience is for servers that are silent on purpose: a busy machine must have its time.
  void open(std::vector<Endpoint> servers,
            std::chrono::milliseconds patience = std::chrono::seconds(30)) {
    Resolver::Options options{std::move(servers), patience, 1};
    resolver = std::make_unique<Resolver>(&loop, options);
  }

  // Asks and runs the loop until the answer is there.
  Resolution ask(const std::string& name, uint16_t type = type_a) {
    std::optional<Resolution> got;
    resolver->resolve(parsed(name), type, [&](Resolution resolution) {
      EXPECT_FALSE(got) << "told twice";
      got = std::move(resolution);
      uv_stop(&loop);
    });
    EXPECT_FALSE(got) << "told inside resolve()";
    uv_run(&loop, UV_RUN_DEFAULT);
    return got.value();
  }

  // Closes the resolver and runs the loop until it is gone.
  void close_resolver() {
    resolver->close([this] { resolver_closed(); });
    uv_run(&loop, UV_RUN_DEFAULT);
    ASSERT_EQ(resolver, nullptr);
  }
  void resolver_closed() {
    resolver.reset();
    uv_stop(&loop);
  }
};

TEST_F(ResolverTest, Addresses) {
  const Resolution got = ask("a.test.");
  EXPECT_EQ(got.status, Resolution::answered);
  ASSERT_EQ(got.addresses.size(), 1u);
  EXPECT_EQ(got.addresses[0].text(), "192.0.2.1");
  EXPECT_EQ(got.ttl, 60u);
  EXPECT_EQ(got.error, "");
}

TEST_F(ResolverTest, ChainAndEscapedName) {
  const Resolution chained = ask("chain.test.");
  EXPECT_EQ(chained.status, Resolution::answered);
  EXPECT_EQ(chained.ttl, 20u);
  EXPECT_EQ(ask("w\\032x.test.").status, Resolution::answered);
}

TEST_F(ResolverTest, NegativeAnswers) {
  const Resolution no_data = ask("a.test.", type_aaaa);
  EXPECT_EQ(no_data.status, Resolution::no_data);
  EXPECT_EQ(no_data.ttl, 30u);
  const Resolution no_such_name = ask("gone.test.");
  EXPECT_EQ(no_such_name.status, Resolution::no_such_name);
  EXPECT_EQ(no_such_name.ttl, 30u);
}

TEST_F(ResolverTest, ServerFailure) {
  const Resolution got = ask("broken.test.");
  EXPECT_EQ(got.status, Resolution::failed);
  EXPECT_NE(got.error, "");
}

TEST_F(ResolverTest, Silence) {
  close_resolver();
  open({server->endpoint()}, std::chrono::milliseconds(30));
  const Resolution got = ask("silent.test.");
  EXPECT_EQ(got.status, Resolution::failed);
  EXPECT_EQ(got.error, "Timeout while contacting DNS servers");
  uv_run(&loop, UV_RUN_NOWAIT);  // in which the question arrives, if the machine stood still
  EXPECT_EQ(server->asked(), 1);
}

TEST_F(ResolverTest, Garbage) {
  EXPECT_EQ(ask("garbage.test.").error, "the answer section is malformed");
}

TEST_F(ResolverTest, ServerThatIsNotThere) {
  server->close();
  uv_run(&loop, UV_RUN_NOWAIT);
  EXPECT_EQ(ask("a.test.").status, Resolution::failed);
  server.reset();
}

TEST_F(ResolverTest, TheNextServerIsTried) {
  FakeNameServer silent(&loop, [](const auto&) { return std::nullopt; });
  Resolution got;
  int asked = 0;
  // A machine that stands still may use up the time of the second server too: then once more.
  for (; asked < 5 && got.status != Resolution::answered; ++asked) {
    close_resolver();
    open({silent.endpoint(), server->endpoint()}, std::chrono::milliseconds(100));
    got = ask("a.test.");
  }
  EXPECT_EQ(got.status, Resolution::answered);
  EXPECT_EQ(silent.asked(), asked);
  silent.close();
  uv_run(&loop, UV_RUN_NOWAIT);
}

TEST_F(ResolverTest, Localhost) {  // RFC 6761, section 6.3
  EXPECT_EQ(ask("localhost.").addresses.at(0).text(), "127.0.0.1");
  EXPECT_EQ(ask("db.localhost.", type_aaaa).addresses.at(0).text(), "::1");
  EXPECT_EQ(server->asked(), 0);
}

TEST_F(ResolverTest, ManyQuestionsAtOnce) {
  int told = 0;
  for (int i = 0; i < 200; ++i) {
    resolver->resolve(parsed("a.test."), type_a, [&](Resolution got) {
      EXPECT_EQ(got.status, Resolution::answered);
      if (++told == 200) uv_stop(&loop);
    });
  }
  uv_run(&loop, UV_RUN_DEFAULT);
  EXPECT_EQ(told, 200);
}

TEST_F(ResolverTest, AskingFromTheCallback) {
  int told = 0;
  Resolver::Done again = [&](Resolution) {
    if (++told == 3) return uv_stop(&loop);
    resolver->resolve(parsed("a.test."), type_a, again);
  };
  resolver->resolve(parsed("a.test."), type_a, again);
  uv_run(&loop, UV_RUN_DEFAULT);
  EXPECT_EQ(told, 3);
}

TEST_F(ResolverTest, CloseTellsOpenQuestionsFirst) {
  std::string order;
  for (int i = 0; i < 3; ++i) {
    resolver->resolve(parsed("silent.test."), type_a, [&](Resolution got) {
      EXPECT_EQ(got.error, "the resolver was closed");
      order += "q";
    });
  }
  uv_run(&loop, UV_RUN_NOWAIT);
  resolver->close([&] {
    order += "c";
    resolver_closed();
  });
  EXPECT_EQ(order, "") << "told inside close()";
  resolver->resolve(parsed("a.test."), type_a, [&](Resolution got) {
    EXPECT_EQ(got.error, "the resolver is closed");
    order += "l";
  });
  uv_run(&loop, UV_RUN_DEFAULT);
  EXPECT_EQ(order, "qqqlc");
}

TEST_F(ResolverTest, CloseFromTheCallback) {
  resolver->resolve(parsed("a.test."), type_a,
                    [&](Resolution) { resolver->close([&] { resolver_closed(); }); });
  uv_run(&loop, UV_RUN_DEFAULT);
  EXPECT_EQ(resolver, nullptr);
}

}  // namespace
}  // namespace signpost
