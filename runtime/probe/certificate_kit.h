// For tests: a self-signed certificate made on the spot, and a TLS server context that shows it.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <string>

namespace signpost::probe {

class SelfSigned {
 public:
  // `names` as in OpenSSL's configuration: "DNS:www.test, IP:127.0.0.1".
  explicit SelfSigned(const std::string& names)
      : key_(EVP_EC_gen("P-256"), &EVP_PKEY_free),
        certificate_(X509_new(), &X509_free),
        context_(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free) {
    X509* const x509 = certificate_.get();
    X509_set_version(x509, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
    X509_set_pubkey(x509, key_.get());
    X509_NAME* const subject = X509_get_subject_name(x509);
    const unsigned char common_name[] = "signpost test";
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, common_name, -1, -1, 0);
    X509_set_issuer_name(x509, subject);
    extend(NID_subject_alt_name, names);
    extend(NID_basic_constraints, "critical,CA:TRUE");
    X509_sign(x509, key_.get(), EVP_sha256());
    SSL_CTX_use_certificate(context_.get(), x509);
    SSL_CTX_use_PrivateKey(context_.get(), key_.get());
  }

  SSL_CTX* context() { return context_.get(); }
  bool write_pem(const std::string& path) const {
    const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "w"), &std::fclose);
    return file && PEM_write_X509(file.get(), certificate_.get()) == 1;
  }

 private:
  void extend(int kind, const std::string& value) {
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
    X509_add_ext(certificate_.get(), extension, -1);
    X509_EXTENSION_free(extension);
  }

  std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key_;
  std::unique_ptr<X509, void (*)(X509*)> certificate_;
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
};

}  // namespace signpost::probe
