#include "scripts/train_pii_names/augment.h"

#include <algorithm>
#include <string>
#include <utility>

#include "scripts/train_pii_names/name_maker.h"
#include "scripts/train_pii_names/shop_sentences.h"

namespace frontdesk::tools {
namespace {

std::vector<Labelled> MadeRows(std::uint64_t seed, int rounds) {
  NameMaker maker(seed);
  std::vector<Labelled> rows;
  for (int round = 0; round < rounds; ++round) {
    for (const char* pattern : SentencesWithNames()) rows.push_back(maker.Fill(pattern));
    for (const char* pattern : SentencesWithAddresses()) rows.push_back(maker.Fill(pattern));
    for (const char* pattern : SentencesWithout()) {
      if (round < 5) rows.push_back(maker.Fill(pattern));
    }
  }
  return rows;
}

std::string LowerAscii(std::string text) {
  for (char& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return text;
}
std::string UpperAscii(std::string text) {
  for (char& c : text) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  return text;
}

// A copy with other persons in it, so that names are learnt less than their places.
Labelled WithOtherNames(const Labelled& row, NameMaker& maker) {
  Labelled copy;
  copy.source = row.source;
  std::vector<Labelled::Span> spans = row.spans;
  std::sort(spans.begin(), spans.end(),
            [](const auto& a, const auto& b) { return a.begin < b.begin; });
  std::size_t done = 0;
  for (const auto& span : spans) {
    if (span.begin < done) continue;
    copy.text += row.text.substr(done, span.begin - done);
    const std::string old = row.text.substr(span.begin, span.end - span.begin);
    std::string value = old;
    if (span.kind == 0) {
      value = maker.Name();
      if (old.find(' ') == std::string::npos) value = value.substr(0, value.find_first_of(" ,"));
    }
    copy.spans.push_back({copy.text.size(), copy.text.size() + value.size(), span.kind});
    copy.text += value;
    done = span.end;
  }
  copy.text += row.text.substr(done);
  return copy;
}

}  // namespace

std::vector<Labelled> Augmented(const std::vector<Labelled>& rows, std::uint64_t seed) {
  NameMaker maker(seed);
  std::vector<Labelled> all = rows;
  for (const Labelled& row : rows) all.push_back(WithOtherNames(row, maker));
  for (Labelled& row : MadeRows(seed + 1, 8)) all.push_back(std::move(row));
  const std::size_t count = all.size();
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t pick = maker.random().Below(8);
    if (pick > 3) continue;
    Labelled copy = all[i];
    copy.text = pick == 3 ? UpperAscii(copy.text) : LowerAscii(copy.text);
    all.push_back(std::move(copy));
  }
  return all;
}

}  // namespace frontdesk::tools
