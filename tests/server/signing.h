// Keys, tokens and certificates made on the spot, for tests of who calls.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace frontdesk::server {

// A key pair of an identity provider.
struct SigningKey {
  std::string private_pem, public_pem;
  nlohmann::json jwk;  // the public half
};
SigningKey MakeRsaKey(const std::string& kid, int bits = 2048);
SigningKey MakeEcKey(const std::string& kid);  // P-256

// header.claims.signature, signed by libjwt. algorithm: "RS256", "ES256", "HS256".
std::string SignToken(const std::string& algorithm, const std::string& key, const std::string& kid,
                      const nlohmann::json& claims);
// The same with a signature made by hand: any header, HMAC-SHA256 with any bytes.
std::string ForgeToken(const nlohmann::json& header, const nlohmann::json& claims,
                       const std::string& hmac_key);

struct Certificate {
  std::string pem, key_pem;
};
// A certificate for `name` (common name and DNS name; also the address 127.0.0.1), signed by
// `authority`, or by itself when that is null.
Certificate MakeCertificate(const std::string& name, const Certificate* authority);

}  // namespace frontdesk::server
