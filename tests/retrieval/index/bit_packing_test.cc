#include "retrieval/index/bit_packing.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <vector>

namespace frontdesk::retrieval {
namespace {

const uint8_t* Bytes(const std::string& s) { return reinterpret_cast<const uint8_t*>(s.data()); }

uint32_t Below(int width, std::mt19937* random) {
  return width == 0 ? 0 : static_cast<uint32_t>((*random)()) >> (32 - width);
}

TEST(BitPacking, EveryWidthComesBack) {
  std::mt19937 random(1);
  for (int width = 0; width <= 32; ++width) {
    for (int round = 0; round < 20; ++round) {
      std::array<uint32_t, kPackSize> values, out;
      for (uint32_t& v : values) v = Below(width, &random);
      std::string bytes = "x";  // so that the pack is not aligned
      Pack(values.data(), width, &bytes);
      ASSERT_EQ(bytes.size(), 1 + PackBytes(width));
      Unpack(Bytes(bytes) + 1, width, out.data());
      ASSERT_EQ(out, values) << width;
      for (uint32_t i = 0; i < kPackSize; ++i) {
        ASSERT_EQ(PackedAt(Bytes(bytes) + 1, width, i), values[i]) << width << " at " << i;
      }
    }
  }
}

TEST(BitPacking, RisingNumbersComeBackFromGaps) {
  std::mt19937 random(2);
  for (int width = 0; width <= 24; ++width) {
    for (const uint32_t before : {UINT32_MAX, 0u, 77u}) {
      std::array<uint32_t, kPackSize> gaps, numbers, out;
      uint32_t last = before;
      for (size_t i = 0; i < kPackSize; ++i) {
        gaps[i] = Below(width, &random);
        last += gaps[i] + 1;
        numbers[i] = last;
      }
      std::string bytes;
      Pack(gaps.data(), width, &bytes);
      UnpackRising(Bytes(bytes), width, before, out.data());
      ASSERT_EQ(out, numbers) << width << " after " << before;
    }
  }
}

TEST(BitPacking, TailsComeBackAndTakeNoMoreThanTheySay) {
  std::mt19937 random(3);
  for (int width = 0; width <= 32; ++width) {
    for (const size_t count : {size_t{1}, size_t{2}, size_t{7}, size_t{64}, size_t{127}}) {
      std::vector<uint32_t> values(count), out(count);
      for (uint32_t& v : values) v = Below(width, &random);
      std::string bytes;
      PackTail(values.data(), count, width, &bytes);
      ASSERT_EQ(bytes.size(), TailBytes(count, width));
      UnpackTail(Bytes(bytes), count, width, out.data());
      ASSERT_EQ(out, values) << width << " " << count;
      // A copy of just these bytes: the sanitizer sees what reads beyond.
      const std::vector<uint8_t> exact(bytes.begin(), bytes.end());
      for (uint32_t i = 0; i < count; ++i) {
        ASSERT_EQ(TailAt(exact.data(), width, i), values[i]) << width << " at " << i;
      }
    }
  }
}

TEST(BitPacking, WidthOfValues) {
  EXPECT_EQ(BitWidth(0), 0);
  EXPECT_EQ(BitWidth(1), 1);
  EXPECT_EQ(BitWidth(255), 8);
  EXPECT_EQ(BitWidth(256), 9);
  EXPECT_EQ(BitWidth(UINT32_MAX), 32);
}

}  // namespace
}  // namespace frontdesk::retrieval
