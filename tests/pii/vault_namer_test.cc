#include "tools/pii/vault_namer.h"

#include <gtest/gtest.h>

namespace frontdesk::tools {
namespace {

TEST(VaultNamerTest, OneTokenPerValueAndType) {
  VaultNamer namer;
  EXPECT_EQ(namer.TokenFor(PiiType::kEmail, "a@b.ie"), "<EMAIL_1>");
  EXPECT_EQ(namer.TokenFor(PiiType::kEmail, "c@b.ie"), "<EMAIL_2>");
  EXPECT_EQ(namer.TokenFor(PiiType::kEmail, "a@b.ie"), "<EMAIL_1>");
  EXPECT_EQ(namer.TokenFor(PiiType::kPerson, "a@b.ie"), "<PERSON_1>");
  EXPECT_EQ(namer.ValueOf("<EMAIL_2>"), "c@b.ie");
  EXPECT_EQ(namer.ValueOf("<EMAIL_3>"), std::nullopt);
  EXPECT_EQ(namer.added().size(), 3u);
}

TEST(VaultNamerTest, GoesOnWhereTheStoredVaultEnded) {
  VaultNamer namer;
  ASSERT_TRUE(namer.Restore({"<EMAIL_7>", PiiType::kEmail, "a@b.ie"}).ok());
  ASSERT_TRUE(namer.Restore({"<EMAIL_7>", PiiType::kEmail, "a@b.ie"}).ok());
  EXPECT_EQ(namer.TokenFor(PiiType::kEmail, "a@b.ie"), "<EMAIL_7>");
  EXPECT_EQ(namer.TokenFor(PiiType::kEmail, "new@b.ie"), "<EMAIL_8>");
  EXPECT_EQ(namer.added().size(), 1u);
  EXPECT_EQ(namer.Restore({"<EMAIL_7>", PiiType::kEmail, "other"}).code(),
            absl::StatusCode::kAlreadyExists);
  for (const char* token : {"", "EMAIL_1", "<EMAIL_0>", "<EMAIL_01>", "<EMAIL_1> ", "<PHONE_1>",
                            "<EMAIL_99999999999>", "<EMAIL_-1>"}) {
    EXPECT_EQ(namer.Restore({token, PiiType::kEmail, "x"}).code(),
              absl::StatusCode::kInvalidArgument)
        << token;
  }
}

TEST(VaultNamerTest, FindsAndEscapesTokens) {
  const auto tokens = FindTokens("a <EMAIL_1> b <CREDIT_CARD_12><X_1> <EMAIL_>");
  ASSERT_EQ(tokens.size(), 2u);
  EXPECT_EQ(tokens[0].begin, 2u);
  EXPECT_EQ(tokens[0].end, 11u);
  EXPECT_EQ(tokens[1].type, PiiType::kCreditCard);
  EXPECT_EQ(EscapeTypedTokens("<<EMAIL_1>>"), "<‹EMAIL_1›>");
  EXPECT_TRUE(FindTokens(EscapeTypedTokens("<EMAIL_1> <PHONE_2>")).empty());
}

}  // namespace
}  // namespace frontdesk::tools
