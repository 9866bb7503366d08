#include "retrieval/index/bm25.h"

#include <gtest/gtest.h>

#include <cmath>

namespace frontdesk::retrieval {
namespace {

TEST(LengthCode, IsExactForShortPassagesAndCloseForLongOnes) {
  for (uint32_t words = 0; words < 64; ++words) EXPECT_EQ(DecodeLength(EncodeLength(words)), words);
  for (uint32_t words = 64; words < 16000; words += 7) {
    const uint32_t decoded = DecodeLength(EncodeLength(words));
    EXPECT_LE(decoded, words);
    EXPECT_GT(decoded, words * 0.955) << words;
  }
  EXPECT_EQ(EncodeLength(UINT32_MAX), 255);
  for (int code = 0; code < 256; ++code) {
    EXPECT_EQ(EncodeLength(DecodeLength(static_cast<uint8_t>(code))), code);
  }
}

TEST(ExactLog, AgreesWithTheLibrary) {
  for (double x = 1e-3; x < 1e7; x *= 1.013) {
    EXPECT_NEAR(ExactLog(x), std::log(x), 1e-14 * std::max(1.0, std::abs(std::log(x)))) << x;
  }
  EXPECT_EQ(ExactLog(1.0), 0.0);
}

TEST(InverseDocumentFrequency, FallsWithFrequencyAndIsNeverNegative) {
  EXPECT_NEAR(InverseDocumentFrequency(10, 1), std::log(1 + 9.5 / 1.5), 1e-12);
  EXPECT_GT(InverseDocumentFrequency(10, 10), 0.0);
  EXPECT_GT(InverseDocumentFrequency(10, 2), InverseDocumentFrequency(10, 3));
}

TEST(TermUnit, IsTheFormula) {
  const double expected = 2.0 / (2.0 + 1.2 * (0.25 + 0.75 * 50 / 100.0));
  EXPECT_NEAR(TermUnit(8, 50, 100), expected, 1e-6);
  EXPECT_EQ(TermUnit(0, 50, 100), 0.0f);
  EXPECT_GT(TermUnit(8, 50, 120), TermUnit(8, 50, 100));
}

}  // namespace
}  // namespace frontdesk::retrieval
