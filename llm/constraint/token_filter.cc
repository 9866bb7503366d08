#include "llm/constraint/token_filter.h"

#include <algorithm>
#include <utility>

namespace frontdesk::llm {
namespace {

// Looked at of each text that may follow: more than its next word.
constexpr size_t kTextBytes = 48;

bool BeginsWord(std::string_view piece) {
  return !piece.empty() && (piece.front() == ' ' || piece.front() == '\n');
}

}  // namespace

TokenFilter::TokenFilter(const TokenTrie& trie, const Tokenizer& tokenizer,
                         const Constraint& constraint)
    : trie_(trie),
      tokenizer_(tokenizer),
      automaton_(constraint.Begin()),
      nothing_((static_cast<size_t>(tokenizer.size()) + 63) / 64) {
  std::vector<uint32_t> start;
  automaton_->Start(start);
  at_ = Intern(std::move(start));
}

int32_t TokenFilter::Intern(std::vector<uint32_t> states) {
  if (states.empty() || !status_.ok()) return kDead;
  std::sort(states.begin(), states.end());
  states.erase(std::unique(states.begin(), states.end()), states.end());
  if (const auto known = numbers_.find(states); known != numbers_.end()) return known->second;
  if (sets_.size() >= kMostSets || automaton_->size() >= kMostStates) {
    status_ = absl::ResourceExhaustedError(
        "the constraint has too many possibilities within one token; make the grammar simpler");
    return kDead;
  }
  const auto number = static_cast<int32_t>(sets_.size());
  Set set;
  for (uint32_t state : states) set.ends |= automaton_->Ends(state);
  set.states = states;
  sets_.push_back(std::move(set));
  numbers_.emplace(std::move(states), number);
  return number;
}

int32_t TokenFilter::Next(int32_t set, uint8_t byte) {
  if (set < 0) return kDead;
  if (sets_[set].next.empty()) sets_[set].next.assign(256, kUnknown);
  if (const int32_t known = sets_[set].next[byte]; known != kUnknown) return known;
  std::vector<uint32_t> next;
  for (uint32_t state : sets_[set].states) automaton_->Step(state, byte, next);
  const int32_t number = Intern(std::move(next));
  if (status_.ok()) sets_[set].next[byte] = number;
  return number;
}

int32_t TokenFilter::Walk(int32_t set, std::string_view bytes) {
  for (char c : bytes) {
    set = Next(set, static_cast<uint8_t>(c));
    if (set < 0) break;
  }
  return set;
}

// Between tokens: forgets all sets but the present one when half of a bound is used.
void TokenFilter::Trim() {
  if (at_ < 0 || !status_.ok() || (sets_.size() < kMostSets / 2 && automaton_->size() < kMostStates / 2)) return;
  std::vector<uint32_t> live = sets_[at_].states;
  sets_.clear();
  numbers_.clear();
  masks_.clear();
  automaton_->Compact(live);
  at_ = Intern(std::move(live));
}

TokenFilter::Forced TokenFilter::ForcedText(size_t most) {
  Forced forced;
  if (at_ < 0 || !status_.ok()) return forced;
  for (int32_t set = at_; forced.bytes.size() < most;) {
    int only = -1, count = 0;
    for (int byte = 0; byte < 256 && count < 2; ++byte) {
      if (Next(set, static_cast<uint8_t>(byte)) < 0) continue;
      only = byte;
      ++count;
    }
    if (count != 1 || !status_.ok()) break;
    forced.bytes.push_back(static_cast<char>(only));
    set = Next(set, static_cast<uint8_t>(only));
    if (set < 0) break;
    forced.to_an_end = sets_[set].ends;
    if (forced.to_an_end) break;
  }
  Trim();
  return forced;
}

size_t TokenFilter::CountAllowed(std::span<const int32_t> tokens) {
  if (at_ < 0 || !status_.ok()) return 0;
  size_t count = 0;
  int32_t set = at_;
  for (int32_t token : tokens) {
    const std::string_view piece = tokenizer_.Piece(token);
    if (tokenizer_.EndsTurn(token) || piece.empty()) break;
    set = Walk(set, piece);
    if (set < 0) break;
    ++count;
  }
  Trim();
  return count;
}

bool TokenFilter::CanEnd() { return at_ >= 0 && status_.ok() && sets_[at_].ends; }

bool TokenFilter::Complete() {
  if (!CanEnd()) return false;
  for (int byte = 0; byte < 256; ++byte) {
    if (Next(at_, static_cast<uint8_t>(byte)) >= 0) return false;
  }
  return status_.ok();
}

int32_t TokenFilter::UsualToken(const std::string& text) const {
  const std::vector<int32_t> ids =
      tokenizer_.Encode(word_bytes_ + text, MarksInText::kPlainText);
  const bool goes_on =
      ids.size() > word_.size() && std::equal(word_.begin(), word_.end(), ids.begin());
  return goes_on ? ids[word_.size()] : -1;
}

bool TokenFilter::KnowsText() {
  if (known_ != Known::kNotLooked) return known_ == Known::kYes;
  known_ = Known::kNo;
  std::vector<std::string> texts;
  for (uint32_t state : sets_[at_].states) {
    if (!automaton_->Continuations(state, kTextBytes, texts)) return false;
  }
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  usual_.assign(nothing_.size(), 0);
  const auto allow = [&](int32_t token) { usual_[token / 64] |= uint64_t{1} << (token % 64); };
  for (const std::string& text : texts) {
    const int32_t token = text.empty() ? -1 : UsualToken(text);
    if (token < 0 || tokenizer_.Piece(token).empty() || Walk(at_, tokenizer_.Piece(token)) < 0) continue;
    allow(token);
    known_ = Known::kYes;
  }
  if (!status_.ok()) known_ = Known::kNo;
  if (known_ == Known::kYes && sets_[at_].ends) {
    for (int32_t token : tokenizer_.end_tokens()) allow(token);
  }
  return known_ == Known::kYes;
}

bool TokenFilter::Allows(int32_t token) {
  if (at_ < 0 || !status_.ok()) return false;
  if (tokenizer_.EndsTurn(token)) return sets_[at_].ends;
  if (KnowsText()) return usual_[token / 64] >> (token % 64) & 1;
  if (!status_.ok()) return false;
  const std::string_view piece = tokenizer_.Piece(token);
  return !piece.empty() && Walk(at_, piece) >= 0;
}

const std::vector<uint64_t>& TokenFilter::Allowed() {
  if (at_ < 0 || !status_.ok()) return nothing_;
  if (KnowsText()) return usual_;
  if (!status_.ok()) return nothing_;
  if (sets_[at_].mask >= 0) return masks_[sets_[at_].mask];
  std::vector<uint64_t> mask(nothing_.size());
  const auto allow = [&](int32_t token) { mask[token / 64] |= uint64_t{1} << (token % 64); };
  // Depth first; a branch whose bytes the constraint refuses is never entered.
  std::vector<std::pair<int32_t, int32_t>> open = {{trie_.nodes()[0].child, at_}};  // node, set
  while (!open.empty() && status_.ok()) {
    const auto [node, set] = open.back();
    open.pop_back();
    if (node < 0) continue;
    const TokenTrie::Node& here = trie_.nodes()[node];
    open.emplace_back(here.sibling, set);
    const int32_t next = Next(set, here.byte);
    if (next < 0) continue;
    for (int32_t i = 0; i < here.token_count; ++i) allow(trie_.tokens()[here.first_token + i]);
    open.emplace_back(here.child, next);
  }
  if (!status_.ok()) return nothing_;
  if (sets_[at_].ends) {
    for (int32_t token : tokenizer_.end_tokens()) allow(token);
  }
  if (masks_.size() >= kMostMasks) {
    masks_.clear();
    for (Set& set : sets_) set.mask = -1;
  }
  sets_[at_].mask = static_cast<int32_t>(masks_.size());
  masks_.push_back(std::move(mask));
  return masks_.back();
}

void TokenFilter::Accept(int32_t token) {
  if (tokenizer_.EndsTurn(token)) return;  // the run is over
  const std::string_view piece = tokenizer_.Piece(token);
  at_ = Walk(at_, piece);
  if (BeginsWord(piece)) {
    word_.clear();
    word_bytes_.clear();
  }
  word_.push_back(token);
  word_bytes_ += piece;
  known_ = Known::kNotLooked;
  Trim();
}

}  // namespace frontdesk::llm
