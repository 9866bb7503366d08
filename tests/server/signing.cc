#include "tests/server/signing.h"

#include <gtest/gtest.h>
#include <jwt.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <cstdlib>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "storage/digest.h"

namespace frontdesk::server {
namespace {

std::string Base64Url(std::string_view bytes) {
  std::string out;
  absl::WebSafeBase64Escape(absl::string_view(bytes.data(), bytes.size()), &out);
  while (!out.empty() && out.back() == '=') out.pop_back();
  return out;
}

template <class Write>
std::string Pem(Write write) {
  BIO* memory = BIO_new(BIO_s_mem());
  EXPECT_EQ(write(memory), 1);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(memory, &bytes);
  std::string pem(bytes, static_cast<size_t>(size));
  BIO_free(memory);
  return pem;
}

std::string Parameter(EVP_PKEY* key, const char* name, int bytes = 0) {
  BIGNUM* number = nullptr;
  EXPECT_EQ(EVP_PKEY_get_bn_param(key, name, &number), 1);
  std::string text(static_cast<size_t>(bytes == 0 ? BN_num_bytes(number) : bytes), '\0');
  BN_bn2binpad(number, reinterpret_cast<unsigned char*>(text.data()), static_cast<int>(text.size()));
  BN_free(number);
  return Base64Url(text);
}

SigningKey Pems(EVP_PKEY* key) {
  SigningKey made;
  made.private_pem = Pem([key](BIO* to) {
    return PEM_write_bio_PrivateKey(to, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
  made.public_pem = Pem([key](BIO* to) { return PEM_write_bio_PUBKEY(to, key); });
  return made;
}

EVP_PKEY* ReadKey(const std::string& pem) {
  BIO* memory = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  EVP_PKEY* key = PEM_read_bio_PrivateKey(memory, nullptr, nullptr, nullptr);
  BIO_free(memory);
  return key;
}

void AddExtension(X509* certificate, int kind, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
  ASSERT_NE(extension, nullptr);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

}  // namespace

SigningKey MakeRsaKey(const std::string& kid, int bits) {
  EVP_PKEY* key = EVP_RSA_gen(static_cast<unsigned>(bits));
  SigningKey made = Pems(key);
  made.jwk = {{"kty", "RSA"}, {"use", "sig"}, {"kid", kid}, {"alg", "RS256"},
              {"n", Parameter(key, OSSL_PKEY_PARAM_RSA_N)}, {"e", Parameter(key, OSSL_PKEY_PARAM_RSA_E)}};
  EVP_PKEY_free(key);
  return made;
}

SigningKey MakeEcKey(const std::string& kid) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  SigningKey made = Pems(key);
  made.jwk = {{"kty", "EC"}, {"use", "sig"}, {"kid", kid}, {"crv", "P-256"},
              {"x", Parameter(key, OSSL_PKEY_PARAM_EC_PUB_X, 32)},
              {"y", Parameter(key, OSSL_PKEY_PARAM_EC_PUB_Y, 32)}};
  EVP_PKEY_free(key);
  return made;
}

std::string SignToken(const std::string& algorithm, const std::string& key, const std::string& kid,
                      const nlohmann::json& claims) {
  jwt_t* jwt = nullptr;
  EXPECT_EQ(jwt_new(&jwt), 0);
  EXPECT_EQ(jwt_add_grants_json(jwt, claims.dump().c_str()), 0);
  if (!kid.empty()) jwt_add_header(jwt, "kid", kid.c_str());
  EXPECT_EQ(jwt_set_alg(jwt, jwt_str_alg(algorithm.c_str()),
                        reinterpret_cast<const unsigned char*>(key.data()), static_cast<int>(key.size())),
            0);
  char* text = jwt_encode_str(jwt);
  EXPECT_NE(text, nullptr) << algorithm;
  std::string token = text == nullptr ? "" : text;
  std::free(text);
  jwt_free(jwt);
  return token;
}

std::string ForgeToken(const nlohmann::json& header, const nlohmann::json& claims,
                       const std::string& hmac_key) {
  const std::string text = absl::StrCat(Base64Url(header.dump()), ".", Base64Url(claims.dump()));
  return absl::StrCat(text, ".", Base64Url(storage::AsBytes(storage::HmacSha256(hmac_key, text))));
}

Certificate MakeCertificate(const std::string& name, const Certificate* authority) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  static int64_t serial = 1000;
  ASN1_INTEGER_set_int64(X509_get_serialNumber(certificate), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600 * 24);
  X509_NAME* subject = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_pubkey(certificate, key);
  EVP_PKEY* signer = key;
  X509* parent = nullptr;
  if (authority == nullptr) {
    X509_set_issuer_name(certificate, subject);
    AddExtension(certificate, NID_basic_constraints, "critical,CA:TRUE");
  } else {
    signer = ReadKey(authority->key_pem);
    BIO* memory = BIO_new_mem_buf(authority->pem.data(), static_cast<int>(authority->pem.size()));
    parent = PEM_read_bio_X509(memory, nullptr, nullptr, nullptr);
    BIO_free(memory);
    X509_set_issuer_name(certificate, X509_get_subject_name(parent));
    AddExtension(certificate, NID_subject_alt_name, absl::StrCat("DNS:", name, ",IP:127.0.0.1"));
  }
  EXPECT_GT(X509_sign(certificate, signer, EVP_sha256()), 0);
  Certificate made;
  made.pem = Pem([certificate](BIO* to) { return PEM_write_bio_X509(to, certificate); });
  made.key_pem = Pem([key](BIO* to) {
    return PEM_write_bio_PrivateKey(to, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
  if (signer != key) EVP_PKEY_free(signer);
  if (parent != nullptr) X509_free(parent);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return made;
}

}  // namespace frontdesk::server
