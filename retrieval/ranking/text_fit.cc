#include "retrieval/ranking/text_fit.h"

#include <algorithm>
#include <array>

#include "text/analyse.h"
#include "text/normalise.h"
#include "text/segment.h"

namespace frontdesk::retrieval {
namespace {

constexpr size_t kNear = 5;         // words
constexpr size_t kMostPlaces = 64;  // distinct terms of a question that are looked at
constexpr int16_t kOther = -1, kLight = -2;

}  // namespace

TextMatcher::TextMatcher(std::string_view query, std::string language, float light_share,
                         const std::function<float(const std::string& term)>& weight_of)
    : language_(std::move(language)) {
  int16_t before = kOther;
  for (const text::Span& span : text::Words(query, language_)) {
    const std::string_view word = text::Slice(query, span);
    std::string term = text::AnalyseWord(word, language_);
    if (term.empty()) continue;
    const auto known = place_of_term_.find(term);
    int16_t place = kOther;
    if (known != place_of_term_.end()) {
      place = known->second;
    } else if (weights_.size() < kMostPlaces) {
      place = static_cast<int16_t>(weights_.size());
      light_.push_back(text::IsStopWord(text::FoldText(word), language_));
      weights_.push_back(weight_of(term) * (light_.back() ? light_share : 1.0f));
      total_ += static_cast<double>(weights_.back());
      place_of_term_.emplace(std::move(term), place);
    }
    if (before >= 0 && place >= 0 && before != place) {
      const float both =
          std::min(weights_[static_cast<size_t>(before)], weights_[static_cast<size_t>(place)]);
      if (both > 0) {
        neighbours_.emplace_back(before, place);
        neighbour_weights_.push_back(both);
        neighbour_total_ += static_cast<double>(both);
      }
    }
    before = place;
  }
}

int16_t TextMatcher::PlaceOf(std::string_view word) {
  key_.assign(word);
  if (const auto known = place_of_word_.find(key_); known != place_of_word_.end()) {
    return known->second;
  }
  const auto found = place_of_term_.find(text::AnalyseWord(word, language_));
  int16_t place = kOther;
  if (found != place_of_term_.end()) {
    place = found->second;
  } else if (text::IsStopWord(text::FoldText(word), language_)) {
    place = kLight;
  }
  place_of_word_.emplace(key_, place);
  return place;
}

void TextMatcher::Read(std::string_view text, std::vector<int16_t>* places) {
  places->clear();
  for (const text::Span& span : text::Words(text, language_)) {
    places->push_back(PlaceOf(text::Slice(text, span)));
  }
}

TextFit TextMatcher::Match(const Passage& passage) {
  TextFit out;
  if (total_ <= 0) return out;
  std::array<bool, kMostPlaces> in_title{}, found{};
  size_t others = 0;  // words of title and headings that the question lacks
  const auto read_title = [&](std::string_view line) {
    Read(line, &places_);
    for (const int16_t place : places_) {
      if (place >= 0) in_title[static_cast<size_t>(place)] = true;
      others += place == kOther;
    }
  };
  read_title(passage.title);
  for (const std::string& heading : passage.headings) read_title(heading);
  Read(passage.text, &places_);
  for (const int16_t place : places_) {
    if (place >= 0) found[static_cast<size_t>(place)] = true;
  }
  double covered = 0, titled = 0;
  size_t shared = 0;  // words of title and headings that the question has
  for (size_t place = 0; place < weights_.size(); ++place) {
    const auto weight = static_cast<double>(weights_[place]);
    if (in_title[place]) titled += weight;
    shared += in_title[place] && !light_[place];
    if (in_title[place] || found[place]) covered += weight;
  }
  double phrase = 0, near = 0;
  for (size_t n = 0; n < neighbours_.size(); ++n) {
    const auto [first, second] = neighbours_[n];
    if (!found[static_cast<size_t>(first)] || !found[static_cast<size_t>(second)]) continue;
    bool adjacent = false, close = false;
    for (size_t i = 0; i < places_.size() && !adjacent; ++i) {
      if (places_[i] != first) continue;
      adjacent = i + 1 < places_.size() && places_[i + 1] == second;
      const size_t from = i > kNear ? i - kNear : 0;
      const size_t to = std::min(places_.size(), i + kNear + 1);
      for (size_t j = from; j < to && !close; ++j) close = places_[j] == second;
    }
    const auto weight = static_cast<double>(neighbour_weights_[n]);
    if (adjacent) phrase += weight;
    if (close) near += weight;
  }
  out.coverage = static_cast<float>(covered / total_);
  out.title = static_cast<float>(titled / total_);
  if (shared > 0) out.exact = static_cast<float>(shared) / static_cast<float>(shared + others);
  if (neighbour_total_ > 0) {
    out.phrase = static_cast<float>(phrase / neighbour_total_);
    out.near = static_cast<float>(near / neighbour_total_);
  }
  return out;
}

}  // namespace frontdesk::retrieval
