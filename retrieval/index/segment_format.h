// Numbers of the segment format, shared by writer and reader: docs/index_format.md.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace frontdesk::retrieval {

static_assert(std::endian::native == std::endian::little, "the format is read without swapping");

inline constexpr std::string_view kSegmentMagic = "FDSEGMNT";
inline constexpr uint32_t kSegmentVersion = 1;
inline constexpr uint32_t kTermsPerGroup = 16;
inline constexpr uint32_t kMostDocuments = 0x7FFFFFFE;  // so that numbers compare as signed ones

enum SegmentSection : uint32_t {
  kKeysSection,
  kLengthsSection,
  kCountsSection,
  kGroupsSection,
  kDictionarySection,
  kPostingsSection,
  kSections
};

// Fixed part at the start of a segment; 32 bytes of SHA-256 over everything before end it.
struct SegmentHeader {
  char magic[8];
  uint32_t version;
  uint32_t documents;
  uint32_t terms;
  uint32_t reserved;
  double bound_average_length;
  uint64_t begin[kSections];  // of each section, from the start of the segment; rising
  uint64_t end;               // of the last section, where the checksum stands
};
static_assert(sizeof(SegmentHeader) == 32 + 8 * 7);

template <typename T>
T LoadAs(const uint8_t* at) {
  T out;
  std::memcpy(&out, at, sizeof(T));
  return out;
}

template <typename T>
void AppendAs(T value, std::string* out) {
  out->append(reinterpret_cast<const char*>(&value), sizeof(T));
}

inline void AppendVarint(uint64_t value, std::string* out) {
  for (; value >= 0x80; value >>= 7) out->push_back(static_cast<char>(value | 0x80));
  out->push_back(static_cast<char>(value));
}

// Reads a varint at *at and moves it; stops at `end` or after ten bytes.
inline uint64_t ReadVarint(const uint8_t** at, const uint8_t* end) {
  uint64_t value = 0;
  for (int shift = 0; *at < end && shift < 64; shift += 7) {
    const uint8_t byte = *(*at)++;
    value |= static_cast<uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) break;
  }
  return value;
}

// The first eight bytes, big-endian, padded with zeros: orders like the strings do.
inline uint64_t PrefixOf(std::string_view term) {
  uint64_t out = 0;
  for (size_t i = 0; i < 8; ++i) {
    out = (out << 8) | (i < term.size() ? static_cast<uint8_t>(term[i]) : 0);
  }
  return out;
}

}  // namespace frontdesk::retrieval
