#include "net/listener.h"

#include <gtest/gtest.h>
#include <netinet/tcp.h>

#include <algorithm>

#include "net/interface_addresses.h"
#include "net/test_socket.h"

namespace signpost::net {
namespace {

Endpoint bound_to(const FileDescriptor& fd) {
  const sockaddr_storage bound = bound_address(fd.get());
  return endpoint_of(reinterpret_cast<const sockaddr&>(bound));
}

std::string error_of(const ListenOn& where) {
  try {
    open_listener(where, 1);
  } catch (const ListenError& error) {
    return error.what();
  }
  return "none";
}

TEST(ListenerTest, PortZeroGivesEveryWorkerTheSamePortForUdpAndTcp) {
  const Listener listener = open_listener({.address = *Address::parse("127.0.0.1"), .port = 0}, 3);
  ASSERT_EQ(listener.workers.size(), 3u);
  EXPECT_NE(listener.bound.port, 0);
  for (const WorkerSockets& worker : listener.workers) {
    EXPECT_EQ(bound_to(worker.udp), listener.bound);
    EXPECT_EQ(bound_to(worker.tcp), listener.bound);
  }
}

TEST(ListenerTest, APortInUseIsRefusedThoughBothSidesAskToShare) {
  const Address loopback = *Address::parse("127.0.0.1");
  const Listener first = open_listener({.address = loopback, .port = 0}, 2);
  const uint16_t port = first.bound.port;
  EXPECT_EQ(error_of({.address = loopback, .port = port}),
            "cannot listen on 127.0.0.1:" + std::to_string(port) +
                " (UDP): address already in use; another server listens there ('ss -lntup sport "
                "= :" +
                std::to_string(port) + "' shows which)");
}

TEST(ListenerTest, APortTakenForTcpOnlyIsRefused) {
  const Address loopback = *Address::parse("127.0.0.1");
  Listener first = open_listener({.address = loopback, .port = 0}, 1);
  first.workers[0].udp.reset();
  const std::string error = error_of({.address = loopback, .port = first.bound.port});
  EXPECT_NE(error.find("(TCP): address already in use"), std::string::npos) << error;
}

TEST(ListenerTest, AFreedPortCanBeTakenAgainAtOnce) {
  const Address loopback = *Address::parse("127.0.0.1");
  uint16_t port = 0;
  {
    const Listener first = open_listener({.address = loopback, .port = 0}, 1);
    port = first.bound.port;
    TestSocket client(SOCK_STREAM, at("127.0.0.1", port));
    FileDescriptor accepted(accept(first.workers[0].tcp.get(), nullptr, nullptr));
    accepted.reset();  // closed by the server first: the connection stays in TIME_WAIT
  }
  EXPECT_EQ(open_listener({.address = loopback, .port = port}, 1).bound.port, port);
}

TEST(ListenerTest, OneProcessMayListenOnSeveralAddressesOfAPort) {
  const Listener all = open_listener({.port = 0}, 1);
  const ListenOn one{.address = *Address::parse("127.0.0.1"), .port = all.bound.port};
  EXPECT_NE(error_of(one), "none");
  ListenOn shared = one;
  shared.shares_own_port = true;
  EXPECT_EQ(open_listener(shared, 2).workers.size(), 2u);
}

TEST(ListenerTest, EveryAddressIsOneDualStackSocket) {
  const Listener all = open_listener({.port = 0}, 1);
  EXPECT_EQ(all.bound.address, Address{});
  for (const char* address : {"127.0.0.1", "::1"}) {
    if (!is_here(address)) continue;
    TestSocket client(SOCK_STREAM, at(address, all.bound.port));
    EXPECT_GE(FileDescriptor(accept(all.workers[0].tcp.get(), nullptr, nullptr)).get(), 0);
  }
}

TEST(ListenerTest, TheUnspecifiedAddressOfAFamilyIsThatFamilyOnly) {
  std::string error;
  for (int i = 0; i < 20 && error != "none"; ++i) {  // others may have the port of the other family
    const Listener v6 = open_listener({.address = *Address::parse("::"), .port = 0}, 1);
    error = error_of({.address = *Address::parse("0.0.0.0"), .port = v6.bound.port});
  }
  EXPECT_EQ(error, "none");
}

TEST(ListenerTest, AnAddressOfAnotherMachineIsRefused) {
  EXPECT_EQ(error_of({.address = *Address::parse("192.0.2.1"), .port = 5353}),
            "cannot listen on 192.0.2.1:5353 (UDP): address not available; no interface of this "
            "machine has it ('ip address' lists those there are)");
}

TEST(ListenerTest, OnlyWildcardSocketsAskForTheDestination) {
  for (const auto& [address, expected] : {std::pair{"127.0.0.1", 0}, std::pair{"0.0.0.0", 1}}) {
    const Listener listener = open_listener({.address = *Address::parse(address), .port = 0}, 1);
    int value = -1;
    socklen_t size = sizeof value;
    getsockopt(listener.workers[0].udp.get(), IPPROTO_IP, IP_PKTINFO, &value, &size);
    EXPECT_EQ(value, expected) << address;
    getsockopt(listener.workers[0].udp.get(), IPPROTO_IP, IP_MTU_DISCOVER, &value, &size);
    EXPECT_EQ(value, IP_PMTUDISC_PROBE);
  }
}

TEST(ListenerTest, AcceptedConnectionsInheritWhatBoundsThem) {
  const Listener listener = open_listener({.address = *Address::parse("127.0.0.1"), .port = 0}, 1);
  const TestSocket client(SOCK_STREAM, listener.bound);
  const FileDescriptor accepted(accept(listener.workers[0].tcp.get(), nullptr, nullptr));
  ASSERT_TRUE(accepted);
  int value = 0;
  socklen_t size = sizeof value;
  getsockopt(accepted.get(), IPPROTO_TCP, TCP_NODELAY, &value, &size);
  EXPECT_EQ(value, 1);
  getsockopt(accepted.get(), SOL_SOCKET, SO_SNDBUF, &value, &size);
  EXPECT_LE(value, 256 << 10);
}

TEST(InterfaceAddressesTest, FindsThoseOfLoopback) {
  const auto found = addresses_of_interface("lo");
  ASSERT_TRUE(found.has_value());
  const InterfaceAddress expected{*Address::parse("127.0.0.1"), 0};
  EXPECT_NE(std::find(found->begin(), found->end(), expected), found->end());
}

TEST(InterfaceAddressesTest, AnUnknownInterfaceIsNotAnEmptyOne) {
  EXPECT_EQ(addresses_of_interface("no-such-if"), std::nullopt);
  const auto names = interface_names();
  EXPECT_NE(std::find(names.begin(), names.end(), "lo"), names.end());
}

}  // namespace
}  // namespace signpost::net
