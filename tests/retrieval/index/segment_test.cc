#include "retrieval/index/segment.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <random>
#include <string>

#include "retrieval/index/bm25.h"
#include "retrieval/index/segment_builder.h"
#include "retrieval/index/segment_writer.h"
#include "storage/digest.h"

namespace frontdesk::retrieval {
namespace {

std::string SampleBytes() {
  SegmentBuilder builder;
  std::mt19937 random(4);
  for (uint64_t d = 0; d < 700; ++d) {
    std::string body;
    for (int i = 0; i < 20; ++i)
      body += "w" + std::to_string(random() % (1 + random() % 900)) + "x ";
    builder.Add(d * 3, {.body = body});
  }
  return std::move(builder).Finish();
}

TEST(Segment, GivesBackWhatWasWritten) {
  std::mt19937 random(8);
  std::vector<SegmentDocument> documents;
  for (uint32_t d = 0; d < 3000; ++d) documents.push_back({d * 7ull, EncodeLength(random() % 300)});
  std::map<std::string, std::map<uint32_t, uint32_t>> plain;
  for (int t = 0; t < 500; ++t) {
    std::string term(1 + random() % 12, 'a');
    for (char& c : term) c = static_cast<char>('a' + random() % 3);
    const unsigned df = 1 + random() % (t % 10 == 0 ? 2500 : 20);
    for (unsigned i = 0; i < df; ++i) plain[term][random() % 3000] = 4 * (1 + random() % 6);
  }
  SegmentWriter writer(documents, {4, 8, 12, 16, 20, 24});
  for (const auto& [term, postings] : plain) {
    std::vector<uint32_t> numbers, quarters;
    for (const auto& [number, count] : postings) {
      numbers.push_back(number);
      quarters.push_back(count);
    }
    writer.AddTerm(term, numbers, quarters);
  }
  const auto segment = Segment::OpenOwned(std::move(writer).Finish());
  ASSERT_TRUE(segment.ok()) << segment.status();
  EXPECT_EQ((*segment)->terms(), plain.size());
  EXPECT_EQ((*segment)->Key(2999), 2999 * 7u);
  std::array<uint32_t, kPackSize> numbers, codes;
  for (const auto& [term, postings] : plain) {
    const auto found = (*segment)->Find(term);
    ASSERT_TRUE(found.has_value()) << term;
    ASSERT_EQ(found->df, postings.size());
    auto expected = postings.begin();
    for (uint32_t block = 0; block < found->blocks; ++block) {
      const uint32_t size = found->Decode(block, numbers.data(), codes.data());
      for (uint32_t i = 0; i < size; ++i, ++expected) {
        ASSERT_EQ(numbers[i], expected->first);
        ASSERT_EQ((*segment)->counts()[codes[i]], expected->second);
        const double unit = static_cast<double>(
            TermUnit(expected->second, DecodeLength((*segment)->LengthCode(numbers[i])),
                     (*segment)->bound_average_length()));
        ASSERT_LE(unit, found->bounds[block] / 255.0 + 1e-9);
      }
      ASSERT_EQ(found->LastDocument(block, numbers[size - 1]), numbers[size - 1]);
    }
    ASSERT_EQ(expected, postings.end());
  }
  for (const char* absent : {"", "zzz", "aaaaaaaaaaaaaaaaaaaa", "b\xFF"}) {
    EXPECT_EQ((*segment)->Find(absent).has_value(), plain.contains(absent)) << absent;
  }
}

TEST(Segment, AnyChangeOrCutIsFound) {
  const std::string good = SampleBytes();
  ASSERT_TRUE(Segment::OpenOwned(good).ok());
  std::mt19937 random(6);
  for (int round = 0; round < 300; ++round) {
    std::string bad = good;
    if (round % 2) {
      bad.resize(random() % good.size());
    } else {
      bad[random() % bad.size()] ^= static_cast<char>(1 + random() % 255);
    }
    const auto opened = Segment::OpenOwned(bad);
    ASSERT_FALSE(opened.ok()) << round;
    ASSERT_TRUE(opened.status().code() == absl::StatusCode::kDataLoss ||
                opened.status().code() == absl::StatusCode::kFailedPrecondition)
        << opened.status();
  }
}

TEST(Segment, NewerFormatIsRefusedByName) {
  std::string bytes = SampleBytes();
  bytes[8] = 9;
  const auto opened = Segment::OpenOwned(bytes);
  EXPECT_EQ(opened.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(opened.status().message().find("format 9"), std::string::npos);
}

TEST(Segment, OpensFromAFile) {
  const std::string path =
      testing::TempDir() + "/frontdesk_segment_test_" + std::to_string(getpid());
  std::ofstream(path, std::ios::binary) << SampleBytes();
  auto segment = Segment::OpenFile(path);
  ASSERT_TRUE(segment.ok()) << segment.status();
  std::remove(path.c_str());  // the mapping stays
  EXPECT_TRUE((*segment)->Find("w0x").has_value());
  EXPECT_EQ(Segment::OpenFile(path).status().code(), absl::StatusCode::kNotFound);
  std::ofstream(path, std::ios::binary) << "FDSEGMNT";
  const auto damaged = Segment::OpenFile(path).status();
  EXPECT_EQ(damaged.code(), absl::StatusCode::kDataLoss);
  EXPECT_NE(damaged.message().find(path), std::string::npos);
  std::remove(path.c_str());
}

TEST(SegmentBuilder, SamePassagesGiveSameBytes) { EXPECT_EQ(SampleBytes(), SampleBytes()); }

TEST(CountTable, KeepsTheSmallestWithinTheLimit) {
  std::vector<uint64_t> frequency(1021, 0);
  for (size_t q = 1; q < 1021; ++q) frequency[q] = q;
  const auto counts = CountTable(frequency);
  EXPECT_EQ(counts.size(), 256u);
  EXPECT_EQ(counts.front(), 1020u);
  EXPECT_NE(std::find(counts.begin(), counts.end(), 1u), counts.end());
}

}  // namespace
}  // namespace frontdesk::retrieval
