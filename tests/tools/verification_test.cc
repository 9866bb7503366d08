// Order + email with counted tries, and signed identity tokens.
#include "tools/verification.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "storage/digest.h"

namespace frontdesk::tools {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1795000000);

// Counters and orders in memory, with a record of the work done.
struct World {
  std::map<std::string, std::vector<absl::Time>> tries;
  std::vector<std::string> keys;
  int lookups = 0;
  bool counters_down = false, crm_down = false;

  OrderVerifier Verifier() {
    return OrderVerifier(
        [this](const std::vector<AttemptName>& names, absl::Duration window,
               absl::Time now) -> absl::StatusOr<std::vector<int64_t>> {
          if (counters_down) return absl::InternalError("disk");
          std::vector<int64_t> counts;
          for (const AttemptName& name : names) {
            keys.push_back(name.key);
            auto& times = tries[absl::StrCat(name.scope, "/", name.key)];
            times.push_back(now);
            counts.push_back(std::count_if(times.begin(), times.end(),
                                           [&](absl::Time time) { return time > now - window; }));
          }
          return counts;
        },
        [this](std::string_view order, absl::Time) -> absl::StatusOr<std::optional<OrderOwner>> {
          ++lookups;
          if (crm_down) return absl::InternalError("disk");
          if (order == "48213") return OrderOwner{"C00001", "ada.quill@post.example"};
          if (order == "48377") return OrderOwner{"C00002", "bram.okafor@post.example"};
          if (order == "90000") return OrderOwner{"C00003", ""};
          return std::nullopt;
        },
        "0123456789abcdef");
  }
};

OrderClaim Claim(std::string order, std::string email, std::string principal = "s1",
                 std::string address = "192.0.2.1") {
  return OrderClaim{std::move(order), std::move(email), std::move(principal), std::move(address)};
}

TEST(OrderVerifier, TellsTheOwnerOnlyForTheRightPair) {
  const struct {
    const char *name, *order, *email, *expected;
  } cases[] = {
      {"right", "48213", "ada.quill@post.example", "C00001"},
      {"other case and spaces", "48213", "  Ada.Quill@Post.Example ", "C00001"},
      {"another's email", "48213", "bram.okafor@post.example", ""},
      {"unknown order", "99999", "ada.quill@post.example", ""},
      {"empty email", "48213", "", ""},
      {"order without email, empty claim", "90000", "", ""},
      {"unknown order, empty email", "99999", "", ""},
      {"unknown order, the decoy itself", "99999", std::string_view("\0", 1).data(), ""},
  };
  int session = 0;
  for (const auto& test : cases) {
    World world;
    const auto result =
        world.Verifier().Verify(Claim(test.order, test.email, absl::StrCat(++session)), kNow);
    ASSERT_TRUE(result.ok()) << test.name;
    EXPECT_EQ(result->value_or(""), test.expected) << test.name;
    EXPECT_EQ(world.keys.size(), 3u) << test.name << ": the same work in every case";
    EXPECT_EQ(world.lookups, 1) << test.name;
  }
}

TEST(OrderVerifier, FiveTriesPerOrderPrincipalAndAddress) {
  const struct {
    const char* name;
    bool same_order, same_principal, same_address;
    bool locked;
  } cases[] = {{"per order", true, false, false, true},
               {"per principal", false, true, false, true},
               {"per address", false, false, true, true},
               {"nothing in common", false, false, false, false}};
  for (const auto& test : cases) {
    World world;
    const OrderVerifier verifier = world.Verifier();
    for (int i = 0; i < 5; ++i) {
      const auto result = verifier.Verify(
          Claim(test.same_order ? "48213" : absl::StrCat("1000", i), "wrong@post.example",
                test.same_principal ? "s" : absl::StrCat("s", i),
                test.same_address ? "a" : absl::StrCat("a", i)),
          kNow);
      ASSERT_TRUE(result.ok() && !result->has_value());
    }
    const OrderClaim right =
        Claim("48213", "ada.quill@post.example", test.same_principal ? "s" : "new",
              test.same_address ? "a" : "new");
    EXPECT_EQ(verifier.Verify(right, kNow)->has_value(), !test.locked) << test.name;
    // A day later the tries are forgotten.
    EXPECT_TRUE(verifier.Verify(right, kNow + absl::Hours(25))->has_value()) << test.name;
  }
}

TEST(OrderVerifier, TheFifthTryStillCounts) {
  World world;
  const OrderVerifier verifier = world.Verifier();
  for (int i = 0; i < 4; ++i) (void)verifier.Verify(Claim("48213", "x@post.example"), kNow);
  EXPECT_TRUE(verifier.Verify(Claim("48213", "ada.quill@post.example"), kNow)->has_value());
  EXPECT_FALSE(verifier.Verify(Claim("48213", "ada.quill@post.example"), kNow)->has_value());
}

TEST(OrderVerifier, CountersHoldNothingPersonal) {
  World world;
  (void)world.Verifier().Verify(Claim("48213", "ada.quill@post.example"), kNow);
  for (const std::string& key : world.keys) {
    EXPECT_EQ(key.find("48213"), std::string::npos);
    EXPECT_EQ(key.find("192.0.2.1"), std::string::npos);
    EXPECT_EQ(key.size(), 64u);
  }
}

