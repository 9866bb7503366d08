// Tokens of people: pinned algorithms, claims, the identity provider's keys and their rotation.
#include "server/auth/jwt.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "server/auth/identity_provider.h"
#include "server/auth/jwks.h"
#include "server/auth/user_token.h"
#include "tests/server/signing.h"

namespace frontdesk::server {
namespace {

using nlohmann::json;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);
const ExpectedClaims kExpected = {"https://id.shop.example", "frontdesk"};

json GoodClaims() {
  return {{"iss", kExpected.issuer}, {"aud", kExpected.audience}, {"sub", "maya"}, {"role", "agent"},
          {"iat", 1'800'000'000 - 60}, {"exp", 1'800'000'000 + 600}};
}

const SigningKey& Rsa() {
  static const SigningKey& key = *new SigningKey(MakeRsaKey("r-1"));
  return key;
}
const SigningKey& Ec() {
  static const SigningKey& key = *new SigningKey(MakeEcKey("e-1"));
  return key;
}

std::string WriteKeys(const std::string& name, const std::vector<json>& keys) {
  const std::string path = testing::TempDir() + "/" + name;
  std::ofstream(path + ".new") << json({{"keys", keys}}).dump();
  std::filesystem::rename(path + ".new", path);
  return path;
}

TEST(Jwt, GoodTokensOfEveryKindAreTaken) {
  const auto keys = ReadJwks(json({{"keys", {Rsa().jwk, Ec().jwk}}}).dump());
  ASSERT_TRUE(keys.ok()) << keys.status();
  for (const std::string& token : {SignToken("RS256", Rsa().private_pem, "r-1", GoodClaims()),
                                   SignToken("RS256", Rsa().private_pem, "", GoodClaims()),
                                   SignToken("ES256", Ec().private_pem, "e-1", GoodClaims())}) {
    const auto claims = VerifyJwt(token, *keys, kExpected, kNow);
    ASSERT_TRUE(claims.ok()) << claims.status();
    EXPECT_EQ((*claims)["sub"], "maya");
  }
}

// An HMAC keyed with bytes that everybody knows is what algorithm confusion looks like.
TEST(Jwt, TheAlgorithmBelongsToTheKey) {
  const auto keys = ReadJwks(json({{"keys", {Rsa().jwk, Ec().jwk}}}).dump());
  ASSERT_TRUE(keys.ok());
  const std::string secret(32, 's');
  const std::vector<TokenKey> hmac = {{"", "HS256", secret}};
  struct Case {
    const char* name;
    std::string token;
    const std::vector<TokenKey>& keys;
  };
  std::vector<Case> cases = {
      {"another RSA key", SignToken("RS256", MakeRsaKey("r-1").private_pem, "r-1", GoodClaims()), *keys},
      {"another key's id", SignToken("RS256", Rsa().private_pem, "e-1", GoodClaims()), *keys},
      {"RS512 with an RS256 key", SignToken("RS512", Rsa().private_pem, "r-1", GoodClaims()), *keys},
      {"HS384 with an HS256 key", SignToken("HS384", secret, "", GoodClaims()), hmac},
      {"RS256 for a secret", SignToken("RS256", Rsa().private_pem, "", GoodClaims()), hmac},
      {"the empty secret", ForgeToken({{"alg", "HS256"}}, GoodClaims(), ""), hmac}};
  for (const TokenKey& key : *keys) {
    for (const char* alg : {"HS256", "RS256", "ES256", "none", "None", "", "hs256"}) {
      cases.push_back({"an HMAC with the public key", ForgeToken({{"alg", alg}, {"kid", key.id}}, GoodClaims(), key.material), *keys});
    }
  }
  for (const char* alg : {"none", "NONE", "nOnE", ""}) {
    std::string token = ForgeToken({{"alg", alg}, {"typ", "JWT"}}, GoodClaims(), secret);
    cases.push_back({"no algorithm", token, hmac});
    cases.push_back({"no signature", token.substr(0, token.rfind('.') + 1), hmac});
    cases.push_back({"two parts", token.substr(0, token.rfind('.')), hmac});
  }
  cases.push_back({"critical extensions", ForgeToken({{"alg", "HS256"}, {"crit", {"b64"}}}, GoodClaims(), secret), hmac});
  for (const Case& c : cases) {
    EXPECT_EQ(VerifyJwt(c.token, c.keys, kExpected, kNow).status().code(), absl::StatusCode::kUnauthenticated)
        << c.name;
  }
  EXPECT_TRUE(VerifyJwt(ForgeToken({{"alg", "HS256"}}, GoodClaims(), secret), hmac, kExpected, kNow).ok());
}

TEST(Jwt, ClaimsMustFit) {
  const std::string secret(32, 's');
  const std::vector<TokenKey> keys = {{"", "HS256", secret}};
  const auto with = [](auto change) {
    json claims = GoodClaims();
    change(claims);
    return claims;
  };
  const int64_t now = absl::ToUnixSeconds(kNow);
  struct Case {
    const char* name;
    json claims;
    bool good;
  };
  const Case cases[] = {
      {"as it is", GoodClaims(), true},
      {"several audiences", with([](json& c) { c["aud"] = {"crm", "frontdesk"}; }), true},
      {"not before, in time", with([now](json& c) { c["nbf"] = now; }), true},
      {"another issuer", with([](json& c) { c["iss"] = "https://id.evil.example"; }), false},
      {"no issuer", with([](json& c) { c.erase("iss"); }), false},
      {"an issuer that only begins alike", with([](json& c) { c["iss"] = "https://id.shop.example.evil"; }), false},
      {"another audience", with([](json& c) { c["aud"] = "crm"; }), false},
      {"no audience", with([](json& c) { c.erase("aud"); }), false},
      {"audience as number", with([](json& c) { c["aud"] = 1; }), false},
      {"expired now", with([now](json& c) { c["exp"] = now; }), false},
      {"no expiry", with([](json& c) { c.erase("exp"); }), false},
      {"expiry as text", with([](json& c) { c["exp"] = "9999999999"; }), false},
      {"expiry as fraction", with([](json& c) { c["exp"] = 9999999999.5; }), false},
      {"expiry beyond time", with([](json& c) { c["exp"] = 9223372036854775807; }), false},
      {"negative expiry", with([](json& c) { c["exp"] = -1; }), false},
      {"not before tomorrow", with([now](json& c) { c["nbf"] = now + 86400; }), false},
      {"issued tomorrow", with([now](json& c) { c["iat"] = now + 86400; }), false},
      {"issue time as text", with([](json& c) { c["iat"] = "yesterday"; }), false},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(VerifyJwt(ForgeToken({{"alg", "HS256"}}, c.claims, secret), keys, kExpected, kNow).ok(), c.good)
        << c.name;
  }
}

TEST(Jwt, EveryChangedByteIsRefused) {
  const std::string secret(32, 's');
  const std::vector<TokenKey> keys = {{"", "HS256", secret}};
  const std::string token = ForgeToken({{"alg", "HS256"}}, GoodClaims(), secret);
  ASSERT_TRUE(VerifyJwt(token, keys, kExpected, kNow).ok());
  for (size_t i = 0; i + 1 < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(VerifyJwt(changed, keys, kExpected, kNow).ok()) << "byte " << i;
  }
}

TEST(Jwks, SaysWhatIsWrongWithAKey) {
  json weak = MakeRsaKey("weak", 1024).jwk, off = Ec().jwk, other = Ec().jwk, pss = Rsa().jwk;
  off["x"] = Ec().jwk["y"];
  other["alg"] = "ES384";
  pss["alg"] = "PS256";
  json encryption = Rsa().jwk;
  encryption["use"] = "enc";
  struct Case {
    json set;
    const char* text;
  };
  const Case cases[] = {
      {json::array(), "a key set reads"},
      {{{"keys", {weak}}}, "2048"},
      {{{"keys", {off}}}, "no point of the curve"},
      {{{"keys", {other}}}, "does not go with its curve"},
      {{{"keys", {pss}}}, "PS256 is not taken"},
      {{{"keys", {{{"kty", "oct"}, {"k", "c2VjcmV0"}}}}}, "is a secret"},
      {{{"keys", {encryption}}}, "no RSA or EC key"},
      {{{"keys", {1}}}, "is no object"},
  };
  for (const Case& c : cases) {
    const auto keys = ReadJwks(c.set.dump());
    ASSERT_FALSE(keys.ok()) << c.text;
    EXPECT_NE(std::string(keys.status().message()).find(c.text), std::string::npos) << keys.status();
  }
  EXPECT_FALSE(ReadJwks("not json").ok());
}

TEST(IdentityProvider, ItsKeysRotateByFile) {
  const SigningKey next = MakeRsaKey("r-2");
  const std::string path = WriteKeys("rotating.jwks", {Rsa().jwk});
  auto provider = IdentityProvider::Open({.jwks_file = path, .issuer = kExpected.issuer, .audience = kExpected.audience});
  ASSERT_TRUE(provider.ok()) << provider.status();
  const std::string old_token = SignToken("RS256", Rsa().private_pem, "r-1", GoodClaims());
  const std::string new_token = SignToken("RS256", next.private_pem, "r-2", GoodClaims());
  const auto who = (*provider)->Check(old_token, kNow);
  ASSERT_TRUE(who.ok()) << who.status();
  EXPECT_EQ(who->user, "maya");
  EXPECT_EQ(who->role, CallerRole::kAgent);
  EXPECT_FALSE((*provider)->Check(new_token, kNow).ok());
  WriteKeys("rotating.jwks", {Rsa().jwk, next.jwk});  // both for a while
  EXPECT_TRUE((*provider)->Check(old_token, kNow).ok());
  EXPECT_TRUE((*provider)->Check(new_token, kNow).ok());
  WriteKeys("rotating.jwks", {next.jwk});
  EXPECT_FALSE((*provider)->Check(old_token, kNow).ok());
  EXPECT_TRUE((*provider)->Check(new_token, kNow).ok());
  std::ofstream(path) << "half a fi";  // the last good set stays in use
  EXPECT_TRUE((*provider)->Check(new_token, kNow).ok());
}

TEST(IdentityProvider, NeedsIssuerAudienceAndKeys) {
  const std::string path = WriteKeys("plain.jwks", {Ec().jwk});
  EXPECT_EQ(IdentityProvider::Open({.jwks_file = path, .issuer = "x"}).status().code(), absl::StatusCode::kInvalidArgument);
  const auto missing = IdentityProvider::Open({.jwks_file = path + ".no", .issuer = "x", .audience = "y"});
  EXPECT_NE(std::string(missing.status().message()).find("plain.jwks.no"), std::string::npos);
}

TEST(IdentityProvider, OneClearRoleOrNone) {
  struct Case {
    json claims;
    const char* path;
    const char* role;  // "": refused
  };
  const Case cases[] = {
      {{{"role", "auditor"}}, "role", "auditor"},
      {{{"role", {"staff", "agent"}}}, "role", "agent"},
      {{{"role", {"agent", "supervisor"}}}, "role", "supervisor"},
      {{{"role", {"admin", "auditor"}}}, "role", ""},
      {{{"role", {"agent", "admin"}}}, "role", ""},
      {{{"role", "customer"}}, "role", ""},
      {{{"role", "nobody"}}, "role", ""},
      {{{"role", "Admin"}}, "role", ""},
      {{{"role", 7}}, "role", ""},
      {json::object(), "role", ""},
      {{{"realm_access", {{"roles", {"agent"}}}}}, "realm_access.roles", "agent"},
      {{{"https://shop.example/role", "admin"}}, "https://shop.example/role", "admin"},
  };
  for (const Case& c : cases) {
    const auto role = RoleOf(c.claims, c.path);
    EXPECT_EQ(role.ok() ? Name(*role) : "", c.role) << c.claims;
  }
}

}  // namespace
}  // namespace frontdesk::server
