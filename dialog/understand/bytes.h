// Little-endian byte streams of the saved Understander. Format: docs/understanding.md.
//
// The writer appends; the reader never reads past the end: after a short read every further
// value is zero and ok() is false. Not thread-safe.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace frontdesk::understand {

static_assert(std::endian::native == std::endian::little, "the saved form is little-endian");

class ByteWriter {
 public:
  template <typename T>
  void Put(T value) {
    static_assert(std::is_arithmetic_v<T>);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
  void PutString(std::string_view text) {
    Put<uint32_t>(static_cast<uint32_t>(text.size()));
    bytes_.append(text);
  }
  template <typename T>
  void PutArray(const std::vector<T>& values) {
    static_assert(std::is_arithmetic_v<T>);
    Put<uint64_t>(values.size());
    if (!values.empty()) {
      bytes_.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
    }
  }
  std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  template <typename T>
  T Get() {
    T value{};
    if (Need(sizeof(T))) {
      std::memcpy(&value, bytes_.data(), sizeof(T));
      bytes_.remove_prefix(sizeof(T));
    }
    return value;
  }
  std::string GetString() {
    const uint32_t size = Get<uint32_t>();
    if (!Need(size)) return {};
    std::string text(bytes_.substr(0, size));
    bytes_.remove_prefix(size);
    return text;
  }
  template <typename T>
  std::vector<T> GetArray() {
    const uint64_t count = Get<uint64_t>();
    if (count > bytes_.size() / sizeof(T)) ok_ = false;
    if (!ok_) return {};
    std::vector<T> values(count);
    if (count > 0) std::memcpy(values.data(), bytes_.data(), count * sizeof(T));
    bytes_.remove_prefix(count * sizeof(T));
    return values;
  }
  bool ok() const { return ok_; }
  bool at_end() const { return bytes_.empty(); }

 private:
  bool Need(size_t size) {
    if (bytes_.size() < size) ok_ = false;
    return ok_;
  }
  std::string_view bytes_;
  bool ok_ = true;
};

// Checksum of the saved form: 64-bit FNV-1a over 8-byte words, then the rest byte by byte.
inline uint64_t Checksum(std::string_view bytes) {
  uint64_t h = 0xcbf29ce484222325ull;
  while (bytes.size() >= 8) {
    uint64_t word;
    std::memcpy(&word, bytes.data(), 8);
    h = (h ^ word) * 0x100000001b3ull;
    h ^= h >> 29;
    bytes.remove_prefix(8);
  }
  for (unsigned char c : bytes) h = (h ^ c) * 0x100000001b3ull;
  return h ^ (h >> 32);
}

// A saved form that shows damage: a magic in front, what was written, a checksum behind.
inline std::string Seal(uint64_t magic, std::string_view written) {
  ByteWriter head, sum;
  head.Put(magic);
  std::string bytes = head.Take();
  bytes.append(written);
  sum.Put(Checksum(bytes));
  return bytes + sum.Take();
}

// What Seal was given; nullopt: another magic, cut off or changed.
inline std::optional<std::string_view> Unseal(uint64_t magic, std::string_view bytes) {
  if (bytes.size() < 16) return std::nullopt;
  uint64_t head, sum;
  std::memcpy(&head, bytes.data(), 8);
  std::memcpy(&sum, bytes.data() + bytes.size() - 8, 8);
  bytes.remove_suffix(8);
  if (head != magic || sum != Checksum(bytes)) return std::nullopt;
  return bytes.substr(8);
}

}  // namespace frontdesk::understand