TEST(OrderVerifier, DoesNotJudgeWithoutCountersOrCrm) {
  World world;
  world.counters_down = true;
  EXPECT_EQ(world.Verifier().Verify(Claim("48213", "ada.quill@post.example"), kNow).status().code(),
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(world.lookups, 0);
  world.counters_down = false;
  world.crm_down = true;
  EXPECT_EQ(world.Verifier().Verify(Claim("48213", "ada.quill@post.example"), kNow).status().code(),
            absl::StatusCode::kUnavailable);
}

// ---- Identity tokens ----

const std::string kKey(32, 'k');

IdentityClaims Good() {
  return IdentityClaims{.customer_id = "C00001",
                        .audience = "larkfield.example",
                        .nonce = "0123456789abcdef",
                        .issued = kNow,
                        .expiry = kNow + absl::Minutes(10)};
}

struct Nonces {
  std::set<std::string> seen;
  bool down = false;
  IdentityVerifier Verifier(std::string key = kKey) {
    return IdentityVerifier(
        std::move(key), "larkfield.example",
        [this](std::string_view nonce, absl::Time, absl::Time) -> absl::StatusOr<bool> {
          if (down) return absl::InternalError("disk");
          return seen.insert(std::string(nonce)).second;
        });
  }
};

std::string Encode(const std::string& text) {
  std::string out;
  absl::WebSafeBase64Escape(text, &out);
  while (out.ends_with('=')) out.pop_back();
  return out;
}

// A token of any header and payload, signed with our key.
std::string Forge(const std::string& header, const std::string& payload) {
  const std::string part = absl::StrCat(Encode(header), ".", Encode(payload));
  return absl::StrCat(part, ".",
                      Encode(std::string(storage::AsBytes(storage::HmacSha256(kKey, part)))));
}

TEST(IdentityVerifier, AcceptsOneGoodTokenOnce) {
  Nonces nonces;
  const IdentityVerifier verifier = nonces.Verifier();
  const std::string token = SignIdentityToken(Good(), kKey);
  const auto claims = verifier.Verify(token, kNow);
  ASSERT_TRUE(claims.ok()) << claims.status();
  EXPECT_EQ(claims->customer_id, "C00001");
  EXPECT_EQ(claims->expiry, Good().expiry);
  EXPECT_EQ(verifier.Verify(token, kNow).status().code(), absl::StatusCode::kUnauthenticated);
}

TEST(IdentityVerifier, RefusesEverythingElseWithOneText) {
  const auto with = [](auto change) {
    IdentityClaims claims = Good();
    change(claims);
    return SignIdentityToken(claims, kKey);
  };
  const std::string good = SignIdentityToken(Good(), kKey);
  std::string flipped = good;
  flipped[good.find('.') + 5] ^= 1;
  const std::string header = R"({"alg":"HS256"})";
  const std::string payload =
      R"({"sub":"C1","aud":"larkfield.example","nonce":"0123456789abcdef","exp":1795000600})";
  ASSERT_TRUE(Nonces().Verifier().Verify(Forge(header, payload), kNow).ok());
  const std::pair<const char*, std::string> cases[] = {
      {"empty", ""},
      {"no dots", "abc"},
      {"two dots of nothing", ".."},
      {"four parts", good + ".x"},
      {"a flipped bit", flipped},
      {"cut", good.substr(0, good.size() - 1)},
      {"padded", good + "="},
      {"another key", SignIdentityToken(Good(), std::string(32, 'x'))},
      {"alg none", Forge(R"({"alg":"none"})", payload)},
      {"alg RS256", Forge(R"({"alg":"RS256"})", payload)},
      {"no alg", Forge("{}", payload)},
      {"header no JSON", Forge("x", payload)},
      {"payload no object", Forge(header, "[1]")},
      {"deep payload", Forge(header, std::string(5000, '['))},
      {"expiry a text",
       Forge(
           header,
           R"({"sub":"C1","aud":"larkfield.example","nonce":"0123456789abcdef","exp":"1795000600"})")},
      {"expiry a fraction",
       Forge(header,
             R"({"sub":"C1","aud":"larkfield.example","nonce":"0123456789abcdef","exp":1.8e9})")},
      {"expiry negative",
       Forge(header,
             R"({"sub":"C1","aud":"larkfield.example","nonce":"0123456789abcdef","exp":-1})")},
      {"expiry huge",
       Forge(
           header,
           R"({"sub":"C1","aud":"larkfield.example","nonce":"0123456789abcdef","exp":18446744073709551615})")},
      {"no expiry",
       Forge(header, R"({"sub":"C1","aud":"larkfield.example","nonce":"0123456789abcdef"})")},
      {"expired", with([](auto& c) { c.expiry = kNow; })},
      {"valid too long", with([](auto& c) { c.expiry = kNow + absl::Hours(2); })},
      {"issued later", with([](auto& c) { c.issued = kNow + absl::Minutes(5); })},
      {"another audience", with([](auto& c) { c.audience = "other.example"; })},
      {"nobody", with([](auto& c) { c.customer_id = ""; })},
      {"short nonce", with([](auto& c) { c.nonce = "1"; })},
      {"a megabyte", std::string(1 << 20, 'a')},
  };
  std::set<std::string> texts;
  for (const auto& [name, token] : cases) {
    Nonces nonces;
    const auto result = nonces.Verifier().Verify(token, kNow);
    EXPECT_EQ(result.status().code(), absl::StatusCode::kUnauthenticated) << name;
    texts.insert(std::string(result.status().message()));
    EXPECT_TRUE(nonces.seen.empty()) << name << " must not use up a nonce";
  }
  EXPECT_EQ(texts.size(), 1u);
}

TEST(IdentityVerifier, RefusesAShortKeyAndAStoreThatIsDown) {
  Nonces nonces;
  EXPECT_FALSE(nonces.Verifier("short").Verify(SignIdentityToken(Good(), "short"), kNow).ok());
  nonces.down = true;
  EXPECT_EQ(nonces.Verifier().Verify(SignIdentityToken(Good(), kKey), kNow).status().code(),
            absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace frontdesk::tools
