// Numbers, texts and digests as bytes, written and read in the same order.
//
// The reader never looks outside its bytes: past the end everything is empty and ok() is false.
// Each belongs to one thread. Internal to retrieval.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "retrieval/index/segment_format.h"
#include "storage/digest.h"

namespace frontdesk::retrieval {

class BinaryWriter {
 public:
  void Number(uint64_t value) { AppendVarint(value, &bytes_); }
  void Text(std::string_view text) {
    Number(text.size());
    bytes_.append(text);
  }
  void Raw(std::string_view raw) { bytes_.append(raw); }
  void Digest(const storage::Digest& digest) { Raw(storage::AsBytes(digest)); }
  // Zeros, until `before` + what was written is a multiple of `alignment`.
  void Align(size_t alignment, size_t before) {
    while ((before + bytes_.size()) % alignment != 0) bytes_.push_back('\0');
  }
  std::string Take() && { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class BinaryReader {
 public:
  explicit BinaryReader(std::string_view bytes)
      : begin_(reinterpret_cast<const uint8_t*>(bytes.data())),
        at_(begin_),
        end_(begin_ + bytes.size()) {}

  uint64_t Number() {
    if (at_ >= end_) ok_ = false;
    return ReadVarint(&at_, end_);
  }
  uint32_t Small() { return static_cast<uint32_t>(Number()); }
  std::string_view Raw(uint64_t size) {
    if (size > static_cast<uint64_t>(end_ - at_)) {
      ok_ = false;
      return {};
    }
    const std::string_view out(reinterpret_cast<const char*>(at_), size);
    at_ += size;
    return out;
  }
  std::string_view Text() { return Raw(Number()); }
  storage::Digest Digest() {
    storage::Digest out{};
    const std::string_view raw = Raw(out.size());
    if (raw.size() == out.size()) std::memcpy(out.data(), raw.data(), out.size());
    return out;
  }
  // A count of things that take at least one byte each, so that no damage asks for more memory
  // than the file has bytes.
  uint64_t Count() {
    const uint64_t count = Number();
    if (count > static_cast<uint64_t>(end_ - at_)) ok_ = false;
    return ok_ ? count : 0;
  }
  // Passes over what BinaryWriter::Align wrote.
  void Align(size_t alignment, size_t before) {
    while ((before + static_cast<size_t>(at_ - begin_)) % alignment != 0 && ok_) Raw(1);
  }
  bool ok() const { return ok_; }

 private:
  const uint8_t* begin_;
  const uint8_t* at_;
  const uint8_t* end_;
  bool ok_ = true;
};

}  // namespace frontdesk::retrieval
