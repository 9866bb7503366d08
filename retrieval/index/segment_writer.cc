#include "retrieval/index/segment_writer.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "retrieval/index/bit_packing.h"
#include "retrieval/index/bm25.h"
#include "storage/digest.h"

namespace frontdesk::retrieval {

SegmentWriter::SegmentWriter(std::vector<SegmentDocument> documents, std::vector<uint32_t> counts)
    : documents_(std::move(documents)), counts_(std::move(counts)) {
  if (counts_.empty()) counts_.push_back(kBodyQuarters);
  uint64_t total = 0;
  for (const SegmentDocument& document : documents_) total += DecodeLength(document.length_code);
  if (total > 0)
    average_length_ = static_cast<double>(total) / static_cast<double>(documents_.size());

  std::vector<std::pair<uint32_t, uint8_t>> rising;
  for (size_t code = 0; code < counts_.size(); ++code) {
    rising.emplace_back(counts_[code], static_cast<uint8_t>(code));
  }
  std::sort(rising.begin(), rising.end());
  code_of_.assign(kMaxQuarters + 1, rising.front().second);
  for (size_t i = 0; i < rising.size(); ++i) {
    std::fill(code_of_.begin() + std::min(rising[i].first, kMaxQuarters), code_of_.end(),
              rising[i].second);
  }
  unit_bound_.resize(counts_.size() * 256);
  for (size_t code = 0; code < counts_.size(); ++code) {
    for (size_t length = 0; length < 256; ++length) {
      const float unit =
          TermUnit(counts_[code], DecodeLength(static_cast<uint8_t>(length)), average_length_);
      unit_bound_[code * 256 + length] =
          static_cast<uint8_t>(std::min(255.0, std::ceil(static_cast<double>(unit) * 255.0)));
    }
  }
}

uint8_t SegmentWriter::CodeOf(uint32_t quarters) const {
  return code_of_[std::min(quarters, kMaxQuarters)];
}

uint8_t SegmentWriter::BoundOf(std::span<const uint32_t> numbers,
                               std::span<const uint32_t> codes) const {
  uint8_t bound = 0;
  for (size_t i = 0; i < numbers.size(); ++i) {
    bound = std::max(bound, unit_bound_[codes[i] * 256 + documents_[numbers[i]].length_code]);
  }
  return bound;
}

void SegmentWriter::AddTerm(std::string_view term, std::span<const uint32_t> numbers,
                            std::span<const uint32_t> quarters) {
  // Blocks: gaps and codes packed, with widths and bound beside.
  const size_t blocks = (numbers.size() + kPackSize - 1) / kPackSize;
  std::string data, last_documents, offsets, bounds, widths;
  uint32_t before = UINT32_MAX;
  std::array<uint32_t, kPackSize> gaps, codes;
  for (size_t block = 0; block < blocks; ++block) {
    const size_t from = block * kPackSize;
    const size_t size = std::min(kPackSize, numbers.size() - from);
    uint32_t gap_bits = 0, code_bits = 0;
    for (size_t i = 0; i < size; ++i) {
      gaps[i] = numbers[from + i] - before - 1;
      before = numbers[from + i];
      codes[i] = CodeOf(quarters[from + i]);
      gap_bits |= gaps[i];
      code_bits |= codes[i];
    }
    const int gap_width = BitWidth(gap_bits);
    const int code_width = BitWidth(code_bits);
    AppendAs<uint32_t>(before, &last_documents);
    AppendAs<uint32_t>(static_cast<uint32_t>(data.size()), &offsets);
    bounds.push_back(static_cast<char>(BoundOf(numbers.subspan(from, size), codes)));
    widths.push_back(static_cast<char>(gap_width));
    widths.push_back(static_cast<char>(code_width));
    if (size == kPackSize) {
      Pack(gaps.data(), gap_width, &data);
      Pack(codes.data(), code_width, &data);
    } else {
      PackTail(gaps.data(), size, gap_width, &data);
      PackTail(codes.data(), size, code_width, &data);
    }
  }
  // Dictionary entry: what it shares with the term before, the rest, df and bytes of postings.
  const size_t postings_before = postings_.size();
  const char bound = *std::max_element(bounds.begin(), bounds.end(), [](char a, char b) {
    return static_cast<uint8_t>(a) < static_cast<uint8_t>(b);
  });
  if (blocks > 1) {
    postings_.push_back(bound);
    postings_ += last_documents;
    postings_ += offsets;
  }
  postings_ += bounds;
  postings_ += widths;
  postings_ += data;
  size_t shared = 0;
  if (terms_ % kTermsPerGroup == 0) {
    AppendAs<uint64_t>(PrefixOf(term), &groups_);
    AppendAs<uint64_t>(postings_before, &groups_);
    AppendAs<uint32_t>(static_cast<uint32_t>(dictionary_.size()), &groups_);
  } else {
    while (shared < term.size() && shared < last_term_.size() &&
           term[shared] == last_term_[shared]) {
      ++shared;
    }
  }
  AppendVarint(shared, &dictionary_);
  AppendVarint(term.size() - shared, &dictionary_);
  dictionary_.append(term.substr(shared));
  AppendVarint(numbers.size(), &dictionary_);
  AppendVarint(postings_.size() - postings_before, &dictionary_);
  last_term_.assign(term);
  ++terms_;
}

std::string SegmentWriter::Finish() && {
  std::string keys, lengths, counts;
  for (const SegmentDocument& document : documents_) {
    AppendAs<uint64_t>(document.key, &keys);
    lengths.push_back(static_cast<char>(document.length_code));
  }
  for (const uint32_t count : counts_) AppendAs<uint32_t>(count, &counts);

  SegmentHeader header{};
  std::memcpy(header.magic, kSegmentMagic.data(), sizeof(header.magic));
  header.version = kSegmentVersion;
  header.documents = static_cast<uint32_t>(documents_.size());
  header.terms = terms_;
  header.bound_average_length = average_length_;
  const std::string* sections[kSections] = {&keys,    &lengths,     &counts,
                                            &groups_, &dictionary_, &postings_};
  uint64_t at = sizeof(header);
  for (uint32_t i = 0; i < kSections; ++i) {
    header.begin[i] = at;
    at += sections[i]->size();
  }
  header.end = at;

  std::string out;
  out.reserve(at + 32);
  AppendAs(header, &out);
  for (const std::string* section : sections) out += *section;
  const storage::Digest digest = storage::Sha256(out);
  out.append(storage::AsBytes(digest));
  return out;
}

}  // namespace frontdesk::retrieval
