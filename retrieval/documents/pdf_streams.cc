#include "retrieval/documents/pdf_streams.h"

#include <zlib.h>

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"

namespace frontdesk::retrieval {
namespace {

// How often the dictionary of a stream names the Flate filter.
int FlateFilters(std::string_view dictionary) {
  int count = 0;
  for (const std::string_view name : {std::string_view("/FlateDecode"), std::string_view("/Fl")}) {
    for (size_t at = dictionary.find(name); at != std::string_view::npos;
         at = dictionary.find(name, at + 1)) {
      const size_t end = at + name.size();
      const char next = end < dictionary.size() ? dictionary[end] : ' ';
      count += next == ' ' || next == '/' || next == ']' || next == '>' || next == '\r' ||
               next == '\n' || next == '\t';
    }
  }
  return count;
}

// Bytes that the data inflates to, at most about `cap`.
uint64_t InflatedSize(std::string_view data, uint64_t cap) {
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) return 0;
  std::array<unsigned char, 1 << 16> out;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(std::min<size_t>(data.size(), UINT32_MAX));
  uint64_t total = 0;
  int status = Z_OK;
  while (status == Z_OK && total <= cap) {
    stream.next_out = out.data();
    stream.avail_out = static_cast<uInt>(out.size());
    status = inflate(&stream, Z_NO_FLUSH);
    const uint64_t produced = out.size() - stream.avail_out;
    total += produced;
    if (produced == 0 && stream.avail_in == 0) break;
  }
  inflateEnd(&stream);
  return total;
}

}  // namespace

absl::Status CheckPdfStreams(std::string_view pdf, uint64_t cap) {
  constexpr std::string_view kStream = "stream";
  constexpr size_t kLongestDictionary = 8192;
  uint64_t total = 0;
  for (size_t at = pdf.find(kStream); at != std::string_view::npos;
       at = pdf.find(kStream, at + kStream.size())) {
    if (at >= 3 && pdf.substr(at - 3, 3) == "end") continue;
    size_t begin = at + kStream.size();
    if (begin < pdf.size() && pdf[begin] == '\r') ++begin;
    if (begin >= pdf.size() || pdf[begin] != '\n') continue;
    ++begin;
    const size_t from = at > kLongestDictionary ? at - kLongestDictionary : 0;
    std::string_view dictionary = pdf.substr(from, at - from);
    dictionary.remove_prefix(std::min(dictionary.rfind("obj"), dictionary.size()));
    const int filters = FlateFilters(dictionary);
    if (filters == 0) continue;
    if (filters > 1) {
      return absl::InvalidArgumentError(
          absl::StrCat("has a stream compressed twice over at byte ", at, "; export it again"));
    }
    total += InflatedSize(pdf.substr(begin), cap - total);
    if (total > cap) {
      return absl::InvalidArgumentError(
          absl::StrCat("unpacks to more than ", cap, " bytes by byte ", at,
                       "; leave out large pictures or split it"));
    }
  }
  return absl::OkStatus();
}

}  // namespace frontdesk::retrieval
