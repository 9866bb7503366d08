// The vector kernels of the search against plain loops, in every version that the machine has.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <vector>

#include "retrieval/index/bit_packing.h"
#include "retrieval/index/rising_match.h"
#include "retrieval/index/window_sums.h"

namespace frontdesk::retrieval {
namespace {

// `size` different numbers of [low, high), rising.
std::vector<uint32_t> Rising(size_t size, uint32_t low, uint32_t high, std::mt19937* random) {
  std::set<uint32_t> out;
  while (out.size() < size) out.insert(low + (*random)() % (high - low));
  return {out.begin(), out.end()};
}

TEST(RisingMatch, FindsWhatIsInTheBlock) {
  for (const MatchRisingFn match : MatchRisingVersions()) {
    std::mt19937 random(5);
    for (int round = 0; round < 2000; ++round) {
      const uint32_t low = random() % 2 == 0 ? 0 : 0x7FFF0000;  // near the largest number
      const uint32_t span = 150 + random() % 5000;
      const auto block = Rising(1 + random() % kPackSize, low, low + span, &random);
      std::vector<uint32_t> offsets = Rising(1 + random() % 100, 0, span, &random);
      std::vector<uint32_t> padded = block;
      padded.insert(padded.end(), kBlockPadding, kPastTheBlock);
      std::vector<BlockMatch> out(offsets.size() + 1);
      uint32_t place = 0;
      const size_t found =
          match(padded.data(), &place, low, offsets.data(), offsets.size(), out.data());
      size_t expected = 0;
      for (const uint32_t offset : offsets) {
        const auto at = std::find(block.begin(), block.end(), low + offset);
        if (at == block.end()) continue;
        ASSERT_LT(expected, found);
        EXPECT_EQ(out[expected].offset, offset);
        EXPECT_EQ(out[expected].place, at - block.begin());
        ++expected;
      }
      ASSERT_EQ(found, expected);
      const auto first = std::lower_bound(block.begin(), block.end(), low + offsets.back());
      EXPECT_EQ(place, first - block.begin());
    }
  }
}

TEST(WindowSums, TakesWhatReachesTheThreshold) {
  for (const TakeAtLeastFn take : TakeAtLeastVersions()) {
    std::mt19937 random(6);
    for (const size_t size : {1u, 7u, 16u, 17u, 250u, 4096u}) {
      for (const int32_t least : {1, 50, 99, 100, INT32_MAX}) {
        std::vector<int32_t> sums(size);
        for (int32_t& sum : sums) sum = static_cast<int32_t>(random() % 101);
        std::vector<uint32_t> expected;
        for (uint32_t i = 0; i < size; ++i) {
          if (sums[i] >= least) expected.push_back(i);
        }
        std::vector<uint32_t> out(size);
        out.resize(take(sums.data(), size, least, out.data()));
        ASSERT_EQ(out, expected) << size << " " << least;
      }
    }
  }
}

TEST(WindowSums, SparseWindowsLeaveZerosBehind) {
  std::mt19937 random(7);
  std::vector<int32_t> sums(1024, 0);
  std::vector<uint64_t> touched(16, 0);
  for (const uint32_t offset : Rising(100, 0, 1024, &random)) {
    sums[offset] = 1 + static_cast<int32_t>(random() % 10);
    touched[offset / 64] |= uint64_t{1} << (offset % 64);
  }
  std::vector<uint32_t> expected;
  for (uint32_t i = 0; i < sums.size(); ++i) {
    if (sums[i] >= 5) expected.push_back(i);
  }
  std::vector<uint32_t> out(101);
  size_t found = TakeTouchedAtLeast(sums.data(), touched.data(), touched.size(), 5, out.data());
  EXPECT_EQ(std::vector<uint32_t>(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(found)),
            expected);
  EXPECT_EQ(touched, std::vector<uint64_t>(16, 0));
  std::erase_if(expected, [&](uint32_t offset) { return sums[offset] < 8; });
  found = KeepAtLeast(sums.data(), 8, out.data(), found);
  EXPECT_EQ(std::vector<uint32_t>(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(found)),
            expected);
  for (uint32_t i = 0; i < sums.size(); ++i) {
    const bool kept = std::find(expected.begin(), expected.end(), i) != expected.end();
    EXPECT_EQ(sums[i] != 0, kept) << i;
  }
}

}  // namespace
}  // namespace frontdesk::retrieval
