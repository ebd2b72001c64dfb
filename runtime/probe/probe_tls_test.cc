#include <unistd.h>

#include <cstdlib>

#include "probe/certificate_kit.h"
#include "probe/probe_kit.h"

namespace signpost::probe {
namespace {

using Connection = FakeEndpoint::Connection;
using Names = std::vector<std::string>;

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK";
const char* const healthy = "+ HTTP Status Code 200, OK";

struct HttpsProbe : ProbeFixture {
  SelfSigned certificate{"DNS:www.test, IP:127.0.0.1"};
  HttpsProbe() {
    spec.kind = ProbeSpec::https;
    spec.host_header = "www.test";
    serve_text(ok, certificate.context());
  }

  // A file that holds the endpoint's certificate, for as long as this object lives.
  struct TrustFile {
    std::string path = testing::TempDir() + "signpost-ca-XXXXXX";
    explicit TrustFile(const SelfSigned& trusted) {
      ::close(mkstemp(path.data()));
      EXPECT_TRUE(trusted.write_pem(path));
    }
    ~TrustFile() { unlink(path.c_str()); }
  };
};

TEST_F(HttpsProbe, UnknownIssuerFailsByDefault) {
  EXPECT_EQ(probe(), "- TLS: SSL certificate problem: self-signed certificate");
  EXPECT_EQ(endpoint->request(), "");
}

TEST_F(HttpsProbe, VerificationSwitchedOff) {  // H-05
  spec.verify_tls = false;
  spec.expect_body = "OK";
  EXPECT_EQ(probe(), healthy);
  EXPECT_EQ(endpoint->server_names(), Names{"www.test"});  // H-06
}

TEST_F(HttpsProbe, TrustedCertificate) {
  const TrustFile trust(certificate);
  spec.ca_file = trust.path;
  EXPECT_EQ(probe(), healthy);
  EXPECT_EQ(endpoint->server_names(), Names{"www.test"});
  EXPECT_NE(endpoint->request().find("\r\nHost: www.test\r\n"), std::string::npos);
}

TEST_F(HttpsProbe, ByName) {  // H-11 with H-06
  const TrustFile trust(certificate);
  zone["www.test."] = {127, 0, 0, 1};
  spec.ca_file = trust.path;
  spec.host = "www.test.";
  spec.host_header = "";
  EXPECT_EQ(probe(), healthy);
  EXPECT_EQ(endpoint->server_names(), Names{"www.test"});
}

TEST_F(HttpsProbe, AddressInTheCertificate) {
  const TrustFile trust(certificate);
  spec.ca_file = trust.path;
  spec.host_header = "";
  EXPECT_EQ(probe(), healthy);
  EXPECT_EQ(endpoint->server_names(), Names{""}) << "an address is no server name (RFC 6066)";
}

TEST_F(HttpsProbe, SniOff) {  // H-06, row 154
  const TrustFile trust(certificate);
  spec.ca_file = trust.path;
  spec.sni = false;
  EXPECT_EQ(probe(), healthy);
  EXPECT_EQ(endpoint->server_names(), Names{""});
  spec.host_header = "other.test";
  EXPECT_EQ(probe(), "- TLS: the certificate does not cover other.test");
}

TEST_F(HttpsProbe, SecondHandshakeWithoutName) {  // H-06, row 153
  spec.host_header = "other.test";
  spec.verify_tls = false;
  EXPECT_EQ(probe(), healthy);
  EXPECT_EQ(endpoint->server_names(), (Names{"other.test", ""}));
  EXPECT_EQ(endpoint->connections(), 2);
}

TEST_F(HttpsProbe, NameNotCovered) {
  const TrustFile trust(certificate);
  spec.ca_file = trust.path;
  spec.host_header = "other.test";
  EXPECT_EQ(probe(), "- TLS: the certificate does not cover other.test");
  EXPECT_EQ(endpoint->server_names(), (Names{"other.test", ""}));
  EXPECT_EQ(endpoint->request(), "");
}

TEST_F(HttpsProbe, OldProtocol) {  // H-05: TLS 1.0 and later
  SSL_CTX_set_max_proto_version(certificate.context(), TLS1_VERSION);
  SSL_CTX_set_min_proto_version(certificate.context(), TLS1_VERSION);
  SSL_CTX_set_cipher_list(certificate.context(), "DEFAULT:@SECLEVEL=0");
  spec.verify_tls = false;
  EXPECT_EQ(probe(), healthy);
}

TEST_F(HttpsProbe, NoCommonCipher) {
  SSL_CTX_set_max_proto_version(certificate.context(), TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(certificate.context(), "ECDHE-RSA-AES128-GCM-SHA256");
  spec.verify_tls = false;
  EXPECT_EQ(probe()[0], '-');
  EXPECT_NE(result.reason.find("handshake failure"), std::string::npos) << result.reason;
}

TEST_F(HttpsProbe, NoTlsThere) {
  FakeEndpoint plain(&loop, nullptr);
  plain.on_accept([](Connection& connection) { connection.send("HTTP/1.1 200 OK\r\n\r\n"); });
  spec.port = plain.port();
  EXPECT_EQ(probe().find("- TLS: "), 0u) << result.reason;
  plain.close();
  uv_run(&loop, UV_RUN_NOWAIT);
}

TEST_F(HttpsProbe, HandshakeNotFinishedInTime) {  // H-02: TLS is part of the two seconds
  FakeEndpoint silent(&loop, nullptr);
  spec.port = silent.port();
  spec.status_timeout = std::chrono::milliseconds(20);
  EXPECT_EQ(probe(), "- TLS: handshake not finished within 20 ms");
  silent.close();
  uv_run(&loop, UV_RUN_NOWAIT);
}

TEST_F(HttpsProbe, DroppingTheHandleCancels) {
  for (int turns = 0; turns < 12; ++turns) {
    ProbeHandle handle = prober->start(spec, [](const ProbeResult&) {});
    for (int i = 0; i < turns; ++i) uv_run(&loop, UV_RUN_NOWAIT);
    handle.reset();
  }
}

TEST_F(HttpsProbe, UnreadableTrustFile) {
  spec.ca_file = "/nonexistent.pem";
  EXPECT_EQ(probe().find("- TLS: "), 0u) << result.reason;
}

}  // namespace
}  // namespace signpost::probe
